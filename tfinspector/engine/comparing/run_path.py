"""The run's path, from samples of all weights: how many are taken, and what they add up to.

So many elements of each snapshot that they can be kept: one snapshot more then needs no other
snapshot to be read again.
"""

from collections.abc import Mapping, Sequence
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tfinspector.analysis.drift.displacements import Displacements
from tfinspector.analysis.drift.principal_path import principal_path
from tfinspector.contents.drifts import RunPath
from tfinspector.engine.comparing.passes import Strand

Products = NDArray[np.float64]
Samples = Mapping[int, NDArray[Any]]
"""By number of the snapshot."""

_MOST_SAMPLED = 1 << 18  # of one snapshot
_MOST_IN_ALL = 1 << 25
_ADDED_AT_ONCE = 1 << 15


def stride_for(strands: Sequence[Strand], count: int) -> int:
    """Every so many-th element is sampled: a prime, so that no column is met again and again.

    It changes when the number of snapshots doubles, not with each of them.
    """
    total = sum(_size(strand) for strand in strands if strand.in_path)
    most = min(_MOST_SAMPLED, _MOST_IN_ALL >> max(count - 1, 1).bit_length())
    stride = -(-total // max(most, 1))
    while stride > 2 and any(stride % divisor == 0 for divisor in range(2, int(stride**0.5) + 1)):
        stride += 1
    return max(stride, 1)


class PathSum:
    """Adds up the inner products of what the samples of all variables moved."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._products = np.zeros((count, count))
        self._waiting: list[Samples] = []
        self._elements = 0

    def take(self, samples: Samples | None) -> None:
        """One variable's; what is not sampled at every snapshot takes no part."""
        if samples is None or len(samples) < self._count:
            return
        self._waiting.append(samples)
        self._elements += len(samples[0])
        if self._elements >= _ADDED_AT_ONCE:
            self._add()

    def add(self, products: Products) -> None:
        """What is known already of other variables."""
        self._products += products

    @property
    def products(self) -> Products:
        """Of all so far, (snapshots, snapshots)."""
        self._add()
        return self._products

    def _add(self) -> None:
        waiting, self._waiting, self._elements = self._waiting, [], 0
        if not waiting:
            return
        is_wide = any(block.dtype.itemsize == 8 for one in waiting for block in one.values())
        moved = Displacements(self._count, 1, np.dtype(np.float64 if is_wide else np.float32))
        for at in range(self._count):
            moved.take(np.concatenate([one[at] for one in waiting]))
        self._products += moved.products()


def path_of(
    products: Products, strands: Sequence[Strand], present: NDArray[np.bool_], stride: int
) -> RunPath | None:
    """The path; None where no weights are there at every snapshot."""
    part = [strand for at, strand in enumerate(strands) if strand.in_path and present[at].all()]
    path = principal_path(products * stride) if part else None
    if path is None:
        return None
    parameters = sum(map(_size, part))
    everything = tuple(range(len(products)))
    return RunPath(path.points, everything, path.explained, len(part), parameters, stride)


def _size(strand: Strand) -> int:
    cell = strand.cells[0]
    return prod(cell.shape) if cell else 0
