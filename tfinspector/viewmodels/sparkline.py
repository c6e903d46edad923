"""The small histogram of a row: heights of a few bars, where zero is, and whether it is healthy."""

from dataclasses import dataclass

import numpy as np

from tfinspector.contents.figures import Statistics

BARS = 32


@dataclass(frozen=True, slots=True)
class Sparkline:
    """`heights` are log counts scaled to 0..255, a byte per bar: equal pictures compare equal.

    `zero` is the place of zero, in bars from the left, None where it is outside. `is_bad` tells
    of NaN or Inf; `is_constant` that all finite values are the same.
    """

    heights: bytes
    zero: int | None
    is_bad: bool
    is_constant: bool = False


def sparkline(statistics: Statistics) -> Sparkline:
    """The sparkline of a tensor, over its robust range; without bars where nothing is finite."""
    from tfinspector.engine.histograms import draw_shared

    is_bad = statistics.finite < statistics.count
    if not statistics.finite:
        return Sparkline(b"", None, is_bad)
    if statistics.min == statistics.max:
        zero = BARS // 2 if statistics.min == 0 else None
        return Sparkline(b"", zero, is_bad, is_constant=True)
    histogram = draw_shared([statistics], BARS, robust=True)[0]
    logs = np.log1p(histogram.counts)
    scaled = np.ceil(255 * logs / max(float(logs.max()), 1e-12)).astype(np.uint8)
    edges = histogram.edges
    inside = edges[0] < 0 < edges[-1]
    zero = round(float(np.interp(0.0, edges, np.arange(len(edges))))) if inside else None
    return Sparkline(scaled.tobytes(), zero, is_bad)
