"""Compiled: the distances of `distances`, in one walk over both sketches.

Import this off the window's thread only (`ready` does).
"""

from typing import Any

import numpy as np
from numba import float64, int64, njit, types

from tfinspector.analysis.kernel_cache import is_prepared

_ENDS = types.Array(float64, 1, "C", readonly=True)
_COUNTS = types.Array(int64, 1, "C", readonly=True)
_FORM = types.UniTuple(float64, 4)(_ENDS, _ENDS, _COUNTS, _ENDS, _ENDS, _COUNTS)


@njit(nogil=True, cache=is_prepared(), error_model="numpy")  # type: ignore[untyped-decorator]
def _at(x: float, i: int, lowers: Any, uppers: Any, share: float, base: float) -> Any:
    """Below x and up to x: as if values were spread evenly, then the bounds of either.

    Bucket `i` is the first that ends at x or later; `base` is the share of those before it.
    """
    if i == len(lowers) or lowers[i] > x:
        return base, base, base, base, base, base
    lower, upper = lowers[i], uppers[i]
    high = base + share
    if lower == upper:
        return base, high, base, base, high, high
    even = base + share * ((x - lower) / (upper - lower))
    return even, even, base, high if x > lower else base, high if x == upper else base, high


@njit(nogil=True, cache=is_prepared(), error_model="numpy")  # type: ignore[untyped-decorator]
def _next(x: float, i: int, lowers: Any, uppers: Any) -> float:
    """The next end of a bucket after x; infinite behind the last."""
    if i == len(lowers):
        return np.inf
    return lowers[i] if lowers[i] > x else uppers[i]  # type: ignore[no-any-return]


@njit(nogil=True, cache=is_prepared(), error_model="numpy")  # type: ignore[untyped-decorator]
def _between(start: float, end: float, width: float) -> float:
    """The area between two lines that are `start` and then `end` apart, and may cross."""
    first, second = abs(start), abs(end)
    if first + second == 0.0:
        return 0.0
    if start * end < 0:
        return width * ((start * start + end * end) / (2 * (first + second)))
    return width * ((first + second) / 2)


@njit([_FORM], nogil=True, cache=is_prepared(), error_model="numpy")  # type: ignore[untyped-decorator]
def walk(
    a_lower: Any, a_upper: Any, a_counts: Any, b_lower: Any, b_upper: Any, b_counts: Any
) -> Any:
    """The area between the cumulative distributions, and KS with the least and most it can be."""
    a_size, b_size = np.float64(a_counts.sum()), np.float64(b_counts.sum())
    i = j = 0
    a_before = b_before = np.int64(0)
    area = ks = least = most = apart = 0.0
    x = last = min(a_lower[0], b_lower[0])
    while x < np.inf:
        a_share = a_counts[i] / a_size if i < len(a_lower) else 0.0
        b_share = b_counts[j] / b_size if j < len(b_lower) else 0.0
        a = _at(x, i, a_lower, a_upper, a_share, a_before / a_size)
        b = _at(x, j, b_lower, b_upper, b_share, b_before / b_size)
        here = a[0] - b[0]
        area += _between(apart, here, x / 2 - last / 2)  # the difference may leave float64
        apart, last = a[1] - b[1], x
        ks = max(ks, abs(here), abs(apart))
        least = max(least, a[2] - b[3], b[2] - a[3], a[4] - b[5], b[4] - a[5])
        most = max(most, a[3] - b[2], b[3] - a[2], a[5] - b[4], b[5] - a[4])
        while i < len(a_lower) and a_upper[i] <= x:
            a_before += a_counts[i]
            i += 1
        while j < len(b_lower) and b_upper[j] <= x:
            b_before += b_counts[j]
            j += 1
        x = min(_next(x, i, a_lower, a_upper), _next(x, j, b_lower, b_upper))
    return 2 * area, ks, least, most


@njit(nogil=True, cache=is_prepared(), error_model="numpy")  # type: ignore[untyped-decorator]
def _half_widths(lower: Any, upper: Any, counts: Any) -> float:
    """How far values are from where they are taken to be, on average and at most."""
    total = 0.0
    for i in range(len(counts)):
        total += counts[i] * (upper[i] / 2 - lower[i] / 2)
    return total / counts.sum()  # type: ignore[no-any-return]


_MANY = (_ENDS, _ENDS, _COUNTS, _COUNTS)


@njit(  # type: ignore[untyped-decorator]
    [types.void(_COUNTS, *_MANY, *_MANY, float64[:, ::1])],
    nogil=True, cache=is_prepared(), error_model="numpy",
)  # fmt: skip
def walk_many(
    bounds: Any,
    a_lower: Any, a_upper: Any, a_counts: Any, a_used: Any,
    b_lower: Any, b_upper: Any, b_counts: Any, b_used: Any,
    found: Any,
) -> None:  # fmt: skip
    """What `walk` finds of many tensors, whose buckets begin at their bounds, and how far values
    may be from where they are taken to be. Rows without buckets are left alone.
    """
    for row in range(len(found)):
        if a_used[row] == 0 or b_used[row] == 0:
            continue
        start = bounds[row]
        a_stop, b_stop = start + a_used[row], start + b_used[row]
        a = a_lower[start:a_stop], a_upper[start:a_stop], a_counts[start:a_stop]
        b = b_lower[start:b_stop], b_upper[start:b_stop], b_counts[start:b_stop]
        found[row, 0], found[row, 1], found[row, 2], found[row, 3] = walk(*a, *b)
        found[row, 4] = _half_widths(*a) + _half_widths(*b)
