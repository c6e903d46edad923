"""Value axes: where the edges of bins lie on a linear, logarithmic or symmetric-log axis."""

import numpy as np

from tfinspector.analysis.layouts import Floats
from tfinspector.contents.figures import Scale


def edges_between(low: float, high: float, bins: int, scale: Scale, threshold: float) -> Floats:
    """`bins + 1` ascending edges from `low` to `high`, evenly spaced on the axis.

    `threshold` is the unit of a symlog axis, which is sign(x) * log(1 + |x| / threshold). Fewer
    bins come out where float64 has no room for that many; one bin around the value where low is
    high. A log axis needs low > 0.
    """
    if low == high:
        return edges_around(low)
    share = np.linspace(0.0, 1.0, bins + 1)
    if scale is Scale.LINEAR:
        edges = low * (1 - share) + high * share  # high - low may leave float64
    elif scale is Scale.LOG:
        edges = np.exp(np.log(low) * (1 - share) + np.log(high) * share)
    else:
        start, end = (_to_symlog(value, threshold) for value in (low, high))
        position = start * (1 - share) + end * share
        edges = np.sign(position) * threshold * np.expm1(np.abs(position))
    edges = np.clip(edges, low, high)
    edges[0], edges[-1] = low, high
    return np.unique(edges)


def edges_around(value: float) -> Floats:
    """One bin with the value in its middle, a tenth of it wide to each side (0: from -0.5)."""
    margin = max(abs(value) / 10, np.finfo(np.float64).tiny) if value else 0.5
    with np.errstate(over="ignore"):
        edges = np.array([value - margin, value + margin])
    greatest = np.finfo(np.float64).max
    bounded: Floats = np.clip(edges, -greatest, greatest)
    return bounded


def _to_symlog(value: float, threshold: float) -> float:
    return float(np.sign(value) * np.log1p(abs(value) / threshold))
