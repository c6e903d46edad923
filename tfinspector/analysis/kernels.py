"""Compiled counting: what `counting` does, at the speed of memory and without the GIL.

Import this off the window's thread only (`compiled` does): importing Numba and loading the
kernels takes a second, compiling them the first time several.

Tables come in several copies that neighbouring elements take in turn: an increment that follows
another one of the same entry would wait for its store. Sums run over chunks that fit the first
cache. Within a chunk the compiler may reorder additions (into vector lanes); between chunks they
are joined as `moments` does it.
"""

from collections.abc import Callable
from math import isfinite
from typing import Any, TypeVar

import numpy as np
from numba import float32, float64, int32, int64, njit, types, uint8, uint16, uint32, uint64

from tfinspector.analysis.kernel_cache import is_prepared

CHUNK = 4096
_STRETCH = 64  # divides the size of every table

LOW, HIGH, TOTAL, CARRY, M2, L1 = range(6)
"""Places in the `figures` of `count_floats`, as `Moments` names them."""
FINITE, NAN, POSINF, NEGINF, POSZERO, NEGZERO, OVERFLOW = range(7)
"""Places in the `counts` of `count_floats`; OVERFLOW: squares left float64, measure it anew."""


def _flat(element: Any) -> Any:
    """A flat array that is only read, so that read-only ones are welcome."""
    return types.Array(element, 1, "C", readonly=True)


_TABLES = types.Array(uint32, 2, "C")
_PATTERN_FORMS = [types.void(_flat(element), _TABLES) for element in (uint8, uint16)]
_FLOAT_FORMS = [
    types.void(
        _flat(number), _flat(bits), _flat(signed), _TABLES, bits, float64[::1], int64[::1]
    )
    for number, bits, signed in ((float32, uint32, int32), (float64, uint64, int64))
]  # fmt: skip


_Kernel = TypeVar("_Kernel", bound=Callable[..., Any])


def _compile(forms: Any = None, reorder: bool = False) -> Callable[[_Kernel], _Kernel]:
    """The decorator. `reorder` lets sums be taken in any order; NaN and infinities still count."""
    flags = {"reassoc", "nsz", "contract"} if reorder else False
    return njit(  # type: ignore[no-any-return]
        forms, nogil=True, cache=is_prepared(), fastmath=flags, error_model="numpy"
    )


@_compile(_PATTERN_FORMS)
def count_patterns(patterns: Any, tables: Any) -> None:
    """Add to `tables`, shape (1, 2 or 4, number of patterns), how often each pattern occurs."""
    one = np.uint32(1)
    last = len(tables) - 1
    second, third, fourth = 1 & last, 2 & last, 3 & last
    size = len(patterns)
    whole = size - size % 4
    for i in range(0, whole, 4):
        tables[0, patterns[i]] += one
        tables[second, patterns[i + 1]] += one
        tables[third, patterns[i + 2]] += one
        tables[fourth, patterns[i + 3]] += one
    for i in range(whole, size):
        tables[0, patterns[i]] += one


@_compile()
def _count_leading(bits: Any, tables: Any, shift: Any) -> None:
    one = np.uint32(1)
    last = len(tables) - 1
    second, third, fourth = 1 & last, 2 & last, 3 & last
    size = len(bits)
    whole = size - size % 4
    for i in range(0, whole, 4):
        tables[0, bits[i] >> shift] += one
        tables[second, bits[i + 1] >> shift] += one
        tables[third, bits[i + 2] >> shift] += one
        tables[fourth, bits[i + 3] >> shift] += one
    for i in range(whole, size):
        tables[0, bits[i] >> shift] += one


@_compile(reorder=True)
def _mean_of(values: Any) -> Any:
    total = 0.0
    for i in range(len(values)):
        total += np.float64(values[i])
    return total / len(values)


@_compile(reorder=True)
def _sums_around(values: Any, centre: Any) -> Any:
    """Sums of the distances from `centre`, of their squares, and of the magnitudes."""
    first = 0.0
    second = 0.0
    absolute = 0.0
    for i in range(len(values)):
        value = np.float64(values[i])
        distance = value - centre
        first += distance
        second += distance * distance
        absolute += abs(value)
    return first, second, absolute


@_compile()
def _widen_range(bits: Any, signed: Any, pair: Any, pair_bits: Any, figures: Any) -> None:
    """Extend LOW and HIGH by finite floats, compared by their patterns (vectors do integers best).

    The greatest pattern read as signed is the greatest value if any is positive; the greatest read
    as unsigned is the least value if any is negative; the least read as signed is the other end of
    floats of one sign. `pair` and its view `pair_bits` turn patterns back into numbers.
    """
    top = signed[0]
    bottom = signed[0]
    farthest = bits[0]
    for i in range(len(bits)):
        top = max(top, signed[i])
        bottom = min(bottom, signed[i])
        farthest = max(farthest, bits[i])
    if bottom >= 0:
        pair_bits[0], pair_bits[1] = bottom, top
    elif top < 0:
        pair_bits[0], pair_bits[1] = top, bottom
    else:
        pair_bits[0], pair_bits[1] = farthest, top
    figures[LOW] = min(figures[LOW], np.float64(pair[0]))
    figures[HIGH] = max(figures[HIGH], np.float64(pair[1]))


@_compile()
def _keep_finite(values: Any, kept: Any, counts: Any) -> int:
    """Copy the finite values to `kept` and count the others; how many were kept."""
    size = 0
    for i in range(len(values)):
        value = values[i]
        if isfinite(value):
            kept[size] = value
            size += 1
        elif value > 0:
            counts[POSINF] += 1
        elif value < 0:
            counts[NEGINF] += 1
        else:
            counts[NAN] += 1
    return size


@_compile()
def _join(size: int, centre: float, sums: Any, figures: Any, counts: Any) -> None:
    """Add a chunk's sums around `centre`, the mean so far, to the figures (see `moments`)."""
    first, second, absolute = sums
    before = counts[FINITE]
    added = size * centre + first
    total = figures[TOTAL] + added
    other = total - figures[TOTAL]
    figures[CARRY] += (figures[TOTAL] - (total - other)) + (added - other)
    figures[TOTAL] = total
    apart = first / size
    within = max(second - first * apart, 0.0)
    figures[M2] += within + apart * apart * (before * (size / (before + size)))
    figures[L1] += absolute
    counts[FINITE] = before + size


@_compile()
def _zeros_in(tables: Any) -> int:
    half = tables.shape[1] // 2
    found = np.int64(0)
    for copy in range(tables.shape[0]):
        found += np.int64(tables[copy, 0]) + np.int64(tables[copy, half])
    return int(found)


@_compile()
def _count_zeros(values: Any, signed: Any, counts: Any) -> None:
    zeros = 0
    positive = 0
    for i in range(len(values)):
        zeros += values[i] == 0
        positive += signed[i] == 0
    counts[POSZERO] += positive
    counts[NEGZERO] += zeros - positive


@_compile(_FLOAT_FORMS)
def count_floats(
    values: Any, bits: Any, signed: Any, tables: Any, shift: Any, figures: Any, counts: Any
) -> None:
    """Count the leading bits of a block into `tables`; measure it into `figures` and `counts`.

    `bits` and `signed` are views of `values` as integers. `figures` and `counts` start as those
    of nothing; their places are named above. No element may be counted 2**32 times in one table.
    """
    pair = np.empty(2, values.dtype)
    pair_bits = pair.view(bits.dtype)
    kept = np.empty(CHUNK, values.dtype)
    zeros_before = _zeros_in(tables)
    for start in range(0, len(values), CHUNK):
        part = values[start : start + CHUNK]
        part_bits, part_signed = bits[start : start + CHUNK], signed[start : start + CHUNK]
        _count_leading(part_bits, tables, shift)
        finite = counts[FINITE]
        centre = (figures[TOTAL] + figures[CARRY]) / finite if finite else _mean_of(part)
        sums = _sums_around(part, centre)
        if not isfinite(sums[1]):
            size = _keep_finite(part, kept, counts)
            if size == 0:
                continue
            part = kept[:size]
            part_bits, part_signed = part.view(bits.dtype), part.view(signed.dtype)
            if not finite:
                centre = _mean_of(part)
            sums = _sums_around(part, centre)
            if not isfinite(sums[1]):
                counts[OVERFLOW] = 1
                continue
        _widen_range(part_bits, part_signed, pair, pair_bits, figures)
        _join(len(part), centre, sums, figures, counts)
    if _zeros_in(tables) != zeros_before:
        _count_zeros(values, signed, counts)


@_compile()
def _is_empty(tables: Any, start: int) -> Any:
    """Whether a stretch of the tables holds nothing; most of them do."""
    seen = np.uint32(0)
    for copy in range(tables.shape[0]):
        for i in range(_STRETCH):
            seen |= tables[copy, start + i]
    return seen == 0


@_compile([int64(_TABLES, int64[::1], int64[::1])])
def collect(tables: Any, entries: Any, counts: Any) -> int:
    """Move what the copies hold to `entries` and `counts`; how many entries are in use."""
    used = 0
    for start in range(0, tables.shape[1], _STRETCH):
        if _is_empty(tables, start):
            continue
        for i in range(start, start + _STRETCH):
            count = np.int64(0)
            for copy in range(tables.shape[0]):
                count += tables[copy, i]
                tables[copy, i] = 0
            if count:
                entries[used], counts[used] = i, count
                used += 1
    return used
