"""Sums that keep their digits and their range, against exact fractions."""

from __future__ import annotations

from fractions import Fraction
from math import inf, isnan, sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tfinspector.analysis.drift.wide_sum import WideSum, cosine, ratio_of_roots

PARTS = st.lists(st.tuples(st.floats(-1e300, 1e300), st.integers(-900, 900)), max_size=20)


def summed(parts: list[tuple[float, int]]) -> WideSum:
    total = WideSum()
    for part, exponent in parts:
        total.add(part, exponent=exponent)
    return total


@settings(deadline=None)
@given(PARTS)
def test_any_parts_in_any_units(parts: list[tuple[float, int]]) -> None:
    exact = sum((Fraction(part) * Fraction(2) ** unit for part, unit in parts), Fraction(0))
    largest = max((abs(Fraction(p)) * Fraction(2) ** u for p, u in parts), default=Fraction(0))
    mantissa, exponent = summed(parts).parts()
    found = Fraction(mantissa) * Fraction(2) ** exponent
    assert abs(found - exact) <= largest * Fraction(2) ** -80 + Fraction(2) ** -3000 or (
        abs(found - exact) <= abs(exact) * Fraction(2) ** -51
    )


def test_rounding_is_carried() -> None:
    total = summed([(1e16, 0), (1.0, 0), (1.0, 0), (-1e16, 0)])
    assert total.value == 2


def test_squares_of_the_largest_and_the_smallest() -> None:
    assert summed([(0.25, 2000)]).root == 2.0**999
    assert summed([(0.25, -2000)]).root == 2.0**-1001
    assert summed([(1.0, 2001)]).root == pytest.approx(sqrt(2) * 2.0**1000, rel=1e-15)
    assert summed([(1.0, 3000)]).value == inf
    assert summed([(-1.0, 3000)]).value == -inf


def test_ratios() -> None:
    assert ratio_of_roots(summed([(9.0, 2000)]), summed([(1.0, 2000)])) == 3
    assert ratio_of_roots(summed([(1.0, 1)]), summed([(1.0, 0)])) == pytest.approx(sqrt(2))
    assert ratio_of_roots(WideSum(), WideSum()) == 0
    assert ratio_of_roots(summed([(1.0, 0)]), WideSum()) == inf
    assert cosine(summed([(2.0, 2000)]), summed([(4.0, 2000)]), summed([(1.0, 2000)])) == 1
    assert isnan(cosine(WideSum(), WideSum(), summed([(1.0, 0)])))
    assert isnan(WideSum().over(0))
