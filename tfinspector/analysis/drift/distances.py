"""How far two distributions are apart, from their sketches, with the error that this can have.

A sketch knows of each bucket how many values lie in it and its least and greatest one. The
cumulative distributions are taken to rise evenly within a bucket. The Wasserstein distance is the
area between the two (Vallender 1974); spreading a bucket's values moves them by half its width on
average at most, which bounds the error. For the Kolmogorov-Smirnov distance each distribution is
known to lie between what is below a bucket and what is up to its end.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tfinspector.analysis.drift.ready import distance_kernel
from tfinspector.contents.figures import Sketch

Floats = NDArray[np.float64]


class Distances(NamedTuple):
    """Both distances, and how far the true ones may be off. NaN where a side has no values."""

    wasserstein: float
    wasserstein_error: float
    ks: float
    ks_error: float


NO_DISTANCES = Distances(*[float("nan")] * 4)


def distances(before: Sketch, after: Sketch) -> Distances:
    """Between the finite values of two tensors, in the values' units, and from 0 to 1."""
    if not len(before.counts) or not len(after.counts):
        return NO_DISTANCES
    kernel = distance_kernel()
    if kernel is None:
        area, ks, least, most = _with_numpy(before, after)
    else:
        area, ks, least, most = kernel.walk(
            before.lower, before.upper, before.counts, after.lower, after.upper, after.counts
        )
    off = 0.0
    if not (before.exact and after.exact):
        off = _half_widths(before) + _half_widths(after)
    ks = min(max(ks, least), most, 1.0)
    return Distances(area, off, ks, max(ks - least, most - ks, 0.0))


def _with_numpy(before: Sketch, after: Sketch) -> tuple[float, float, float, float]:
    """The area between the cumulative distributions, and KS with the least and most it can be."""
    grid = _grid(before, after)
    a, b = _cumulative(before, grid), _cumulative(after, grid)
    at_left, at_right = a.left - b.left, a.right - b.right
    with np.errstate(over="ignore"):
        # Halves, because the difference of two numbers may leave float64.
        area = 2 * _area(at_right[:-1], at_left[1:], np.diff(grid / 2))
    ks = float(max(np.abs(at_left).max(), np.abs(at_right).max()))
    least = float(max((a.low - b.high).max(), (b.low - a.high).max(), 0.0))
    most = float(max((a.high - b.low).max(), (b.high - a.low).max()))
    return area, ks, least, most


class _Cumulative(NamedTuple):
    """Of each place of a grid: the share of values below it, and of those up to it, and between
    which bounds both of them are (first the ones below each place, then the ones up to it).
    """

    left: Floats
    right: Floats
    low: Floats
    high: Floats


def _grid(before: Sketch, after: Sketch) -> Floats:
    ends = np.concatenate(
        [np.stack([side.lower, side.upper], axis=1).reshape(-1) for side in (before, after)]
    )
    ends.sort(kind="stable")  # two runs that are sorted already, which it merges
    is_new = np.append(True, ends[1:] > ends[:-1])
    grid: Floats = ends[is_new] + 0.0
    return grid


def _cumulative(sketch: Sketch, grid: Floats) -> _Cumulative:
    size = sketch.counts.sum()
    share = sketch.counts / size
    running = np.concatenate([[0.0], np.cumsum(sketch.counts) / size])
    last = len(share) - 1
    bucket = np.searchsorted(sketch.upper, grid, "left")  # the first that ends here or later
    at = np.minimum(bucket, last)
    lower, upper = sketch.lower[at], sketch.upper[at]
    is_point = lower == upper
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        within = np.clip((grid - lower) / np.where(is_point, 1.0, upper - lower), 0.0, 1.0)
    inside = (bucket <= last) & (grid >= lower)
    base = running[np.minimum(bucket, last + 1)]
    rise = np.where(inside, share[at], 0.0)
    return _Cumulative(
        base + np.where(is_point, 0.0, within) * rise,
        base + np.where(is_point, 1.0, within) * rise,
        # Values of a bucket may lie anywhere in it, at its ends too.
        np.concatenate([base, base + np.where(grid == upper, rise, 0.0)]),
        np.concatenate([base + np.where(grid > lower, rise, 0.0), base + rise]),
    )


def _area(start: Floats, end: Floats, width: Floats) -> float:
    """The area between two lines from `start` to `end` apart, which may cross on the way."""
    first, second = np.abs(start), np.abs(end)
    total = first + second
    crossing = (start * end) < 0
    with np.errstate(invalid="ignore", divide="ignore"):
        crossed = (start * start + end * end) / (2 * total)
    return float((np.where(crossing, crossed, total / 2) * width).sum())


def _half_widths(sketch: Sketch) -> float:
    """How far values are from where they are taken to be, on average and at most."""
    widths = sketch.upper / 2 - sketch.lower / 2
    return float(np.dot(sketch.counts, widths) / sketch.counts.sum())
