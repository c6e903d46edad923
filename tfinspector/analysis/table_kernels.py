"""Compiled work on tables of counts: filling them with patterns, emptying them, and bins.

Part of `kernels`; imported as late.
"""

from math import isfinite
from typing import Any

import numpy as np
from numba import float32, float64, int64, types, uint8, uint16

from tfinspector.analysis.forms import TABLES, compiled, flat

_STRETCH = 256  # divides the size of every table


@compiled([types.void(flat(element), TABLES) for element in (uint8, uint16)])
def count_patterns(patterns: Any, tables: Any) -> None:
    """Add to `tables`, shape (2, number of patterns), how often each pattern occurs."""
    one = np.uint32(1)
    size = len(patterns)
    for i in range(0, size - 1, 2):
        here = np.uint64(i)  # unsigned: a signed index is first looked at for being negative
        tables[0, patterns[here]] += one
        tables[1, patterns[here + np.uint64(1)]] += one
    if size % 2:
        tables[0, patterns[size - 1]] += one


@compiled()
def _is_empty(stretch: Any) -> Any:
    """Whether a stretch of a table holds nothing; most of them do."""
    seen = np.uint32(0)
    for count in stretch:
        seen |= count
    return seen == 0


@compiled([int64(TABLES, int64[::1], int64[::1])])
def collect(tables: Any, entries: Any, counts: Any) -> int:
    """Move what the two copies hold to `entries` and `counts`; how many entries are in use."""
    used = 0
    for start in range(0, tables.shape[1], _STRETCH):
        one = tables[0, start : start + _STRETCH]
        two = tables[1, start : start + _STRETCH]
        if _is_empty(one) and _is_empty(two):
            continue
        for i in range(_STRETCH):
            count = np.int64(one[i]) + np.int64(two[i])
            one[i] = two[i] = 0
            entries[used], counts[used] = start + i, count  # overwritten where nothing is
            used += count != 0
    return used


@compiled([types.void(flat(number), flat(float64), int64[::1]) for number in (float32, float64)])
def count_between(values: Any, edges: Any, counts: Any) -> None:
    """Add to `counts` how many finite values lie below the edges, in each bin, and above."""
    bins = len(edges) - 1
    for i in range(len(values)):
        value = np.float64(values[i])
        if not isfinite(value):
            continue
        first = 0  # edges before it are at most the value, those from `first + left` exceed it
        left = len(edges)
        while left > 0:
            half = left // 2
            if edges[first + half] <= value:
                first += half + 1
                left -= half + 1
            else:
                left = half
        counts[bins if value == edges[bins] else first] += 1
