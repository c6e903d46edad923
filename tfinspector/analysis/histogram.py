"""Histograms drawn from sketches: any axis, any bins, any range, without reading again.

A bucket that an edge cuts is shared out as if its values were spread evenly in it. Which counts
that touches, and by how much at most, is told with the histogram. Bins are half open, [a, b),
the last one closed, as in `numpy.histogram`. Edge cases: no finite value (or none that is positive
on a log axis) gives no bins and says so; a constant gives one bin around its value.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tfinspector.analysis.compiled import aligned, kernels
from tfinspector.analysis.layouts import Floats
from tfinspector.analysis.scales import edges_between
from tfinspector.contents.figures import Histogram, Scale, Sketch, Statistics

_NO_FINITE = "there are no finite values to draw"
_NO_POSITIVE = "there are no positive values to draw on a log axis"
_LEAST_THRESHOLD = 1e-12


def draw(
    statistics: Statistics,
    scale: Scale = Scale.LINEAR,
    bins: int = 64,
    low: float | None = None,
    high: float | None = None,
) -> Histogram:
    """The histogram of one tensor over [low, high]; its whole range where they are None."""
    edges = shared_edges([statistics], scale, bins, low, high)
    return draw_on(statistics, edges, scale)


def shared_edges(
    statistics: Sequence[Statistics],
    scale: Scale = Scale.LINEAR,
    bins: int = 64,
    low: float | None = None,
    high: float | None = None,
) -> Floats:
    """Edges that all the tensors can be drawn on; empty where there is nothing to draw.

    `low` and `high` default to what holds every value of all of them (of the positive ones on a
    log axis). ValueError where bins < 1 or low > high, or low <= 0 on a log axis.
    """
    if bins < 1:
        raise ValueError(f"a histogram needs at least one bin, not {bins}")
    drawable = [s for s in statistics if _drawable(s, scale)]
    if low is None:
        low = min((_least(s, scale) for s in drawable), default=None)
    if high is None:
        high = max((float(s.max) for s in drawable), default=None)
    if low is None or high is None:
        return np.empty(0)
    if not low <= high:
        raise ValueError(f"the range is empty: it starts at {low!r} and ends at {high!r}")
    if scale is Scale.LOG and low <= 0:
        raise ValueError(f"a log axis can't start at {low!r}: it has room for positive values only")
    threshold = symlog_threshold(drawable) if scale is Scale.SYMLOG else 0.0
    return edges_between(low, high, bins, scale, threshold)


def draw_on(statistics: Statistics, edges: Floats, scale: Scale) -> Histogram:
    """The tensor's histogram on the given ascending edges."""
    if len(edges) < 2:
        return _nothing(statistics, scale)
    sketch = statistics.sketch
    if not statistics.finite:
        nothing = np.zeros(len(edges) - 1)
        return Histogram(scale, edges, nothing, 0, 0, True, _NO_FINITE)
    counts, below, up_to_last, worst, is_cut = _shared_out(sketch, edges)
    error = ""
    if worst:
        error = (
            "counts at the edges of bins are shared out within buckets at most 0.8 % wide; "
            f"a count may be off by up to {worst:,}"
        )
    return Histogram(
        scale=scale,
        edges=edges,
        counts=counts,
        below=below,
        above=statistics.finite - up_to_last,
        exact=not is_cut,
        error=error,
    )


def is_finer_than_sketch(statistics: Statistics, edges: Floats) -> bool:
    """Whether bins lie within single buckets, so that only counting exactly shows their shape."""
    if len(edges) < 2 or statistics.sketch.exact:
        return False
    lower, upper = statistics.sketch.lower, statistics.sketch.upper
    inside = np.searchsorted(edges, upper, "left") - np.searchsorted(edges, lower, "right")
    return bool((inside >= 2).any())


def symlog_threshold(statistics: Sequence[Statistics]) -> float:
    """The unit of a symlog axis: a power of ten that 99 % of all nonzero magnitudes exceed."""
    sketches = [s.sketch for s in statistics]
    if not sketches:
        return 1.0
    magnitude = np.concatenate([np.minimum(abs(s.lower), abs(s.upper)) for s in sketches])
    counts = np.concatenate([s.counts for s in sketches])
    counts, magnitude = counts[magnitude > 0], magnitude[magnitude > 0]
    if not len(magnitude):
        return 1.0
    order = np.argsort(magnitude)
    small = np.searchsorted(np.cumsum(counts[order]), 0.01 * counts.sum())
    least = float(magnitude.max()) * _LEAST_THRESHOLD
    return float(10.0 ** np.floor(np.log10(max(magnitude[order[small]], least))))


def _drawable(statistics: Statistics, scale: Scale) -> bool:
    return statistics.finite > 0 and (scale is not Scale.LOG or statistics.max > 0)


def _least(statistics: Statistics, scale: Scale) -> float:
    if scale is not Scale.LOG:
        return float(statistics.min)
    lower = statistics.sketch.lower
    return float(lower[np.searchsorted(lower, 0.0, "right")])


def _nothing(statistics: Statistics, scale: Scale) -> Histogram:
    error = _NO_POSITIVE if statistics.finite else _NO_FINITE
    return Histogram(scale, np.empty(0), np.empty(0), statistics.finite, 0, True, error)


def _shared_out(sketch: Sketch, edges: Floats) -> tuple[Floats, int, int, int, bool]:
    """The counts of the bins; how many values lie before the first edge, and up to and with the
    last; the greatest error of a count; whether an edge cuts a bucket.
    """
    compiled = kernels()
    if compiled is not None:
        bins = np.empty(len(edges) - 1)
        given = (sketch.counts, sketch.lower, sketch.upper, edges)
        return bins, *compiled.share_out(*map(aligned, given), bins)  # a sketch may be of a file
    before, cut = _values_before(sketch, edges)
    whole = np.rint(before).astype(np.int64)
    worst = int((cut[:-1] + cut[1:]).max())
    counts = np.diff(whole).astype(np.float64)
    return counts, int(whole[0]), int(whole[-1]), worst, bool(cut.any())


def _values_before(sketch: Sketch, edges: Floats) -> tuple[Floats, NDArray[np.int64]]:
    """How many values lie before each edge (up to and with the last edge), not yet rounded; and
    how many are in the bucket that the edge cuts, 0 where it cuts none.
    """
    running = np.cumsum(sketch.counts)
    bucket = np.searchsorted(sketch.upper, edges, "left")  # those before it are before the edge
    if (last := int(bucket[-1])) < len(running) and sketch.upper[last] == edges[-1]:
        bucket[-1] += 1
    at = np.minimum(bucket, len(running) - 1)
    lower, count = sketch.lower[at], sketch.counts[at]
    cut = (bucket < len(running)) & (lower < edges)
    width = np.where(cut, sketch.upper[at] - lower, 1.0)
    # Of an edge beyond all buckets the difference may leave float64, and is not asked for.
    share = (np.where(cut, edges, lower) - lower) / width
    before: Floats = np.where(bucket < len(running), running[at] - count, running[-1])
    return before + share * count, np.where(cut, count, 0)
