"""Singular values by each method, against NumPy in double precision, and what they state."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray

from tfinspector.analysis.spectrum import (
    LEADING,
    NotFiniteError,
    Panels,
    effective_rank,
    find_spectrum,
    method_for,
)
from tfinspector.contents.spectra import Method, Spectrum


def panels_of(matrix: NDArray[np.generic], step: int = 37) -> Panels:
    def panels() -> Iterator[NDArray[np.generic]]:
        for start in range(0, len(matrix), step):
            yield matrix[start : start + step]

    return panels


def spectrum_of(matrix: NDArray[np.generic], method: Method | None = None) -> Spectrum:
    return find_spectrum(matrix.shape, *matrix.shape, panels_of(matrix), method)


def decaying(rows: int, columns: int, least: float = 1e-3, kind: str = "float64") -> NDArray:
    random = np.random.default_rng(rows + columns)
    matrix = random.standard_normal((rows, columns)) * np.geomspace(1, least, columns)
    if kind == "complex128":
        return matrix + 1j * matrix[:, ::-1]
    return matrix.astype(kind)


@pytest.mark.parametrize("kind", ["float16", "float32", "float64", "complex128"])
@pytest.mark.parametrize("method", list(Method))
def test_values_are_those_of_numpy(method: Method, kind: str) -> None:
    matrix = decaying(240, 180, kind=kind)
    wide = matrix.astype(np.complex128 if np.iscomplexobj(matrix) else np.float64)
    true = np.linalg.svd(wide, compute_uv=False)
    found = spectrum_of(matrix, method)
    assert found.method is method
    near = np.abs(found.values[:, None] - true[None, :]).min(axis=1)
    assert near.max() <= found.error
    assert (np.diff(found.values) <= 0).all()
    assert found.values[0] == pytest.approx(true[0], rel=1e-8)
    assert found.frobenius == pytest.approx(np.linalg.norm(wide), rel=1e-12)
    assert found.stable_rank == pytest.approx((np.linalg.norm(wide) / true[0]) ** 2, rel=1e-6)
    assert found.condition is not None
    if method is Method.RANDOMIZED:
        assert len(found.values) <= LEADING
        assert (found.values <= true[: len(found.values)] + 1e-9).all()
        assert found.condition_is_bound
        assert found.condition <= true[0] / true[-1]
        assert found.effective_rank is None
    else:
        assert len(found.values) == found.count == 180
        shares = true / true.sum()
        entropy = -(shares * np.log(shares)).sum()
        assert found.effective_rank == pytest.approx(np.exp(entropy), rel=1e-6)
        assert found.condition == pytest.approx(true[0] / true[-1], rel=1e-4)
        assert not found.condition_is_bound


@pytest.mark.parametrize("method", list(Method))
def test_a_flat_spectrum_is_told_as_far_as_it_is_known(method: Method) -> None:
    matrix = np.random.default_rng(5).standard_normal((300, 260))
    true = np.linalg.svd(matrix, compute_uv=False)
    found = spectrum_of(matrix, method)
    near = np.abs(found.values[:, None] - true[None, :]).min(axis=1)
    assert near.max() <= found.error
    assert found.error <= 0.011 * true[0]


@pytest.mark.parametrize("method", list(Method))
def test_a_matrix_of_low_rank(method: Method) -> None:
    random = np.random.default_rng(7)
    matrix = random.standard_normal((300, 9)) @ random.standard_normal((9, 200))
    found = spectrum_of(matrix, method)
    true = np.linalg.svd(matrix, compute_uv=False)
    assert found.values[:9] == pytest.approx(true[:9], rel=1e-6)
    assert (found.values[9:] <= found.error * 1.001).all()
    assert found.condition is not None
    assert found.condition_is_bound
    assert found.condition > 1e4


@pytest.mark.parametrize("method", list(Method))
def test_zeros_have_values_and_no_ranks(method: Method) -> None:
    found = spectrum_of(np.zeros((30, 20), np.float32), method)
    assert not found.values.any()
    assert (found.stable_rank, found.condition, found.effective_rank) == (None, None, None)
    assert not found.condition_is_bound


def test_one_column_and_one_element() -> None:
    column = spectrum_of(np.array([[3.0], [4.0]]))
    assert column.values.tolist() == pytest.approx([5.0])
    assert (column.stable_rank, column.condition, column.effective_rank) == pytest.approx(
        (1.0, 1.0, 1.0)
    )
    assert spectrum_of(np.array([[-2.0]])).values.tolist() == pytest.approx([2.0])


@pytest.mark.parametrize("bad", [np.nan, np.inf])
@pytest.mark.parametrize("method", list(Method))
def test_what_is_not_finite_has_none(method: Method, bad: float) -> None:
    matrix = np.ones((60, 50))
    matrix[55, 3] = bad
    with pytest.raises(NotFiniteError):
        spectrum_of(matrix, method)


def test_the_identity_has_full_rank_in_every_sense() -> None:
    found = spectrum_of(np.eye(40))
    assert (found.stable_rank, found.condition, found.effective_rank) == pytest.approx((40, 1, 40))
    assert effective_rank(np.array([1.0, 1.0, 0.0])) == pytest.approx(2)


def test_the_method_is_chosen_by_size() -> None:
    assert method_for(1024, 1024) is Method.FULL
    assert method_for(1_000_000, 512) is Method.GRAM
    assert method_for(50_000, 4096) is Method.RANDOMIZED


def test_the_same_matrix_gives_the_same_figures() -> None:
    matrix = decaying(200, 160)
    first, second = (spectrum_of(matrix, Method.RANDOMIZED) for _ in range(2))
    assert first.values.tolist() == second.values.tolist()
    assert first.error == second.error
