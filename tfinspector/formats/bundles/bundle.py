"""Tensor bundles (V2 checkpoints): `read_bundle` opens one, `BundleReader` reads its tensors."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tfinspector.contents.dtypes import DTypeKind
from tfinspector.contents.findings import Unreadable
from tfinspector.contents.tensors import Piece, Region, StoredTensor
from tfinspector.formats import faults
from tfinspector.formats.bundles.bundle_index import Bundle
from tfinspector.formats.bundles.bundle_opening import read_bundle
from tfinspector.formats.bundles.data_file import DataFile
from tfinspector.formats.bundles.integrity import checksums
from tfinspector.formats.bundles.regions import Box, flat_positions, read_rectangle, whole_or
from tfinspector.formats.bundles.strings import read_strings
from tfinspector.formats.bundles.tensor_bytes import to_native, word_dtype
from tfinspector.formats.bundles.variants import read_variants
from tfinspector.formats.reading import BLOCK_NBYTES
from tfinspector.formats.wire import Malformed

if TYPE_CHECKING:
    from tfinspector.formats.bundles.writing import Part

__all__ = ["Bundle", "BundleReader", "read_bundle"]


class BundleReader:
    """Reads the tensors of one bundle; implements `formats.reading.StretchReader`."""

    def __init__(self, bundle: Bundle) -> None:
        self.bundle = bundle

    def locate(self, key: str) -> StoredTensor:
        """Where the tensor's bytes lie; what keeps it from being read is its `problem`."""
        return self.bundle.locate(key)

    def blocks(self, key: str, block_nbytes: int = BLOCK_NBYTES) -> Iterator[NDArray[Any]]:
        """All elements of a numeric tensor, in the order of the file, as flat native arrays.

        They share one buffer of at most `block_nbytes` (one element, if that is more).
        """
        tensor = self._numeric(key)
        itemsize = tensor.dtype.itemsize
        longest = max((piece.nbytes for piece in tensor.pieces), default=0)
        room = max(1, min(block_nbytes, longest) // itemsize) * itemsize
        size = sum(piece.nbytes for piece in tensor.pieces) // itemsize
        yield from self._stretch_of(tensor, 0, size, np.empty(room, np.uint8))

    def stretch(
        self, key: str, start: int, stop: int, buffer: NDArray[np.uint8]
    ) -> Iterator[NDArray[Any]]:
        """The elements `[start, stop)` in the order of `blocks`, in blocks that lie in `buffer`."""
        yield from self._stretch_of(self._numeric(key), start, stop, buffer)

    def read(self, key: str, region: Region | None = None) -> np.ndarray[Any, Any]:
        """The tensor, or the region of it; reads only what it must.

        Strings come as an object array of `bytes`, variants as one of `VariantElement`.
        """
        tensor = self._sound(key)
        if region and len(region) > len(tensor.shape):
            raise self._bad(key, f"has {len(tensor.shape)} axes; the region names {len(region)}")
        box = whole_or(region, tensor.shape)
        word = word_dtype(tensor.dtype.itemsize) if tensor.dtype.is_numeric else np.dtype(object)
        try:
            out = np.empty(box.shape, word)
        except (ValueError, MemoryError) as error:
            raise self._bad(key, f"does not fit into memory as one array ({error})") from None
        for piece in tensor.pieces:
            common = box.intersect(Box(piece.start, piece.shape))
            if common is None:
                continue
            place: tuple[Any, ...] = (*common.slices_within(box), ...)
            part = out[place]
            inner = [at - start for at, start in zip(common.start, piece.start, strict=True)]
            try:
                self._read_part(tensor, piece, inner, part)
            except Malformed as error:
                raise self._bad(key, f"can't be decoded: {error.finding.title}") from None
        return to_native(out, tensor.dtype, tensor.big_endian) if tensor.dtype.is_numeric else out

    def verify(self, key: str, tick: Callable[[int], None] | None = None) -> tuple[int, int] | None:
        """None if every stored checksum holds, else (stored, computed) of the first that doesn't.

        `tick` is called with the number of bytes just read.
        """
        tensor = self._sound(key)
        for piece in tensor.pieces:
            with self._open(piece) as file:
                try:
                    for stored, computed in checksums(file, piece, tensor, tick or _ignore):
                        if stored != computed:
                            return stored, computed
                except Malformed as error:
                    raise self._bad(key, f"can't be checked: {error.finding.title}") from None
        return None

    def parts(self, key: str) -> Iterator["Part"]:
        """What to write for it into another bundle; a partitioned tensor is none of these.

        Raises `Unreadable`; does not compare checksums.
        """
        from tfinspector.formats.bundles.copying import parts_of  # only where one is written

        tensor = self._sound(key)
        [piece] = tensor.pieces
        with self._open(piece) as file:
            try:
                yield from parts_of(file, piece, tensor)
            except Malformed as error:
                raise self._bad(key, f"can't be copied: {error.finding.title}") from None

    def _stretch_of(
        self, tensor: StoredTensor, start: int, stop: int, buffer: NDArray[np.uint8]
    ) -> Iterator[NDArray[Any]]:
        itemsize = tensor.dtype.itemsize
        room = buffer[: len(buffer) // itemsize * itemsize].view(word_dtype(itemsize))
        for piece in tensor.pieces:
            size = piece.nbytes // itemsize
            first, last = max(start, 0), min(stop, size)
            start, stop = start - size, stop - size  # counted from the next piece on
            if first >= last:
                continue
            with self._open(piece) as file:
                for at in range(first, last, len(room)):
                    block = room[: last - at]
                    file.read_into(block, piece.offset + at * itemsize)
                    yield to_native(block, tensor.dtype, tensor.big_endian)

    def _read_part(
        self, tensor: StoredTensor, piece: Piece, start: list[int], out: NDArray[Any]
    ) -> None:
        """Fills `out` with the rectangle at `start` of a piece."""
        with self._open(piece) as file:
            if tensor.dtype.is_numeric:
                read_rectangle(file, piece.offset, piece.shape, start, out)
                return
            wanted = flat_positions(piece.shape, start, out.shape)
            if tensor.dtype.kind is DTypeKind.STRING:
                read_strings(file, piece, tensor.big_endian, wanted, out)
            else:
                read_variants(file, piece, wanted, out)

    def _numeric(self, key: str) -> StoredTensor:
        """The tensor, if it can be read and holds numbers."""
        tensor = self._sound(key)
        if not tensor.dtype.is_numeric:
            raise self._bad(key, f"holds {tensor.dtype.name} values, which are no numbers")
        return tensor

    def _sound(self, key: str) -> StoredTensor:
        """The tensor, if nothing is known that keeps it from being read."""
        tensor = self.bundle.locate(key)
        problem = tensor.problem or next((p.problem for p in tensor.pieces if p.problem), "")
        if problem:
            stamps = (self.bundle.stamps.get(p.shard) for p in tensor.pieces if p.nbytes)
            fault = next((one.fault for one in stamps if one and one.fault), None)
            if fault is not None:  # with the way out that fits it
                raise Unreadable(replace(fault, title=f"{key} {problem}"))
            raise self._bad(key, problem)
        return tensor

    def _open(self, piece: Piece) -> DataFile:
        return DataFile(piece.file, self.bundle.stamps.get(piece.shard))

    def _bad(self, key: str, problem: str) -> Unreadable:
        return faults.bad_tensor(self.bundle.prefix, key, problem)


def _ignore(nbytes: int) -> None:
    """Takes the ticks that nobody waits for."""
