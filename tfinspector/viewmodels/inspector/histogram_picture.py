"""A histogram as it is drawn: the choices a person has, the range they lead to, and the words.

Pure data and functions of `Statistics`; nothing is read here. The window binds to
`HistogramPicture`, and an export is drawn from the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from math import ceil, floor, isfinite, log10

import numpy as np
from numpy.typing import NDArray

from tfinspector.contents import numbers
from tfinspector.contents.dtypes import DTypeKind
from tfinspector.contents.figures import Histogram, Scale, Statistics
from tfinspector.viewmodels.inspector.value_axis import ValueAxis

BINS_LEAST, BINS_MOST = 4, 1024
ROBUST_TAIL = 0.001
"""On log and symlog axes the robust range leaves out this share of the values at each end."""


class Heights(StrEnum):
    """What the height of a bar means."""

    COUNT = "count"
    DENSITY = "density"
    LOG_COUNT = "log count"


class RangeRule(StrEnum):
    """Which values the axis covers."""

    ROBUST = "robust"
    FULL = "full"
    BY_HAND = "by hand"


class Arrangement(StrEnum):
    """How several histograms share one picture."""

    OVERLAY = "overlay"
    OFFSET = "offset"


class Spread(StrEnum):
    """Which snapshots of its run each chosen variable is drawn of."""

    CHOSEN = "chosen"
    FIRST_TOO = "first too"
    OVER_RUN = "over the run"


@dataclass(frozen=True, slots=True)
class HistogramOptions:
    """What a person chose. `low` and `high` count for `RangeRule.BY_HAND` only."""

    scale: Scale = Scale.LINEAR
    heights: Heights = Heights.COUNT
    bins: int = 64
    rule: RangeRule = RangeRule.ROBUST
    low: float = 0.0
    high: float = 1.0
    arrangement: Arrangement = Arrangement.OVERLAY
    spread: Spread = Spread.CHOSEN


_LINEAR, _DEFAULT = ValueAxis(), HistogramOptions()


@dataclass(frozen=True, slots=True)
class Span:
    """The range and number of bins that the options lead to."""

    low: float
    high: float
    bins: int

    def zoomed(self, low: float, high: float) -> "Span":
        """The same number of bins over another range."""
        return replace(self, low=low, high=high)


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """One tensor in the picture."""

    label: str
    histogram: Histogram
    statistics: Statistics

    @property
    def outside(self) -> int:
        """Finite values that the range leaves out."""
        return self.histogram.below + self.histogram.above


@dataclass(frozen=True, slots=True, eq=False)
class HistogramPicture:
    """Everything the plot shows.

    subject   what it is of: "dense_3/kernel", "4 variables"
    extent    the rest of the title: "step 1200, 8.4 M values"
    message   in place of bars (or with them), for tensors that are not a distribution
    notes     why a chosen tensor is not among the series
    range_words, accuracy  told below the plot, always
    in_order  whether the series are one variable in snapshot after snapshot
    zoomed    whether it answers a gesture, so that the view stays where the hand put it
    """

    subject: str = ""
    extent: str = ""
    series: tuple[Series, ...] = ()
    axis: ValueAxis = _LINEAR
    options: HistogramOptions = _DEFAULT
    message: str = ""
    notes: tuple[str, ...] = ()
    range_words: str = ""
    accuracy: str = ""
    of_magnitude: bool = False
    in_order: bool = False
    zoomed: bool = False

    @property
    def title(self) -> str:
        """What of what: "dense_3/kernel, step 1200, 8.4 M values"."""
        return ", ".join(part for part in (self.subject, self.extent) if part)

    @property
    def is_offset(self) -> bool:
        """Whether the series are set off from each other, each with its name on its line."""
        return self.options.arrangement is Arrangement.OFFSET and len(self.series) > 1

    @property
    def edges(self) -> NDArray[np.float64]:
        """The edges all series share; empty without series."""
        return self.series[0].histogram.edges if self.series else np.empty(0)

    def heights(self, series: Series) -> NDArray[np.float64]:
        """The bars' heights in the unit chosen.

        Density is the share of the finite values per unit of the axis: per unit of value on a
        linear axis, per decade on a log or symlog axis. Log count is the count itself: the plot's
        own axis is logarithmic then.
        """
        counts = series.histogram.counts
        if self.options.heights is not Heights.DENSITY:
            return counts
        widths = np.diff(self.axis.places(series.histogram.edges))
        return counts / np.maximum(widths, 1e-300) / max(series.statistics.finite, 1)


def heights_name(options: HistogramOptions) -> str:
    """The heading of the height axis, with its unit."""
    if options.heights is Heights.DENSITY:
        unit = "unit of value" if options.scale is Scale.LINEAR else "decade of value"
        return f"Share of values per {unit}"
    return "Values per bin" + (", log" if options.heights is Heights.LOG_COUNT else "")


def choose_span(
    figures: Sequence[Statistics], kinds: Sequence[DTypeKind], options: HistogramOptions
) -> Span:
    """The range and bins for these tensors together. At least one must have finite values.

    A constant gets room on both sides; whole numbers on a linear axis get bins that hold equally
    many of them, so that no comb appears that is not in the data.
    """
    with_values = [figure for figure in figures if figure.finite]
    bins = min(max(options.bins, BINS_LEAST), BINS_MOST)
    low, high = _range(with_values, options)
    if not high > low:
        low, high, bins = _around(low, options.scale), _around(low, options.scale, 1), bins | 1
    whole = all(kind in (DTypeKind.INTEGER, DTypeKind.BOOL) for kind in kinds)
    if whole and options.scale is Scale.LINEAR:
        return _span_of_whole_numbers(low, high, bins)
    return Span(low, high, bins)


def _range(figures: Sequence[Statistics], options: HistogramOptions) -> tuple[float, float]:
    from tfinspector.engine.histograms import robust_range

    positive = options.scale is Scale.LOG
    if options.rule is RangeRule.BY_HAND and options.high > options.low:
        low, high = options.low, options.high
        if not positive or low > 0:
            return low, high
        return min(_ends(figures, 0.0, positive=True)[0], high), high
    tail = ROBUST_TAIL if options.rule is RangeRule.ROBUST else 0.0
    if tail and (robust := robust_range(figures, options.scale)):
        return robust
    low, high = _ends(figures, tail, positive)
    if not high > low:
        low, high = _ends(figures, 0.0, positive)
    return low, high


def _ends(figures: Sequence[Statistics], tail: float, positive: bool) -> tuple[float, float]:
    ends = [ends for figure in figures if (ends := _ends_of_one(figure, tail, positive))]
    if not ends:
        return (1.0, 1.0) if positive else (0.0, 0.0)
    return min(low for low, _ in ends), max(high for _, high in ends)


def _ends_of_one(figure: Statistics, tail: float, positive: bool) -> tuple[float, float] | None:
    """The values between which all but `tail` at each end lie; None where there are none."""
    sketch = figure.sketch
    lower, upper, counts = sketch.lower, sketch.upper, sketch.counts
    if positive:
        keep = upper > 0
        lower, upper, counts = lower[keep], upper[keep], counts[keep]
    total = int(counts.sum())
    if not total:
        return None
    running = np.cumsum(counts)
    first = int(np.searchsorted(running, tail * total, side="right"))
    last = int(np.searchsorted(running, (1 - tail) * total, side="left"))
    last = min(last, len(running) - 1)
    low = max(float(lower[min(first, last)]), figure.min)
    high = min(float(upper[last]), figure.max)
    if positive and low <= 0:
        low = float(upper[min(first, last)])
    return low, high


def _around(value: float, scale: Scale, side: int = -1) -> float:
    """A little below (or, with `side` 1, above) a constant."""
    if scale is Scale.LOG and value > 0:
        return value * 2.0**side
    return value + side * (abs(value) / 10 if isfinite(value) and value else 1.0)


def _span_of_whole_numbers(low: float, high: float, bins: int) -> Span:
    first, last = floor(low), ceil(high)
    per_bin = max(1, ceil((last - first + 1) / bins))
    count = ceil((last - first + 1) / per_bin)
    return Span(first - 0.5, first - 0.5 + count * per_bin, count)


def axis_for(figures: Sequence[Statistics], scale: Scale) -> ValueAxis:
    """The axis on which the engine's bins for these tensors are evenly wide.

    The engine chooses the threshold of a symlog axis. The middle edge m of two bins over [0, h]
    tells it: log(1 + m/t) is half of log(1 + h/t), so t = m^2 / (h - 2 m).
    """
    from tfinspector.engine.histograms import draw_shared

    if scale is not Scale.SYMLOG:
        return ValueAxis(scale)
    high = max((max(abs(f.min), abs(f.max)) for f in figures if f.finite), default=0.0)
    edges = draw_shared(figures, 2, scale, 0.0, high)[0].edges if high > 0 else np.empty(0)
    if len(edges) != 3 or not high - 2 * edges[1] > 0:
        return ValueAxis(scale)
    middle = float(edges[1])
    return ValueAxis(scale, 10.0 ** round(log10(middle * (middle / (high - 2 * middle)))))


def is_too_fine(statistics: Statistics, edges: NDArray[np.float64]) -> bool:
    """Whether bins are narrower than what the sketch tells apart, where there are values.

    Then the bars would show the sketch's buckets instead of the data, and the tensor has to be
    read again.
    """
    sketch = statistics.sketch
    if sketch.exact or len(edges) < 2:
        return False
    seen = (sketch.upper >= edges[0]) & (sketch.lower <= edges[-1])
    if not seen.any():
        return False
    lower, upper = sketch.lower[seen], sketch.upper[seen]
    at = np.clip(np.searchsorted(edges, lower, side="right") - 1, 0, len(edges) - 2)
    narrow = (edges[at + 1] - edges[at]) < (upper - lower)
    counts = sketch.counts[seen]
    return bool(counts[narrow].sum() * 50 > counts.sum())


def accuracy_words(series: Sequence[Series]) -> str:
    """ "exact", or how far a bar may be off."""
    if all(one.histogram.exact for one in series):
        return "exact"
    worst = max(one.statistics.quantile_error for one in series)
    return f"bin edges within {100 * (worst or 0.004):.2g} %"


def range_words(series: Sequence[Series], options: HistogramOptions, zoomed: bool) -> str:
    """Which values are drawn and how many are not: "Robust range, 23 outside"."""
    outside = sum(one.outside for one in series)
    rule = {
        RangeRule.ROBUST: "Robust range",
        RangeRule.FULL: "Full range",
        RangeRule.BY_HAND: "Range by hand",
    }[options.rule]
    words = f"{'Zoomed' if zoomed else rule}, {numbers.whole(outside)} outside"
    if options.scale is Scale.LOG:
        hidden = sum(one.statistics.negative + one.statistics.zero for one in series)
        if hidden:
            words += f" ({numbers.whole(hidden)} of them \N{LESS-THAN OR EQUAL TO} 0)"
    return words


def message_of(statistics: Statistics, shape: Sequence[int]) -> str:
    """What to say of a tensor that is no distribution: empty, one value, constant, no finite."""
    if statistics.count == 0:
        return f"Holds no values: its shape is {numbers.shape(shape)}."
    if statistics.finite == 0:
        return _nothing_finite(statistics)
    if statistics.count == 1:
        return f"One value: {numbers.four(statistics.min)}"
    if statistics.min == statistics.max and statistics.finite == statistics.count:
        all_of = numbers.whole(statistics.count)
        return f"Constant: all {all_of} values are {numbers.four(statistics.min)}"
    return ""


def _nothing_finite(statistics: Statistics) -> str:
    named = ((statistics.nan, "NaN"), (statistics.posinf, "+Inf"), (statistics.neginf, "−Inf"))
    present = [name for count, name in named if count]
    if len(present) == 1:
        return f"No finite value: all {numbers.whole(statistics.count)} are {present[0]}."
    parts = ", ".join(f"{numbers.whole(count)} {name}" for count, name in named if count)
    return f"No finite value: {parts}."
