"""A dataset in its file, and how the chunks of one are read."""

from collections.abc import Iterator
from math import prod
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tfinspector.contents.keras_files import NOT_UNPACKED
from tfinspector.formats.bundles.data_file import DataFile
from tfinspector.formats.bundles.regions import Box
from tfinspector.formats.bundles.tensor_bytes import word_dtype
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


class Stored(NamedTuple):
    """A dataset and the file it is in; `base` and the widths are those of that file."""

    place: Place
    dataset: Dataset
    base: int
    offset_nbytes: int = 8
    length_nbytes: int = 8

    def bytes_of(self, file: DataFile) -> FileBytes:
        """The structure's bytes, read through an open file."""
        after = self.place.nbytes - (self.base - self.place.offset)
        found = FileBytes(file, self.base, after)
        found.offset_nbytes, found.length_nbytes = self.offset_nbytes, self.length_nbytes
        return found


def why_not(dataset: Dataset) -> str:
    """Why a dataset can't be read, as far as its header tells; "" if it can."""
    if dataset.problem:
        return dataset.problem
    if dataset.chunks is not None and (name := unknown_filter(dataset.chunks)):
        return f"is packed with {name}, which {NOT_UNPACKED}"
    return ""


def whole_of(dataset: Dataset) -> Box:
    """The rectangle of all its elements."""
    return Box((0,) * len(dataset.shape), dataset.shape)


def fill_of(dataset: Dataset, word: np.dtype[Any]) -> Any:
    """The element that stands for what was never written."""
    return np.frombuffer(dataset.fill, word, 1)[0] if dataset.fill else word.type(0)


class ChunkReading:
    """Reads chunks of datasets; remembers where they lie. Raises `Broken` and `Unreadable`."""

    def __init__(self) -> None:
        self._known: dict[str, list[Chunk]] = {}

    def parts(
        self, key: str, stored: Stored, file: DataFile, wanted: Box | None = None
    ) -> Iterator[tuple[Box, NDArray[Any]]]:
        """Of each chunk that reaches into `wanted` the rectangle it covers, and its elements.

        Elements of strings come as raw bytes (a void type). In row-major order of the chunks.
        """
        data = stored.dataset
        if data.chunks is None:
            return
        is_text = not data.element.dtype.is_numeric
        word = np.dtype(f"V{data.element.nbytes}") if is_text else word_dtype(data.element.nbytes)
        whole, bytes_of = whole_of(data), stored.bytes_of(file)
        for chunk in self._chunks_of(key, stored, file):
            box = whole.intersect(Box(chunk.start, data.chunks.shape))
            if box is None or (wanted is not None and wanted.intersect(box) is None):
                continue
            packed = bytes_of.at(chunk.address, chunk.nbytes)
            values = np.frombuffer(unpack(data, chunk, packed), word).reshape(data.chunks.shape)
            yield box, values[box.slices_within(Box(box.start, values.shape))]

    def verify(
        self, key: str, stored: Stored, file: DataFile
    ) -> Iterator[tuple[int, tuple[int, int] | None]]:
        """Of each chunk the bytes read, and its checksums (stored, computed) where it has one."""
        bytes_of = stored.bytes_of(file)
        for chunk in self._chunks_of(key, stored, file):
            packed = bytes_of.at(chunk.address, chunk.nbytes)
            sums = stored_checksum(stored.dataset, chunk, packed)
            if sums is None or sums[0] == sums[1]:
                unpack(stored.dataset, chunk, packed)
            yield chunk.nbytes, sums

    def check(self, key: str, stored: Stored, file: DataFile) -> None:
        """Raises `Broken` where a dataset declares far more than its chunks hold."""
        if stored.dataset.chunks is not None:
            self._chunks_of(key, stored, file)

    def _chunks_of(self, key: str, stored: Stored, file: DataFile) -> list[Chunk]:
        known = self._known.get(key)
        if known is None:
            known = find_chunks(stored.dataset, stored.bytes_of(file))
            checked = bounded(stored.dataset, sum(chunk.nbytes for chunk in known))
            if checked.problem:
                raise Broken(f"it {checked.problem}")
            self._known[key] = known
        return known


def raw_elements(key: str, stored: Stored, file: DataFile, chunks: ChunkReading) -> bytes:
    """All elements as they lie in the file, one after the other: of strings, their places."""
    data = stored.dataset
    if data.address is not None:
        return stored.bytes_of(file).at(data.address, data.nbytes)
    if data.compact is not None:
        return data.compact
    chunks.check(key, stored, file)
    out = np.zeros(data.shape, f"V{data.element.nbytes}")
    for box, part in chunks.parts(key, stored, file):
        out[box.slices_within(whole_of(data))] = part
    return out.tobytes()


def flat_of_header(dataset: Dataset) -> NDArray[Any]:
    """The elements of a dataset that lies in its own header."""
    word = word_dtype(dataset.element.nbytes)
    return np.frombuffer(dataset.compact or b"", word, prod(dataset.shape))
