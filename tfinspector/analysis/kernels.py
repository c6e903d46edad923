"""Compiled counting: what `counting` does, at the speed of memory and without the GIL.

Import this off the window's thread only (`compiled` does): importing Numba and loading the
kernels takes a second, compiling them the first time several.

Tables come in two copies that neighbouring elements take in turn: an increment that follows
another one of the same entry would wait for its store. Sums run over chunks that fit the first
cache; the variance of a chunk whose mean is far from zero is summed again around that mean.
Within a chunk the compiler may reorder additions (into vector lanes); between chunks they are
joined as `moments` does it.
"""

from math import isfinite
from typing import Any

import numpy as np
from numba import float32, float64, int32, int64, types, uint32, uint64

from tfinspector.analysis.forms import TABLES, compiled, flat
from tfinspector.analysis.layouts import SHIFT_32, SHIFT_64
from tfinspector.analysis.moments import ORDINARY
from tfinspector.analysis.places import (
    CARRY,
    FINITE,
    HIGH,
    L1,
    LOW,
    M2,
    NAN,
    NEGINF,
    NEGZERO,
    POSINF,
    POSZERO,
    TOTAL,
)  # fmt: skip
from tfinspector.analysis.summaries import order_buckets, share_out, summarise_few
from tfinspector.analysis.table_kernels import collect, count_between, count_patterns

__all__ = [
    "COPIES", "collect", "count_between", "count_floats", "count_patterns", "order_buckets",
    "share_out", "summarise_few",
]  # fmt: skip

CHUNK = 4096
_STEP = 64
_FAR = 1000.0  # a mean so many times farther from zero than values are apart costs digits
_WORD = np.dtype(np.uint32)

COPIES = 2
"""Tables that neighbouring elements take in turn."""


_LEAST, _GREATEST = ORDINARY
_FLOAT_FORMS = [
    types.boolean(
        flat(number), flat(bits), flat(signed), TABLES, float64[::1], int64[::1]
    )
    for number, bits, signed in ((float32, uint32, int32), (float64, uint64, int64))
]  # fmt: skip


@compiled(reorder=True)
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


@compiled()
def _farthest(bits: Any, at: Any) -> Any:
    """Of a step: the greatest pattern without its sign, times two."""
    farthest = bits.dtype.type(0)
    for i in range(_STEP):
        doubled = bits.dtype.type(bits[at + np.uint64(i)] << bits.dtype.type(1))
        farthest = max(farthest, doubled)
    return farthest


@compiled()
def _count_and_sum(values: Any, bits: Any, tables: Any) -> Any:
    """Count a chunk into `tables`; return its sums and its farthest pattern (`_farthest`).

    In steps so short that the processor takes the vector sums of one step while the scalar
    counting of the next waits for its stores: together they cost little more than counting.
    """
    # Known when this is compiled, for each of the two types: a fixed shift is a fifth faster.
    shift = np.uint64(SHIFT_32) if bits.dtype == _WORD else np.uint64(SHIFT_64)
    one = np.uint32(1)
    first = second = absolute = 0.0
    farthest = bits.dtype.type(0)
    whole = len(values) - len(values) % _STEP
    for start in range(0, whole, _STEP):
        at = np.uint64(start)
        for i in range(0, _STEP, 2):
            here = at + np.uint64(i)
            tables[0, bits[here] >> shift] += one
            tables[1, bits[here + np.uint64(1)] >> shift] += one
        sums = _sums(values, at)
        first, second, absolute = first + sums[0], second + sums[1], absolute + sums[2]
        farthest = max(farthest, _farthest(bits, at))
    for i in range(whole, len(values)):
        tables[0, bits[i] >> shift] += one
        value = np.float64(values[i])
        first, second, absolute = first + value, second + value * value, absolute + abs(value)
        farthest = max(farthest, bits.dtype.type(bits[i] << bits.dtype.type(1)))
    return (first, second, absolute), farthest


@compiled()
def _reach(figures: Any, end: Any, end_bits: Any) -> Any:
    """How far values may lie from zero, as `_farthest` tells it, and be no new extreme.

    `end` and `end_bits` are one element, as the values' type and as its pattern.
    """
    if not figures[LOW] < 0 < figures[HIGH]:
        return end_bits.dtype.type(0)
    end[0] = min(-figures[LOW], figures[HIGH])
    return end_bits.dtype.type(end_bits[0] << end_bits.dtype.type(1))


@compiled()
def _stretch_ends(bits: Any, signed: Any, end: Any, end_bits: Any, figures: Any) -> None:
    """Take the extremes of a chunk of finite floats (vectors compare integers best).

    The greatest pattern read as signed is the greatest value if any is positive; the greatest read
    as unsigned is the least value if any is negative; the least read as signed is the other end of
    floats of one sign.
    """
    top = bottom = signed[0]
    farthest = bits[0]
    for i in range(len(bits)):
        top = max(top, signed[i])
        bottom = min(bottom, signed[i])
        farthest = max(farthest, bits[i])
    if bottom < 0 <= top:
        end_bits[0] = farthest
    else:
        end_bits[0] = bottom if bottom >= 0 else top
    figures[LOW] = min(figures[LOW], np.float64(end[0]))
    end_bits[0] = bottom if top < 0 else top
    figures[HIGH] = max(figures[HIGH], np.float64(end[0]))


@compiled(reorder=True)
def _sums_around(values: Any, centre: Any) -> Any:
    """The sums of the distances from `centre` and of their squares."""
    first = 0.0
    second = 0.0
    for i in range(len(values)):
        distance = np.float64(values[i]) - centre
        first += distance
        second += distance * distance
    return first, second


@compiled()
def _sum_finite(values: Any, figures: Any, counts: Any, kept: Any) -> Any:
    """Copy the finite values to `kept` and count the others; how many were kept, and the sums."""
    size = 0
    first = second = absolute = 0.0
    for value in values:
        if isfinite(value):
            kept[size] = value
            size += 1
            wide = np.float64(value)
            figures[LOW], figures[HIGH] = min(figures[LOW], wide), max(figures[HIGH], wide)
            first, second, absolute = first + wide, second + wide * wide, absolute + abs(wide)
        elif value > 0:
            counts[POSINF] += 1
        elif value < 0:
            counts[NEGINF] += 1
        else:
            counts[NAN] += 1
    return size, (first, second, absolute)


@compiled()
def _join(size: Any, sums: Any, rest: Any, within: Any, figures: Any, before: Any) -> None:
    """Add so many values to the figures of `before` many (Chan): their sum, what it lost by
    rounding, the sum of their magnitudes, and the squared distances from their mean.
    """
    if before:
        apart = (sums[0] + rest) / size - (figures[TOTAL] + figures[CARRY]) / before
        within += apart * apart * (before * (size / (before + size)))
    figures[M2] += within
    total = figures[TOTAL] + sums[0]
    other = total - figures[TOTAL]
    figures[CARRY] += rest + ((figures[TOTAL] - (total - other)) + (sums[0] - other))
    figures[TOTAL] = total
    figures[L1] += sums[1]


@compiled()
def _zeros_in(tables: Any) -> int:
    half = tables.shape[1] // 2
    found = np.int64(0)
    for copy in range(tables.shape[0]):
        found += np.int64(tables[copy, 0]) + np.int64(tables[copy, half])
    return int(found)


@compiled()
def _count_zeros(values: Any, signed: Any, counts: Any) -> None:
    zeros = 0
    positive = 0
    for i in range(len(values)):
        zeros += values[i] == 0
        positive += signed[i] == 0
    counts[POSZERO] += positive
    counts[NEGZERO] += zeros - positive


@compiled()
def _measure(values: Any, bits: Any, signed: Any, tables: Any, figures: Any, counts: Any) -> Any:
    """Count a block and add it to `figures`. How many are finite; -1 if squares left float64."""
    end = np.empty(1, values.dtype)
    end_bits = end.view(bits.dtype)
    kept = np.empty(CHUNK, values.dtype)
    finite = np.int64(0)
    overflow = False
    reach = _reach(figures, end, end_bits)
    for start in range(0, len(values), CHUNK):
        part = values[start : start + CHUNK]
        stop = start + len(part)
        sums, farthest = _count_and_sum(part, bits[start:stop], tables)
        size = len(part)
        if not isfinite(sums[1]):
            size, sums = _sum_finite(part, figures, counts, kept)
            part = kept[:size]
            overflow |= not isfinite(sums[1])
            if size == 0:
                continue
            reach = _reach(figures, end, end_bits)
        elif farthest > reach or reach == 0:
            _stretch_ends(bits[start:stop], signed[start:stop], end, end_bits, figures)
            reach = _reach(figures, end, end_bits)
        within = sums[1] - sums[0] * (sums[0] / size)
        rest = 0.0
        if within * _FAR < sums[1]:
            rest, within = _sums_around(part, sums[0] / size)
            within = max(within - rest * (rest / size), 0.0)
        _join(size, (sums[0], sums[2]), rest, within, figures, finite)
        finite += size
    return np.int64(-1) if overflow else finite


@compiled(_FLOAT_FORMS)
def count_floats(
    values: Any, bits: Any, signed: Any, tables: Any, figures: Any, counts: Any
) -> bool:
    """Count the leading bits of a block into `tables`; add it to `figures` and `counts`.

    `bits` and `signed` are views of `values` as integers. `figures` and `counts` start as those
    of nothing; `places` names what stands in them. No element may be counted 2**32 times in one
    table. False where squares of the values lose digits in float64: then the block's moments are
    left out, and FINITE with them.
    """
    zeros_before = _zeros_in(tables)
    block = np.zeros(6)
    block[LOW], block[HIGH] = figures[LOW], figures[HIGH]
    finite = _measure(values, bits, signed, tables, block, counts)
    if _zeros_in(tables) != zeros_before:
        _count_zeros(values, signed, counts)
    largest = max(abs(block[LOW]), abs(block[HIGH]))
    if finite < 0 or (finite and largest and not _LEAST <= largest <= _GREATEST):
        return False
    if finite:
        sums = (block[TOTAL], block[L1])
        _join(finite, sums, block[CARRY], block[M2], figures, counts[FINITE])
        figures[LOW], figures[HIGH] = block[LOW], block[HIGH]
        counts[FINITE] += finite
    return True
