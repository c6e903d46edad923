"""Statistics against NumPy in float64 and exact sums, for every type, compiled and not."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.analysis.nasty import ALL, FLOATS, any_bits, as_float, hard_cases, numpy_type
from tfinspector.analysis.sketch import Accumulator
from tfinspector.contents.figures import Statistics

pytestmark = pytest.mark.usefixtures("counting")


def measure(values: NDArray[Any], dtype: str | None = None, blocks: int = 1) -> Statistics:
    accumulator = Accumulator(dtype or values.dtype.name)
    for block in np.array_split(values, blocks):
        accumulator.add(block)
    return accumulator.statistics()


def spread(values: NDArray[np.float64]) -> float:
    """The standard deviation with exact sums (slow)."""
    mean = math.fsum(values) / len(values)
    return math.sqrt(math.fsum((values - mean) ** 2) / len(values))


@pytest.mark.parametrize("size", [0, 1, 3, 4095, 70_001])
@pytest.mark.parametrize("dtype", ALL)
def test_counts_and_extremes_are_exact(dtype: str, size: int) -> None:
    values = any_bits(dtype, size)
    floats = as_float(values)
    figures = measure(values, dtype, blocks=3)
    finite = floats[np.isfinite(floats)]
    assert figures.count == size
    assert figures.nan == np.count_nonzero(np.isnan(floats))
    assert figures.posinf == np.count_nonzero(np.isposinf(floats))
    assert figures.neginf == np.count_nonzero(np.isneginf(floats))
    assert figures.zero == np.count_nonzero(floats == 0)
    assert figures.negative == np.count_nonzero(finite < 0)
    assert figures.finite == len(finite) == figures.sketch.counts.sum()
    if len(finite):
        assert (figures.min, figures.max) == (finite.min(), finite.max())
    else:
        assert math.isnan(figures.min)
        assert math.isnan(figures.mean)
        assert math.isnan(figures.quantiles[0.5])
    assert figures.of_magnitude == dtype.startswith("complex")


@pytest.mark.parametrize("dtype", ALL)
def test_moments_match_numpy_in_float64(dtype: str) -> None:
    values = any_bits(dtype, 50_000)
    if dtype in ("float64", "complex128"):  # random float64 bits overflow NumPy's own sums
        values = np.random.default_rng(1).standard_normal(50_000).astype(dtype) * 1e3
    finite = as_float(values)
    finite = finite[np.isfinite(finite)]
    figures = measure(values, dtype, blocks=7)
    assert figures.mean == pytest.approx(finite.mean(), rel=1e-12, abs=1e-15 * figures.l1)
    assert figures.std == pytest.approx(finite.std(), rel=1e-12)
    assert figures.l1 == pytest.approx(np.abs(finite).sum(), rel=1e-12)
    assert figures.l2 == pytest.approx(np.sqrt((finite**2).sum()), rel=1e-12)


@pytest.mark.parametrize("blocks", [1, 11])
@pytest.mark.parametrize("case", hard_cases())
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("size", [3000, 300_000])
def test_hard_sums_keep_their_digits(size: int, dtype: str, case: str, blocks: int) -> None:
    values = hard_cases()[case][-size:].astype(dtype)
    wide = values.astype(np.float64)
    figures = measure(values, blocks=blocks)
    l1 = math.fsum(np.abs(wide))
    assert figures.l1 == pytest.approx(l1, rel=1e-13)
    assert figures.mean == pytest.approx(math.fsum(wide) / size, abs=1e-15 * l1 / size + 1e-300)
    assert figures.l2 == pytest.approx(math.sqrt(math.fsum(wide**2)), rel=1e-13)
    # The values themselves are known to half a unit in the last place of the largest.
    assert figures.std == pytest.approx(spread(wide), rel=1e-11, abs=1e-16 * np.abs(wide).max())


def test_a_constant_has_no_spread() -> None:
    assert measure(np.full(1_000_000, 1 / 3, np.float32), blocks=3).std < 1e-16
    assert measure(np.full(1_000_000, 1e300), blocks=3).std < 1e285


@pytest.mark.parametrize("scale", [1e300, 1e-300, 1e-306, 1e305])
def test_float64_beyond_the_squares(scale: float) -> None:
    unit = np.random.default_rng(3).uniform(-1, 1, 20_000)
    figures = measure(unit * scale, blocks=4)
    assert figures.std / scale == pytest.approx(unit.std(), rel=1e-9)
    assert figures.l2 / scale == pytest.approx(math.sqrt((unit**2).sum()), rel=1e-9)
    assert figures.mean / scale == pytest.approx(unit.mean(), rel=1e-9, abs=1e-9)
    assert figures.quantiles[0.25] / scale == pytest.approx(np.quantile(unit, 0.25), rel=4e-3)


def test_ordinary_and_huge_and_tiny_together() -> None:
    parts = [np.full(5_000, 1e-200), np.zeros(5_000), np.full(5_000, -3.0), np.full(5_000, 1e250)]
    for order in (parts, parts[::-1]):
        figures = measure(np.concatenate(order), blocks=20)
        assert figures.mean == pytest.approx(0.25e250)
        assert figures.std == pytest.approx(math.sqrt(3) / 4 * 1e250)
        assert figures.zero == 5_000


def test_complex_is_measured_by_magnitude() -> None:
    values = np.array([3 + 4j, 0, complex(math.nan, 1), complex(math.inf, math.nan), -1j])
    figures = measure(values)
    assert (figures.nan, figures.posinf, figures.zero, figures.finite) == (2, 0, 1, 3)
    assert (figures.min, figures.max) == (0, 5)
    largest = measure(np.array([complex(1.7e308, 1.7e308)]))
    assert (largest.posinf, largest.max) == (0, np.finfo(np.float64).max)
    assert measure(np.array([complex(3e38, 3e38)], np.complex64)).max == pytest.approx(4.24264e38)


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("place", [0, 63, 64, 4_095, 4_096, 9_999])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_an_extreme_by_the_last_bit_is_found_wherever_it_is(
    dtype: str, place: int, sign: int
) -> None:
    values = np.random.default_rng(place).uniform(-1, 1, 10_000).astype(dtype)
    values[5_000:5_002] = [-1, 1]
    values[place] = np.nextafter(np.array(sign, dtype), np.array(2 * sign, dtype))
    figures = measure(values, blocks=2)
    assert (figures.min, figures.max) == (values.min(), values.max())
    assert abs(values[place]) > 1


@pytest.mark.parametrize("dtype", ["int64", "uint64"])
def test_the_ends_of_the_integers(dtype: str) -> None:
    limits = np.iinfo(dtype)
    figures = measure(np.array([limits.min, limits.max, 0, 1] * 2_000, dtype), blocks=3)
    assert (figures.min, figures.max) == (limits.min, limits.max)
    assert figures.zero == (4_000 if dtype == "uint64" else 2_000)


@pytest.mark.parametrize("size", [3, 5_000])
@pytest.mark.parametrize("dtype", ["int64", "uint64"])
def test_integers_that_float64_can_not_tell_apart(dtype: str, size: int) -> None:
    values = np.arange(2**53 + 1, 2**53 + 1 + size, dtype=dtype)
    first, second = Accumulator(dtype), Accumulator(dtype)
    first.add(values[2:])
    second.add(values[:2])
    first.merge(second)
    figures = first.statistics()
    assert (figures.min, figures.max) == (2**53 + 1, 2**53 + size)
    assert (figures.quantiles[0.0], figures.quantiles[1.0]) == (2**53 + 1, 2**53 + size)
    assert figures.sketch.counts.sum() == size


@pytest.mark.parametrize("dtype", ["int8", "bool", "uint16", "int32", "int4", "int64"])
def test_the_ends_of_integers_are_integers(dtype: str) -> None:
    figures = measure(np.ones(2, numpy_type(dtype)), dtype)
    assert isinstance(figures.min, int)
    assert isinstance(figures.max, int)
    assert isinstance(measure(np.ones(2, np.float32)).min, float)


@pytest.mark.parametrize("size", [1, 2, 5, 1_000, 200_000])
@pytest.mark.parametrize("dtype", [*FLOATS, "int32", "int8", "complex64"])
def test_quantiles_are_as_good_as_they_say(dtype: str, size: int) -> None:
    random = np.random.default_rng(size)
    values = (random.lognormal(size=size) * 30).astype(numpy_type(dtype))
    wide = as_float(values)
    figures = measure(values, dtype, blocks=2)
    assert figures.quantile_error <= 0.004
    for probability, found in figures.quantiles.items():
        expected = np.quantile(wide, probability)
        assert found == pytest.approx(expected, rel=figures.quantile_error + 1e-12), probability
    assert figures.quantiles[0.0] == figures.min
    assert figures.quantiles[1.0] == figures.max


def test_few_elements_and_small_types_have_exact_quantiles() -> None:
    assert measure(np.linspace(-1, 1, 4_000)).quantile_error == 0
    assert measure(np.linspace(-1, 1, 50_000)).quantile_error > 0
    assert measure(np.linspace(-1, 1, 50_000).astype(np.float16)).quantile_error == 0


@pytest.mark.parametrize("dtype", ALL)
def test_merged_is_the_same_as_measured_at_once(dtype: str) -> None:
    values = any_bits(dtype, 30_000)
    for sizes in ((100, 200), (100, 29_900), (29_900, 100), (15_000, 15_000)):
        first, second = Accumulator(dtype), Accumulator(dtype)
        first.add(values[: sizes[0]])
        second.add(values[sizes[0] : sum(sizes)])
        first.merge(second)
        assert_same(first.statistics(), measure(values[: sum(sizes)], dtype))


def test_more_may_come_after_a_look() -> None:
    values = any_bits("float32", 90_000)
    accumulator = Accumulator("float32")
    for block in np.array_split(values, 30):
        accumulator.add(block)
        accumulator.statistics()
    assert_same(accumulator.statistics(), measure(values))


def test_accumulators_of_two_types_do_not_mix() -> None:
    with pytest.raises(ValueError, match="float32 does not add up with bfloat16"):
        Accumulator("bfloat16").merge(Accumulator("float32"))


@pytest.mark.parametrize("dtype", ["string", "variant", "resource", "dtype 77"])
def test_what_is_no_number_is_refused(dtype: str) -> None:
    with pytest.raises(KeyError):
        Accumulator(dtype)


def test_raw_words_count_like_their_type() -> None:
    values = any_bits("bfloat16", 9_000)
    assert_same(measure(values.view(np.uint16), "bfloat16"), measure(values, "bfloat16"))
    assert measure(np.array([7, 0, 255], np.uint8), "bool").zero == 1


def test_odd_memory_is_counted_right() -> None:
    values = any_bits("float32", 20_000)
    expected = measure(values)
    shifted = np.empty(values.nbytes + 1, np.uint8)[1:].view(np.float32)
    shifted[:] = values
    fixed = values.copy()
    fixed.flags.writeable = False
    doubled = np.repeat(values, 2)[::2]
    for odd in (shifted, fixed, doubled, values.reshape(100, 200).T.copy().T):
        assert_same(measure(odd.reshape(-1) if odd is shifted else odd), expected)


def assert_same(a: Statistics, b: Statistics) -> None:
    for field in ("count", "nan", "posinf", "neginf", "zero", "negative"):
        assert getattr(a, field) == getattr(b, field), field
    for field in ("min", "max", "quantile_error", "of_magnitude"):
        assert getattr(a, field) == pytest.approx(getattr(b, field), rel=0, nan_ok=True), field
    for field in ("mean", "std", "l1", "l2"):
        scale = 1e-13 * (b.l1 / max(b.finite, 1)) if field == "mean" else 0
        assert getattr(a, field) == pytest.approx(
            getattr(b, field), rel=1e-12, abs=scale, nan_ok=True
        ), field
    assert a.quantiles == pytest.approx(b.quantiles, nan_ok=True)
    assert a.sketch.family == b.sketch.family
    for part in ("buckets", "counts", "lower", "upper"):
        np.testing.assert_array_equal(getattr(a.sketch, part), getattr(b.sketch, part))
