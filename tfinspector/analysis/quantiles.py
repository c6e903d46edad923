"""Quantiles as `numpy.quantile` defines them by default: linear between order statistics."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tfinspector.analysis.layouts import Floats
from tfinspector.contents.figures import Sketch

PROBABILITIES = (0.0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1.0)
_PROBABILITIES = np.array(PROBABILITIES)


def quantiles_of_values(ascending: NDArray[Any]) -> dict[float, float]:
    """Exact quantiles of sorted finite values; NaN of none."""
    return _interpolate(len(ascending), lambda ranks: ascending[ranks].astype(np.float64))


def quantiles_of_sketch(sketch: Sketch) -> dict[float, float]:
    """Quantiles where each order statistic is the middle of its bucket; NaN of none.

    An order statistic is then at most half a bucket off. The first and the last one are the
    least and greatest value the outer buckets hold, so they are exact where those are.
    """
    last_rank = np.cumsum(sketch.counts) - 1
    size = int(last_rank[-1]) + 1 if len(last_rank) else 0

    def values(ranks: NDArray[np.int64]) -> Floats:
        bucket = np.searchsorted(last_rank, ranks)
        lower = sketch.lower[bucket]
        found: Floats = lower + (sketch.upper[bucket] - lower) / 2
        found[ranks == 0] = sketch.lower[0]
        found[ranks == size - 1] = sketch.upper[-1]
        return found

    return _interpolate(size, values)


def _interpolate(size: int, values: Any) -> dict[float, float]:
    if size == 0:
        return dict.fromkeys(PROBABILITIES, float("nan"))
    position = _PROBABILITIES * (size - 1)
    below = np.floor(position).astype(np.int64)
    above = np.minimum(below + 1, size - 1)
    share = position - below
    low, high = np.split(values(np.concatenate([below, above])), 2)
    # Weighted rather than low + share * (high - low): the difference may leave float64.
    found = np.where(low == high, low, low * (1 - share) + high * share) + 0.0  # never -0.0
    return dict(zip(PROBABILITIES, found.tolist(), strict=True))
