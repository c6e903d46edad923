"""Walks a GraphDef where it lies, past its weights: what it holds, takes and gives.

Source: `core/framework/{graph,node_def,attr_value,function}.proto`. The weights of a frozen graph
are `Const` nodes; what it takes are its placeholders, what it gives are the nodes that no other
node takes anything from.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

from tfinspector.contents.dtypes import DType, dtype_of_code
from tfinspector.contents.saved_models import Shape, TensorSpec
from tfinspector.formats import wire
from tfinspector.formats.bundles.entries import decode_shape
from tfinspector.formats.tensor_protos.values import TensorMessage, find_tensor
from tfinspector.formats.wire_in_file import ByteSource, Span, fields_of

_NODE, _LIBRARY, _VERSIONS = 1, 2, 4  # GraphDef
_NAME, _OP, _INPUT, _ATTR = 1, 2, 3, 5  # NodeDef
_TYPE, _SHAPE, _TENSOR = 6, 7, 8  # AttrValue
_FUNCTION, _SIGNATURE, _BODY = 1, 1, 3  # FunctionDefLibrary.function, FunctionDef
_PRODUCER = 1

_CONSTANT = "Const"
_PLACEHOLDERS = frozenset({"Placeholder", "PlaceholderV2", "PlaceholderWithDefault"})
_GIVES_NOTHING = _PLACEHOLDERS | {_CONSTANT, "NoOp", "Assert", "SaveV2", "VarIsInitializedOp"}
_VALUE_TYPES = ("dtype", "T", "Tparams", "out_type", "DstT", "output_type")


class Constant(NamedTuple):
    """A tensor of the graph: its node's name (behind its function's, and a slash) and message."""

    name: str
    message: TensorMessage


@dataclass
class GraphContents:
    """What a GraphDef holds. `operations` counts its nodes, those in functions too."""

    constants: list[Constant] = field(default_factory=list)
    inputs: list[TensorSpec] = field(default_factory=list)
    outputs: list[TensorSpec] = field(default_factory=list)
    operations: int = 0
    functions: int = 0
    producer: int = 0


class _Node(NamedTuple):
    name: str
    op: str
    inputs: list[str]
    attributes: dict[str, Span]


def walk_graph(read: ByteSource, span: Span) -> GraphContents:
    """The GraphDef in `span`. Raises `wire_in_file.Malformed` and `wire.Malformed`.

    `read` is asked for many small runs that mostly follow one another.
    """
    found = GraphContents()
    givers: dict[str, _Node] = {}
    taken: set[str] = set()
    for part in fields_of(read, span):
        if part.wire_type != wire.BYTES:
            continue
        if part.number == _NODE:
            node = _read_node(read, part.content)
            _note(read, node, "", found)
            taken.update([name.removeprefix("^").partition(":")[0] for name in node.inputs])
            if node.op not in _GIVES_NOTHING:
                givers[node.name] = node
        elif part.number == _LIBRARY:
            _walk_library(read, part.content, found)
        elif part.number == _VERSIONS:
            for inner in fields_of(read, part.content):
                if inner.number == _PRODUCER:
                    found.producer = inner.value
    found.outputs = [
        TensorSpec(name, _type_of(read, node), None, f"{name}:0")
        for name, node in givers.items()
        if name not in taken
    ]
    return found


def _walk_library(read: ByteSource, span: Span, found: GraphContents) -> None:
    for function in fields_of(read, span):
        if function.number != _FUNCTION or function.wire_type != wire.BYTES:
            continue
        found.functions += 1
        name = ""
        bodies: list[Span] = []
        for part in fields_of(read, function.content):
            if part.number == _SIGNATURE:
                name = _text_of(read, part.content, _NAME)
            elif part.number == _BODY:
                bodies.append(part.content)
        for body in bodies:
            _note(read, _read_node(read, body), f"{name}/", found)


def _note(read: ByteSource, node: _Node, within: str, found: GraphContents) -> None:
    found.operations += 1
    if node.op == _CONSTANT and "value" in node.attributes:
        for part in fields_of(read, node.attributes["value"]):
            if part.number == _TENSOR and part.wire_type == wire.BYTES:
                message = find_tensor(read, part.content)
                found.constants.append(Constant(within + node.name, message))
    elif node.op in _PLACEHOLDERS and not within:
        spec = TensorSpec(node.name, _type_of(read, node), _shape_of(read, node), f"{node.name}:0")
        found.inputs.append(spec)


def _read_node(read: ByteSource, span: Span) -> _Node:
    name = op = ""
    inputs: list[str] = []
    attributes: dict[str, Span] = {}
    for part in fields_of(read, span):
        if part.wire_type != wire.BYTES:
            continue
        if part.number == _ATTR:
            key, value = _entry(read, part.content)
            attributes[key] = value
        elif part.number in (_NAME, _OP, _INPUT):
            text = wire.text(read(part.content.start, part.content.stop - part.content.start))
            if part.number == _NAME:
                name = text
            elif part.number == _OP:
                op = text
            else:
                inputs.append(text)
    return _Node(name, op, inputs, attributes)


def _entry(read: ByteSource, span: Span) -> tuple[str, Span]:
    """An entry of the map of attributes: its key, and where its value lies."""
    key, value = "", Span(span.stop, span.stop)
    for part in fields_of(read, span):
        if part.number == 1:
            key = wire.text(read(part.content.start, part.content.stop - part.content.start))
        elif part.number == 2:
            value = part.content
    return key, value


def _text_of(read: ByteSource, span: Span, number: int) -> str:
    for part in fields_of(read, span):
        if part.number == number and part.wire_type == wire.BYTES:
            return wire.text(read(part.content.start, part.content.stop - part.content.start))
    return ""


def _type_of(read: ByteSource, node: _Node) -> DType:
    for name in _VALUE_TYPES:
        if name in node.attributes:
            for part in fields_of(read, node.attributes[name]):
                if part.number == _TYPE and part.wire_type == wire.VARINT:
                    return dtype_of_code(part.value)
    return dtype_of_code(0)


def _shape_of(read: ByteSource, node: _Node) -> Shape:
    if "shape" not in node.attributes:
        return None
    for part in fields_of(read, node.attributes["shape"]):
        if part.number == _SHAPE and part.wire_type == wire.BYTES:
            shape = decode_shape(read(part.content.start, part.content.stop - part.content.start))
            return None if shape is None else tuple([None if n < 0 else n for n in shape])
    return None
