"""Histograms of variables: from their sketches, or counted exactly."""

from collections.abc import Sequence

from tfinspector.analysis.histogram import draw_on, shared_edges
from tfinspector.contents.figures import Histogram, Scale, Statistics


def draw_shared(
    statistics: Sequence[Statistics],
    bins: int = 64,
    scale: Scale = Scale.LINEAR,
    low: float | None = None,
    high: float | None = None,
    robust: bool = False,
) -> list[Histogram]:
    """One histogram each, on the same edges.

    The range defaults to all values; with `robust`, to `robust_range`. What lies outside is
    counted in `below` and `above`.
    """
    if robust and (around := robust_range(statistics, scale)):
        low = around[0] if low is None else low
        high = around[1] if high is None else high
    edges = shared_edges(statistics, scale, bins, low, high)
    return [draw_on(each, edges, scale) for each in statistics]


def robust_range(
    statistics: Sequence[Statistics], scale: Scale = Scale.LINEAR
) -> tuple[float, float] | None:
    """A range that a few outliers don't stretch: the middle 98 % and half its width on each side.

    Never wider than the values themselves. None where it is of no use: on logarithmic axes,
    and where nothing is finite.
    """
    if scale is not Scale.LINEAR:
        return None
    ranges = [_robust_range(each) for each in statistics if each.finite]
    if not ranges:
        return None
    return min(low for low, _ in ranges), max(high for _, high in ranges)


def _robust_range(statistics: Statistics) -> tuple[float, float]:
    start, end = statistics.quantiles[0.01], statistics.quantiles[0.99]
    margin = (end - start) / 2
    if margin <= 0:  # nearly all values are the same (a sparse tensor): the others are the news
        return statistics.min, statistics.max
    return max(statistics.min, start - margin), min(statistics.max, end + margin)
