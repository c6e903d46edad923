"""The reader of tensors that lie in messages: whole or in slices, each in a TensorProto."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager
from math import prod
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tfinspector.contents.dtypes import DType
from tfinspector.contents.findings import Unreadable
from tfinspector.contents.tensors import Region, StoredTensor
from tfinspector.formats import faults
from tfinspector.formats.bundles.regions import Box, flat_positions, read_rectangle, whole_or
from tfinspector.formats.bundles.tensor_bytes import to_native, word_dtype
from tfinspector.formats.reading import BLOCK_NBYTES
from tfinspector.formats.tensor_protos.elements import Bytes, Elements
from tfinspector.formats.tensor_protos.values import Layout, Values
from tfinspector.formats.wire import Malformed
from tfinspector.formats.wire_in_file import Malformed as MalformedInFile


class ProtoPiece(NamedTuple):
    """A rectangle of a tensor whose values lie in one message; `place` is its reader's own."""

    start: tuple[int, ...]
    shape: tuple[int, ...]
    place: Any


class ProtoTensor(NamedTuple):
    """A tensor and its pieces. `problem` completes "KEY ...", "" if nothing is known to be wrong.

    `repeats`: see `elements.Elements`.
    """

    dtype: DType
    shape: tuple[int, ...]
    pieces: tuple[ProtoPiece, ...]
    repeats: bool = False
    problem: str = ""


class ProtoReader(ABC):
    """A `TensorReader` but for `locate` and `verify`. Thread-safe; holds no open file."""

    path: str

    @abstractmethod
    def tensor(self, key: str) -> ProtoTensor:
        """The tensor under a key; raises `Unreadable` if there is none."""

    @abstractmethod
    def opened(
        self, piece: ProtoPiece, dtype: DType
    ) -> AbstractContextManager[tuple[Bytes, Values]]:
        """What a piece is read from, and where in it its values are. May raise `Malformed`."""

    @abstractmethod
    def locate(self, key: str) -> StoredTensor:
        """Where the tensor's bytes lie."""

    def blocks(self, key: str, block_nbytes: int = BLOCK_NBYTES) -> Iterator[NDArray[Any]]:
        """All elements of a numeric tensor as flat native arrays of at most `block_nbytes`."""
        tensor = self.sound(key)
        if not tensor.dtype.is_numeric:
            raise self.bad(key, f"holds {tensor.dtype.name} values, which are no numbers")
        most = max(1, block_nbytes // tensor.dtype.itemsize)
        try:
            for piece in tensor.pieces:
                with self.opened(piece, tensor.dtype) as (file, values):
                    for block in _elements(tensor, piece, values).blocks(file, most):
                        yield to_native(block, tensor.dtype, big_endian=False)
        except (Malformed, MalformedInFile) as error:
            raise self.undecodable(key, error) from None

    def read(self, key: str, region: Region | None = None) -> np.ndarray[Any, Any]:
        """The tensor, or the region of it; strings come as an object array of `bytes`."""
        tensor = self.sound(key)
        if region and len(region) > len(tensor.shape):
            raise self.bad(key, f"has {len(tensor.shape)} axes; the region names {len(region)}")
        box = whole_or(region, tensor.shape)
        numeric = tensor.dtype.is_numeric
        try:
            out = np.empty(box.shape, word_dtype(tensor.dtype.itemsize) if numeric else object)
            for piece in tensor.pieces:
                common = box.intersect(Box(piece.start, piece.shape))
                if common is not None:
                    place: tuple[Any, ...] = (*common.slices_within(box), ...)
                    start = tuple(map(int.__sub__, common.start, piece.start))
                    self._read_piece(tensor, piece, Box(start, common.shape), out[place])
        except (Malformed, MalformedInFile) as error:
            raise self.undecodable(key, error) from None
        except (ValueError, MemoryError) as error:
            raise self.bad(key, f"does not fit into memory as one array ({error})") from None
        return to_native(out, tensor.dtype, big_endian=False) if numeric else out

    def _read_piece(
        self, tensor: ProtoTensor, piece: ProtoPiece, box: Box, out: NDArray[Any]
    ) -> None:
        with self.opened(piece, tensor.dtype) as (file, values):
            elements = _elements(tensor, piece, values)
            if not tensor.dtype.is_numeric:
                flat = np.empty(elements.size, object)
                flat[:] = elements.strings(file)
                out[...] = flat[flat_positions(piece.shape, box.start, box.shape)]
            elif _lies_in_one_run(elements):
                start = values.runs[0].start
                read_rectangle(file, start, piece.shape, box.start, out)  # type: ignore[arg-type]
            else:
                out[...] = elements.rectangle(file, piece.shape, box)

    def sound(self, key: str) -> ProtoTensor:
        """The tensor, if nothing is known that keeps it from being read."""
        tensor = self.tensor(key)
        if tensor.problem:
            raise self.bad(key, tensor.problem)
        return tensor

    def undecodable(self, key: str, error: Malformed | MalformedInFile) -> Unreadable:
        """The tensor's own bytes make no sense."""
        reason = error.finding.title if isinstance(error, Malformed) else str(error)
        if reason.startswith("has "):
            return self.bad(key, reason)
        return self.bad(key, f"can't be decoded: {reason}")

    def bad(self, key: str, problem: str, id: str = "F07") -> Unreadable:
        """An error about one tensor; `problem` completes "KEY ..."."""
        return faults.bad_tensor(self.path, key, problem, id)


def _elements(tensor: ProtoTensor, piece: ProtoPiece, values: Values) -> Elements:
    return Elements(values, tensor.dtype, prod(piece.shape), tensor.repeats)


def _lies_in_one_run(elements: Elements) -> bool:
    values = elements.values
    whole = elements.size * elements.dtype.itemsize
    return values.layout is Layout.RAW and len(values.runs) == 1 and values.nbytes == whole
