"""Compiled counting: what `counting` does, at the speed of memory and without the GIL.

Import this off the window's thread only (`compiled` does): importing Numba and loading the
kernels takes a second, compiling them the first time several.

Tables come in two copies that neighbouring elements take in turn: an increment that follows
another one of the same entry would wait for its store. Sums run over chunks that fit the first
cache; the variance of a chunk whose mean is far from zero is summed again around that mean.
Within a chunk each lane of a vector has its own sum; between chunks they are joined as `moments`
does it.
"""

from functools import partial, reduce
from math import isfinite
from typing import Any

import numpy as np
from llvmlite import ir
from numba import float32, float64, int32, int64, types, uint32, uint64
from numba.core.cgutils import alloca_once_value, for_range_slice
from numba.extending import intrinsic

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
from tfinspector.analysis.summaries import (
    order_buckets,
    share_out,
    summarise_few,
    summarise_many,
)
from tfinspector.analysis.table_kernels import collect, count_between, count_patterns

__all__ = [
    "COPIES", "collect", "count_between", "count_floats", "count_patterns", "order_buckets",
    "share_out", "summarise_few", "summarise_many",
]  # fmt: skip

_CHUNK = 8192
_LANES = 8
_UNSIGNED = (1 << 63) - 1  # a double without its sign
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


@intrinsic  # type: ignore[untyped-decorator]
def _count_lanes(_: Any, values: Any, bits: Any, tables: Any, sums: Any, farthest: Any) -> Any:
    """Count as many elements as make whole lanes into `tables`. `sums` gets the sums of the
    values, of their squares and of their magnitudes; `farthest` the greatest pattern without its
    sign, times two.

    Told lane by lane, because the compiler vectorises no loop with scattered increments in it.
    Each of these takes a store, and a processor does one store at a time: what the lanes do
    meanwhile costs nothing. Where a processor's lanes are fewer, LLVM takes them in several goes.
    """
    return types.void(values, bits, tables, sums, farthest), _emit_lanes


def _emit_lanes(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    """The loop of `_count_lanes`; behind it the lanes are joined."""
    values, bits, tables, sums, farthest = (
        context.make_array(kind)(context, builder, argument)
        for kind, argument in zip(signature.args, arguments, strict=True)
    )
    number, word = (context.get_value_type(each.dtype) for each in signature.args[:2])
    zeros = [ir.VectorType(each, _LANES)(None) for each in (*3 * [ir.DoubleType()], word)]
    held = [alloca_once_value(builder, zero) for zero in zeros]
    size = builder.extract_value(values.shape, 0)
    entries = builder.extract_value(tables.shape, 1)
    whole = builder.and_(size, size.type(-_LANES))
    with for_range_slice(builder, size.type(0), whole, size.type(_LANES)) as (at, _):
        here = [builder.gep(each.data, [at]) for each in (values, bits)]
        _emit_counts(builder, here[1], word, tables.data, entries)
        _emit_sums(builder, here[0], number, word, held)
    results = [*(builder.gep(sums.data, [size.type(place)]) for place in range(3)), farthest.data]
    for lanes, result in zip(held, results, strict=True):
        joined = partial(_greater, builder) if lanes is held[-1] else builder.fadd
        each = [builder.extract_element(builder.load(lanes), size.type(i)) for i in range(_LANES)]
        builder.store(reduce(joined, each), result)
    return context.get_dummy_value()


def _emit_counts(builder: Any, bits: Any, word: Any, tables: Any, entries: Any) -> None:
    """Increment the entries that the patterns of the lanes name, in each table in turn."""
    shift = word(SHIFT_32 if word.width == 32 else SHIFT_64)
    for lane in range(_LANES):
        pattern = builder.load(builder.gep(bits, [entries.type(lane)]))
        entry = builder.zext(builder.lshr(pattern, shift), entries.type)
        if lane % COPIES:
            entry = builder.add(entry, builder.mul(entries, entries.type(lane % COPIES)))
        place = builder.gep(tables, [entry])
        count = builder.load(place)
        builder.store(builder.add(count, count.type(1)), place)


def _emit_sums(builder: Any, values: Any, number: Any, word: Any, held: Any) -> None:
    """Add the values of the lanes to what is held of each lane."""
    narrow, wide = ir.VectorType(number, _LANES), ir.VectorType(ir.DoubleType(), _LANES)
    words, wide_words = ir.VectorType(word, _LANES), ir.VectorType(ir.IntType(64), _LANES)
    found = builder.load(builder.bitcast(values, narrow.as_pointer()), align=word.width // 8)
    value = found if narrow == wide else builder.fpext(found, wide)
    square = builder.fmul(value, value, flags=["contract"])
    unsigned = builder.and_(builder.bitcast(value, wide_words), wide_words([_UNSIGNED] * _LANES))
    for total, part in zip(held, (value, square, builder.bitcast(unsigned, wide)), strict=False):
        builder.store(builder.fadd(builder.load(total), part, flags=["contract"]), total)
    doubled = builder.shl(builder.bitcast(found, words), words([1] * _LANES))
    builder.store(_greater(builder, builder.load(held[-1]), doubled), held[-1])


def _greater(builder: Any, one: Any, other: Any) -> Any:
    """The greater of two patterns, or of each lane's."""
    return builder.select(builder.icmp_unsigned(">", one, other), one, other)


@compiled()
def _count_and_sum(values: Any, bits: Any, tables: Any, sums: Any, farthest: Any) -> Any:
    """Count a chunk into `tables`; return its sums and its farthest pattern (`_count_lanes`)."""
    # Known when this is compiled, for each of the two types.
    shift = np.uint64(SHIFT_32) if bits.dtype == _WORD else np.uint64(SHIFT_64)
    _count_lanes(values, bits, tables, sums, farthest)
    first, second, absolute = sums[0], sums[1], sums[2]
    top = farthest[0]
    for i in range(len(values) - len(values) % _LANES, len(values)):
        tables[0, bits[i] >> shift] += np.uint32(1)
        value = np.float64(values[i])
        first, second, absolute = first + value, second + value * value, absolute + abs(value)
        top = max(top, bits.dtype.type(bits[i] << bits.dtype.type(1)))
    return (first, second, absolute), top


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
    kept = np.empty(_CHUNK, values.dtype)
    room, top = np.empty(3), np.empty(1, bits.dtype)
    finite = np.int64(0)
    overflow = False
    reach = _reach(figures, end, end_bits)
    for start in range(0, len(values), _CHUNK):
        part = values[start : start + _CHUNK]
        stop = start + len(part)
        sums, farthest = _count_and_sum(part, bits[start:stop], tables, room, top)
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
