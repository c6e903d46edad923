"""The path of a run against a singular value decomposition of the flattened weights."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from tfinspector.analysis.drift.displacements import displacement_products, inner_products
from tfinspector.analysis.drift.principal_path import moves_of_points, principal_path


def products(weights: NDArray[np.float64], dtype: str = "float64") -> NDArray[np.float64]:
    rows = weights.astype(dtype)
    total = np.zeros((len(rows), len(rows)))
    for start in range(0, rows.shape[1], 1000):  # blocks of one and of another length
        total += displacement_products(rows[:, start : start + 1000].copy())
    return total


def by_svd(weights: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    centred = weights - weights.mean(axis=0)
    left, singular, _ = np.linalg.svd(centred, full_matrices=False)
    return left[:, :2] * singular[:2], singular**2 / (singular**2).sum()


@pytest.mark.parametrize(("dtype", "digits"), [("float64", 1e-9), ("float32", 1e-4)])
def test_points_and_variance_of_a_random_walk(dtype: str, digits: float) -> None:
    random = np.random.default_rng(1)
    weights = 100 + np.cumsum(random.standard_normal((7, 9001)), axis=0) * 0.01
    path = principal_path(products(weights, dtype))
    assert path is not None
    points, explained = by_svd(weights.astype(dtype).astype(np.float64))
    signs = np.sign((path.points * points).sum(axis=0))
    np.testing.assert_allclose(path.points, points * signs, digits, digits)
    np.testing.assert_allclose(path.explained, explained[:6], digits, digits)
    assert path.points[-1, 0] >= path.points[0, 0]


def test_a_straight_line_lies_on_one_axis() -> None:
    weights = np.arange(5.0)[:, None] * np.ones((1, 4))
    path = principal_path(products(weights))
    assert path is not None
    np.testing.assert_allclose(path.points[:, 0], np.array([-4, -2, 0, 2, 4]), atol=1e-12)
    np.testing.assert_allclose(path.points[:, 1], 0, atol=1e-12)
    assert path.explained[0] == pytest.approx(1)


def test_a_run_that_stands_still_is_one_point() -> None:
    path = principal_path(products(np.ones((4, 10))))
    assert path is not None
    assert not path.points.any()
    assert path.explained == (0, 0, 0)


def test_two_snapshots_and_fewer() -> None:
    path = principal_path(products(np.array([[0.0, 0], [3, 4]])))
    assert path is not None
    np.testing.assert_allclose(path.points, [[-2.5, 0], [2.5, 0]], atol=1e-12)
    assert principal_path(np.zeros((1, 1))) is None
    assert principal_path(np.full((3, 3), np.nan)) is None


def test_what_is_not_finite_takes_no_part() -> None:
    first, other = np.array([1, np.nan, 3, np.inf]), np.array([2, 5, np.nan, np.inf])
    found = products(np.array([first, other, first]))
    assert found.tolist() == [[0, 0, 0], [0, 1, 0], [0, 0, 0]]


def test_a_first_snapshot_with_nan_does_not_touch_the_others() -> None:
    weights = np.random.default_rng(2).standard_normal((5, 2000))
    clean = products(weights[1:])
    weights[0, ::3] = np.nan
    weights[0, 1] = np.inf
    whole = principal_path(clean)
    beside = principal_path(products(weights)[1:, 1:])
    assert whole is not None
    assert beside is not None
    np.testing.assert_allclose(beside.points, whole.points, 1e-9, 1e-9)


def test_large_float32_numbers_are_multiplied_in_float64() -> None:
    rows = np.array([[0, 0], [1e25, 0], [0, 2e25]])
    np.testing.assert_allclose(np.diag(products(rows, "float32")), [0, 1e50, 4e50], 1e-6)


def test_many_rows_and_few_are_multiplied_alike() -> None:
    rows = np.random.default_rng(3).standard_normal((6, 9000))
    np.testing.assert_allclose(inner_products(rows)[:3, :3], inner_products(rows[:3]), 1e-12)


def test_points_move_as_far_as_the_first_order_says() -> None:
    random = np.random.default_rng(4)
    weights = np.cumsum(random.standard_normal((9, 3000)), axis=0)
    known, other = products(weights), products(weights + random.standard_normal((9, 3000)) * 1e-3)
    path, expected = principal_path(known), principal_path(other)
    assert path is not None
    assert expected is not None
    moves = moves_of_points(path, other - known)
    left, _, right = np.linalg.svd(expected.points.T @ path.points)
    found = expected.points @ (left @ right) - path.points
    assert 0 < np.abs(found).max() < 1e-2 * np.abs(path.points).max()
    np.testing.assert_allclose(moves, found, 0.02, np.abs(found).max() * 0.01)


def test_directions_that_are_all_alike_tell_no_plane() -> None:
    path = principal_path(0.5 + 0.5 * np.eye(4))  # corners of a regular simplex
    assert path is not None
    moves = moves_of_points(path, 1e-3 * np.diag([1.0, 2, 3, 4]))
    assert not np.abs(moves).max() < 1e6


def test_one_direction_has_no_second_one_to_be_off_in() -> None:
    line = products(np.arange(5.0)[:, None] * np.ones((1, 4)))
    path = principal_path(line)
    assert path is not None
    moves = moves_of_points(path, line * 0.02)
    np.testing.assert_allclose(moves, path.points * 0.01, atol=1e-8)
