"""Reads the tensors of a V1 checkpoint by key, where they lie in its blocks.

The checksum of a V1 file is that of a block, which may hold one large tensor or many small ones.
"""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tfinspector.contents.dtypes import DType
from tfinspector.contents.tensors import Piece, StoredTensor
from tfinspector.formats import wire
from tfinspector.formats.bundles.bundle_index import Stamp
from tfinspector.formats.bundles.data_file import DataFile
from tfinspector.formats.bundles.table import Handle, read_block
from tfinspector.formats.checksum import crc32c, mask
from tfinspector.formats.reading import BLOCK_NBYTES
from tfinspector.formats.tensor_protos.elements import Bytes
from tfinspector.formats.tensor_protos.proto_reader import ProtoPiece, ProtoReader, ProtoTensor
from tfinspector.formats.tensor_protos.values import TensorMessage, Values, find_tensor
from tfinspector.formats.v1.table_index import Value
from tfinspector.formats.wire_in_file import ByteSource, Span, fields_of, windowed

_DATA, _TENSOR = 2, 3  # SavedTensorSlices.data, SavedSlice.data


class Place(NamedTuple):
    """The file of the set and the value in it that hold a slice."""

    path: str
    stamp: Stamp
    value: Value


class _Contents:
    """A block that was decompressed, to be read like a file."""

    def __init__(self, contents: bytes) -> None:
        self._contents = contents

    def read(self, offset: int, nbytes: int) -> bytes:
        return self._contents[offset : offset + nbytes]

    def read_into(self, target: NDArray[Any], offset: int) -> None:
        octets = target.reshape(-1).view(np.uint8)
        octets[...] = np.frombuffer(self._contents, np.uint8, len(octets), offset)


class V1Reader(ProtoReader):
    """A `TensorReader` of one V1 checkpoint."""

    def __init__(self, prefix: str, tensors: Mapping[str, ProtoTensor]) -> None:
        self.path = prefix
        self._tensors = tensors
        self._lock = threading.Lock()
        self._undone: tuple[tuple[str, Handle], bytes] | None = None
        self._verified: tuple[tuple[str, Handle], tuple[int, int], set[str]] | None = None

    def tensor(self, key: str) -> ProtoTensor:
        """The tensor under a key; raises `Unreadable` if there is none."""
        found = self._tensors.get(key)
        if found is None:
            raise self.bad(key, "is not in this checkpoint", "F03")
        return found

    def locate(self, key: str) -> StoredTensor:
        """The messages that hold the tensor; they have no checksums of their own."""
        tensor = self.tensor(key)
        pieces = tuple([_piece_of(piece) for piece in tensor.pieces])
        nbytes = sum(piece.nbytes for piece in pieces)
        return StoredTensor(key, tensor.dtype, tensor.shape, nbytes, pieces, False, tensor.problem)

    def verify(self, key: str, tick: Callable[[int], None] | None = None) -> tuple[int, int] | None:
        """None if the checksums of all blocks that hold the tensor are right, else (stored,
        computed) of the first that is not. Then the tensor is decoded too.
        """
        tensor = self.sound(key)
        for piece in tensor.pieces:
            stored, computed = self._checksum(key, piece.place, tick)
            if stored != computed:
                return stored, computed
        if tensor.dtype.is_numeric:
            for _ in self.blocks(key):
                pass
        else:
            self.read(key)
        return None

    @contextmanager
    def opened(self, piece: ProtoPiece, dtype: DType) -> Iterator[tuple[Bytes, Values]]:
        """The file or the decompressed block of a slice, and where its values are in it."""
        place: Place = piece.place
        with DataFile(place.path, place.stamp) as file:
            source: Bytes = file
            if place.value.compressed:
                source = _Contents(self._contents_of(place, file))
            message = find_message(source, place.value.span)
            yield source, message.values_of(dtype)

    def _contents_of(self, place: Place, file: DataFile) -> bytes:
        """The contents of a compressed block; neighbours ask for the same one, so it is kept."""
        name = (place.path, place.value.block)
        with self._lock:
            if self._undone is not None and self._undone[0] == name:
                return self._undone[1]
        contents = read_block(file.read, place.value.block, place.stamp.nbytes, check=False)
        with self._lock:
            self._undone = name, contents
        return contents

    def _checksum(
        self, key: str, place: Place, tick: Callable[[int], None] | None
    ) -> tuple[int, int]:
        """(stored, computed) of a slice's block.

        Neighbours share a block, which is read once for all of them; whoever asks for the same
        tensor again has it read again.
        """
        name = (place.path, place.value.block)
        with self._lock:
            known = self._verified
            if known is not None and known[0] == name and key not in known[2]:
                known[2].add(key)
                return known[1]
        sums = _checksum_of(place, tick)
        with self._lock:
            self._verified = name, sums, {key}
        return sums


def find_message(source: Bytes, span: Span) -> TensorMessage:
    """The TensorProto in a SavedTensorSlices. Raises `wire_in_file.Malformed`."""
    near = windowed(clipped(source, span.stop))
    found = TensorMessage(0, b"", None, {})
    for outer in fields_of(near, span):
        if outer.number == _DATA and outer.wire_type == wire.BYTES:
            for inner in fields_of(near, outer.content):
                if inner.number == _TENSOR and inner.wire_type == wire.BYTES:
                    found = find_tensor(near, inner.content)
    return found


def clipped(source: Bytes, stop: int) -> ByteSource:
    """Reads no further than to `stop`, so that a window may be larger than what is left."""
    return lambda offset, nbytes: source.read(offset, max(0, min(nbytes, stop - offset)))


def _checksum_of(place: Place, tick: Callable[[int], None] | None) -> tuple[int, int]:
    offset, size = place.value.block
    stop = offset + size + 1  # with the byte that tells whether it is compressed
    crc = 0
    with DataFile(place.path, place.stamp) as file:
        buffer = np.empty(min(BLOCK_NBYTES, stop - offset), np.uint8)
        for start in range(offset, stop, BLOCK_NBYTES):
            block = buffer[: stop - start]
            file.read_into(block, start)
            crc = crc32c(block, crc)
            if tick:
                tick(len(block))
        return int.from_bytes(file.read(stop, 4), "little"), mask(crc)


def _piece_of(piece: ProtoPiece) -> Piece:
    place: Place = piece.place
    span = place.value.span
    if place.value.compressed:
        block = place.value.block
        span = Span(block.offset, block.offset + block.size)
    return Piece(place.path, span.start, span.stop - span.start, piece.start, piece.shape, None)
