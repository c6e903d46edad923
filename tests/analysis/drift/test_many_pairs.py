"""Many small tensors at once: the same as each by itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.analysis.nasty import FLOATS, numpy_type
from tfinspector.analysis.drift import ready
from tfinspector.analysis.drift.decoding import decode
from tfinspector.analysis.drift.distances import NO_DISTANCES, Distances, distances
from tfinspector.analysis.drift.many_pairs import can_compare, compare_many, itself_many
from tfinspector.analysis.drift.pairs import PairAccumulator, no_change
from tfinspector.analysis.many import Many, is_small, measure_many
from tfinspector.analysis.sketch import Accumulator
from tfinspector.contents.drift_metrics import OWN_FIGURES
from tfinspector.contents.figures import Statistics

EPSILON = 1e-6
NAN, INF = np.nan, np.inf
PAIRS: list[tuple[Sequence[float], Sequence[float]]] = [
    ([1.0, -2.0, 3.5, 0.0], [1.5, -2.0, -3.5, -0.0]),
    ([1.0], [1.0]),
    ([0.0, -0.0, 0.0], [0.0, 0.0, 1e-30]),
    ([NAN, 1.0, INF, -INF, 2.0], [NAN, 1.0, -INF, 3.0, 2.0]),
    ([NAN, NAN], [1.0, 2.0]),
    ([INF, 1.0], [1.0, INF]),
    ([0.0] * 5, [0.0] * 5),
    ([0.0] * 5, [1.0] * 5),
    ([1e-3] * 7, [0.0] * 7),
    ([5e4, 5e4 + 99, 5e4 + 198], [5e4, 5e4, 5e4]),
    (range(4096), range(1, 4097)),
]


@pytest.fixture(autouse=True)
def compiled() -> None:
    assert ready.warm_up_pairs().result() is not None
    assert can_compare()


def random_pairs(dtype: str) -> list[tuple[NDArray[Any], NDArray[Any]]]:
    random = np.random.default_rng(3)
    found = []
    dtype = numpy_type(dtype)
    for size in (1, 2, 3, 17, 64, 100, 4096):
        one = random.standard_normal(size).astype(dtype)
        found.append((one, (one + 0.01 * random.standard_normal(size)).astype(dtype)))
        found.append((one, one.copy()))
    return found


def given(dtype: str) -> list[tuple[NDArray[Any], NDArray[Any]]]:
    element = numpy_type(dtype)
    told = [(np.array(one, element), np.array(other, element)) for one, other in PAIRS]
    return told + random_pairs(dtype)


def many(tensors: Sequence[NDArray[Any]]) -> Many:
    bounds = np.cumsum([0, *map(len, tensors)])
    name = tensors[0].dtype.name
    return measure_many(decode(np.concatenate(tensors), name).floats, bounds, name)


def measured(tensor: NDArray[Any]) -> Statistics:
    accumulator = Accumulator(tensor.dtype.name)
    accumulator.add(tensor)
    return accumulator.statistics()


def one_by_one(before: NDArray[Any], after: NDArray[Any]) -> list[float]:
    pair = PairAccumulator(EPSILON)
    name = before.dtype.name
    pair.add(decode(before, name), decode(after, name))
    return [*pair.figures(), *distances(measured(before).sketch, measured(after).sketch)]


@pytest.mark.parametrize("dtype", FLOATS)
def test_own_figures_are_those_of_each_by_itself(dtype: str) -> None:
    tensors = [side for pair in given(dtype) for side in pair]
    found = many(tensors)
    assert found.ordinary.all()
    for row, tensor in enumerate(tensors):
        figures = measured(tensor)
        told = [figures.l2, *(getattr(figures, name) for name in OWN_FIGURES[1:])]
        np.testing.assert_allclose(found.own[row], told, rtol=1e-12, atol=1e-16)
        assert found.finite[row] == figures.finite


@pytest.mark.parametrize("dtype", FLOATS)
def test_changes_and_distances_are_those_of_each_by_itself(dtype: str) -> None:
    pairs = given(dtype)
    before, after = (many([pair[side] for pair in pairs]) for side in (0, 1))
    found, holds = compare_many(before, after, EPSILON)
    assert holds.all()
    for row, pair in enumerate(pairs):
        np.testing.assert_allclose(found[row], one_by_one(*pair), rtol=1e-14, atol=1e-16)


@pytest.mark.parametrize("dtype", FLOATS)
def test_what_has_not_moved_from_itself(dtype: str) -> None:
    tensors = [pair[0] for pair in given(dtype)]
    found = itself_many(many(tensors))
    for row, tensor in enumerate(tensors):
        figures = measured(tensor)
        change = no_change(figures.count, figures.finite, figures.l2 > 0, has_sign=True)
        apart = Distances(0, 0, 0, 0) if figures.finite else NO_DISTANCES
        np.testing.assert_array_equal(found[row], [*change, *apart])


@pytest.mark.parametrize("odd", [1e200, 1e-200, 5e-324])
def test_squares_that_leave_float64_are_left_to_those_who_can(odd: float) -> None:
    plain = np.array([1.0, 2.0])
    before, after = many([plain, plain]), many([plain * odd, plain + 1])
    _, holds = compare_many(before, after, EPSILON)
    assert holds.tolist() == [False, True]
    _, holds = compare_many(after, before, EPSILON)
    assert holds.tolist() == [False, True]


def test_tiny_changes_are_left_too() -> None:
    before, after = many([np.array([0.0, 1e-90])]), many([np.array([1e-90, 1e-90])])
    assert not compare_many(before, after, EPSILON)[1].any()


@pytest.mark.parametrize(
    ("dtype", "size", "expected"),
    [
        ("float32", 1, True), ("float64", 4096, True), ("float32", 4097, False),
        ("float32", 0, False), ("bfloat16", 4, True), ("int64", 4, False), ("bool", 1, False),
    ],
)  # fmt: skip
def test_which_are_small(dtype: str, size: int, expected: bool) -> None:
    assert is_small(dtype, size) is expected
