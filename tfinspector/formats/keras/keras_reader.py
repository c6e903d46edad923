"""Reads the tensors of Keras files by key: in blocks, by region, from any of their HDF5 files.

Bytes that lie in one run are read straight from the file, also inside a zip archive; chunked
datasets chunk by chunk. Implements `formats.reading.TensorReader`.
"""

from collections.abc import Callable, Iterator, Mapping
from math import prod
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tfinspector.contents.findings import Unreadable
from tfinspector.contents.tensors import Piece, Region, StoredTensor
from tfinspector.formats import faults
from tfinspector.formats.bundles.regions import Box, flat_positions, read_rectangle, whole_or
from tfinspector.formats.bundles.tensor_bytes import to_native, word_dtype
from tfinspector.formats.hdf5.attributes import texts_of
from tfinspector.formats.hdf5.chunks import (
    Chunk,
    find_chunks,
    stored_checksum,
    unknown_filter,
    unpack,
)
from tfinspector.formats.hdf5.datasets import Dataset, bounded
from tfinspector.formats.hdf5.file_bytes import Broken, FileBytes
from tfinspector.formats.keras.places import Place
from tfinspector.formats.reading import BLOCK_NBYTES


class Stored(NamedTuple):
    """A dataset and the file it is in; `base` and the widths are those of that file."""

    place: Place
    dataset: Dataset
    base: int
    offset_nbytes: int = 8
    length_nbytes: int = 8

    def bytes_of(self, file: Any) -> FileBytes:
        """The structure's bytes, read through an open file."""
        after = self.place.nbytes - (self.base - self.place.offset)
        found = FileBytes(file, self.base, after)
        found.offset_nbytes, found.length_nbytes = self.offset_nbytes, self.length_nbytes
        return found


class KerasReader:
    """A `TensorReader` of one Keras file or set of shards. Thread-safe; holds no open file."""

    def __init__(self, path: str, stored: Mapping[str, Stored]) -> None:
        self._path = path
        self._stored = stored
        self._chunks: dict[str, list[Chunk]] = {}

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
        stored = self._sound(key)
        data = stored.dataset
        dtype = data.element.dtype
        if not dtype.is_numeric:
            raise self._bad(key, f"holds {dtype.name} values, which are no numbers")
        most = max(1, block_nbytes // dtype.itemsize)
        for raw in self._raw_blocks(key, stored, most):
            yield to_native(raw, dtype, data.element.big_endian)

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
            out[...] = self._from_bytes(data.compact, data)[box.slices_within(_whole(data.shape))]
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
            return self._verify_chunks(key, stored, tick)
        if not data.element.dtype.is_numeric:
            self._read_strings(key, stored, whole_or(None, data.shape))
            return None
        for raw in self._raw_blocks(key, stored, max(1, BLOCK_NBYTES // data.element.nbytes)):
            if tick:
                tick(raw.nbytes)
        return None

    def _raw_blocks(self, key: str, stored: Stored, most: int) -> Iterator[NDArray[Any]]:
        data = stored.dataset
        word = word_dtype(data.element.nbytes)
        count = prod(data.shape)
        if data.address is not None:
            buffer = np.empty(min(most, count), word)
            with stored.place.open() as file:
                for start in range(0, count, most):
                    block = buffer[: count - start]
                    file.read_into(block, stored.base + data.address + start * word.itemsize)
                    yield block
            return
        if data.compact is not None:
            flat = self._from_bytes(data.compact, data).reshape(-1)
            for start in range(0, count, most):
                yield flat[start : start + most].copy()
            return
        yield from self._blocks_of_chunks(key, stored, most, word)

    def _blocks_of_chunks(
        self, key: str, stored: Stored, most: int, word: np.dtype[Any]
    ) -> Iterator[NDArray[Any]]:
        data = stored.dataset
        left = prod(data.shape)
        for box, values in self._each_chunk(key, stored, None):
            inside = values[box.slices_within(Box(box.start, values.shape))].reshape(-1)
            left -= inside.size
            for start in range(0, inside.size, most):
                yield inside[start : start + most].copy()
        while left > 0:  # what was never written holds the fill value
            size = min(left, most)
            yield np.full(size, _fill(data, word), word)
            left -= size

    def _read_chunks(self, key: str, stored: Stored, wanted: Box, out: NDArray[Any]) -> None:
        out[...] = _fill(stored.dataset, out.dtype)
        for box, values in self._each_chunk(key, stored, wanted):
            common = wanted.intersect(box)
            if common is not None:
                inside: tuple[Any, ...] = common.slices_within(Box(box.start, values.shape))
                place: tuple[Any, ...] = common.slices_within(wanted)
                out[(*place, ...)] = values[(*inside, ...)]

    def _each_chunk(
        self, key: str, stored: Stored, wanted: Box | None
    ) -> Iterator[tuple[Box, NDArray[Any]]]:
        """The unpacked chunks that reach into `wanted`, with the part of each that is inside."""
        data = stored.dataset
        if data.chunks is None:
            return
        whole = _whole(data.shape)
        with stored.place.open() as file:
            for chunk in self._chunks_of(key, stored, file):
                box = whole.intersect(Box(chunk.start, data.chunks.shape))
                if box is None or (wanted is not None and wanted.intersect(box) is None):
                    continue
                try:
                    packed = stored.bytes_of(file).at(chunk.address, chunk.nbytes)
                    values = unpack(data, chunk, packed)
                except Broken as error:
                    raise self._bad(key, f"can't be decoded: {error}") from None
                word = word_dtype(data.element.nbytes)
                yield box, np.frombuffer(values, word).reshape(data.chunks.shape)

    def _verify_chunks(
        self, key: str, stored: Stored, tick: Callable[[int], None] | None
    ) -> tuple[int, int] | None:
        with stored.place.open() as file:
            for chunk in self._chunks_of(key, stored, file):
                try:
                    packed = stored.bytes_of(file).at(chunk.address, chunk.nbytes)
                    sums = stored_checksum(stored.dataset, chunk, packed)
                    if sums is not None and sums[0] != sums[1]:
                        return sums
                    unpack(stored.dataset, chunk, packed)
                except Broken as error:
                    raise self._bad(key, f"can't be decoded: {error}") from None
                if tick:
                    tick(chunk.nbytes)
        return None

    def _chunks_of(self, key: str, stored: Stored, file: Any) -> list[Chunk]:
        known = self._chunks.get(key)
        if known is None:
            try:
                known = find_chunks(stored.dataset, stored.bytes_of(file))
            except Broken as error:
                raise self._bad(key, f"can't be read: {error}") from None
            checked = bounded(stored.dataset, sum(chunk.nbytes for chunk in known))
            if checked.problem:
                raise self._bad(key, checked.problem)
            self._chunks[key] = known
        return known

    def _read_strings(self, key: str, stored: Stored, box: Box) -> np.ndarray[Any, Any]:
        """Strings of a region; all of them are read, for only the heap tells where they lie."""
        data = stored.dataset
        count = prod(data.shape)
        with stored.place.open() as file:
            try:
                raw = self._bytes_of_strings(key, stored, file)
                texts = texts_of(raw, data.element, count, stored.bytes_of(file))
            except Broken as error:
                raise self._bad(key, f"can't be decoded: {error}") from None
        flat = np.empty(count, object)
        flat[:] = texts
        places = flat_positions(data.shape, box.start, box.shape)
        out = np.empty(box.shape, object)
        out[...] = flat[places]
        return out

    def _bytes_of_strings(self, key: str, stored: Stored, file: Any) -> bytes:
        data = stored.dataset
        if data.address is not None:
            return stored.bytes_of(file).at(data.address, data.nbytes)
        if data.compact is not None:
            return data.compact
        out = np.zeros(data.shape, f"V{data.element.nbytes}")
        for chunk in self._chunks_of(key, stored, file):
            assert data.chunks is not None
            box = _whole(data.shape).intersect(Box(chunk.start, data.chunks.shape))
            if box is not None:
                packed = stored.bytes_of(file).at(chunk.address, chunk.nbytes)
                values = np.frombuffer(unpack(data, chunk, packed), out.dtype)
                part = values.reshape(data.chunks.shape)
                out[box.slices_within(_whole(data.shape))] = part[
                    box.slices_within(Box(box.start, part.shape))
                ]
        return out.tobytes()

    def _from_bytes(self, data: bytes, dataset: Dataset) -> NDArray[Any]:
        word = word_dtype(dataset.element.nbytes)
        return np.frombuffer(data, word, prod(dataset.shape)).reshape(dataset.shape)

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

    def _bad(self, key: str, problem: str, id: str = "F07") -> Unreadable:
        return faults.bad_tensor(self._path, key, problem, id)


def why_not(dataset: Dataset) -> str:
    """Why a dataset can't be read, as far as its header tells; "" if it can."""
    if dataset.problem:
        return dataset.problem
    if dataset.chunks is not None and (name := unknown_filter(dataset.chunks)):
        return f"is packed with {name}, which this program can't unpack; h5repack rewrites it"
    return ""


def _fill(dataset: Dataset, word: np.dtype[Any]) -> Any:
    """The element that stands for what was never written."""
    return np.frombuffer(dataset.fill, word, 1)[0] if dataset.fill else word.type(0)


def _whole(shape: tuple[int, ...]) -> Box:
    return Box((0,) * len(shape), shape)
