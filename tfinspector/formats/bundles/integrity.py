"""Recomputes the checksums that a bundle stores with each tensor, in bounded blocks."""

from collections.abc import Callable, Iterator
from math import prod

import numpy as np
from numpy.typing import NDArray

from tfinspector.contents.dtypes import DTypeKind
from tfinspector.contents.tensors import Piece, StoredTensor
from tfinspector.formats.bundles.data_file import DataFile
from tfinspector.formats.bundles.strings import read_lengths
from tfinspector.formats.bundles.variants import CHECKSUM_NBYTES, spans
from tfinspector.formats.checksum import crc32c, mask
from tfinspector.formats.reading import BLOCK_NBYTES

Tick = Callable[[int], None]

_spare: list[NDArray[np.uint8]] = []
"""Buffers for whichever thread comes next (list's append and pop are atomic): the system clears
every page of new memory first, which takes as long as reading a tensor into it."""


def checksums(
    file: DataFile, piece: Piece, tensor: StoredTensor, tick: Tick
) -> Iterator[tuple[int, int]]:
    """Yields (stored, computed) of every checksum of a piece, masked, in the order of the file.

    Strings have one for their lengths, variants one per element. Raises `Malformed` where
    lengths make no sense, so that it can't be told what a checksum is of.
    """
    crc = 0
    if tensor.dtype.kind is DTypeKind.VARIANT:
        order = "big" if tensor.big_endian else "little"
        for offset, nbytes in spans(file, piece, prod(piece.shape)):
            crc = crc32c(nbytes.to_bytes(8, order), crc)  # type: ignore[arg-type]
            crc = _run(file, offset, nbytes, crc, tick)
            stored = file.read(offset + nbytes, CHECKSUM_NBYTES)
            yield int.from_bytes(stored, order), mask(crc)  # type: ignore[arg-type]
            crc = crc32c(stored, crc)
    elif tensor.dtype.kind is DTypeKind.STRING:
        head = read_lengths(file, piece, prod(piece.shape), tensor.big_endian)
        tick(head.start)
        yield head.stored, head.computed
        crc = _run(file, piece.offset + head.start, piece.nbytes - head.start, head.crc, tick)
    else:
        crc = _run(file, piece.offset, piece.nbytes, crc, tick)
    if piece.checksum is not None:
        yield piece.checksum, mask(crc)


def _run(file: DataFile, offset: int, nbytes: int, crc: int, tick: Tick) -> int:
    """Continues a checksum over a run of bytes."""
    try:
        buffer = _spare.pop()
    except IndexError:
        buffer = np.empty(BLOCK_NBYTES, np.uint8)
    try:
        for start in range(0, nbytes, BLOCK_NBYTES):
            block = buffer[: nbytes - start]
            file.read_into(block, offset + start)
            crc = crc32c(block, crc)
            tick(len(block))
    finally:
        _spare.append(buffer)
    return crc
