"""The figures of many small tensors at once: one call of a kernel for all of them.

A tensor of a few elements is measured in less time than a call of Python takes, so where there
are a hundred thousand of them, what counts is how many calls each one costs.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tfinspector.analysis.compiled import kernels
from tfinspector.analysis.counters import FEW
from tfinspector.analysis.layouts import SHIFT_32, SHIFT_64, Floats, Integers
from tfinspector.analysis.moments import ORDINARY
from tfinspector.analysis.places import (
    CARRY,
    FINITE,
    HIGH,
    LOW,
    M2,
    NAN,
    NEGINF,
    NEGZERO,
    NO_COUNTS,
    NO_FIGURES,
    POSINF,
    POSZERO,
    TOTAL,
)

_SHIFTS = {"float32": SHIFT_32, "float64": SHIFT_64, "bfloat16": 16, "float16": 13}
"""How many of a float's last bits a bucket leaves out. Floats of 16 bits are widened to float32;
these have a bucket for every value, as their layout does.
"""


class Many(NamedTuple):
    """Tensors of one float type, `values` one behind the other, each from its bound to the next.

    `own` has a column for each of `contents.drift_metrics.OWN_FIGURES`. The buckets of a tensor's
    sketch begin at its bound, `used` of them. `ordinary` tells which tensors are measured: squares
    of the others leave float64.
    """

    values: Floats | NDArray[np.float32]
    bounds: Integers
    own: Floats
    finite: Integers
    counts: Integers
    lower: Floats
    upper: Floats
    used: Integers
    exact: NDArray[np.bool_]
    ordinary: NDArray[np.bool_]


def is_small(dtype_name: str, size: int) -> bool:
    """Whether tensors of so many elements can be measured together, once the kernels are there."""
    return dtype_name in _SHIFTS and 0 < size <= FEW


def measure_many(values: NDArray[np.float32] | Floats, bounds: Integers, dtype_name: str) -> Many:
    """Measure tensors of a type that are all `is_small`; `values` are theirs as
    `drift.decoding` has them, and are kept, not copied.
    """
    compiled = kernels()
    assert compiled is not None
    ascending = values.copy()
    for start, stop in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
        ascending[start:stop].sort()
    rows, room = len(bounds) - 1, len(values)
    figures, counts = np.tile(NO_FIGURES, (rows, 1)), np.tile(NO_COUNTS, (rows, 1))
    buckets, per_bucket = np.empty(room, np.int32), np.empty(room, np.int64)
    lower, upper = np.empty((2, room))
    used, exact = np.empty(rows, np.int64), np.empty(rows, bool)
    compiled.summarise_many(
        ascending, ascending.view(f"u{values.itemsize}"), _SHIFTS[dtype_name], bounds, figures,
        counts, buckets, per_bucket, lower, upper, used, exact,
    )  # fmt: skip
    largest = np.maximum(np.abs(figures[:, LOW]), np.abs(figures[:, HIGH]))
    finite = counts[:, FINITE]
    ordinary = (
        (finite == 0) | (largest == 0) | ((ORDINARY[0] <= largest) & (largest <= ORDINARY[1]))
    )
    own = _own(figures, counts)
    return Many(values, bounds, own, finite, per_bucket, lower, upper, used, exact, ordinary)


def _own(figures: Floats, counts: Integers) -> Floats:
    """OWN_FIGURES of each tensor; of no finite value they are NaN, as `Moments` has it."""
    finite = counts[:, FINITE]
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        mean = (figures[:, TOTAL] + figures[:, CARRY]) / finite
        moments = np.stack(
            [
                np.sqrt(figures[:, M2] + finite * mean * mean), mean,
                np.sqrt(figures[:, M2] / finite), figures[:, LOW] + 0.0, figures[:, HIGH] + 0.0,
            ]
        )  # fmt: skip
    moments[:, finite == 0] = np.nan
    odd = (counts[:, POSZERO] + counts[:, NEGZERO], *counts.T[[NAN, POSINF, NEGINF]])
    return np.concatenate([moments, np.stack(odd)]).T
