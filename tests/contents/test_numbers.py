"""Numbers as `look.md` wants them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfinspector.contents import numbers


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"), (-0.0, "0"), (1.0, "1"), (-1.5, "−1.5"), (0.0123456, "0.01235"),
        (1234.5678, "1235"), (99999.0, "99999"), (-51200.0, "−51200"), (12345.6, "1.235e+04"),
        (1234567.0, "1.235e+06"),
        (1.234e-7, "1.234e-07"), (0.0009999, "9.999e-04"), (0.00099999, "0.001"),
        (math.inf, "∞"), (-math.inf, "−∞"), (math.nan, "NaN"), (-2e-9, "−2e-09"),
    ],
)  # fmt: skip
def test_four_digits(value: float, text: str) -> None:
    assert numbers.four(value) == text


@given(st.floats(-1e300, 1e300))
def test_four_digits_are_right(value: float) -> None:
    read = float(numbers.four(value).replace("−", "-"))
    assert read == pytest.approx(value, rel=5.001e-4, abs=1e-323)


@given(st.floats())
def test_exact_reads_back(value: float) -> None:
    read = float(numbers.exact(value))
    assert read == value or (math.isnan(read) and math.isnan(value))


@pytest.mark.parametrize(
    ("nbytes", "text"),
    [
        (0, "0 B"), (999, "999 B"), (1000, "1 kB"), (12_400_000, "12.4 MB"),
        (999_600_000, "1 GB"), (5 * 10**18, "5e+03 PB"),
    ],
)  # fmt: skip
def test_sizes(nbytes: int, text: str) -> None:
    assert numbers.size(nbytes) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0"), (999_999, "999,999"), (1_230_000, "1.23 M"), (7_500_000_000, "7.5 B")],
)
def test_counts(number: int, text: str) -> None:
    assert numbers.count(number) == text


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (0, 0, "0"), (0, 9, "0"), (9, 9, "100"), (1, 8, "12.5"), (1, 10**9, "<0.01"),
        (10**9 - 1, 10**9, ">99.99"), (1, 3, "33.33"),
    ],
)  # fmt: skip
def test_percent(part: int, whole: int, text: str) -> None:
    assert numbers.percent(part, whole) == text


def test_shapes() -> None:
    assert numbers.shape((64, 3, 3)) == "64 x 3 x 3"
    assert numbers.shape(()) == "scalar"
    assert numbers.shape((None, 4)) == "? x 4"
    assert numbers.shape(None) == "unknown rank"


@pytest.mark.parametrize(
    ("passed", "text"),
    [
        (3, "just now"), (200, "3 min ago"), (7300, "2 h ago"), (86_401, "1 day ago"),
        (3e5, "3 days ago"),
    ],
)  # fmt: skip
def test_times_are_relative(passed: float, text: str) -> None:
    assert numbers.ago(1e9, 1e9 + passed) == text


def test_durations() -> None:
    assert numbers.duration(0.34) == "0.3 s"
    assert numbers.duration(12.3) == "12 s"
    assert numbers.duration(125) == "2 min 5 s"


def test_one_of_a_thing_has_no_plural() -> None:
    assert numbers.counted(1, "key") == "1 key"
    assert numbers.counted(0, "key") == "0 keys"
    assert numbers.counted(1234, "key is", "keys are") == "1,234 keys are"


def test_a_count_as_a_person_says_it_has_its_noun() -> None:
    assert numbers.count_of(1, "value") == "1 value"
    assert numbers.count_of(0, "value") == "0 values"
    assert numbers.count_of(8_400_000, "value") == "8.4 M values"
