"""Where a tensor's bytes lie, and what a region of it is."""

from typing import NamedTuple

from tfinspector.contents import numbers
from tfinspector.contents.dtypes import DType

_TOLD = 3
"""So many inner tensors of a variant are told one by one."""

Region = tuple[slice, ...]
"""One slice of step 1 with concrete bounds per axis; () is the region of a scalar."""


class Piece(NamedTuple):
    """One run of bytes that holds a rectangle of a tensor.

    The rectangle is `[start, start + shape)` per axis; a tensor that is not partitioned has one
    piece that starts at the origin. `checksum` is the masked CRC32C stored for the run (None
    where the format has none); `problem` says why it can't be read.
    """

    file: str
    offset: int
    nbytes: int
    start: tuple[int, ...]
    shape: tuple[int, ...]
    checksum: int | None
    shard: int = 0
    problem: str = ""


class StoredTensor(NamedTuple):
    """A tensor as the file describes it: type, shape and the pieces its bytes lie in.

    `nbytes` is what lies in the file. `problem` is a sentence when the description itself is
    broken ("" when it is fine); then `pieces` may be empty.
    """

    key: str
    dtype: DType
    shape: tuple[int, ...]
    nbytes: int
    pieces: tuple[Piece, ...]
    big_endian: bool = False
    problem: str = ""

    @property
    def is_partitioned(self) -> bool:
        """Whether the tensor is stored in slices."""
        return len(self.pieces) > 1


class VariantElement(NamedTuple):
    """One element of a variant tensor: its C++ type name, raw metadata and inner tensors.

    Inner tensors are described, not decoded: (dtype, shape) each.
    """

    type_name: str
    metadata: bytes
    tensors: tuple[tuple[DType, tuple[int, ...] | None], ...]

    def __str__(self) -> str:
        """ "tensorflow::TensorList: 3 tensors, float32 2 x 4, ..."."""
        inner = [f", {dtype.name} {numbers.shape(axes)}" for dtype, axes in self.tensors[:_TOLD]]
        more = ", …" if len(self.tensors) > _TOLD else ""
        held = numbers.counted(len(self.tensors), "tensor")
        return f"{self.type_name}: {held}{''.join(inner)}{more}"
