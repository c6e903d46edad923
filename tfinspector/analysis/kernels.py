"""Compiled counting: what `counting` does, at the speed of memory and without the GIL.

Import this off the window's thread only (`compiled` does): importing Numba and loading the
kernels takes a second, compiling them the first time several.

Tables come in two copies that neighbouring elements take in turn: an increment that follows
another one of the same entry would wait for its store. Sums run over chunks that fit the first
cache; the variance of a chunk whose mean is far from zero is summed again around that mean.
Within a chunk the compiler may reorder additions (into vector lanes); between chunks they are
joined as `moments` does it.
"""

from collections.abc import Callable
from math import isfinite
from typing import Any, TypeVar

import numpy as np
from numba import float32, float64, int32, int64, njit, types, uint8, uint16, uint32, uint64

from tfinspector.analysis.kernel_cache import is_prepared
from tfinspector.analysis.layouts import SHIFT_32, SHIFT_64

CHUNK = 4096
_STEP = 64
_FAR = 1000.0  # a mean so many times farther from zero than values are apart costs digits
_WORD = np.dtype(np.uint32)
_STRETCH = 256  # divides the size of every table

LOW, HIGH, TOTAL, CARRY, M2, L1 = range(6)
"""Places in the `figures` of `count_floats`, as `Moments` names them."""
FINITE, NAN, POSINF, NEGINF, POSZERO, NEGZERO, OVERFLOW = range(7)
"""Places in the `counts` of `count_floats`; OVERFLOW: squares left float64, measure it anew."""

COPIES = 2
"""Tables that neighbouring elements take in turn."""


def _flat(element: Any) -> Any:
    """A flat array that is only read, so that read-only ones are welcome."""
    return types.Array(element, 1, "C", readonly=True)


_TABLES = types.Array(uint32, 2, "C")
_PATTERN_FORMS = [types.void(_flat(element), _TABLES) for element in (uint8, uint16)]
_FLOAT_FORMS = [
    types.void(
        _flat(number), _flat(bits), _flat(signed), _TABLES, float64[::1], int64[::1]
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
    """Add to `tables`, shape (2, number of patterns), how often each pattern occurs."""
    one = np.uint32(1)
    size = len(patterns)
    for i in range(0, size - 1, 2):
        tables[0, patterns[i]] += one
        tables[1, patterns[i + 1]] += one
    if size % 2:
        tables[0, patterns[size - 1]] += one


@_compile(reorder=True)
def _sums(values: Any, at: Any) -> Any:
    """Of a step: the sums of the values, of their squares and of their magnitudes."""
    first = 0.0
    second = 0.0
    absolute = 0.0
    for i in range(_STEP):
        value = np.float64(values[at + np.uint64(i)])
        first += value
        second += value * value
        absolute += abs(value)
    return first, second, absolute


@_compile()
def _extremes(bits: Any, signed: Any, at: Any) -> Any:
    """Of a step: the greatest and least pattern read as signed, the greatest as unsigned."""
    top = signed[at]
    bottom = signed[at]
    farthest = bits[at]
    for i in range(_STEP):
        top = max(top, signed[at + np.uint64(i)])
        bottom = min(bottom, signed[at + np.uint64(i)])
        farthest = max(farthest, bits[at + np.uint64(i)])
    return top, bottom, farthest


@_compile()
def _count_and_sum(values: Any, bits: Any, signed: Any, tables: Any, ends: Any) -> Any:
    """Count a chunk into `tables` and its extremes into `ends`; return its sums.

    In steps so short that the processor takes the vector sums of one step while the scalar
    counting of the next waits for its stores: together they cost little more than counting.
    """
    # Known when this is compiled, for each of the two types: a fixed shift is a fifth faster.
    shift = np.uint64(SHIFT_32) if bits.dtype == _WORD else np.uint64(SHIFT_64)
    one = np.uint32(1)
    first = second = absolute = 0.0
    top = bottom = signed[0]
    farthest = bits[0]
    whole = len(values) - len(values) % _STEP
    for start in range(0, whole, _STEP):
        at = np.uint64(start)
        for i in range(0, _STEP, 2):
            here = at + np.uint64(i)
            tables[0, bits[here] >> shift] += one
            tables[1, bits[here + np.uint64(1)] >> shift] += one
        sums = _sums(values, at)
        first, second, absolute = first + sums[0], second + sums[1], absolute + sums[2]
        found = _extremes(bits, signed, at)
        top, bottom = max(top, found[0]), min(bottom, found[1])
        farthest = max(farthest, found[2])
    for i in range(whole, len(values)):
        tables[0, bits[i] >> shift] += one
        value = np.float64(values[i])
        first, second, absolute = first + value, second + value * value, absolute + abs(value)
        top, bottom = max(top, signed[i]), min(bottom, signed[i])
        farthest = max(farthest, bits[i])
    _set_ends(top, bottom, farthest, ends)
    return first, second, absolute


@_compile()
def _set_ends(top: Any, bottom: Any, farthest: Any, ends: Any) -> None:
    """The patterns of the least and the greatest float (vectors compare integers best).

    The greatest pattern read as signed is the greatest value if any is positive; the greatest read
    as unsigned is the least value if any is negative; the least read as signed is the other end of
    floats of one sign.
    """
    if bottom >= 0:
        ends[0], ends[1] = bottom, top
    elif top < 0:
        ends[0], ends[1] = top, bottom
    else:
        ends[0], ends[1] = farthest, top


@_compile(reorder=True)
def _sums_around(values: Any, centre: Any) -> Any:
    """The sums of the distances from `centre` and of their squares."""
    first = 0.0
    second = 0.0
    for i in range(len(values)):
        distance = np.float64(values[i]) - centre
        first += distance
        second += distance * distance
    return first, second


@_compile()
def _sum_finite(values: Any, ends: Any, counts: Any, kept: Any) -> Any:
    """Copy the finite values to `kept` and count the others; how many were kept, and the sums.

    `ends` are set as floats; they are left alone where nothing is finite.
    """
    size = 0
    first = second = absolute = 0.0
    for i in range(len(values)):
        value = values[i]
        if isfinite(value):
            kept[size] = value
            size += 1
            ends[0] = min(value, ends[0]) if size > 1 else value
            ends[1] = max(value, ends[1]) if size > 1 else value
            wide = np.float64(value)
            first, second, absolute = first + wide, second + wide * wide, absolute + abs(wide)
        elif value > 0:
            counts[POSINF] += 1
        elif value < 0:
            counts[NEGINF] += 1
        else:
            counts[NAN] += 1
    return size, (first, second, absolute)


@_compile()
def _join(size: int, sums: Any, rest: float, within: float, figures: Any, counts: Any) -> None:
    """Add a chunk to the figures (Chan): its sums, what the first of them lost by rounding, and
    the squared distances from its mean.
    """
    before = counts[FINITE]
    if before:
        apart = (sums[0] + rest) / size - (figures[TOTAL] + figures[CARRY]) / before
        within += apart * apart * (before * (size / (before + size)))
    figures[M2] += within
    total = figures[TOTAL] + sums[0]
    other = total - figures[TOTAL]
    figures[CARRY] += rest + ((figures[TOTAL] - (total - other)) + (sums[0] - other))
    figures[TOTAL] = total
    figures[L1] += sums[2]
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
    values: Any, bits: Any, signed: Any, tables: Any, figures: Any, counts: Any
) -> None:
    """Count the leading bits of a block into `tables`; measure it into `figures` and `counts`.

    `bits` and `signed` are views of `values` as integers. `figures` and `counts` start as those
    of nothing; their places are named above. No element may be counted 2**32 times in one table.
    """
    ends = np.empty(2, values.dtype)
    end_bits = ends.view(bits.dtype)
    kept = np.empty(CHUNK, values.dtype)
    zeros_before = _zeros_in(tables)
    for start in range(0, len(values), CHUNK):
        part = values[start : start + CHUNK]
        stop = start + len(part)
        sums = _count_and_sum(part, bits[start:stop], signed[start:stop], tables, end_bits)
        size = len(part)
        if not isfinite(sums[1]):
            size, sums = _sum_finite(part, ends, counts, kept)
            part = kept[:size]
            if size == 0:
                continue
            if not isfinite(sums[1]):
                counts[OVERFLOW] = 1
                continue
        within = sums[1] - sums[0] * (sums[0] / size)
        rest = 0.0
        if within * _FAR < sums[1]:
            rest, within = _sums_around(part, sums[0] / size)
            within = max(within - rest * (rest / size), 0.0)
        figures[LOW] = min(figures[LOW], np.float64(ends[0]))
        figures[HIGH] = max(figures[HIGH], np.float64(ends[1]))
        _join(size, sums, rest, within, figures, counts)
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


@_compile([types.void(_flat(number), _flat(float64), int64[::1]) for number in (float32, float64)])
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
