"""From what was counted to figures: moments, what is no ordinary number, buckets and quantiles.

Compiled where kernels are loaded (`summaries`); NumPy does the same.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tfinspector.analysis.compiled import kernels
from tfinspector.analysis.counting import Oddities, oddities_of
from tfinspector.analysis.layouts import QUANTILE_ERROR, Floats, Integers, WideLayout
from tfinspector.analysis.moments import Moments, moments_in, moments_of
from tfinspector.analysis.places import NO_COUNTS, NO_FIGURES
from tfinspector.analysis.quantiles import (
    PROBABILITIES,
    quantiles_of_sketch,
    quantiles_of_values,
)
from tfinspector.analysis.tables import FloatTable
from tfinspector.contents.figures import Sketch

_Columns = tuple[NDArray[np.int32], Integers, Floats, Floats]
_PROBABILITIES = np.array(PROBABILITIES)


class Counted(NamedTuple):
    """What a counter knows of all elements so far."""

    moments: Moments
    oddities: Oddities
    sketch: Sketch
    negative: int
    quantiles: dict[float, float]
    quantile_error: float


def counted_in(table: FloatTable, layout: WideLayout) -> Counted:
    """The figures of many elements; quantiles from the sketch."""
    entries, counts = table.occupied()
    moments, oddities = table.moments, table.oddities
    compiled = kernels()
    if compiled is None:
        sketch = _sketch_of(entries, counts, layout, moments, oddities)
        negative = int(sketch.counts[sketch.upper < 0].sum())
        quantiles = quantiles_of_sketch(sketch)
        return Counted(moments, oddities, sketch, negative, quantiles, QUANTILE_ERROR)
    columns = _columns(len(entries) + 1)
    zeros = oddities.poszero, oddities.negzero
    found = np.full(len(PROBABILITIES), np.nan)
    used, negative, exact = compiled.order_buckets(
        entries, counts, *zeros, layout.half, layout.infinite, moments.low, moments.high,
        *layout.all_bounds(), *columns, _PROBABILITIES, found,
    )  # fmt: skip
    sketch = _filled(layout, columns, used, exact)
    quantiles = dict(zip(PROBABILITIES, found.tolist(), strict=True))
    return Counted(moments, oddities, sketch, negative, quantiles, QUANTILE_ERROR)


def counted_among(floats: NDArray[Any], layout: WideLayout) -> Counted:
    """The figures of few elements, all exact."""
    ascending = np.sort(floats)
    compiled = kernels()
    if compiled is None:
        return _counted_with_numpy(ascending, layout)
    columns = _columns(len(floats))
    figures, counts = NO_FIGURES.copy(), NO_COUNTS.copy()
    found = np.full(len(PROBABILITIES), np.nan)
    used, negative, exact = compiled.summarise_few(
        ascending, ascending.view(layout.pattern), layout.shift, figures, counts, *columns,
        _PROBABILITIES, found,
    )  # fmt: skip
    finite, *odd = counts.tolist()
    oddities = Oddities(*odd)
    moments = moments_in(figures, finite)
    if finite and moments.exponent and (moments.low or moments.high):
        return _counted_with_numpy(ascending, layout)  # its squares need another unit than 1
    sketch = _filled(layout, columns, used, exact)
    quantiles = dict(zip(PROBABILITIES, found.tolist(), strict=True))
    return Counted(moments, oddities, sketch, negative, quantiles, 0.0)


def _columns(room: int) -> _Columns:
    """Buckets, counts, and the least and greatest values, to be filled."""
    return np.empty(room, np.int32), np.empty(room, np.int64), np.empty(room), np.empty(room)


def _filled(layout: WideLayout, columns: _Columns, used: int, exact: bool) -> Sketch:
    buckets, counts, lower, upper = columns
    return Sketch(layout.family, buckets[:used], counts[:used], lower[:used], upper[:used], exact)


def _counted_with_numpy(ascending: NDArray[Any], layout: WideLayout) -> Counted:
    finite = ascending[np.isfinite(ascending)]
    bucket = layout.bucket_of(finite)
    first = np.flatnonzero(np.diff(bucket, prepend=0 if not len(bucket) else bucket[0] - 1))
    last = np.append(first[1:], len(bucket)) - 1 if len(first) else first
    # Buckets are bounded by the values that really are in them.
    lower = finite[first].astype(np.float64) + 0.0
    upper = finite[last].astype(np.float64) + 0.0
    counts = (last - first + 1).astype(np.int64)
    sketch = Sketch(
        layout.family, bucket[first], counts, lower, upper, bool((lower == upper).all())
    )
    return Counted(
        moments_of(finite), oddities_of(ascending), sketch, int(np.count_nonzero(finite < 0)),
        quantiles_of_values(finite), 0.0,
    )  # fmt: skip


def _sketch_of(
    entries: Integers, counts: Integers, layout: WideLayout, moments: Moments, odd: Oddities
) -> Sketch:
    """The occupied buckets in the order of their values, zeros in one of their own."""
    counts = counts.copy()
    counts[entries == 0] -= odd.poszero
    counts[entries == layout.half] -= odd.negzero
    used = (counts > 0) & ((entries & (layout.half - 1)) < layout.infinite)
    entries, counts = entries[used], counts[used]
    turn = int(np.searchsorted(entries, layout.half))  # from here on entries are negative
    zeros = np.array([odd.poszero + odd.negzero] if odd.poszero + odd.negzero else [], np.int64)
    counts = np.concatenate([counts[turn:][::-1], zeros, counts[:turn]])
    buckets = np.concatenate(
        [layout.half - 1 - entries[turn:][::-1], 0 * zeros, entries[:turn] + 1]
    ).astype(np.int32)
    lower, upper = layout.bounds(buckets)
    lower = np.maximum(lower, moments.low)
    upper = np.minimum(upper, moments.high)
    exact = bool((lower == upper).all())
    return Sketch(layout.family, buckets, counts, lower, upper, exact)
