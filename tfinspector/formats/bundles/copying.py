"""The bytes of a stored tensor as those of a little-endian bundle: moved, not decoded."""

import sys
from collections.abc import Iterator
from math import prod

import numpy as np

from tfinspector.contents.dtypes import DTypeKind
from tfinspector.contents.tensors import Piece, StoredTensor
from tfinspector.formats.bundles.data_file import DataFile
from tfinspector.formats.bundles.strings import lengths_checksum, read_lengths
from tfinspector.formats.bundles.tensor_bytes import to_native, word_dtype
from tfinspector.formats.bundles.variants import CHECKSUM_NBYTES, spans
from tfinspector.formats.bundles.writing import Part, string_head
from tfinspector.formats.reading import BLOCK_NBYTES
from tfinspector.formats.wire import Malformed, write_varint


def parts_of(file: DataFile, piece: Piece, tensor: StoredTensor) -> Iterator[Part]:
    """What to write for a tensor of one piece, each valid until the next is asked for.

    Numbers of a big-endian file are swapped. Raises `Malformed` for what can't be moved.
    """
    if tensor.dtype.kind is DTypeKind.VARIANT:
        return _variants(file, piece, tensor.big_endian)
    if tensor.dtype.kind is DTypeKind.STRING:
        return _strings(file, piece, tensor.big_endian)
    return _numbers(file, piece, tensor)


def _numbers(file: DataFile, piece: Piece, tensor: StoredTensor) -> Iterator[Part]:
    swapped = tensor.big_endian and tensor.dtype.itemsize > 1
    for block in _run(file, piece.offset, piece.nbytes):
        if swapped:
            words = block.view(word_dtype(tensor.dtype.itemsize))
            to_native(words, tensor.dtype, sys.byteorder == "little")
        yield Part.plain(block)


def _strings(file: DataFile, piece: Piece, big_endian: bool) -> Iterator[Part]:
    head = read_lengths(file, piece, prod(piece.shape), big_endian)
    varints = file.read(piece.offset, head.start - CHECKSUM_NBYTES)
    yield from string_head(varints, head.lengths, lengths_checksum(head.lengths, "<"))
    for block in _run(file, piece.offset + head.start, piece.nbytes - head.start):
        yield Part.plain(block)


def _variants(file: DataFile, piece: Piece, big_endian: bool) -> Iterator[Part]:
    if big_endian:
        raise Malformed("TensorFlow itself reads no variants of a file from a big-endian machine")
    for offset, nbytes in spans(file, piece, prod(piece.shape)):
        yield Part(write_varint(nbytes), nbytes.to_bytes(8, "little"))
        for block in _run(file, offset, nbytes):
            yield Part.plain(block)
        yield Part.plain(file.read(offset + nbytes, CHECKSUM_NBYTES))


def _run(
    file: DataFile, offset: int, nbytes: int
) -> Iterator[np.ndarray[tuple[int], np.dtype[np.uint8]]]:
    """A run of bytes in blocks that share one buffer."""
    buffer = np.empty(min(nbytes, BLOCK_NBYTES), np.uint8)
    for start in range(0, nbytes, BLOCK_NBYTES):
        block = buffer[: nbytes - start]
        file.read_into(block, offset + start)
        yield block
