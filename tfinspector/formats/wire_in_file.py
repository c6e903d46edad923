"""Walks protobuf messages where they lie in a file, hopping over the contents of their fields.

As `wire.walk`, for messages too large to be read: a graph with its weights in it may be gigabytes.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from tfinspector.formats import wire

_WINDOW = 1 << 16
_LONGEST_HEAD = 20  # a tag and a length of ten bytes each


class Malformed(ValueError):
    """The bytes are no such message: a sentence without the file's name."""


ByteSource = Callable[[int, int], bytes]
"""`read(offset, nbytes)`: fewer bytes only at the end of the file."""


class Span(NamedTuple):
    """A run of bytes in the file."""

    start: int
    stop: int


class Field(NamedTuple):
    """One field as it lies in the file: all its bytes, its content, and a varint's value."""

    number: int
    wire_type: int
    start: int
    content: Span
    value: int


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
    if len(head) > 1 and head[0] & 0x87 == wire.BYTES and head[0] > 7 and head[1] < 0x80:
        start = position + 2  # a short message or text under a low number, as nearly all are
        return Field(head[0] >> 3, wire.BYTES, position, Span(start, start + head[1]), 0)
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
