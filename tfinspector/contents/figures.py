"""Figures: what was measured of a tensor.

Everything is over finite values; NaN, +Inf, -Inf and zero are counted apart and exactly.
Complex values are measured by their magnitude, and `of_magnitude` says so.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray


class Scale(StrEnum):
    """The value axis of a histogram."""

    LINEAR = "linear"
    LOG = "log"
    SYMLOG = "symlog"


@dataclass(frozen=True, slots=True, eq=False)
class Sketch:
    """Counts of finite values per bucket; buckets are ordered by value.

    family   which bucketing was used ("bits16", "int8", ...): sketches of one family add up
    buckets  int32, ascending, only those with a count
    counts   int64, same length
    lower, upper  float64: the least and the greatest value a bucket can hold (inclusive)
    exact    True where each bucket holds one value only, so everything drawn from it is exact
    """

    family: str
    buckets: NDArray[np.int32]
    counts: NDArray[np.int64]
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    exact: bool


@dataclass(frozen=True, slots=True, eq=False)
class Statistics:
    """The figures of one tensor.

    `count` is the number of elements. min, max, mean, std (population), l1 and l2 are over the
    finite ones; NaN where there are none. min and max (also as quantiles) of integers are `int`,
    exact beyond 2**53, where float ends. `quantile_error` is the largest relative error of a
    quantile (0.0 where exact).
    """

    count: int
    nan: int
    posinf: int
    neginf: int
    zero: int
    negative: int
    min: float
    max: float
    mean: float
    std: float
    l1: float
    l2: float
    quantiles: dict[float, float]
    quantile_error: float
    sketch: Sketch
    of_magnitude: bool = False

    @property
    def finite(self) -> int:
        """How many elements are neither NaN nor infinite."""
        return self.count - self.nan - self.posinf - self.neginf


@dataclass(frozen=True, slots=True, eq=False)
class Histogram:
    """A drawn histogram: `edges` (n + 1, ascending, in values), `counts` (n).

    `below` and `above` are the finite values outside the range. `exact` is False where counts
    near an edge were apportioned from a sketch; `error` then says by how much a count may be off.
    """

    scale: Scale
    edges: NDArray[np.float64]
    counts: NDArray[np.float64]
    below: int
    above: int
    exact: bool
    error: str = ""


@dataclass(frozen=True, slots=True)
class Unmeasured:
    """Why a variable has no figures ("holds strings", "its shard is missing")."""

    reason: str
