"""Which operations a SavedModel holds, and which of them run when: from its bytes alone.

A graph is entered through its signatures, the functions of its objects, what fills its tables
when it is loaded (`_initialize`, `_create_resource`, an init op, `restore` of a saveable) and its
saver, which every SavedModel has. Formats: `meta_graph.proto`, `saved_object_graph.proto`.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from google.protobuf.message import DecodeError

from tfinspector.contents.saved_models import SavedModel
from tfinspector.contents.trust import EntryKind, GraphBody, GraphCensus, GraphEntry
from tfinspector.formats.places.files import open_for_parts
from tfinspector.formats.saved_models import faults as faults
from tfinspector.formats.saved_models.binary import RawMetaGraph, read_meta_graphs
from tfinspector.formats.saved_models.graph_bodies import (
    Graph,
    GraphNode,
    Tick,
    body_of,
    read_graph,
)
from tfinspector.formats.saved_models.graph_collections import init_op_of
from tfinspector.formats.saved_models.objects import places_of, traces_and_signatures
from tfinspector.formats.saved_models.saved_model import START_NBYTES, TEXT, read_all
from tfinspector.formats.saved_models.signatures import INIT_OP
from tfinspector.formats.saved_models.text import graph_of_text, read_meta_graphs_of_text
from tfinspector.formats.wire_in_file import ByteSource, Malformed, Span, windowed

_RUN_BY_LOADING = ("_initialize", "_create_resource", "_destroy_resource")


def take_census(saved_model: SavedModel, tick: Tick) -> tuple[GraphCensus, ...]:
    """The operations of each meta graph, in the order of `SavedModel.meta_graphs`.

    `tick` is called with a position in the file. Raises `Unreadable` (S04 damaged, F13).
    """
    proto = saved_model.proto
    try:
        with open_for_parts(proto) as (read, status):
            try:
                return tuple(_graphs(proto, read, status.st_size, tick))
            except (Malformed, DecodeError) as error:
                start = read(0, START_NBYTES)
                raise faults.damaged(proto, start, status.st_size, str(error)) from error
    except OSError as error:
        raise faults.cannot_open(proto, error) from error


def _graphs(proto: str, read: ByteSource, nbytes: int, tick: Tick) -> Iterator[GraphCensus]:
    if not proto.endswith(TEXT):
        for raw in read_meta_graphs(read, nbytes)[1]:
            yield census_of(raw, read_graph(windowed(read), raw.graph, tick))
        return
    text = read_all(read, nbytes)
    for raw in read_meta_graphs_of_text(text)[1]:
        graph = graph_of_text(text, raw.graph)
        tick(nbytes)
        yield census_of(raw, read_graph(_reader_of(graph), [Span(0, len(graph))], tick))


def _reader_of(data: bytes) -> ByteSource:
    return lambda offset, nbytes: data[offset : offset + nbytes]


def census_of(raw: RawMetaGraph, graph: Graph) -> GraphCensus:
    """The operations of a meta graph, and which of them are run when."""
    info = raw.message.meta_info_def
    return GraphCensus(
        tuple(sorted(info.tags)),
        info.tensorflow_version,
        body_of(graph.nodes.values()),
        graph.functions,
        tuple(_entries(raw.message, graph)),
        graph.producer,
        graph.min_consumer,
    )


def _entries(message: Any, graph: Graph) -> Iterator[GraphEntry]:
    reached: set[str] = set()

    def needing(kind: EntryKind, name: str, tensors: Iterable[str]) -> GraphEntry:
        nodes = _needed(graph.nodes, tensors)
        reached.update(node.name for node in nodes)
        return GraphEntry(kind, name, body_of(nodes, name))

    for name, signature in sorted(message.signature_def.items()):
        kind = EntryKind.LOADING if name == INIT_OP else EntryKind.SIGNATURE
        yield needing(kind, name, _tensors_of(signature))
    init_op = init_op_of(message.collection_def)
    if init_op and INIT_OP not in message.signature_def:
        yield needing(EntryKind.LOADING, init_op, [init_op])
    saver = message.saver_def
    yield needing(EntryKind.SAVER, "the saver", [saver.save_tensor_name, saver.restore_op_name])
    yield from _function_entries(message.object_graph_def.nodes, graph.functions)
    rest = [node for name, node in graph.nodes.items() if name not in reached]
    yield GraphEntry(EntryKind.NOBODY, "", body_of(rest))


def _needed(nodes: Mapping[str, GraphNode], tensors: Iterable[str]) -> list[GraphNode]:
    """The nodes that compute these tensors ("name:0"), and all that those need."""
    waiting = [name.lstrip("^").partition(":")[0] for name in tensors]
    found: dict[str, GraphNode] = {}
    while waiting:
        name = waiting.pop()
        if name in nodes and name not in found:
            found[name] = nodes[name]
            waiting += nodes[name].inputs
    return list(found.values())


def _tensors_of(signature: Any) -> Iterator[str]:
    for output in signature.outputs.values():
        yield output.name
        yield from (component.name for component in output.composite_tensor.components)
        sparse = output.coo_sparse
        yield from (sparse.values_tensor_name, sparse.indices_tensor_name)
        yield sparse.dense_shape_tensor_name


def _function_entries(nodes: Any, functions: Mapping[str, GraphBody]) -> Iterator[GraphEntry]:
    """The functions of the objects: called by a user, or by TensorFlow while it loads and saves."""
    if not nodes:
        return
    places, _ = places_of(nodes)
    told_already = traces_and_signatures(nodes, places)
    for index, place in places.items():
        called = [name for name in _concrete(nodes[index]) if name in functions]
        if called and index not in told_already:
            by_loading = place.path.rpartition("/")[2] in _RUN_BY_LOADING
            kind = EntryKind.LOADING if by_loading else EntryKind.FUNCTION
            yield GraphEntry(kind, place.path, GraphBody(place.path, {}, tuple(called)))
        for name, saveable in sorted(nodes[index].saveable_objects.items()):
            path = f"{place.path}/{name}" if place.path else name
            for kind, target in (
                (EntryKind.LOADING, saveable.restore_function),
                (EntryKind.SAVER, saveable.save_function),
            ):
                if 0 < target < len(nodes):
                    calls = tuple(each for each in _concrete(nodes[target]) if each in functions)
                    yield GraphEntry(kind, path, GraphBody(path, {}, calls))


def _concrete(node: Any) -> list[str]:
    kind = node.WhichOneof("kind")
    if kind == "function":
        return list(node.function.concrete_functions)
    if kind == "bare_concrete_function":
        return [node.bare_concrete_function.concrete_function_name]
    return []
