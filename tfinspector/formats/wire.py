"""Walks protobuf messages without a schema and without copying.

Wire format: https://protobuf.dev/programming-guides/encoding/ . Checkpoints hold few and small
message types, but up to a hundred thousand of them, so their readers pick the fields they know
and skip the rest. Whatever is damaged raises `Malformed`, which is an `Unreadable`.
"""

from collections.abc import Iterator
from typing import TypeVar

from tfinspector.contents.findings import Finding, Fix, Severity, Unreadable

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
"""Wire types. Groups (3 and 4) are older than TensorFlow and are refused."""

Buffer = TypeVar("Buffer", bytes, memoryview)

_MASK64 = (1 << 64) - 1
_LONGEST_VARINT = 10


class Malformed(Unreadable):
    """Bytes that do not follow their own format; readers retell it with the file's name."""

    def __init__(self, sentence: str) -> None:
        again = Fix("Copy or download the file again; if the copy is the same, save it anew.")
        super().__init__(Finding("F07", Severity.ERROR, sentence, fix=again))


def read_varint(data: bytes | memoryview, position: int) -> tuple[int, int]:
    """The base-128 number (unsigned, 64 bits) at `position`, and the position after it."""
    value = 0
    for index in range(_LONGEST_VARINT):
        try:
            byte = data[position + index]
        except IndexError:
            raise Malformed(f"a number is cut off at byte {position + index}") from None
        value |= (byte & 0x7F) << (7 * index)
        if byte < 0x80:
            return value & _MASK64, position + index + 1
    raise Malformed(f"the number at byte {position} is longer than ten bytes")


def write_varint(value: int) -> bytes:
    """The base-128 form of an unsigned number."""
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def signed(value: int) -> int:
    """An int32 or int64 field's value, from the unsigned 64 bits on the wire."""
    return value - (1 << 64) if value >> 63 else value


def text(value: bytes | memoryview) -> str:
    r"""A string for people: bytes that are not UTF-8 show as `\xff`."""
    return bytes(value).decode("utf-8", "backslashreplace")


def walk(data: Buffer) -> Iterator[tuple[int, int, int | Buffer]]:
    """Yields (field number, wire type, value) in the order of the file.

    A value is an unsigned int, or for wire type 2 a slice of `data` (no copy for a memoryview).
    Raises `Malformed` where the message ends early or a tag is not one.
    """
    position, end = 0, len(data)
    while position < end:
        tag = data[position]
        if tag < 0x80:
            position += 1
        else:
            tag, position = read_varint(data, position)
        field, wire_type = tag >> 3, tag & 7
        if not 0 < field < 1 << 29:
            raise Malformed(f"the field before byte {position} has the number {field}")
        if wire_type == VARINT:
            if position < end and (number := data[position]) < 0x80:
                position += 1
            else:
                number, position = read_varint(data, position)
            yield field, VARINT, number
            continue
        if wire_type == BYTES:
            length, start = read_varint(data, position)
        elif wire_type in (FIXED32, FIXED64):
            length, start = (4, position) if wire_type == FIXED32 else (8, position)
        else:
            raise Malformed(f"byte {position - 1} is not a tag: wire type {wire_type}")
        position = start + length
        if position > end:
            raise Malformed(f"field {field} ends {position - end} bytes after its message")
        value = data[start:position]
        if wire_type == BYTES:
            yield field, BYTES, value
        else:
            yield field, wire_type, int.from_bytes(value, "little")


def varints_of(value: int | bytes | memoryview) -> Iterator[int]:
    """The numbers of a repeated integer field: packed (bytes) or one at a time (int)."""
    if isinstance(value, int):
        yield value
        return
    position = 0
    while position < len(value):
        number, position = read_varint(value, position)
        yield number
