"""The two ways to count a tensor's elements: every bit pattern, or the leading bits only."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tfinspector.analysis.counting import Oddities
from tfinspector.analysis.finishing import Counted, counted_among, counted_in
from tfinspector.analysis.layouts import NarrowLayout, WideLayout
from tfinspector.analysis.moments import moments_of_levels
from tfinspector.analysis.quantiles import quantiles_of_sketch
from tfinspector.analysis.tables import FloatTable, Table
from tfinspector.contents.figures import Sketch

FEW = 4096
"""Up to so many elements of a wide type are kept as they are."""


class NarrowCounter:
    """Counts every bit pattern of a type of at most 16 bits; all figures follow, exactly."""

    def __init__(self, layout: NarrowLayout) -> None:
        self.layout = layout
        self.ends = None  # float64 holds the values of all these types
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
        below_zero = int(per_bucket[levels < 0].sum())
        return Counted(moments, oddities, sketch, below_zero, quantiles_of_sketch(sketch), 0.0)


class WideCounter:
    """Counts the leading bits of a wide type; keeps the elements while they are few."""

    def __init__(self, layout: WideLayout) -> None:
        self.layout = layout
        self.ends: tuple[int, int] | None = None  # where float64 can't tell them
        self._few: list[NDArray[Any]] = []
        self._few_size = 0
        self._table: FloatTable | None = None

    def add(self, block: NDArray[Any]) -> None:
        """Count a block in."""
        if self.layout.exceeds_floats:
            self._stretch_ends(*self.layout.ends_of(block))
        self._take(self.layout.floats(block))

    def merge(self, other: "WideCounter") -> None:
        """Add a counter of the same layout."""
        if other.ends:
            self._stretch_ends(*other.ends)
        for floats in other._few:
            self._take(floats)
        if other._table is not None:
            self._spill().merge(other._table)

    def counted(self) -> Counted:
        """The figures: exact of few elements, else with quantiles from the sketch."""
        if self._table is not None:
            return counted_in(self._table, self.layout)
        few = self._few
        return counted_among(
            few[0] if len(few) == 1 else np.concatenate([self.layout.no_floats, *few]), self.layout
        )

    def _stretch_ends(self, low: int, high: int) -> None:
        before = self.ends or (low, high)
        self.ends = min(before[0], low), max(before[1], high)

    def _take(self, floats: NDArray[Any]) -> None:
        if self._table is None and self._few_size + len(floats) <= FEW:
            self._few.append(floats.copy())
            self._few_size += len(floats)
        else:
            self._spill().add_floats(floats)

    def _spill(self) -> FloatTable:
        """The table; what was kept as values until now goes into it."""
        if self._table is None:
            self._table = FloatTable(self.layout)
            few, self._few, self._few_size = self._few, [], 0
            for floats in few:
                self._table.add_floats(floats)
        return self._table
