"""How many small tensors moved, at once: what `pairs` and `distances` tell, one row for each."""

import numpy as np
from numpy.typing import NDArray

from tfinspector.analysis.drift.distances import Distances
from tfinspector.analysis.drift.pairs import ORDINARY, PairFigures
from tfinspector.analysis.drift.places import (
    AA,
    AB,
    ABSOLUTE,
    BB,
    BEYOND,
    CHANGED,
    COUNTS,
    DD,
    FIGURES,
    FINITE,
    FLIPS,
    GREATEST,
    OUT_OF_RANGE,
    SUMS,
)
from tfinspector.analysis.drift.ready import distance_kernel, pair_kernels
from tfinspector.analysis.layouts import Floats, Integers
from tfinspector.analysis.many import Many

_WIDTH = len(PairFigures._fields) + len(Distances._fields)
_IS_FRACTION = np.array([name.startswith("changed") for name in PairFigures._fields])
"""These are of all elements; the others, and the distances, of those that are finite."""
_OF_VALUES = np.ones(len(Distances._fields), bool)


def can_compare() -> bool:
    """Whether the kernels are there; there is no other way to compare many at once."""
    return pair_kernels() is not None and distance_kernel() is not None


def compare_many(before: Many, after: Many, epsilon: float) -> tuple[Floats, NDArray[np.bool_]]:
    """A row for each pair of tensors, PairFigures and then Distances; and which rows hold.

    The others' squares leave float64: they have to be compared one by one.
    """
    kernels = pair_kernels()
    assert kernels is not None
    rows = len(before.used)
    sums, counts = np.zeros((rows, FIGURES)), np.zeros((rows, COUNTS), np.int64)
    pattern = np.dtype(f"u{before.values.itemsize}")
    kernels.compare_many(
        before.values, after.values, before.values.view(pattern), after.values.view(pattern),
        before.bounds, epsilon, sums, counts,
    )  # fmt: skip
    totals = sums[:, :SUMS] + sums[:, SUMS : 2 * SUMS]
    squares = totals[:, [DD, AA, BB]]
    low, high = ORDINARY
    in_range = (squares == 0) | ((low < squares) & (squares < high))
    holds = before.ordinary & after.ordinary & in_range.all(axis=1) & (counts[:, OUT_OF_RANGE] == 0)
    sizes = np.diff(before.bounds)
    changes = _changes(totals, sums[:, GREATEST], counts, sizes)
    return np.concatenate([changes, _distances(before, after)], axis=1), holds


def itself_many(one: Many) -> Floats:
    """The same for tensors and themselves, as `no_change` tells it."""
    found = np.zeros((len(one.used), _WIDTH))
    named = PairFigures._fields.index
    found[:, named("cosine")] = np.where(one.own[:, 0] > 0, 1.0, np.nan)
    found[np.ix_(one.finite == 0, np.append(~_IS_FRACTION, _OF_VALUES))] = np.nan
    return found


def _changes(totals: Floats, greatest: Floats, counts: Integers, sizes: Integers) -> Floats:
    """PairFigures of each pair."""
    finite = counts[:, FINITE]
    dd, aa, bb = (np.maximum(totals[:, at], 0.0) for at in (DD, AA, BB))
    with np.errstate(divide="ignore", invalid="ignore"):
        cosine = np.clip(totals[:, AB] / np.sqrt(aa * bb), -1.0, 1.0)
        found = np.stack(
            [
                np.sqrt(dd), np.where(dd == 0, 0.0, np.sqrt(dd / aa)), cosine, greatest,
                totals[:, ABSOLUTE] / finite, counts[:, CHANGED] / sizes,
                counts[:, BEYOND] / sizes, counts[:, FLIPS] / finite,
            ],
            axis=1,
        )  # fmt: skip
    found[np.ix_(finite == 0, ~_IS_FRACTION)] = np.nan
    return found


def _distances(before: Many, after: Many) -> Floats:
    """Distances of each pair; NaN where a side has no finite values."""
    kernels = distance_kernel()
    assert kernels is not None
    walked = np.full((len(before.used), 5), np.nan)
    sides = [(one.lower, one.upper, one.counts, one.used) for one in (before, after)]
    kernels.walk_many(before.bounds, *sides[0], *sides[1], walked)
    area, ks, least, most, off = walked.T
    off = np.where(before.exact & after.exact & ~np.isnan(off), 0.0, off)
    ks = np.minimum(np.clip(ks, least, most), 1.0)
    error = np.maximum(np.maximum(ks - least, most - ks), 0.0)
    return np.stack([area, off, ks, error], axis=1)
