"""The keys of a partitioned tensor's slices: ordered code, whose bytes sort like what they code.

Source: `core/lib/strings/ordered_code.cc`, `core/util/saved_tensor_slice_util.cc`. A key is
`num(0) str(name) num(rank) {snum(start) snum(length)} * rank`.
"""

from collections.abc import Iterable
from typing import NamedTuple

from tfinspector.formats.wire import Malformed

_HEAD_0 = (0, 0x80, 0xC0, 0xE0, 0xF0, 0xF8, 0xFC, 0xFE, 0xFF, 0xFF, 0xFF)
_HEAD_1 = (0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80, 0xC0)


class SliceKey(NamedTuple):
    """What a slice's key says: the tensor's name and (start, length) per axis, -1: whole axis."""

    name: bytes
    extents: tuple[tuple[int, int], ...]


def encode_slice_key(name: bytes, extents: Iterable[tuple[int, int]]) -> bytes:
    """The key under which the slice of a tensor is stored."""
    extents = tuple(extents)
    numbers = b"".join(encode_signed(n) for extent in extents for n in extent)
    return encode_unsigned(0) + encode_string(name) + encode_unsigned(len(extents)) + numbers


def decode_slice_key(key: bytes) -> SliceKey:
    """The reverse of `encode_slice_key`; raises `Malformed` if it is no such key."""
    version, position = decode_unsigned(key, 0)
    if version:
        raise Malformed(f"a slice's key has the unknown version {version}")
    name, position = decode_string(key, position)
    rank, position = decode_unsigned(key, position)
    if 2 * rank > len(key) - position:
        raise Malformed("a slice's key is cut off")
    extents = []
    for _ in range(rank):
        start, position = decode_signed(key, position)
        length, position = decode_signed(key, position)
        extents.append((start, length))
    if position != len(key):
        raise Malformed("a slice's key has bytes after its end")
    return SliceKey(name, tuple(extents))


def encode_unsigned(value: int) -> bytes:
    """The count of bytes, then the number, high byte first and without leading zeros."""
    count = (value.bit_length() + 7) // 8
    return bytes([count]) + value.to_bytes(count, "big")


def decode_unsigned(data: bytes, position: int) -> tuple[int, int]:
    """The number at `position`, and the position after it."""
    if position >= len(data) or data[position] > 8:
        raise Malformed("a slice's key holds no number where one must be")
    stop = position + 1 + data[position]
    if stop > len(data):
        raise Malformed("a slice's key is cut off")
    return int.from_bytes(data[position + 1 : stop], "big"), stop


def encode_string(value: bytes) -> bytes:
    """00 and ff escaped, 00 01 at the end."""
    parts = value.split(b"\xff")
    return b"\xff\0".join(part.replace(b"\0", b"\0\xff") for part in parts) + b"\0\x01"


def decode_string(data: bytes, position: int) -> tuple[bytes, int]:
    """The string at `position`, and the position after its end mark."""
    out = bytearray()
    while position + 1 < len(data):
        pair = data[position : position + 2]
        if pair == b"\0\x01":
            return bytes(out), position + 2
        if pair in (b"\0\xff", b"\xff\0"):
            position += 2
        elif pair[0] in (0, 0xFF):
            break
        else:
            position += 1
        out.append(pair[0])
    raise Malformed("the name in a slice's key has no end")


def encode_signed(value: int) -> bytes:
    """7n - 1 bits of two's complement in n bytes; the leading bits tell n and the sign."""
    magnitude = value if value >= 0 else ~value
    count = magnitude.bit_length() // 7 + 1
    if count == 1:
        return bytes([0x80 ^ value & 0xFF])
    out = bytearray(value.to_bytes(count, "big", signed=True))
    out[0] ^= _HEAD_0[count]
    out[1] ^= _HEAD_1[count]
    return bytes(out)


def decode_signed(data: bytes, position: int) -> tuple[int, int]:
    """The number at `position`, and the position after it."""
    if position >= len(data):
        raise Malformed("a slice's key is cut off")
    flip = 0 if data[position] & 0x80 else 0xFF
    lead = int.from_bytes(data[position : position + 2].ljust(2, b"\0"), "big") ^ (flip * 0x101)
    count = 16 - ((~lead) & 0xFFFF).bit_length()
    stop = position + count
    if count > 10 or stop > len(data):
        raise Malformed("a slice's key holds no number where one must be")
    payload = int.from_bytes(bytes(byte ^ flip for byte in data[position:stop]), "big")
    payload &= (1 << (7 * count - 1)) - 1
    return (~payload if flip else payload), stop
