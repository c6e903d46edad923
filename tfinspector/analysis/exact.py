"""Counting values between given edges, exactly: for bins finer than a sketch can tell apart."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tfinspector.analysis.compiled import aligned, kernels
from tfinspector.analysis.layouts import Floats, Integers, NarrowLayout, layout_of


def count_exactly(
    blocks: Iterable[NDArray[Any]],
    edges: Floats,
    dtype_name: str,
    tick: Callable[[int], None] | None = None,
) -> Integers:
    """How many finite values lie below the edges, in each bin, and above: len(edges) + 1 counts.

    Bins are half open, the last one closed. Blocks and `dtype_name` as for `Accumulator`; edges
    ascend strictly, two at least. `tick` is called with each block's bytes.
    """
    layout = layout_of(dtype_name)
    counts = np.zeros(len(edges) + 1, np.int64)
    for block in blocks:
        if isinstance(layout, NarrowLayout):
            floats = layout.value[layout.indices(block)]
        else:
            floats = layout.floats(block)
        compiled = kernels()
        if compiled is None:
            _count(floats, edges, counts)
        else:
            compiled.count_between(aligned(floats), edges, counts)
        if tick:
            tick(block.nbytes)
    return counts


def _count(floats: NDArray[Any], edges: Floats, counts: Integers) -> None:
    finite = floats[np.isfinite(floats)]
    place = np.searchsorted(edges, finite, "right")
    place[finite == edges[-1]] -= 1
    counts += np.bincount(place, minlength=len(counts))
