"""How far two distributions are apart, from their sketches, with the error that this can have.

A sketch knows of each bucket how many values lie in it and its least and greatest one. The
cumulative distributions are taken to rise evenly within a bucket. The Wasserstein distance is the
area between the two (Vallender 1974); spreading a bucket's values moves them by half its width on
average at most, which bounds the error. The Kolmogorov-Smirnov distance is read off at the ends of
buckets, where both are exact; within a bucket both can only be between their ends.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

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
    a_share, b_share = before.counts / before.counts.sum(), after.counts / after.counts.sum()
    grid = _grid(before, after)
    a_left, a_right = _cumulative(before, a_share, grid)
    b_left, b_right = _cumulative(after, b_share, grid)
    at_left, at_right = a_left - b_left, a_right - b_right
    with np.errstate(over="ignore"):
        # Halves, because the difference of two numbers may leave float64.
        area = 2 * _area(at_right[:-1], at_left[1:], np.diff(grid / 2))
        off = _half_widths(before, a_share) + _half_widths(after, b_share)
    ks = float(max(np.abs(at_left).max(), np.abs(at_right).max()))
    most = max(_most(a_left, a_right, b_left, b_right), ks)
    if before.exact and after.exact:
        most, off = ks, 0.0
    return Distances(area, off, min(ks, 1.0), min(most, 1.0) - min(ks, 1.0))


def _grid(before: Sketch, after: Sketch) -> Floats:
    ends = (before.lower, before.upper, after.lower, after.upper)
    return np.unique(np.concatenate(ends)) + 0.0


def _cumulative(sketch: Sketch, share: Floats, grid: Floats) -> tuple[Floats, Floats]:
    """Of each place of the grid: the share of values below it, and of those up to it."""
    running = np.concatenate([[0.0], np.cumsum(share)])
    running[-1] = 1.0  # what rounding left of it
    last = len(share) - 1
    bucket = np.searchsorted(sketch.upper, grid, "left")  # the first that ends here or later
    at = np.minimum(bucket, last)
    lower, width = sketch.lower[at], sketch.upper[at] - sketch.lower[at]
    is_point = width == 0
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        within = np.clip((grid - lower) / np.where(is_point, 1.0, width), 0.0, 1.0)
    inside = (bucket <= last) & (grid >= lower)
    base = running[np.minimum(bucket, last + 1)]
    rise = np.where(inside, share[at], 0.0)
    left = base + np.where(is_point, 0.0, within) * rise
    right = base + np.where(is_point, 1.0, within) * rise
    return left, right


def _area(start: Floats, end: Floats, width: Floats) -> float:
    """The area between two lines from `start` to `end` apart, which may cross on the way."""
    first, second = np.abs(start), np.abs(end)
    total = first + second
    crossing = (start * end) < 0
    with np.errstate(invalid="ignore", divide="ignore"):
        crossed = (start * start + end * end) / (2 * total)
    return float((np.where(crossing, crossed, total / 2) * width).sum())


def _half_widths(sketch: Sketch, share: Floats) -> float:
    return float((share * (sketch.upper / 2 - sketch.lower / 2)).sum())


def _most(a_left: Floats, a_right: Floats, b_left: Floats, b_right: Floats) -> float:
    """Between two places of the grid each distribution is somewhere between its ends there."""
    if len(a_left) < 2:
        return 0.0
    one = a_left[1:] - b_right[:-1]
    other = b_left[1:] - a_right[:-1]
    return float(max(one.max(), other.max()))
