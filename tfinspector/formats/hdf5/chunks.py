"""Chunks of a dataset: where each lies, and its elements after all filters are undone.

HDF5 File Format Specification, III.A.1 (B-tree of chunks; newer lists are in `chunk_lists`). The
filters are those that come with HDF5: deflate (1), shuffle (2), Fletcher's checksum (3), and h5py's
LZF (32000).
"""

import zlib
from collections.abc import Iterator
from itertools import product
from math import prod
from typing import NamedTuple

import numpy as np

from tfinspector.formats.hdf5.chunk_lists import listed_chunks
from tfinspector.formats.hdf5.datasets import ChunkIndex, Chunks, Dataset
from tfinspector.formats.hdf5.file_bytes import Broken, Fields, FileBytes
from tfinspector.formats.hdf5.lzf import expand

_DEFLATE, _SHUFFLE, _FLETCHER, _LZF = 1, 2, 3, 32000
_KNOWN = {_DEFLATE, _SHUFFLE, _FLETCHER, _LZF}
_NAMES = {
    4: "szip", 5: "n-bit", 6: "scale-offset", 307: "bzip2", 32001: "blosc", 32004: "lz4",
    32008: "bitshuffle", 32013: "zfp", 32015: "zstd", 32017: "sz", 32026: "blosc2",
}  # fmt: skip
_DEEPEST = 64
_MOST_CHUNKS = 10_000_000
_SLACK = 8  # a checksum may follow the elements
_ALL_LEFT_OUT = 0xFFFFFFFF


class Chunk(NamedTuple):
    """One stored chunk: where it begins in the dataset, and its bytes in the file."""

    start: tuple[int, ...]
    address: int
    nbytes: int
    mask: int = 0  # a bit for each filter that was left out


def unknown_filter(chunks: Chunks) -> str:
    """The name of a filter that can't be undone; "" if all can."""
    other = next((one.id for one in chunks.filters if one.id not in _KNOWN), None)
    return "" if other is None else _NAMES.get(other, f"number {other}")


def find_chunks(dataset: Dataset, bytes_of: FileBytes) -> list[Chunk]:
    """All chunks that were written, in row-major order. Raises `Broken`."""
    chunks = dataset.chunks
    if chunks is None or chunks.address is None:
        return []
    plain = prod(chunks.shape) * dataset.element.nbytes
    if chunks.kept_as is ChunkIndex.SINGLE:
        nbytes = chunks.nbytes or plain
        return [Chunk((0,) * len(chunks.shape), chunks.address, nbytes, chunks.mask)]
    if chunks.kept_as is ChunkIndex.IN_ORDER:
        return _in_order(chunks, chunks.address, plain)
    if chunks.kept_as is ChunkIndex.TREE:
        return sorted(_chunks_of_tree(bytes_of, chunks.address, len(chunks.shape)))
    found = []
    for at, address, nbytes, mask in listed_chunks(chunks, bytes_of):
        start = tuple([place * size for place, size in zip(at, chunks.shape, strict=True)])
        ends = zip(start, chunks.shape, dataset.shape, strict=True)
        if not chunks.edges_packed and any(begin + size > end for begin, size, end in ends):
            mask = _ALL_LEFT_OUT
        found.append(Chunk(start, address, nbytes or plain, mask))
    return sorted(found)


def _in_order(chunks: Chunks, address: int, plain: int) -> list[Chunk]:
    """Chunks that lie one after the other, for the largest shape that the dataset may have."""
    steps = [range(0, n or 0, c) for n, c in zip(chunks.limits, chunks.shape, strict=True)]
    if prod(len(step) for step in steps) > _MOST_CHUNKS:
        raise Broken("a dataset in it would have millions of chunks")
    return [Chunk(start, address + at * plain, plain) for at, start in enumerate(product(*steps))]


def _chunks_of_tree(bytes_of: FileBytes, root: int, axes: int) -> Iterator[Chunk]:
    queue = [(root, 0)]
    seen: set[int] = set()
    start = 8 + 2 * bytes_of.offset_nbytes
    width = 8 + 8 * (axes + 1) + bytes_of.offset_nbytes
    while queue:
        address, depth = queue.pop()
        if address in seen or depth > _DEEPEST:
            raise Broken("the tree of a dataset's chunks leads in a circle")
        seen.add(address)
        head = Fields(bytes_of.at(address, start), bytes_of)
        if head.raw(4) != b"TREE" or head.byte() != 1:
            raise Broken(f"there is no tree of chunks at byte {address:,}, where one should lie")
        level, count = head.byte(), head.integer(2)
        body = Fields(bytes_of.at(address + start, count * width), bytes_of)
        for _ in range(count):
            nbytes, mask = body.integer(4), body.integer(4)
            at = tuple([body.integer(8) for _ in range(axes)])
            body.skip(8)
            child = body.offset()
            if child is None:
                raise Broken("a chunk of a dataset is missing")
            if level:
                queue.append((child, depth + 1))
            else:
                yield Chunk(at, child, nbytes, mask)


def unpack(dataset: Dataset, chunk: Chunk, data: bytes) -> bytes:
    """The elements of a chunk as they were before the filters. Raises `Broken`."""
    chunks = dataset.chunks
    wanted = prod(chunks.shape) * dataset.element.nbytes if chunks else 0
    steps = list(enumerate(chunks.filters if chunks else ()))
    for place, step in reversed(steps):
        if chunk.mask >> place & 1:
            continue
        if step.id == _DEFLATE:
            data = _inflate(data, wanted)
        elif step.id == _LZF:
            data = expand(data, wanted + _SLACK)
        elif step.id == _FLETCHER:
            data = data[:-4]
        elif step.id == _SHUFFLE:
            data = _unshuffle(data, step.settings[0] if step.settings else dataset.element.nbytes)
    if len(data) != wanted:
        raise Broken(f"a chunk of it has {len(data):,} bytes instead of {wanted:,}")
    return data


def stored_checksum(dataset: Dataset, chunk: Chunk, data: bytes) -> tuple[int, int] | None:
    """(stored, computed) checksum of a chunk as it lies in the file; None where it has none."""
    filters = dataset.chunks.filters if dataset.chunks else ()
    if not filters or filters[-1].id != _FLETCHER or chunk.mask >> (len(filters) - 1) & 1:
        return None
    return int.from_bytes(data[-4:], "little"), _fletcher32(data[:-4])


def _inflate(data: bytes, wanted: int) -> bytes:
    stream = zlib.decompressobj()
    try:
        out = stream.decompress(data, wanted + _SLACK)
    except zlib.error as error:
        raise Broken(f"a chunk of it can't be unpacked ({error})") from None
    return out


def _unshuffle(data: bytes, size: int) -> bytes:
    if size <= 1:
        return data
    whole = len(data) // size * size
    planes = np.frombuffer(data, np.uint8, whole).reshape(size, -1)
    return planes.T.tobytes() + data[whole:]


def _fletcher32(data: bytes) -> int:
    """Fletcher's checksum over big-endian 16-bit words, as `H5_checksum_fletcher32` does it."""
    padded = data + b"\0" if len(data) % 2 else data
    words = np.frombuffer(padded, ">u2").astype(np.uint64)
    count = len(words)
    if not count:
        return 0
    low = int(words.sum())
    high = _sum_of_sums(words)
    return _fold(high) << 16 | _fold(low)


def _sum_of_sums(words: "np.ndarray[tuple[int], np.dtype[np.uint64]]") -> int:
    """The sum of all running sums, without overflow."""
    total = 0
    count = len(words)
    for start in range(0, count, 1 << 16):
        part = words[start : start + (1 << 16)]
        weights = np.arange(count - start, count - start - len(part), -1, dtype=np.uint64)
        total += (
            int((part * weights).sum())
            if count < 1 << 24
            else sum(int(a) * int(b) for a, b in zip(part.tolist(), weights.tolist(), strict=True))
        )
    return total


def _fold(value: int) -> int:
    """Modulo 65535, with 65535 itself for a positive multiple of it."""
    return (value - 1) % 0xFFFF + 1 if value else 0
