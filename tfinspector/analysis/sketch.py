"""One pass over a tensor's blocks: exact counts and extremes, moments, and a sketch.

The sketch has a bounded number of buckets whatever the tensor's size, adds up over blocks,
threads and shards, and any histogram is drawn from it later without reading again.
"""

from math import nan
from typing import Any

from numpy.typing import NDArray

from tfinspector.analysis.counters import NarrowCounter, WideCounter
from tfinspector.analysis.layouts import NarrowLayout, layout_of
from tfinspector.analysis.moments import Moments
from tfinspector.contents.figures import Statistics


class Accumulator:
    """Statistics of one tensor from its blocks, in any order and in any number.

    `dtype_name` is one of TensorFlow's numeric types; KeyError for others. Blocks are arrays of
    that type (or of unsigned integers of its width), native-endian, of any shape. Not
    thread-safe: give each thread its own and `merge` them.
    """

    def __init__(self, dtype_name: str) -> None:
        layout = layout_of(dtype_name)
        self._dtype_name = dtype_name
        self._counter = (
            NarrowCounter(layout) if isinstance(layout, NarrowLayout) else WideCounter(layout)
        )

    def add(self, block: NDArray[Any]) -> None:
        """Count a block in. The array is not kept."""
        if block.size:
            self._counter.add(block)

    def merge(self, other: "Accumulator") -> None:
        """Take in what another accumulator of the same type has counted; ValueError if not."""
        if other._dtype_name != self._dtype_name:
            raise ValueError(f"{other._dtype_name} does not add up with {self._dtype_name}")
        self._counter.merge(other._counter)  # type: ignore[arg-type]  # one type, one counter

    def statistics(self) -> Statistics:
        """The figures so far. More blocks may be added afterwards."""
        moments, odd, sketch, negative, quantiles, quantile_error = self._counter.counted()
        low, high = self._ends(moments)
        if moments.count:
            quantiles |= {0.0: low, 1.0: high}
        return Statistics(
            count=moments.count + odd.nan + odd.posinf + odd.neginf,
            nan=odd.nan,
            posinf=odd.posinf,
            neginf=odd.neginf,
            zero=odd.poszero + odd.negzero,
            negative=negative,
            min=low,
            max=high,
            mean=moments.mean,
            std=moments.std,
            l1=moments.norm1,
            l2=moments.norm2,
            quantiles=quantiles,
            quantile_error=quantile_error,
            sketch=sketch,
            of_magnitude=getattr(self._counter.layout, "of_magnitude", False),
        )

    def _ends(self, moments: Moments) -> tuple[float, float]:
        """The least and the greatest value, as integers where the type's are; NaN of nothing."""
        if not moments.count:
            return nan, nan
        if self._counter.ends:
            return self._counter.ends
        low, high = moments.low + 0.0, moments.high + 0.0  # never -0.0
        return (int(low), int(high)) if self._counter.layout.is_integer else (low, high)
