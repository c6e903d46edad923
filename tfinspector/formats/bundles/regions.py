"""Reads a rectangle of a tensor that lies row by row in a file, and little else.

What lies close together is read in one go, with the gaps; what lies far apart one by one.
"""

from collections.abc import Sequence
from math import prod
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tfinspector.contents.tensors import Region
from tfinspector.formats.bundles.data_file import DataFile

_GAP_NBYTES = 4096  # the system reads whole pages, so smaller gaps cost nothing
_CHUNK_NBYTES = 1 << 22  # the most that is read at once with gaps in it


class Box(NamedTuple):
    """A rectangle `[start, start + shape)`."""

    start: tuple[int, ...]
    shape: tuple[int, ...]

    def intersect(self, other: "Box") -> "Box | None":
        """What both have in common; None if that is nothing."""
        start = tuple(map(max, self.start, other.start))
        ends = zip(self.start, self.shape, other.start, other.shape, strict=True)
        stop = [min(a + n, b + m) for a, n, b, m in ends]
        shape = tuple(high - low for low, high in zip(start, stop, strict=True))
        return Box(start, shape) if min(shape, default=1) > 0 else None

    def slices_within(self, outer: "Box") -> Region:
        """Where this rectangle lies in an array of the outer one's shape."""
        steps = zip(self.start, self.shape, outer.start, strict=True)
        return tuple(slice(at - origin, at - origin + n) for at, n, origin in steps)


def whole_or(region: Region | None, shape: Sequence[int]) -> Box:
    """The region as a box, clipped to the shape like slices are; the whole for None.

    Axes that the region does not name are whole.
    """
    named = region or ()
    full = (*named, *[slice(None)] * (len(shape) - len(named)))
    limits = [part.indices(size) for part, size in zip(full, shape, strict=True)]
    lengths = (max(0, stop - start) for start, stop, _ in limits)
    return Box(tuple(start for start, _, _ in limits), tuple(lengths))


def flat_positions(
    shape: Sequence[int], start: Sequence[int], lengths: Sequence[int]
) -> NDArray[np.int64]:
    """Row-major positions of the elements of a rectangle, as an array of its shape."""
    positions = np.zeros((), np.int64)
    for first, count, stride in zip(start, lengths, _row_major(shape, 1), strict=True):
        positions = positions[..., None] + np.arange(first, first + count) * stride
    return positions


def read_rectangle(
    file: DataFile, position: int, shape: Sequence[int], start: Sequence[int], out: NDArray[Any]
) -> None:
    """Fills `out` (any strides) with `[start, start + out.shape)` of a tensor at `position`."""
    if not out.size:
        return
    strides = _row_major(shape, out.itemsize)
    first = position + sum(map(int.__mul__, start, strides))
    axis, span = _unit(out.shape, strides, out.itemsize)
    dense = span == prod(out.shape[axis:]) * out.itemsize
    if not (dense and out[(0,) * axis + (...,)].flags.c_contiguous):
        axis = _shrink(axis, out.shape, strides, out.itemsize)
        dense = axis == out.ndim
    for outer in np.ndindex(out.shape[:axis]):
        target = out[(*outer, ...)]
        offset = first + sum(map(int.__mul__, outer, strides))
        if dense:
            file.read_into(target, offset)
        else:
            _read_with_gaps(file, offset, strides[axis:], target)


def _row_major(shape: Sequence[int], itemsize: int) -> list[int]:
    strides = [itemsize] * len(shape)
    for axis in range(len(shape) - 1, 0, -1):
        strides[axis - 1] = strides[axis] * shape[axis]
    return strides


def _span(lengths: Sequence[int], strides: Sequence[int], itemsize: int) -> int:
    """Bytes from the first element of a rectangle to the end of its last."""
    return sum((n - 1) * stride for n, stride in zip(lengths, strides, strict=True)) + itemsize


def _unit(lengths: Sequence[int], strides: Sequence[int], itemsize: int) -> tuple[int, int]:
    """The first axis from which on everything lies close together, and how far it reaches."""
    axis, span = len(lengths), itemsize
    while axis and (lengths[axis - 1] == 1 or strides[axis - 1] - span <= _GAP_NBYTES):
        axis -= 1
        span += (lengths[axis] - 1) * strides[axis]
    return axis, span


def _shrink(axis: int, lengths: Sequence[int], strides: Sequence[int], itemsize: int) -> int:
    """The axis to take apart, so that one row along it fits in a chunk."""
    while axis < len(lengths) and (
        _span(lengths[axis + 1 :], strides[axis + 1 :], itemsize) > _CHUNK_NBYTES
    ):
        axis += 1
    return axis


def _read_with_gaps(file: DataFile, offset: int, strides: Sequence[int], out: NDArray[Any]) -> None:
    """Reads spans of whole rows along the first axis and picks the elements out of them."""
    row = _span(out.shape[1:], strides[1:], out.itemsize)
    at_once = min(len(out), max(1, (_CHUNK_NBYTES - row) // strides[0] + 1))
    buffer = np.empty((at_once - 1) * strides[0] + row, np.uint8)
    for first in range(0, len(out), at_once):
        target = out[first : first + at_once]
        used = buffer[: (len(target) - 1) * strides[0] + row]
        file.read_into(used, offset + first * strides[0])
        target[...] = np.ndarray(target.shape, out.dtype, used.data, strides=tuple(strides))
