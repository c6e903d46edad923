"""The run's path in the plane in which it moved most: from samples of all weights, or from all.

Of few weights all are taken. Of many, inner products of all of them would cost more than all other
figures together, and more with each snapshot; and one snapshot more would need all others to be
read again. So every `stride`-th element is sampled and kept, and the error is told: the sample
falls into parts, each a sample by itself, and how far the paths without one of them are apart
tells how far the whole one may be off (the jackknife, Quenouille 1956); where the lengths of the
changes, which are known exactly, are missed by more, that counts. A run that moved as much in other
directions as in those of the plane has no such plane, and an error of all of the path's extent. Who
asks for the exact path has the products of all elements taken in the pass, panel by panel, in
bounded memory.
"""

from collections.abc import Mapping, Sequence
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tfinspector.analysis.drift.displacements import displacement_products
from tfinspector.analysis.drift.principal_path import Path, moves_of_points, principal_path
from tfinspector.contents.drift_metrics import OWN_FIGURES, Reference
from tfinspector.contents.drifts import DriftTable, RunPath
from tfinspector.engine.comparing.passes import Order, Strand

Products = NDArray[np.float64]
"""Inner products by part of the sample, (parts, snapshots, snapshots)."""
Samples = Mapping[int, NDArray[Any]]
"""By number of the snapshot."""

_MOST_SAMPLED = 1 << 17  # of one snapshot; of 500 float32 ones 256 MiB
_ADDED_AT_ONCE = 1 << 15
_ODD = ("nan", "posinf", "neginf")
_PARTS = 8
_SURE = 2.365  # Student's t with 7 degrees of freedom, 95 %


def stride_for(strands: Sequence[Strand]) -> int:
    """Every so many-th element is sampled: a prime, so that no column is met again and again.

    The same for any number of snapshots, so that what is kept of them serves when they grow.
    """
    total = sum(_size(strand) for strand in strands if strand.in_path)
    stride = -(-total // _MOST_SAMPLED)
    while stride > 2 and any(stride % divisor == 0 for divisor in range(2, int(stride**0.5) + 1)):
        stride += 1
    return max(stride, 1)


def is_never_finite(own: NDArray[np.float64]) -> bool:
    """Whether a variable holds NaN or an infinity at every snapshot; (snapshots, OWN_FIGURES)."""
    odd = own[:, [OWN_FIGURES.index(kind) for kind in _ODD]].sum(axis=1)
    return bool((odd > 0).all())


class PathSum:
    """Adds up the inner products of what the samples of all variables moved."""

    def __init__(self, order: Order) -> None:
        count = len(order.places)
        self._products = np.zeros((1 if order.stride == 1 else _PARTS, count, count))
        self._waiting: list[Samples] = []
        self._elements = 0

    def take(self, samples: Samples | None, own: NDArray[np.float64]) -> None:
        """One variable's; what is not sampled at every snapshot takes no part, nor does what is
        nowhere all numbers as its `own` figures tell: with it no snapshot had a place.
        """
        if samples is None or len(samples) < self._products.shape[1] or is_never_finite(own):
            return
        self._waiting.append(samples)
        self._elements += len(samples[0])
        if self._elements >= _ADDED_AT_ONCE:
            self._add()

    def add_of_row(self, products: Products, own: NDArray[np.float64]) -> None:
        """One variable's products, all elements taken; the same holds."""
        if not is_never_finite(own):
            self.add(products)

    def add(self, products: Products) -> None:
        """What is known already of other variables."""
        self._products += products

    @property
    def products(self) -> Products:
        """Of all so far."""
        self._add()
        return self._products

    def _add(self) -> None:
        waiting, self._waiting, self._elements = self._waiting, [], 0
        if not waiting:
            return
        snapshots = range(self._products.shape[1])
        rows = np.stack([np.concatenate([one[at] for one in waiting]) for at in snapshots])
        parts = len(self._products)
        for part in range(parts):
            self._products[part] += displacement_products(rows[:, part::parts].copy())


def path_of(
    products: Products, strands: Sequence[Strand], table: DriftTable, stride: int
) -> RunPath | None:
    """The path of the snapshots whose weights are all numbers; None where there are no two."""
    asked = [
        number
        for number, strand in enumerate(strands)
        if strand.in_path and table.present[number].all()
    ]
    odd_rows = [at for at in asked if all(sum(table.own[kind][at] for kind in _ODD) > 0)]
    rows = [at for at in asked if at not in set(odd_rows)]
    odd = sum(table.own[kind][rows].sum(axis=0) for kind in _ODD)
    taken = np.flatnonzero(np.asarray(odd) == 0)
    left_out = np.flatnonzero(np.asarray(odd) != 0)
    parts = products[:, taken[:, None], taken] * stride
    whole = parts.sum(axis=0)
    path = principal_path(whole) if rows else None
    if path is None:
        return None
    error = 0.0
    if stride > 1:
        error = max(spread_of(parts, path), _missed(whole, table, rows, taken))
        error = min(error / (float(np.linalg.norm(np.ptp(path.points, axis=0))) or 1.0), 1.0)
    parameters = sum(_size(strands[number]) for number in rows)
    return RunPath(
        path.points, tuple(taken.tolist()), path.explained, len(rows), parameters, stride, error,
        tuple(left_out.tolist()), tuple(table.rows[number].name for number in odd_rows),
    )  # fmt: skip


def spread_of(parts: Products, path: Path) -> float:
    """How far the farthest point may be off, from how far each part would move the points."""
    count, whole = len(parts), parts.sum(axis=0)
    variance = np.zeros(len(whole))
    for part in parts:
        without = (whole - part) * (count / (count - 1))
        variance += (moves_of_points(path, without - whole) ** 2).sum(axis=1)
    return _SURE * float(np.sqrt(variance.max() * (count - 1) / count))


def _missed(
    whole: NDArray[np.float64], table: DriftTable, rows: list[int], taken: NDArray[np.intp]
) -> float:
    """By how much the sample misses the lengths of changes that are known exactly."""
    place = {int(at): number for number, at in enumerate(taken)}
    worst = 0.0
    for reference in (Reference.FIRST, Reference.PREVIOUS):
        lengths = np.linalg.norm(table.values("l2", reference)[rows], axis=0)
        for at in range(1, len(table.snapshots)):
            other = at - 1 if reference is Reference.PREVIOUS else table.anchor
            if at in place and other in place:
                a, b = place[at], place[other]
                square = whole[a, a] + whole[b, b] - 2 * whole[a, b]
                worst = max(worst, abs(float(lengths[at]) - float(np.sqrt(max(square, 0.0)))))
    return worst


def _size(strand: Strand) -> int:
    cell = strand.cells[0]
    return prod(cell.shape) if cell else 0
