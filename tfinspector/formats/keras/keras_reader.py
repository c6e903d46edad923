"""Reads the tensors of Keras files by key: in blocks, by region, from any of their HDF5 files.

Bytes that lie in one run are read straight from the file, also inside a zip archive; chunked
datasets chunk by chunk. Implements `formats.reading.StretchReader`.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tfinspector.contents.findings import Unreadable
from tfinspector.contents.tensors import Piece, Region, StoredTensor
from tfinspector.formats import faults
from tfinspector.formats.bundles.regions import Box, flat_positions, read_rectangle, whole_or
from tfinspector.formats.bundles.tensor_bytes import to_native, word_dtype
from tfinspector.formats.hdf5.attributes import texts_of
from tfinspector.formats.hdf5.file_bytes import Broken
from tfinspector.formats.keras.stored import (
    ChunkReading,
    Stored,
    fill_of,
    flat_of_header,
    raw_elements,
    whole_of,
    why_not,
)
from tfinspector.formats.reading import BLOCK_NBYTES


class KerasReader:
    """A `StretchReader` of one Keras file or set of shards. Thread-safe; holds no open file."""

    def __init__(self, path: str, stored: Mapping[str, Stored]) -> None:
        self._path = path
        self._stored = stored
        self._chunks = ChunkReading()

    def locate(self, key: str) -> StoredTensor:
        """Where the tensor's bytes lie; what keeps it from being read is its `problem`."""
        stored = self._of(key)
        data = stored.dataset
        nbytes = prod(data.shape) * data.element.nbytes
        pieces: tuple[Piece, ...] = ()
        if data.address is not None:
            start = (0,) * len(data.shape)
            offset = stored.base + data.address
            pieces = (Piece(stored.place.path, offset, nbytes, start, data.shape, None),)
        return StoredTensor(
            key, data.element.dtype, data.shape, nbytes, pieces, data.element.big_endian,
            data.problem,
        )  # fmt: skip

    def blocks(self, key: str, block_nbytes: int = BLOCK_NBYTES) -> Iterator[NDArray[Any]]:
        """All elements of a numeric tensor as flat native arrays of at most `block_nbytes`."""
        data = self._numeric(key).dataset
        size = max(data.element.nbytes, min(block_nbytes, data.nbytes))
        yield from self.stretch(key, 0, prod(data.shape), np.empty(size, np.uint8))

    def stretch(
        self, key: str, start: int, stop: int, buffer: NDArray[np.uint8]
    ) -> Iterator[NDArray[Any]]:
        """The elements `[start, stop)` in the order of `blocks`, in blocks that lie in `buffer`."""
        stored = self._numeric(key)
        element = stored.dataset.element
        word = word_dtype(element.nbytes)
        room = buffer[: len(buffer) // word.itemsize * word.itemsize].view(word)
        with self._told(key):
            for raw in self._raw_blocks(key, stored, start, stop, room):
                yield to_native(raw, element.dtype, element.big_endian)

    def read(self, key: str, region: Region | None = None) -> np.ndarray[Any, Any]:
        """The tensor, or the region of it; strings come as an object array of `bytes`."""
        stored = self._sound(key)
        data = stored.dataset
        if region and len(region) > len(data.shape):
            raise self._bad(key, f"has {len(data.shape)} axes; the region names {len(region)}")
        box = whole_or(region, data.shape)
        if not data.element.dtype.is_numeric:
            return self._read_strings(key, stored, box)
        try:
            out = np.empty(box.shape, word_dtype(data.element.nbytes))
        except (ValueError, MemoryError) as error:
            raise self._bad(key, f"does not fit into memory as one array ({error})") from None
        if data.address is not None:
            with stored.place.open() as file:
                read_rectangle(file, stored.base + data.address, data.shape, box.start, out)
        elif data.compact is not None:
            inside = box.slices_within(whole_of(data))
            out[...] = flat_of_header(data).reshape(data.shape)[inside]
        else:
            self._read_chunks(key, stored, box, out)
        return to_native(out, data.element.dtype, data.element.big_endian)

    def verify(self, key: str, tick: Callable[[int], None] | None = None) -> tuple[int, int] | None:
        """Reads every byte; None unless a chunk has a checksum that does not hold.

        HDF5 keeps checksums only for chunks that were written with Fletcher's; those of a zip
        archive are checked member by member (`archive.verify_member`).
        """
        stored = self._sound(key)
        data = stored.dataset
        if data.chunks is not None:
            with self._told(key), stored.place.open() as file:
                for nbytes, sums in self._chunks.verify(key, stored, file):
                    if tick:
                        tick(nbytes)
                    if sums is not None and sums[0] != sums[1]:
                        return sums
            return None
        if not data.element.dtype.is_numeric:
            self._read_strings(key, stored, whole_of(data))
            return None
        for block in self.blocks(key):
            if tick:
                tick(block.nbytes)
        return None

    def _raw_blocks(
        self, key: str, stored: Stored, start: int, stop: int, room: NDArray[Any]
    ) -> Iterator[NDArray[Any]]:
        """Elements as they are stored, in blocks that lie in `room`."""
        data = stored.dataset
        if data.address is None:
            yield from _window(self._parts(key, stored, room.dtype), start, stop, room)
            return
        with stored.place.open() as file:
            for at in range(start, stop, len(room)):
                block = room[: stop - at]
                file.read_into(block, stored.base + data.address + at * room.itemsize)
                yield block

    def _parts(self, key: str, stored: Stored, word: np.dtype[Any]) -> Iterator[NDArray[Any]]:
        """Flat parts of a dataset that does not lie in one run, all elements once."""
        data = stored.dataset
        if data.compact is not None:
            yield flat_of_header(data)
            return
        left = prod(data.shape)
        if data.chunks is not None:
            with stored.place.open() as file:
                for _, part in self._chunks.parts(key, stored, file):
                    left -= part.size
                    yield part.reshape(-1)
        while left > 0:  # what was never written holds the fill value
            size = min(left, BLOCK_NBYTES)
            yield np.full(size, fill_of(data, word), word)
            left -= size

    def _read_chunks(self, key: str, stored: Stored, wanted: Box, out: NDArray[Any]) -> None:
        out[...] = fill_of(stored.dataset, out.dtype)
        with self._told(key), stored.place.open() as file:
            for box, part in self._chunks.parts(key, stored, file, wanted):
                common = wanted.intersect(box)
                if common is not None:
                    inside: tuple[Any, ...] = common.slices_within(box)
                    place: tuple[Any, ...] = common.slices_within(wanted)
                    out[(*place, ...)] = part[(*inside, ...)]

    def _read_strings(self, key: str, stored: Stored, box: Box) -> np.ndarray[Any, Any]:
        """Strings of a region; all of them are read, for only the heap tells where they lie."""
        data = stored.dataset
        count = prod(data.shape)
        with self._told(key), stored.place.open() as file:
            raw = raw_elements(key, stored, file, self._chunks)
            texts = texts_of(raw, data.element, count, stored.bytes_of(file))
        flat = np.empty(count, object)
        flat[:] = texts
        out = np.empty(box.shape, object)
        out[...] = flat[flat_positions(data.shape, box.start, box.shape)]
        return out

    @contextmanager
    def _told(self, key: str) -> Iterator[None]:
        """Whatever is broken in a tensor's own structure is told of it."""
        try:
            yield
        except Broken as error:
            raise self._bad(key, f"can't be decoded: {error}") from None

    def _of(self, key: str) -> Stored:
        found = self._stored.get(key)
        if found is None:
            raise self._bad(key, "is not in this file", "F03")
        return found

    def _sound(self, key: str) -> Stored:
        stored = self._of(key)
        problem = why_not(stored.dataset)
        if problem:
            raise self._bad(key, problem)
        return stored

    def _numeric(self, key: str) -> Stored:
        stored = self._sound(key)
        dtype = stored.dataset.element.dtype
        if not dtype.is_numeric:
            raise self._bad(key, f"holds {dtype.name} values, which are no numbers")
        return stored

    def _bad(self, key: str, problem: str, id: str = "F07") -> Unreadable:
        return faults.bad_tensor(self._path, key, problem, id)


def _window(
    parts: Iterator[NDArray[Any]], start: int, stop: int, room: NDArray[Any]
) -> Iterator[NDArray[Any]]:
    """The elements `[start, stop)` of parts that follow each other, copied into `room`."""
    at = 0
    for part in parts:
        for low in range(max(start - at, 0), min(stop - at, part.size), len(room)):
            high = min(low + len(room), stop - at, part.size)
            block = room[: high - low]
            block[...] = part[low:high]
            yield block
        at += part.size
        if at >= stop:
            return
