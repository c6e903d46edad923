"""`saved_model.pb`, walked in place: everything but the graph, which may be gigabytes.

A SavedModel (`tensorflow/core/protobuf/saved_model.proto`) is a message of MetaGraphDefs (field 2),
and a graph (field 2 of a MetaGraphDef) is by far its largest part. The file is read by `pread`;
fields are hopped over by their length; all fields of a meta graph but the graph are put together
and decoded at once, so that what occurs twice is merged as protobuf demands.
"""

from typing import Any, NamedTuple

from tfinspector.formats import wire
from tfinspector.formats.saved_models.schema import parse_message
from tfinspector.formats.wire_in_file import ByteSource, Span, fields_of, windowed

_SCHEMA_VERSION, _META_GRAPHS = 1, 2
_GRAPH_DEF = 2


class RawMetaGraph(NamedTuple):
    """A MetaGraphDef without its graph, and where the graph's bytes lie (more than one run where
    a writer split it).
    """

    message: Any
    graph: tuple[Span, ...]

    @property
    def graph_nbytes(self) -> int:
        """Bytes of the graph in the file."""
        return sum(span.stop - span.start for span in self.graph)


def read_meta_graphs(read: ByteSource, nbytes: int) -> tuple[int, list[RawMetaGraph]]:
    """(schema version, meta graphs) of the SavedModel in a file of `nbytes`.

    Raises `Malformed`, and `google.protobuf.message.DecodeError` for a broken part.
    """
    version = 0
    meta_graphs = []
    near = windowed(read)
    for field in fields_of(near, Span(0, nbytes)):
        if field.number == _META_GRAPHS and field.wire_type == wire.BYTES:
            meta_graphs.append(read_meta_graph(read, field.content, near))
        elif field.number == _SCHEMA_VERSION and field.wire_type == wire.VARINT:
            version = wire.signed(field.value)
    return version, meta_graphs


def read_meta_graph(read: ByteSource, span: Span, near: ByteSource | None = None) -> RawMetaGraph:
    """The MetaGraphDef in `span`; `near` is `read` with the window that its neighbours use.

    Raises as `read_meta_graphs`.
    """
    near = near or windowed(read)
    small = bytearray()
    graph = []
    for field in fields_of(near, span):
        if field.number == _GRAPH_DEF and field.wire_type == wire.BYTES:
            graph.append(field.content)
        else:
            small += read(field.start, field.content.stop - field.start)
    return RawMetaGraph(parse_message("MetaGraphDef", bytes(small)), tuple(graph))
