"""Histograms drawn from sketches, against numpy.histogram of the values."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.analysis.nasty import FLOATS, INTEGERS, any_bits, as_float, numpy_type
from tfinspector.analysis import compiled, histogram
from tfinspector.analysis.exact import count_exactly
from tfinspector.analysis.histogram import draw, draw_on, is_finer_than_sketch, shared_edges
from tfinspector.analysis.sketch import Accumulator
from tfinspector.contents.figures import Scale, Statistics


def measure(values: NDArray[Any], dtype: str | None = None) -> Statistics:
    accumulator = Accumulator(dtype or values.dtype.name)
    accumulator.add(values)
    return accumulator.statistics()


def weights(size: int = 100_000, seed: int = 0) -> NDArray[np.float32]:
    values = np.random.default_rng(seed).standard_normal(size).astype(np.float32)
    values[::50] = 0
    return values


@pytest.mark.parametrize("scale", Scale)
@pytest.mark.parametrize("bins", [1, 7, 64, 500])
def test_each_count_is_as_near_as_it_says(bins: int, scale: Scale) -> None:
    values = weights()
    histogram = draw(measure(values), scale, bins)
    expected, _ = np.histogram(values.astype(np.float64), histogram.edges)
    allowed = int(re.findall(r"up to ([\d,]+)", histogram.error)[0].replace(",", "")) if (
        histogram.error
    ) else 0  # fmt: skip
    assert np.abs(histogram.counts - expected).max() <= allowed
    assert histogram.exact == (not histogram.error)
    assert allowed < 0.02 * len(values)
    assert histogram.counts.sum() + histogram.below + histogram.above == len(values)
    assert (np.diff(histogram.edges) > 0).all()


@pytest.mark.parametrize("dtype", [*INTEGERS, "float16", "bfloat16", "float8_e4m3fn", "bool"])
def test_narrow_types_are_drawn_exactly(dtype: str) -> None:
    values = any_bits(dtype, 20_000)
    wide = as_float(values)
    wide = wide[np.isfinite(wide)]
    histogram = draw(measure(values, dtype), Scale.LINEAR, 40)
    expected, _ = np.histogram(wide, histogram.edges)
    if numpy_type(dtype).itemsize <= 2:
        assert histogram.exact
        np.testing.assert_array_equal(histogram.counts, expected)
    assert histogram.counts.sum() == len(wide)


def test_the_whole_range_holds_every_finite_value() -> None:
    values = np.concatenate([weights(), [np.nan, np.inf, -np.inf, 1e30]]).astype(np.float32)
    histogram = draw(measure(values))
    assert (histogram.below, histogram.above) == (0, 0)
    assert histogram.counts.sum() == len(values) - 3
    assert histogram.edges[-1] == np.float32(1e30)


def test_what_lies_outside_is_counted() -> None:
    values = weights()
    histogram = draw(measure(values), low=-0.5, high=0.5)
    assert histogram.below == pytest.approx(np.count_nonzero(values < -0.5), abs=500)
    assert histogram.above == pytest.approx(np.count_nonzero(values > 0.5), abs=500)
    assert histogram.below + histogram.above + histogram.counts.sum() == len(values)
    nowhere = draw(measure(values), low=100.0, high=200.0)
    assert (nowhere.below, nowhere.above, nowhere.counts.sum()) == (len(values), 0, 0)
    assert nowhere.exact


def test_zeros_stay_in_their_bin() -> None:
    values = np.where(np.arange(10_000) % 10 == 0, 1.0, 0.0).astype(np.float32)
    histogram = draw(measure(values), bins=5, low=-1.0, high=1.5)
    assert histogram.exact
    np.testing.assert_array_equal(histogram.counts, [0, 0, 9_000, 0, 1_000])


def test_log_axis_leaves_out_what_is_not_positive() -> None:
    values = weights()
    histogram = draw(measure(values), Scale.LOG, 30)
    assert histogram.below == np.count_nonzero(values <= 0)
    assert histogram.edges[0] > 0
    ratios = histogram.edges[1:] / histogram.edges[:-1]
    np.testing.assert_allclose(ratios, ratios[0], rtol=1e-9)


def test_symlog_axis_is_fine_around_zero_and_even_on_both_sides() -> None:
    values = np.concatenate([weights() * 1e-3, weights(seed=1) * 1e3]).astype(np.float32)
    edges = draw(measure(values), Scale.SYMLOG, 100, -4e3, 4e3).edges
    np.testing.assert_allclose(edges, -edges[::-1], atol=1e-9)
    assert np.diff(edges)[50] < 1e-3 * np.diff(edges)[0]


@pytest.mark.parametrize("scale", Scale)
@pytest.mark.parametrize("value", [0.1, -3.0, 0.0, 1e300, 5e-324, 1e-310, -1.7e308])
def test_a_constant_gets_one_bin_around_it(value: float, scale: Scale) -> None:
    histogram = draw(measure(np.full(10_000, value)), scale, 64)
    if scale is Scale.LOG and value <= 0:
        assert len(histogram.counts) == 0
        assert "no positive values" in histogram.error
        assert histogram.below == 10_000
        return
    assert histogram.counts.tolist() == [10_000]
    low, high = histogram.edges
    assert low < value < high


def test_a_scalar_is_drawn() -> None:
    assert draw(measure(np.array([7], np.int64))).counts.tolist() == [1]


@pytest.mark.parametrize("values", [np.empty(0), np.array([np.nan, np.inf])])
def test_nothing_finite_says_so(values: NDArray[Any]) -> None:
    histogram = draw(measure(values))
    assert len(histogram.edges) == len(histogram.counts) == 0
    assert histogram.error == "there are no finite values to draw"
    on_others = draw_on(measure(values), np.linspace(0, 1, 5), Scale.LINEAR)
    assert on_others.counts.tolist() == [0, 0, 0, 0]
    assert on_others.error


def test_edges_are_shared() -> None:
    near, far = measure(weights()), measure(weights() + 100)
    edges = shared_edges([near, measure(np.empty(0)), far], Scale.LINEAR, 64)
    assert (edges[0], edges[-1]) == (near.min, far.max)
    assert sum(draw_on(near, edges, Scale.LINEAR).counts) == near.count
    assert sum(draw_on(far, edges, Scale.LINEAR).counts) == far.count


def test_a_range_too_narrow_for_the_bins_gets_fewer() -> None:
    values = np.array([1.0, np.nextafter(1.0, 2)] * 5_000)
    histogram = draw(measure(values), bins=64)
    assert histogram.counts.tolist() == [10_000]
    assert len(histogram.edges) == 2


def test_the_widest_range_does_not_overflow() -> None:
    limits = np.finfo(np.float64)
    histogram = draw(measure(np.array([limits.min, 0, limits.max] * 3_000)), bins=3)
    assert np.isfinite(histogram.edges).all()
    assert histogram.counts.tolist() == [3_000, 3_000, 3_000]


@pytest.mark.parametrize(
    ("scale", "bins", "low", "high", "words"),
    [
        (Scale.LINEAR, 0, None, None, "at least one bin"),
        (Scale.LINEAR, 4, 2.0, 1.0, "range is empty"),
        (Scale.LOG, 4, -1.0, 1.0, "can't start at -1.0"),
        (Scale.LINEAR, 4, float("nan"), 1.0, "range is empty"),
    ],
)
def test_impossible_axes_are_refused(
    scale: Scale, bins: int, low: float | None, high: float | None, words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        draw(measure(weights()), scale, bins, low, high)


def test_it_is_known_when_bins_are_finer_than_buckets() -> None:
    figures = measure(weights())
    assert not is_finer_than_sketch(figures, np.linspace(-4, 4, 65))
    assert is_finer_than_sketch(figures, np.linspace(1.0, 1.001, 65))
    narrow = measure(weights().astype(np.float16))
    assert not is_finer_than_sketch(narrow, np.linspace(1.0, 1.001, 65))


@pytest.mark.usefixtures("counting")
@pytest.mark.parametrize("dtype", [*FLOATS, "int64", "int8", "complex64", "float8_e5m2"])
def test_exact_counts_are_those_of_numpy(dtype: str) -> None:
    values = any_bits(dtype, 30_000)
    values[:5_000] = np.arange(5_000) % 7
    wide = as_float(values)
    finite = wide[np.isfinite(wide)]
    edges = np.array([-1e6, -100, -3, 0, 1, 2, 2.5, 5, 1e4])
    ticks: list[int] = []
    counts = count_exactly(np.array_split(values, 4), edges, dtype, ticks.append)
    expected, _ = np.histogram(finite, edges)
    np.testing.assert_array_equal(counts[1:-1], expected)
    assert counts[0] == np.count_nonzero(finite < edges[0])
    assert counts[-1] == np.count_nonzero(finite > edges[-1])
    assert sum(ticks) == values.nbytes


def test_the_widest_range_of_float64_is_drawn_in_silence() -> None:
    greatest = np.finfo(np.float64).max
    values = np.concatenate([[-greatest, greatest], np.linspace(-1e300, 1e300, 9_000)])
    for scale in (Scale.LINEAR, Scale.SYMLOG):
        drawn = draw(measure(values), scale)
        assert drawn.counts.sum() == values.size


def test_a_quantile_is_never_minus_zero() -> None:
    figures = measure(np.full(9, -0.0))
    assert not any(np.signbit(list(figures.quantiles.values())))


@pytest.mark.parametrize("name", ["float32", "float64", "float16", "int64"])
@pytest.mark.parametrize("bins", [1, 7, 64, 1000])
def test_compiled_and_with_numpy_the_same_is_drawn(
    name: str, bins: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert compiled.warm_up().result() is not None
    random = np.random.default_rng(bins)
    statistics = measure((random.standard_normal(20_000) * 50).astype(name))
    low, high = sorted(random.uniform(-200, 200, 2).tolist())
    for edges in (
        shared_edges([statistics], Scale.LINEAR, bins),
        shared_edges([statistics], Scale.LINEAR, bins, low, high),
        shared_edges([statistics], Scale.SYMLOG, bins),
        shared_edges([statistics], Scale.LINEAR, bins, 300, 400),
    ):
        fast = draw_on(statistics, edges, Scale.LINEAR)
        with monkeypatch.context() as without:
            without.setattr(histogram, "kernels", lambda: None)
            slow = draw_on(statistics, edges, Scale.LINEAR)
        assert fast.counts.tolist() == slow.counts.tolist()
        assert (fast.below, fast.above) == (slow.below, slow.above)
        assert (fast.exact, fast.error) == (slow.exact, slow.error)
