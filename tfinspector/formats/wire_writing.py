"""Fields of protobuf messages as bytes, for the few small messages that are written.

Wire format: https://protobuf.dev/programming-guides/encoding/ ; `wire` reads it.
"""

from tfinspector.formats.wire import BYTES, VARINT, write_varint


def number(tag: int, value: int) -> bytes:
    """A varint field; nothing for 0, like proto3."""
    return write_varint(tag << 3 | VARINT) + write_varint(value % (1 << 64)) if value else b""


def message(tag: int, content: bytes) -> bytes:
    """A field of bytes, or of an inner message."""
    return write_varint(tag << 3 | BYTES) + write_varint(len(content)) + content
