"""Tensor bundles (V2 checkpoints): `read_bundle` opens one, `BundleReader` reads its tensors."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tfinspector.contents.findings import Unreadable
from tfinspector.contents.tensors import Piece, Region, StoredTensor
from tfinspector.formats import faults
from tfinspector.formats.bundle_index import Bundle
from tfinspector.formats.bundle_opening import read_bundle
from tfinspector.formats.checksum import crc32c, mask
from tfinspector.formats.data_file import DataFile
from tfinspector.formats.reading import BLOCK_NBYTES
from tfinspector.formats.regions import bounds, read_rectangle
from tfinspector.formats.tensor_bytes import to_native, word_dtype

__all__ = ["Bundle", "BundleReader", "read_bundle"]


class BundleReader:
    """Reads the tensors of one bundle; implements `formats.reading.TensorReader`."""

    def __init__(self, bundle: Bundle) -> None:
        self.bundle = bundle

    def locate(self, key: str) -> StoredTensor:
        """Where the tensor's bytes lie; see `Bundle.locate`."""
        return self.bundle.locate(key)

    def blocks(self, key: str, block_nbytes: int = BLOCK_NBYTES) -> Iterator[NDArray[Any]]:
        """All elements of a numeric tensor in file order; each array lives until the next."""
        tensor = self._sound(key)
        if not tensor.dtype.is_numeric:
            raise self._bad(key, f"holds {tensor.dtype.name} values, which are no numbers")
        word = word_dtype(tensor.dtype.itemsize)
        longest = max(piece.nbytes for piece in tensor.pieces)
        length = max(1, min(block_nbytes, longest) // word.itemsize)
        buffer = np.empty(length, word)
        for piece in tensor.pieces:
            if not piece.nbytes:
                continue
            with self._open(piece) as file:
                for start in range(0, piece.nbytes, length * word.itemsize):
                    rest = (piece.nbytes - start) // word.itemsize
                    block = buffer[: min(length, rest)]
                    file.read_into(block, piece.offset + start)
                    yield to_native(block, tensor.dtype, tensor.big_endian)

    def read(self, key: str, region: Region | None = None) -> np.ndarray[Any, Any]:
        """The tensor or a region of it; strings and variants as object arrays."""
        tensor = self._sound(key)
        start, stop = bounds(region, tensor.shape)
        shape = [high - low for low, high in zip(start, stop, strict=True)]
        out = np.empty(shape, word_dtype(tensor.dtype.itemsize))
        for piece in tensor.pieces:
            low = [max(a, b) for a, b in zip(start, piece.start, strict=True)]
            ends = (at + n for at, n in zip(piece.start, piece.shape, strict=True))
            high = [min(a, b) for a, b in zip(stop, ends, strict=True)]
            if any(a >= b for a, b in zip(low, high, strict=True)):
                continue
            place: tuple[Any, ...] = tuple(
                slice(a - s, b - s) for a, b, s in zip(low, high, start, strict=True)
            )
            part = out[(*place, ...)]
            inner = [a - s for a, s in zip(low, piece.start, strict=True)]
            with self._open(piece) as file:
                read_rectangle(file, piece.offset, piece.shape, inner, part)
        return to_native(out, tensor.dtype, tensor.big_endian)

    def verify(self, key: str, tick: Callable[[int], None] | None = None) -> tuple[int, int] | None:
        """None if the stored checksums hold, else (stored, computed) of the first that doesn't."""
        tensor = self._sound(key)
        for piece in tensor.pieces:
            crc = 0
            buffer = np.empty(min(piece.nbytes, BLOCK_NBYTES), np.uint8)
            with self._open(piece) as file:
                for start in range(0, piece.nbytes, BLOCK_NBYTES):
                    block = buffer[: piece.nbytes - start]
                    file.read_into(block, piece.offset + start)
                    crc = crc32c(block, crc)
                    if tick:
                        tick(len(block))
            if piece.checksum is not None and mask(crc) != piece.checksum:
                return piece.checksum, mask(crc)
        return None

    def _sound(self, key: str) -> StoredTensor:
        """The tensor, if nothing is known that keeps it from being read."""
        tensor = self.bundle.locate(key)
        problem = tensor.problem or next((p.problem for p in tensor.pieces if p.problem), "")
        if problem:
            raise self._bad(key, problem)
        return tensor

    def _open(self, piece: Piece) -> DataFile:
        return DataFile(piece.file, self.bundle.stamps[piece.shard])

    def _bad(self, key: str, problem: str) -> Unreadable:
        return faults.bad_tensor(self.bundle.prefix, key, problem)
