"""A sum that loses nothing to rounding and never leaves the range of float64."""

from math import frexp, inf, isnan, ldexp, nan, sqrt

_SMALLEST = -4 * 1074


class WideSum:
    """The sum of parts, each a float64 in units of 2**exponent; rounding is carried (Neumaier).

    Squares of float64 values leave float64, and so would their plain sum.
    """

    __slots__ = ("_carry", "_exponent", "_total")

    def __init__(self) -> None:
        self._total = self._carry = 0.0
        self._exponent = _SMALLEST

    def add(self, part: float, carry: float = 0.0, exponent: int = 0) -> None:
        """Add (part + carry) * 2**exponent; all finite."""
        if part == 0 and carry == 0:
            return
        if exponent > self._exponent:
            by = max(self._exponent - exponent, -4000)
            self._total, self._carry = ldexp(self._total, by), ldexp(self._carry, by)
            self._exponent = exponent
        elif exponent < self._exponent:
            by = max(exponent - self._exponent, -4000)
            part, carry = ldexp(part, by), ldexp(carry, by)
        total = self._total + part
        if abs(self._total) >= abs(part):
            carry += (self._total - total) + part
        else:
            carry += (part - total) + self._total
        self._total = total
        self._carry += carry

    def take(self, other: "WideSum") -> None:
        """Add another sum."""
        self.add(other._total, other._carry, other._exponent)

    @property
    def value(self) -> float:
        """The sum; infinite where it does not fit into a float64."""
        return _scaled(self._total + self._carry, self._exponent)

    @property
    def root(self) -> float:
        """The square root of the sum; 0 where rounding left it below zero."""
        total = max(self._total + self._carry, 0.0)
        odd = self._exponent & 1
        return _scaled(sqrt(ldexp(total, odd)), (self._exponent - odd) // 2)

    def over(self, count: int) -> float:
        """The sum divided by a count; NaN by zero."""
        if not count:
            return nan
        return _scaled((self._total + self._carry) / count, self._exponent)

    def parts(self) -> tuple[float, int]:
        """The sum as a mantissa and an exponent of two."""
        mantissa, exponent = frexp(self._total + self._carry)
        return mantissa, exponent + self._exponent


def cosine(product: WideSum, first: WideSum, second: WideSum) -> float:
    """A sum of products over the roots of both sums of squares; NaN where one of those is zero."""
    (ab, e), (aa, f), (bb, g) = product.parts(), first.parts(), second.parts()
    if aa <= 0 or bb <= 0:
        return nan
    odd = (f + g) & 1
    value = _scaled(ab / sqrt(ldexp(aa * bb, odd)), e - (f + g - odd) // 2)
    return value if isnan(value) else min(1.0, max(-1.0, value))


def ratio_of_roots(top: WideSum, bottom: WideSum) -> float:
    """The root of one sum over that of another; 0 for 0 / 0, infinite over zero."""
    (a, e), (b, f) = top.parts(), bottom.parts()
    if a <= 0:
        return 0.0
    if b <= 0:
        return inf
    odd = (e - f) & 1
    return _scaled(sqrt(ldexp(a / b, odd)), (e - f - odd) // 2)


def _scaled(value: float, exponent: int) -> float:
    try:
        return ldexp(value, exponent)
    except OverflowError:
        return inf if value > 0 else -inf
