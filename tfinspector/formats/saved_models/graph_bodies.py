"""The operations of a graph, counted where they lie: nothing large is read, nothing is executed.

Format: `GraphDef`, `FunctionDef` and `NodeDef` of `tensorflow/core/framework/*.proto`. A node's
attributes may hold tensors of any size; those above `_LARGEST_ATTRIBUTE` are hopped over, and none
of what is asked for here is that large.
"""

from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from tfinspector.contents.trust import GRAPH, GraphBody
from tfinspector.formats import wire
from tfinspector.formats.saved_models.schema import parse_message
from tfinspector.formats.wire_in_file import ByteSource, Field, Span, fields_of

_NODE, _LIBRARY, _VERSIONS = 1, 2, 4  # GraphDef
_FUNCTION = 1  # FunctionDefLibrary
_SIGNATURE, _NODE_DEF = 1, 3  # FunctionDef
_ATTRIBUTE = 5  # NodeDef
_LARGEST_ATTRIBUTE = 1 << 16
_XLA_CALL = "XlaCallModule"
_NODES_PER_TICK = 4096

Tick = Callable[[int], None]
"""Called now and then with a position in the file; may raise to stop."""


class GraphNode(NamedTuple):
    """A node of the graph itself; `inputs` are names of nodes."""

    name: str
    op: str
    inputs: tuple[str, ...]
    calls: tuple[str, ...]
    device: str
    channels_first: bool
    xla_version: int


class Graph(NamedTuple):
    """A graph: its nodes by name, its functions, and its versions."""

    nodes: dict[str, GraphNode]
    functions: dict[str, GraphBody]
    producer: int
    min_consumer: int


def read_graph(read: ByteSource, spans: Sequence[Span], tick: Tick) -> Graph:
    """The graph whose bytes lie in `spans`. Raises `Malformed`, `DecodeError`."""
    nodes: dict[str, GraphNode] = {}
    functions: dict[str, GraphBody] = {}
    producer = min_consumer = 0
    for span in spans:
        for field in fields_of(read, span):
            if field.wire_type != wire.BYTES:
                continue
            if field.number == _NODE:
                node = _read_node(read, field.content)
                nodes[node.name] = node
                if len(nodes) % _NODES_PER_TICK == 0:
                    tick(field.start)
            elif field.number == _LIBRARY:
                functions |= _read_functions(read, field.content, tick)
            elif field.number == _VERSIONS:
                versions = parse_message("VersionDef", _content(read, field))
                producer, min_consumer = versions.producer, versions.min_consumer
    known = functions.keys()
    return Graph(
        {name: node._replace(calls=_among(node.calls, known)) for name, node in nodes.items()},
        {name: _only_known(body, known) for name, body in functions.items()},
        producer,
        min_consumer,
    )


def body_of(nodes: Iterable[GraphNode], name: str = GRAPH) -> GraphBody:
    """Those nodes, counted. A call of a function by its name counts as no operation."""
    ops: Counter[str] = Counter()
    devices: Counter[str] = Counter()
    channels_first: Counter[str] = Counter()
    calls: dict[str, None] = {}
    xla_version = 0
    for node in nodes:
        ops[node.op] += 1
        calls |= dict.fromkeys(node.calls)
        if node.device:
            devices[node.device] += 1
        if node.channels_first:
            channels_first[node.op] += 1
        xla_version = max(xla_version, node.xla_version)
    return GraphBody(
        name, dict(ops), tuple(calls), dict(devices), dict(channels_first), xla_version
    )


def _read_functions(read: ByteSource, library: Span, tick: Tick) -> dict[str, GraphBody]:
    functions = {}
    for field in fields_of(read, library):
        if field.number == _FUNCTION and field.wire_type == wire.BYTES:
            body = _read_function(read, field.content)
            functions[body.name] = body
            tick(field.start)
    return functions


def _read_function(read: ByteSource, span: Span) -> GraphBody:
    name = ""
    nodes = []
    for field in fields_of(read, span):
        if field.number == _SIGNATURE and field.wire_type == wire.BYTES:
            name = parse_message("OpDef", _content(read, field)).name
        elif field.number == _NODE_DEF and field.wire_type == wire.BYTES:
            nodes.append(_read_node(read, field.content))
    return body_of(nodes, name)


def _read_node(read: ByteSource, span: Span) -> GraphNode:
    node = parse_message("NodeDef", _small_part(read, span))
    attributes = node.attr
    layout = attributes["data_format"].s if "data_format" in attributes else b""
    version = attributes["version"].i if node.op == _XLA_CALL and "version" in attributes else 0
    return GraphNode(
        node.name,
        node.op,
        tuple(name.lstrip("^").partition(":")[0] for name in node.input),
        (node.op, *_functions_in(attributes)),
        node.device,
        layout.startswith(b"NC"),
        version,
    )


def _small_part(read: ByteSource, span: Span) -> bytes:
    if span.stop - span.start <= _LARGEST_ATTRIBUTE:
        return read(span.start, span.stop - span.start)
    small = bytearray()
    for field in fields_of(read, span):
        nbytes = field.content.stop - field.start
        if field.number != _ATTRIBUTE or nbytes <= _LARGEST_ATTRIBUTE:
            small += read(field.start, nbytes)
    return bytes(small)


def _functions_in(attributes: Any) -> Iterator[str]:
    """Names of the functions that the attributes of a node refer to."""
    for value in attributes.values():
        kind = value.WhichOneof("value")
        if kind == "func":
            yield value.func.name
        elif kind == "list":
            yield from (function.name for function in value.list.func)


def _only_known(body: GraphBody, known: Container[str]) -> GraphBody:
    """The body with calls of functions that exist; an operation named like one is a call too."""
    ops = {op: count for op, count in body.ops.items() if op not in known}
    return replace(body, ops=ops, calls=_among(body.calls, known))


def _among(calls: Iterable[str], known: Container[str]) -> tuple[str, ...]:
    return tuple(call for call in calls if call in known)


def _content(read: ByteSource, field: Field) -> bytes:
    return read(field.content.start, field.content.stop - field.content.start)
