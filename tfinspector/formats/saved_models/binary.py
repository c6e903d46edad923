"""`saved_model.pb`, walked in place: everything but the graph, which may be gigabytes.

A SavedModel (`tensorflow/core/protobuf/saved_model.proto`) is a message of MetaGraphDefs (field 2),
and a graph (field 2 of a MetaGraphDef) is by far its largest part. The file is read by `pread`;
fields are hopped over by their length; all fields of a meta graph but the graph are put together
and decoded at once, so that what occurs twice is merged as protobuf demands.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from tfinspector.formats import wire
from tfinspector.formats.saved_models.schema import parse_message

_SCHEMA_VERSION, _META_GRAPHS = 1, 2
_META_INFO, _GRAPH_DEF = 1, 2
_WINDOW = 1 << 16
_LONGEST_HEAD = 20  # a tag and a length of ten bytes each


class Malformed(ValueError):
    """The bytes are no SavedModel: a sentence without the file's name."""


ByteSource = Callable[[int, int], bytes]
"""`read(offset, nbytes)`: fewer bytes only at the end of the file."""


class Span(NamedTuple):
    """A run of bytes in the file."""

    start: int
    stop: int


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


class Field(NamedTuple):
    """One field as it lies in the file: all its bytes, its content, and a varint's value."""

    number: int
    wire_type: int
    start: int
    content: Span
    value: int


def read_meta_graphs(read: ByteSource, nbytes: int) -> tuple[int, list[RawMetaGraph]]:
    """(schema version, meta graphs) of the SavedModel in a file of `nbytes`.

    Raises `Malformed`, and `google.protobuf.message.DecodeError` for a broken part.
    """
    version = 0
    meta_graphs = []
    near = windowed(read)
    for field in fields_of(near, Span(0, nbytes)):
        if field.number == _META_GRAPHS and field.wire_type == wire.BYTES:
            meta_graphs.append(_read_meta_graph(read, near, field.content))
        elif field.number == _SCHEMA_VERSION and field.wire_type == wire.VARINT:
            version = wire.signed(field.value)
    return version, meta_graphs


def _read_meta_graph(read: ByteSource, near: ByteSource, span: Span) -> RawMetaGraph:
    small = bytearray()
    graph = []
    for field in fields_of(near, span):
        if field.number == _GRAPH_DEF and field.wire_type == wire.BYTES:
            graph.append(field.content)
        else:
            small += read(field.start, field.content.stop - field.start)
    return RawMetaGraph(parse_message("MetaGraphDef", bytes(small)), tuple(graph))


def fields_of(read: ByteSource, span: Span) -> Iterator[Field]:
    """The fields of the message in `span`, contents unread. Raises `Malformed`."""
    position = span.start
    while position < span.stop:
        head = read(position, min(_LONGEST_HEAD, span.stop - position))
        try:
            field = _field_at(head, position)
        except wire.Malformed as error:
            raise Malformed(f"{error.finding.title} ({position:,} bytes in)") from None
        if field.content.stop > span.stop:
            missing = field.content.stop - span.stop
            raise Malformed(
                f"what begins at byte {position:,} needs {missing:,} bytes more than there are"
            )
        yield field
        position = field.content.stop


def _field_at(head: bytes, position: int) -> Field:
    """The field whose first bytes are `head`; positions in its sentence count from there."""
    tag, used = wire.read_varint(head, 0)
    number, wire_type = tag >> 3, tag & 7
    value = 0
    if wire_type == wire.VARINT:
        value, end = wire.read_varint(head, used)
        used, length = end, 0
    elif wire_type == wire.BYTES:
        length, used = wire.read_varint(head, used)
    elif wire_type in (wire.FIXED32, wire.FIXED64):
        length = 4 if wire_type == wire.FIXED32 else 8
    else:
        raise wire.Malformed(f"there is no field: wire type {wire_type}")
    if not 0 < number < 1 << 29:
        raise wire.Malformed(f"there is no field with the number {number}")
    content = Span(position + used, position + used + length)
    return Field(number, wire_type, position, content, value)


def windowed(read: ByteSource) -> ByteSource:
    """The same bytes, for many small reads that mostly follow one another."""
    window, begin = b"", 0

    def read_windowed(offset: int, nbytes: int) -> bytes:
        nonlocal window, begin
        place = offset - begin
        if place < 0 or place + nbytes > len(window):
            begin, place = offset, 0
            window = read(offset, max(nbytes, _WINDOW))
        return window[place : place + nbytes]

    return read_windowed
