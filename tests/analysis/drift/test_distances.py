"""Distances of distributions: exact where sketches are, within the stated error elsewhere."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.analysis import nasty
from tests.analysis.drift import by_numpy
from tfinspector.analysis.drift.distances import Distances, distances
from tfinspector.analysis.sketch import Accumulator
from tfinspector.contents.figures import Sketch

SLOW = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def sketch(values: NDArray[Any], name: str) -> Sketch:
    accumulator = Accumulator(name)
    accumulator.add(values)
    return accumulator.statistics().sketch


def hold(before: NDArray[Any], after: NDArray[Any], name: str) -> Distances:
    """Checks the promise about errors, and returns what was found."""
    found = distances(sketch(before, name), sketch(after, name))
    true = by_numpy.distribution(before, after)
    largest = max(np.abs(by_numpy.finite(values)).max(initial=1.0) for values in (before, after))
    slack = 1e-12 * float(largest)  # what adding up shares in float64 costs
    assert abs(found.wasserstein - true["wasserstein"]) <= found.wasserstein_error + slack
    assert abs(found.ks - true["ks"]) <= found.ks_error + 1e-12
    assert found.ks_error >= 0
    return found


@pytest.mark.parametrize("name", ["float16", "bfloat16", "int8", "uint16", "float8_e4m3fn", "bool"])
def test_narrow_types_are_exact(name: str, comparing: str) -> None:
    found = hold(nasty.any_bits(name, 9000, 1), nasty.any_bits(name, 8000, 2), name)
    assert (found.wasserstein_error, found.ks_error) == (0, 0)


@pytest.mark.parametrize("size", [1, 7, 4096, 100_000])
@pytest.mark.parametrize("name", ["float32", "float64", "int32"])
def test_wide_types_keep_their_promise(size: int, name: str, comparing: str) -> None:
    random = np.random.default_rng(size)
    before = (random.standard_normal(size) * 1000).astype(name)
    after = (random.standard_normal(size) * 1100 + 3).astype(name)
    found = hold(before, after, name)
    if size == 100_000:  # the error is small beside the figure, or it would say nothing
        assert found.wasserstein_error < 5
        assert found.wasserstein > 50
        assert found.ks_error < 0.02


def test_the_same_has_no_distance_and_a_shift_has_its_length(comparing: str) -> None:
    values = np.random.default_rng(1).standard_normal(50_000).astype(np.float32)
    same = hold(values, values[::-1].copy(), "float32")
    assert (same.wasserstein, same.ks) == (0, 0)
    shifted = hold(values, values + np.float32(2), "float32")
    assert shifted.wasserstein == pytest.approx(2, abs=shifted.wasserstein_error)


def test_constants_and_zeros(comparing: str) -> None:
    zeros, ones = np.zeros(100_000, np.float32), np.ones(100_000, np.float32)
    assert hold(zeros, zeros, "float32") == (0, 0, 0, 0)
    assert hold(zeros, ones, "float32")[:3:2] == (1, 1)


def test_nothing_finite_has_no_distance(comparing: str) -> None:
    odd = np.full(5, np.nan, np.float32)
    assert np.isnan(distances(sketch(odd, "float32"), sketch(odd, "float32"))).all()


def test_far_apart_values_do_not_overflow_silently(comparing: str) -> None:
    low, high = np.array([-1.7e308]), np.array([1.7e308])
    assert distances(sketch(low, "float64"), sketch(high, "float64")).ks == 1


@SLOW
@given(
    st.lists(st.floats(-(2.0**100), 2.0**100, width=32), min_size=1, max_size=40),
    st.lists(st.floats(-(2.0**100), 2.0**100, width=32), min_size=1, max_size=40),
    st.integers(1, 200),
)
def test_any_values(comparing: str, before: list[float], after: list[float], often: int) -> None:
    hold(np.repeat(np.array(before, np.float32), often), np.array(after, np.float32), "float32")
