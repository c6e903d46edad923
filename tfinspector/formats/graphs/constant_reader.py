"""Reads the constants of a graph by name, where they lie in its file."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tfinspector.contents.dtypes import DType
from tfinspector.contents.tensors import Piece, StoredTensor
from tfinspector.formats.bundles.bundle_index import Stamp
from tfinspector.formats.bundles.data_file import DataFile
from tfinspector.formats.tensor_protos.elements import Bytes
from tfinspector.formats.tensor_protos.proto_reader import ProtoPiece, ProtoReader, ProtoTensor
from tfinspector.formats.tensor_protos.values import Values


class InMemory:
    """Bytes that are read like a file: a graph that was written as text."""

    def __init__(self, contents: bytes) -> None:
        self._contents = contents

    def read(self, offset: int, nbytes: int) -> bytes:
        """The bytes at `offset`."""
        return self._contents[offset : offset + nbytes]

    def read_into(self, target: NDArray[Any], offset: int) -> None:
        """Fills an array with the bytes at `offset`."""
        octets = target.reshape(-1).view(np.uint8)
        octets[...] = np.frombuffer(self._contents, np.uint8, len(octets), offset)


class ConstantReader(ProtoReader):
    """A `TensorReader` of one graph; `text` is the graph's message where its file is in text."""

    def __init__(
        self, path: str, stamp: Stamp, tensors: Mapping[str, ProtoTensor], text: InMemory | None
    ) -> None:
        self.path = path
        self._stamp = stamp
        self._tensors = tensors
        self._text = text

    def tensor(self, key: str) -> ProtoTensor:
        """The constant of that name; raises `Unreadable` if there is none."""
        found = self._tensors.get(key)
        if found is None:
            raise self.bad(key, "is not a constant of this graph", "F03")
        return found

    def locate(self, key: str) -> StoredTensor:
        """Where the values lie in the file; no places are known in one written as text."""
        tensor = self.tensor(key)
        values: list[Values] = [piece.place for piece in tensor.pieces]
        nbytes = sum(each.nbytes for each in values)
        pieces: tuple[Piece, ...] = ()
        if self._text is None:
            runs = [run for each in values for run in each.runs]
            start = min((run.start for run in runs), default=0)
            stop = max((run.stop for run in runs), default=0)
            origin = (0,) * len(tensor.shape)
            pieces = (Piece(self.path, start, stop - start, origin, tensor.shape, None),)
        return StoredTensor(key, tensor.dtype, tensor.shape, nbytes, pieces, False, tensor.problem)

    def verify(self, key: str, tick: Callable[[int], None] | None = None) -> tuple[int, int] | None:
        """Decodes every value and returns None: a graph has no checksums."""
        tensor = self.sound(key)
        if not tensor.dtype.is_numeric:
            self.read(key)
            return None
        for block in self.blocks(key):
            if tick:
                tick(block.nbytes)
        return None

    @contextmanager
    def opened(self, piece: ProtoPiece, dtype: DType) -> Iterator[tuple[Bytes, Values]]:
        """The file, or the message that its text was made into, and the constant's values."""
        if self._text is not None:
            yield self._text, piece.place
            return
        with DataFile(self.path, self._stamp) as file:
            yield file, piece.place
