"""How one tensor moved: sums over pairs of elements, in one pass over blocks of both snapshots.

All figures but the changed fractions are over pairs that are finite on both sides. Of complex
numbers the magnitude of the difference counts, and the cosine is that of all real and imaginary
parts together; they have no sign to flip. Sums are float64 within a chunk and carry their rounding
from chunk to chunk; what would leave float64 when squared is measured in other units.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tfinspector.analysis.drift.decoding import Decoded
from tfinspector.analysis.drift.places import (
    AA,
    AB,
    ABSOLUTE,
    BB,
    BEYOND,
    CHANGED,
    COUNTS,
    DD,
    FIGURES,
    FINITE,
    FLIPS,
    GREATEST,
    OUT_OF_RANGE,
    SUMS,
)  # fmt: skip
from tfinspector.analysis.drift.ready import pair_kernels
from tfinspector.analysis.drift.wide_sum import WideSum, cosine, ratio_of_roots

ORDINARY = (1e-140, 1e140)
"""Magnitudes whose squares float64 holds with all digits."""

_NO_FIGURES, _NO_COUNTS = np.zeros(FIGURES), np.zeros(COUNTS, np.int64)
_KERNEL_TYPES = (np.dtype(np.float32), np.dtype(np.float64))


class PairFigures(NamedTuple):
    """From a reference to a snapshot; NaN where a figure is not defined.

    Of a tensor without elements, or of strings (where only the fractions mean something), l2 and
    the like are NaN if nothing could be compared, and a tensor without elements has not moved.
    """

    l2: float
    relative_l2: float
    cosine: float
    max_abs: float
    mean_abs: float
    changed_fraction: float
    changed_beyond: float
    sign_flips: float


_EMPTY = PairFigures(0.0, 0.0, float("nan"), 0.0, float("nan"), 0.0, 0.0, 0.0)


def no_change(size: int, finite: int, has_length: bool, has_sign: bool) -> PairFigures:
    """What a tensor and itself come to: of so many elements, so many of them finite."""
    nan = float("nan")
    if not size:
        return _EMPTY
    if not finite:
        return PairFigures(nan, nan, nan, nan, nan, 0.0, 0.0, nan)
    flips = 0.0 if has_sign else nan
    return PairFigures(0.0, 0.0, 1.0 if has_length else nan, 0.0, 0.0, 0.0, 0.0, flips)


class PairAccumulator:
    """The change of one tensor from its blocks. Not thread-safe: merge one of each thread.

    An element counts as changed beyond noise if it changed by more than `epsilon` of the larger
    of its two magnitudes, or to or from what is not finite.
    """

    def __init__(self, epsilon: float) -> None:
        self._epsilon = epsilon
        self._size = self._finite = self._changed = self._beyond = self._flips = 0
        self._has_sign = True
        self._greatest = 0.0
        self._sums = [WideSum() for _ in range(SUMS)]

    def add(self, before: Decoded, after: Decoded) -> None:
        """Count a pair of blocks in, of as many elements each."""
        size = len(before.floats) // before.parts
        if not size:
            return
        self._size += size
        kernels = pair_kernels()
        same_type = before.floats.dtype == after.floats.dtype
        if kernels is None or not same_type or max(before.parts, after.parts) > 1:
            self._add_slowly(before, after)
        else:
            self._add_compiled(before, after, kernels)

    def add_objects(self, before: NDArray[Any], after: NDArray[Any]) -> None:
        """Count a pair of blocks of strings in; they have no other figures than changed ones."""
        changed = int(np.count_nonzero(before.reshape(-1) != after.reshape(-1)))
        self._size += before.size
        self._changed += changed
        self._beyond += changed
        self._has_sign = False

    def merge(self, other: "PairAccumulator") -> None:
        """Take in what another accumulator has counted."""
        self._size += other._size
        self._finite += other._finite
        self._changed += other._changed
        self._beyond += other._beyond
        self._flips += other._flips
        self._has_sign &= other._has_sign
        self._greatest = max(self._greatest, other._greatest)
        for mine, theirs in zip(self._sums, other._sums, strict=True):
            mine.take(theirs)

    def figures(self) -> PairFigures:
        """The figures so far."""
        if not self._size:
            return _EMPTY
        nan, sums = float("nan"), self._sums
        fractions = (self._changed / self._size, self._beyond / self._size)
        if not self._finite:
            return PairFigures(nan, nan, nan, nan, nan, *fractions, nan)
        return PairFigures(
            sums[DD].root,
            ratio_of_roots(sums[DD], sums[AA]),
            cosine(sums[AB], sums[AA], sums[BB]),
            self._greatest,
            sums[ABSOLUTE].over(self._finite),
            *fractions,
            self._flips / self._finite if self._has_sign else nan,
        )

    def _add_compiled(self, before: Decoded, after: Decoded, kernels: Any) -> None:
        a, b = before.floats, after.floats
        bits = np.uint32 if a.itemsize == 4 else np.uint64
        figures, counts = _NO_FIGURES.copy(), _NO_COUNTS.copy()
        kernels.compare(a, b, a.view(bits), b.view(bits), self._epsilon, figures, counts)
        if counts[OUT_OF_RANGE]:
            self._add_slowly(before, after)
            return
        self._finite += int(counts[FINITE])
        self._beyond += int(counts[BEYOND])
        self._flips += int(counts[FLIPS])
        self._changed += (
            int(counts[CHANGED]) if before.tells and after.tells else _changed(before, after)
        )
        self._greatest = max(self._greatest, float(figures[GREATEST]))
        for at, total in enumerate(self._sums):
            total.add(float(figures[at]), float(figures[at + SUMS]))

    def _add_slowly(self, before: Decoded, after: Decoded) -> None:
        """With NumPy: elements in rows of their parts, in units that keep squares in range."""
        changed = _changed_mask(before, after)
        x, y = _in_parts(before, after.parts), _in_parts(after, before.parts)
        finite = (np.isfinite(x) & np.isfinite(y)).all(axis=1)
        odd_ones = int(np.count_nonzero(changed & ~finite))
        self._changed += int(np.count_nonzero(changed))
        self._beyond += odd_ones
        self._finite += int(np.count_nonzero(finite))
        if x.shape[1] > 1:
            self._has_sign = False
        if not finite.all():
            x, y = x[finite], y[finite]
        if not x.size:
            return
        with np.errstate(over="ignore"):
            limit = self._epsilon * np.maximum(_magnitude(x), _magnitude(y))
            self._beyond += int(np.count_nonzero(_magnitude(y - x) > limit))
        flips = (np.signbit(x) != np.signbit(y)) & (x != 0) & (y != 0)
        self._flips += int(np.count_nonzero(flips))
        self._add_sums(x, y)

    def _add_sums(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> None:
        unit = _unit(max(float(np.abs(x).max()), float(np.abs(y).max())))
        x, y = _scaled(x, -unit), _scaled(y, -unit)
        d = y - x
        distance = _magnitude(d)
        for at, (left, right) in {AA: (x, x), BB: (y, y), AB: (x, y)}.items():
            self._sums[at].add(float((left * right).sum()), exponent=2 * unit)
        greatest = float(distance.max())
        finer = _unit(greatest)
        d, distance = _scaled(d, -finer), _scaled(distance, -finer)
        self._sums[DD].add(float((d * d).sum()), exponent=2 * (unit + finer))
        self._sums[ABSOLUTE].add(float(distance.sum()), exponent=unit + finer)
        with np.errstate(over="ignore"):
            self._greatest = max(self._greatest, float(np.ldexp(greatest, unit)))


def _changed(before: Decoded, after: Decoded) -> int:
    return int(np.count_nonzero(_changed_mask(before, after)))


def _changed_mask(before: Decoded, after: Decoded) -> NDArray[np.bool_]:
    """Which elements have other bits; of two types, which have another value."""
    parts = max(before.parts, after.parts)
    if before.parts == after.parts and before.patterns.dtype == after.patterns.dtype:
        different: NDArray[np.bool_] = before.patterns != after.patterns
        return np.asarray(different.reshape(-1, parts).any(axis=1)) if parts > 1 else different
    x, y = _in_parts(before, parts), _in_parts(after, parts)
    other: NDArray[np.bool_] = ((x != y) & ~(np.isnan(x) & np.isnan(y))).any(axis=1)
    return other


def _in_parts(block: Decoded, parts: int) -> NDArray[np.float64]:
    """float64 of shape (elements, parts); a real number beside a complex one has no second."""
    with np.errstate(invalid="ignore"):  # the cast of a signalling NaN
        wide = block.floats.astype(np.float64).reshape(-1, block.parts)
    if block.parts < parts:
        wide = np.concatenate([wide, np.zeros_like(wide)], axis=1)
    return wide


def _magnitude(values: NDArray[np.float64]) -> NDArray[np.float64]:
    found: NDArray[np.float64] = (
        np.abs(values[:, 0]) if values.shape[1] == 1 else np.hypot(values[:, 0], values[:, 1])
    )
    return found


def _unit(largest: float) -> int:
    """The power of two in which squares of numbers up to `largest` stay well in range."""
    if largest == 0 or ORDINARY[0] <= largest <= ORDINARY[1]:
        return 0
    return int(np.frexp(largest)[1])


def _scaled(values: NDArray[np.float64], by: int) -> NDArray[np.float64]:
    return np.ldexp(values, by) if by else values
