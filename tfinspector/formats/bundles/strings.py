"""String tensors: a varint length per string, a checksum of the lengths, then all the bytes.

Source: `WriteStringTensor`, `ReadStringTensor` in `core/util/tensor_bundle/tensor_bundle.cc`.
The checksum runs over the lengths as fixed integers in the bundle's byte order (4 bytes each, 8
if beyond 32 bits), not over the varints; the tensor's checksum goes on from it.
"""

from math import prod
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tfinspector.contents.tensors import Piece
from tfinspector.formats.bundles.data_file import DataFile
from tfinspector.formats.checksum import crc32c, mask
from tfinspector.formats.varints import decode_packed
from tfinspector.formats.wire import Malformed

_BLOCK_NBYTES = 1 << 20
_LONGEST_VARINT = 10


class Lengths(NamedTuple):
    """The head of a string tensor.

    start   where the strings begin, from the tensor's first byte
    stored, computed   masked checksum of the lengths
    crc     the checksum of the tensor up to `start`, to be continued with the strings
    """

    lengths: NDArray[np.int64]
    start: int
    stored: int
    computed: int
    crc: int


def read_lengths(file: DataFile, piece: Piece, count: int, big_endian: bool) -> Lengths:
    """The lengths of the `count` strings of a piece; raises `Malformed` if they do not fit in."""
    if count > piece.nbytes - 4:
        raise Malformed(f"{count:,} lengths do not fit into {piece.nbytes:,} bytes")
    try:
        lengths = np.empty(count, np.int64)
    except MemoryError:
        raise Malformed(f"the lengths of its {count:,} strings do not fit into memory") from None
    done, position = 0, 0
    while done < count:
        likely = 3 * (count - done) + _LONGEST_VARINT  # strings below 2 MiB; else another round
        nbytes = min(_BLOCK_NBYTES, likely, piece.nbytes - 4 - position)
        block = np.frombuffer(file.read(piece.offset + position, nbytes), np.uint8)
        numbers, used = decode_packed(block, count - done)
        if not used:
            raise Malformed("the lengths of its strings are cut off")
        if (numbers > piece.nbytes).any():
            raise Malformed("a string is longer than the whole tensor")
        lengths[done : done + len(numbers)] = numbers
        done += len(numbers)
        position += used
    total = lengths.sum(dtype=np.float64)  # in floating point first: the exact sum might overflow
    if total > 2.0 * piece.nbytes or position + 4 + int(lengths.sum()) != piece.nbytes:
        raise Malformed("the lengths of its strings do not add up to the tensor's size")
    order = "big" if big_endian else "little"
    checksum = file.read(piece.offset + position, 4)
    crc = lengths_checksum(lengths, ">" if big_endian else "<")
    stored = int.from_bytes(checksum, order)  # type: ignore[arg-type]
    return Lengths(lengths, position + 4, stored, mask(crc), crc32c(checksum, crc))


def lengths_checksum(lengths: NDArray[np.int64], order: str) -> int:
    """CRC32C, not masked, of the lengths as fixed integers; `order` is "<" or ">"."""
    if not (lengths > 0xFFFFFFFF).any():
        return crc32c(lengths.astype(f"{order}u4"))
    crc = 0
    for length in lengths.tolist():
        width = 8 if length > 0xFFFFFFFF else 4
        crc = crc32c(np.array(length, f"{order}u{width}").tobytes(), crc)
    return crc


def read_strings(
    file: DataFile, piece: Piece, big_endian: bool, wanted: NDArray[np.int64], out: NDArray[Any]
) -> None:
    """Fills the object array `out` with the strings at the flat positions `wanted` (same shape).

    Reads the lengths and the wanted strings only, neighbours together.
    """
    head = read_lengths(file, piece, prod(piece.shape), big_endian)
    if head.stored != head.computed:
        raise Malformed(
            f"the checksum of its strings' lengths does not hold "
            f"(stored {head.stored:#010x}, computed {head.computed:#010x})"
        )
    ends = np.cumsum(head.lengths) + head.start + piece.offset
    positions = wanted.reshape(-1)
    strings = np.empty(len(positions), object)
    stops = ends[positions].tolist()
    sizes = head.lengths[positions].tolist()
    first = 0
    while first < len(stops):
        start = stop = stops[first] - sizes[first]
        last = first
        while last < len(stops) and stops[last] - sizes[last] == stop:
            if last > first and stops[last] - start > _BLOCK_NBYTES:
                break
            stop = stops[last]
            last += 1
        data = file.read(start, stop - start) if stop > start else b""
        for index in range(first, last):
            strings[index] = data[stops[index] - sizes[index] - start : stops[index] - start]
        first = last
    out[...] = strings.reshape(out.shape)
