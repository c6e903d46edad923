"""The two ways to count a tensor's elements: every bit pattern, or the leading bits only."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tfinspector.analysis.counting import Oddities, oddities_of
from tfinspector.analysis.layouts import QUANTILE_ERROR, Integers, NarrowLayout, WideLayout
from tfinspector.analysis.moments import Moments, moments_of, moments_of_levels
from tfinspector.analysis.quantiles import quantiles_of_sketch, quantiles_of_values
from tfinspector.analysis.tables import Table
from tfinspector.contents.figures import Sketch

FEW = 4096
"""Up to so many elements of a wide type are kept as they are."""


class Counted(NamedTuple):
    """What a counter knows of all elements so far."""

    moments: Moments
    oddities: Oddities
    sketch: Sketch
    quantiles: dict[float, float]
    quantile_error: float


class NarrowCounter:
    """Counts every bit pattern of a type of at most 16 bits; all figures follow, exactly."""

    def __init__(self, layout: NarrowLayout) -> None:
        self.layout = layout
        self._table = Table(layout.size)

    def add(self, block: NDArray[Any]) -> None:
        """Count the patterns of a block."""
        self._table.add_patterns(self.layout.indices(block))

    def merge(self, other: "NarrowCounter") -> None:
        """Add a counter of the same layout."""
        self._table.add_table(other._table)

    def counted(self) -> Counted:
        """The figures of all patterns."""
        layout = self.layout
        patterns, counts = self._table.occupied()
        value, bucket = layout.value[patterns], layout.bucket[patterns]
        negative, zero, finite = np.signbit(value), value == 0, bucket >= 0
        oddities = Oddities(
            nan=int(counts[np.isnan(value)].sum()),
            posinf=int(counts[np.isposinf(value)].sum()),
            neginf=int(counts[np.isneginf(value)].sum()),
            poszero=int(counts[zero & ~negative].sum()),
            negzero=int(counts[zero & negative].sum()),
        )
        # Two patterns share a bucket where zero has two signs. Sums in float64 are exact here.
        per_level = np.bincount(bucket[finite], weights=counts[finite])
        buckets = np.flatnonzero(per_level).astype(np.int32)
        per_bucket = per_level[buckets].astype(np.int64)
        levels = layout.levels[buckets]
        sketch = Sketch(layout.family, buckets, per_bucket, levels, levels, True)
        moments = moments_of_levels(levels, per_bucket)
        return Counted(moments, oddities, sketch, quantiles_of_sketch(sketch), 0.0)


class WideCounter:
    """Counts the leading bits of a wide type; keeps the elements while they are few."""

    def __init__(self, layout: WideLayout) -> None:
        self.layout = layout
        self._few: list[NDArray[Any]] = []
        self._few_size = 0
        self._table: Table | None = None
        self._moments = Moments()
        self._oddities = Oddities()

    def add(self, block: NDArray[Any]) -> None:
        """Count a block in."""
        self._take(self.layout.floats(block))

    def merge(self, other: "WideCounter") -> None:
        """Add a counter of the same layout."""
        for floats in other._few:
            self._take(floats)
        if other._table is not None:
            self._spill().add_table(other._table)
            self._moments += other._moments
            self._oddities += other._oddities

    def counted(self) -> Counted:
        """The figures: exact of few elements, else with quantiles from the sketch."""
        if self._table is None:
            return self._counted_few()
        sketch = self._sketch_of(*self._table.occupied())
        return Counted(
            self._moments, self._oddities, sketch, quantiles_of_sketch(sketch), QUANTILE_ERROR
        )

    def _take(self, floats: NDArray[Any]) -> None:
        if self._table is None and self._few_size + len(floats) <= FEW:
            self._few.append(floats.copy())
            self._few_size += len(floats)
            return
        self._count(floats, self._spill())

    def _spill(self) -> Table:
        """The table; what was kept as values until now goes into it."""
        if self._table is None:
            self._table = Table(self.layout.size)
            few, self._few, self._few_size = self._few, [], 0
            for floats in few:
                self._count(floats, self._table)
        return self._table

    def _count(self, floats: NDArray[Any], table: Table) -> None:
        moments, oddities = table.add_floats(floats, self.layout)
        self._moments += moments
        self._oddities += oddities

    def _counted_few(self) -> Counted:
        floats = np.concatenate(self._few) if self._few else self.layout.no_floats
        finite = np.sort(floats[np.isfinite(floats)])
        sketch = self._sketch_of_values(finite)
        return Counted(
            moments_of(finite), oddities_of(floats), sketch, quantiles_of_values(finite), 0.0
        )

    def _sketch_of_values(self, ascending: NDArray[Any]) -> Sketch:
        """Buckets of sorted values, bounded by the values that really are in them."""
        bucket = self.layout.bucket_of(ascending)
        first = np.flatnonzero(np.diff(bucket, prepend=0 if not len(bucket) else bucket[0] - 1))
        last = np.append(first[1:], len(bucket)) - 1 if len(first) else first
        lower = ascending[first].astype(np.float64) + 0.0
        upper = ascending[last].astype(np.float64) + 0.0
        counts = (last - first + 1).astype(np.int64)
        exact = bool((lower == upper).all())
        return Sketch(self.layout.family, bucket[first], counts, lower, upper, exact)

    def _sketch_of(self, entries: Integers, counts: Integers) -> Sketch:
        """The occupied buckets in the order of their values, zeros in one of their own."""
        layout, odd = self.layout, self._oddities
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
        lower = np.maximum(lower, self._moments.low)
        upper = np.minimum(upper, self._moments.high)
        exact = bool((lower == upper).all())
        return Sketch(layout.family, buckets, counts, lower, upper, exact)
