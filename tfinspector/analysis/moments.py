"""Count, extremes, mean, variance and absolute sum, merged without cancellation.

Blocks are measured around their own mean and joined by the formula of Chan, Golub and LeVeque
("Updating formulae and a pairwise algorithm for computing sample variances", 1979), so a large
offset costs no digits. The total carries its rounding error along (Neumaier). Numbers so large
or small that their squares leave float64 are measured in units of a power of two.
"""

from dataclasses import dataclass
from math import inf, ldexp, nan, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tfinspector.analysis.layouts import Floats

ORDINARY = (2.0**-400, 2.0**400)
"""Magnitudes whose squares, and sums of very many of them, float64 holds with all digits."""

_SMALLEST_EXPONENT = -1074
_STRIDE = 1 << 15  # elements converted to float64 at a time, so that they stay in the cache


@dataclass(frozen=True, slots=True)
class Moments:
    """Of `count` finite values: `low` and `high` are their extremes.

    `total + carry` is their sum, `m2` the sum of squared distances from their mean, `l1` the sum
    of their magnitudes: of the values in units of 2**exponent.
    """

    count: int = 0
    low: float = inf
    high: float = -inf
    total: float = 0.0
    carry: float = 0.0
    m2: float = 0.0
    l1: float = 0.0
    exponent: int = _SMALLEST_EXPONENT

    @property
    def mean(self) -> float:
        """The mean; NaN of nothing."""
        return ldexp(self._unit_mean, self.exponent) if self.count else nan

    @property
    def std(self) -> float:
        """The population's standard deviation; NaN of nothing."""
        return _scaled_up(sqrt(self.m2 / self.count), self.exponent) if self.count else nan

    @property
    def norm1(self) -> float:
        """The sum of magnitudes; NaN of nothing."""
        return _scaled_up(self.l1, self.exponent) if self.count else nan

    @property
    def norm2(self) -> float:
        """The square root of the sum of squares; NaN of nothing."""
        if not self.count:
            return nan
        mean = self._unit_mean
        return _scaled_up(sqrt(self.m2 + self.count * mean * mean), self.exponent)

    def __add__(self, other: "Moments") -> "Moments":
        """The moments of both together."""
        if not self.count or not other.count:
            return self if self.count else other
        exponent = max(self.exponent, other.exponent)
        a, b = self._in_units_of(exponent), other._in_units_of(exponent)
        apart = b._unit_mean - a._unit_mean
        total, rest = _two_sum(a.total, b.total)
        return Moments(
            a.count + b.count,
            min(a.low, b.low),
            max(a.high, b.high),
            total,
            rest + a.carry + b.carry,
            a.m2 + b.m2 + apart * apart * (a.count * b.count / (a.count + b.count)),
            a.l1 + b.l1,
            exponent,
        )

    @property
    def _unit_mean(self) -> float:
        return (self.total + self.carry) / self.count

    def _in_units_of(self, exponent: int) -> "Moments":
        by = self.exponent - exponent
        if by == 0:
            return self
        return Moments(
            self.count, self.low, self.high, ldexp(self.total, by), ldexp(self.carry, by),
            ldexp(self.m2, 2 * by), ldexp(self.l1, by), exponent,
        )  # fmt: skip


def exponent_for(low: float, high: float) -> int:
    """The unit (a power of two) in which squares of values in [low, high] stay in range."""
    largest = max(abs(low), abs(high))
    if ORDINARY[0] <= largest <= ORDINARY[1]:
        return 0
    return int(np.frexp(largest)[1]) if largest else _SMALLEST_EXPONENT


def moments_of(values: NDArray[Any]) -> Moments:
    """The moments of the finite ones among `values`, a flat float array of any width."""
    result = Moments()
    for start in range(0, len(values), _STRIDE):
        with np.errstate(invalid="ignore"):  # the cast of a signalling NaN
            part = values[start : start + _STRIDE].astype(np.float64)
        finite = np.isfinite(part)
        if not finite.all():
            part = part[finite]
        if len(part):
            result += _moments_of_finite(part)
    return result


def moments_in(figures: Floats, finite: int) -> Moments:
    """The moments that a kernel left in `figures`."""
    low, high, total, carry, m2, l1 = figures.tolist()
    exponent = exponent_for(low, high) if finite else 0
    return Moments(finite, low, high, total, carry, m2, l1, exponent)


def moments_of_levels(levels: Floats, counts: NDArray[np.int64]) -> Moments:
    """The moments of values known by how often each of the ascending `levels` occurs.

    Levels have at most 16 bits, so their products with counts are exact; the total is taken in
    the platform's longest float.
    """
    if not len(levels):
        return Moments()
    size = int(counts.sum())
    weighted = levels * counts
    exact_total = weighted.sum(dtype=np.longdouble)
    total = float(exact_total)
    deviation = levels - float(exact_total / size)
    return Moments(
        count=size,
        low=float(levels[0]),
        high=float(levels[-1]),
        total=total,
        carry=float(exact_total - total),
        m2=float((deviation * deviation * counts).sum()),
        l1=float(np.abs(weighted).sum()),
        exponent=0,
    )


def _moments_of_finite(values: Floats) -> Moments:
    low, high = float(values.min()), float(values.max())
    exponent = exponent_for(low, high)
    unit = values if exponent == 0 else np.ldexp(values, -exponent)
    total = float(unit.sum())
    deviation = unit - total / len(unit)
    rest = float(deviation.sum())  # what the rounding of `total` lost
    m2 = float(deviation @ deviation) - rest * rest / len(unit)
    return Moments(
        len(unit), low, high, total, rest, max(m2, 0.0), float(np.abs(unit).sum()), exponent
    )


def _two_sum(a: float, b: float) -> tuple[float, float]:
    """a + b and the rounding error of that sum (Knuth)."""
    total = a + b
    other = total - a
    return total, (a - (total - other)) + (b - other)


def _scaled_up(value: float, exponent: int) -> float:
    """value * 2**exponent; infinity where float64 ends."""
    try:
        return ldexp(value, exponent)
    except OverflowError:
        return inf
