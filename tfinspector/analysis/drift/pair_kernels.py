"""Compiled comparing of two blocks, at the speed of memory and without the GIL.

Import this off the window's thread only (`ready` does). What it counts is told in `pairs`, which
does the same with NumPy. Sums run over chunks that fit the first cache; within a chunk the
compiler may reorder additions (into vector lanes), between chunks they carry their rounding.
"""

from collections.abc import Callable
from math import isfinite
from typing import Any, TypeVar

import numpy as np
from numba import float32, float64, int64, njit, types, uint32, uint64

from tfinspector.analysis.drift.places import (
    AA,
    AB,
    ABSOLUTE,
    BB,
    BEYOND,
    CHANGED,
    DD,
    FINITE,
    FLIPS,
    GREATEST,
    OUT_OF_RANGE,
    SUMS,
)  # fmt: skip
from tfinspector.analysis.kernel_cache import is_prepared

_CHUNK = 2048
_HUGE, _TINY = 1e150, 1e-150  # squares of what lies outside lose digits in float64
_WORD = np.dtype(np.uint32)
_ANY_ORDER = frozenset({"reassoc", "nsz", "contract"})
_Kernel = TypeVar("_Kernel", bound=Callable[..., Any])


def _fast(forms: Any = None, flags: frozenset[str] = frozenset()) -> Callable[[_Kernel], _Kernel]:
    """The decorator; `flags` are what the compiler may assume of floats."""
    return njit(  # type: ignore[no-any-return]
        forms, nogil=True, cache=is_prepared(), fastmath=set(flags), error_model="numpy"
    )


def _flat(element: Any) -> Any:
    return types.Array(element, 1, "C", readonly=True)


_FORMS = [
    types.void(
        _flat(number), _flat(number), _flat(bits), _flat(bits), float64, float64[::1], int64[::1]
    )
    for number, bits in ((float32, uint32), (float64, uint64))
]


@_fast(flags=_ANY_ORDER)
def _sums(a: Any, b: Any, away: Any) -> Any:
    """The sums over a chunk; the distance of each pair goes to `away`."""
    dd = aa = bb = ab = absolute = 0.0
    for i in range(len(a)):
        x = np.float64(a[i])
        y = np.float64(b[i])
        d = y - x
        dd += d * d
        aa += x * x
        bb += y * y
        ab += x * y
        absolute += abs(d)
        away[i] = abs(d)
    return dd, aa, bb, ab, absolute


@_fast()
def _greatest(patterns: Any) -> Any:
    """The greatest of floats that are not negative, as integers, which vectors compare best."""
    top = patterns[0]
    for i in range(len(patterns)):
        top = max(top, patterns[i])
    return top


@_fast(flags=_ANY_ORDER)
def _beyond(a: Any, b: Any, epsilon: Any) -> Any:
    """How many pairs are apart by more than epsilon of both; a float, as vectors add those."""
    count = 0.0
    for i in range(len(a)):
        x = np.float64(a[i])
        y = np.float64(b[i])
        d = abs(y - x)
        count += 1.0 if (d > epsilon * abs(x)) & (d > epsilon * abs(y)) else 0.0
    return count


@_fast()
def _bits(p: Any, q: Any) -> Any:
    """How many patterns are not the same, and how many signs turned between two nonzeros."""
    # Known when this is compiled, for each of the two types.
    sign = np.uint32(1 << 31) if p.dtype == _WORD else np.uint64(1 << 63)
    changed = 0
    flips = 0
    for i in range(len(p)):
        changed += p[i] != q[i]
        turned = ((p[i] ^ q[i]) & sign) != 0
        flips += turned & ((p[i] & ~sign) != 0) & ((q[i] & ~sign) != 0)
    return changed, flips


@_fast()
def _keep_finite(a: Any, b: Any, p: Any, q: Any, kept: Any, counts: Any) -> Any:
    """Copy the pairs that are finite on both sides; count the rest's changes. How many."""
    size = 0
    for i in range(len(a)):
        if isfinite(a[i]) and isfinite(b[i]):
            kept[0, size] = a[i]
            kept[1, size] = b[i]
            size += 1
        elif p[i] != q[i]:
            counts[CHANGED] += 1
            counts[BEYOND] += 1
    return size


@_fast()
def _join(at: int, part: float, figures: Any) -> None:
    total = figures[at] + part
    if abs(figures[at]) >= abs(part):
        figures[at + SUMS] += (figures[at] - total) + part
    else:
        figures[at + SUMS] += (part - total) + figures[at]
    figures[at] = total


@_fast(_FORMS)
def compare(a: Any, b: Any, p: Any, q: Any, epsilon: float, figures: Any, counts: Any) -> None:
    """Add a pair of blocks to `figures` and `counts`; their places are named in `places`.

    `p` and `q` are views of `a` and `b` as unsigned integers. Where squares leave float64,
    OUT_OF_RANGE is set and the block has to be measured anew.
    """
    kept = np.empty((2, _CHUNK), a.dtype)
    kept_bits = kept.view(p.dtype)
    away = np.empty(_CHUNK, np.float64)
    away_bits = away.view(np.int64)
    top = np.empty(1, np.float64)
    top_bits = top.view(np.int64)
    for start in range(0, len(a), _CHUNK):
        x, y = a[start : start + _CHUNK], b[start : start + _CHUNK]
        u, v = p[start : start + _CHUNK], q[start : start + _CHUNK]
        sums = _sums(x, y, away)
        if not (isfinite(sums[0]) and isfinite(sums[1] + sums[2])):
            size = _keep_finite(x, y, u, v, kept, counts)
            if size == 0:
                continue
            x, y = kept[0, :size], kept[1, :size]
            u, v = kept_bits[0, :size], kept_bits[1, :size]
            sums = _sums(x, y, away)
        top_bits[0] = _greatest(away_bits[: len(x)])
        changed, flips = _bits(u, v)
        counts[FINITE] += len(x)
        counts[CHANGED] += changed
        counts[BEYOND] += int(_beyond(x, y, epsilon))
        counts[FLIPS] += flips
        figures[GREATEST] = max(figures[GREATEST], top[0])
        if not isfinite(sums[0] + sums[1] + sums[2]) or 0 < top[0] < _TINY or top[0] > _HUGE:
            counts[OUT_OF_RANGE] = 1
            return
        _join(DD, sums[0], figures)
        _join(AA, sums[1], figures)
        _join(BB, sums[2], figures)
        _join(AB, sums[3], figures)
        _join(ABSOLUTE, sums[4], figures)


@_fast(
    [
        types.void(
            _flat(number), _flat(number), _flat(bits), _flat(bits), _flat(int64), float64,
            float64[:, ::1], int64[:, ::1],
        )
        for number, bits in ((float32, uint32), (float64, uint64))
    ]
)  # fmt: skip
def compare_many(
    a: Any, b: Any, p: Any, q: Any, bounds: Any, epsilon: float, figures: Any, counts: Any
) -> None:
    """`compare` of many tensors one behind the other, each from its bound to the next."""
    for row in range(len(figures)):
        start, stop = bounds[row], bounds[row + 1]
        compare(
            a[start:stop], b[start:stop], p[start:stop], q[start:stop], epsilon,
            figures[row], counts[row],
        )  # fmt: skip
