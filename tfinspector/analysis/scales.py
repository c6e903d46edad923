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
    if scale is Scale.LINEAR:
        edges = _evenly(low, high, bins)
    elif scale is Scale.LOG:
        edges = np.exp(_evenly(float(np.log(low)), float(np.log(high)), bins))
    else:
        position = _evenly(_to_symlog(low, threshold), _to_symlog(high, threshold), bins)
        with np.errstate(over="ignore"):  # by rounding, at the ends, which are set below
            edges = np.sign(position) * threshold * np.expm1(np.abs(position))
    edges = np.clip(edges, low, high)
    edges[0], edges[-1] = low, high
    return edges if (edges[1:] > edges[:-1]).all() else np.unique(edges)


def edges_around(value: float) -> Floats:
    """One bin with the value in its middle, a tenth of it wide to each side (0: from -0.5)."""
    margin = max(abs(value) / 10, np.finfo(np.float64).tiny) if value else 0.5
    with np.errstate(over="ignore"):
        edges = np.array([value - margin, value + margin])
    greatest = np.finfo(np.float64).max
    bounded: Floats = np.clip(edges, -greatest, greatest)
    return bounded


def _evenly(low: float, high: float, bins: int) -> Floats:
    """Evenly spaced edges; one that rounding has put beside zero is zero."""
    if np.isfinite(high - low):
        edges = np.linspace(low, high, bins + 1)
    else:
        share = np.linspace(0.0, 1.0, bins + 1)
        edges = low * (1 - share) + high * share
    width = high / bins - low / bins
    return np.where(np.abs(edges) < 1e-9 * width, 0.0, edges)


def _to_symlog(value: float, threshold: float) -> float:
    return float(np.sign(value) * np.log1p(abs(value) / threshold))
