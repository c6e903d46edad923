"""The error that a sampled path tells, on runs that move as trainings do, and as none does."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from tfinspector.analysis.drift.displacements import displacement_products
from tfinspector.analysis.drift.principal_path import principal_path
from tfinspector.contents.dtypes import DTYPE_BY_NAME
from tfinspector.engine.comparing.passes import Order, Strand, panel_size
from tfinspector.engine.comparing.places import Place
from tfinspector.engine.comparing.run_path import spread_of
from tfinspector.engine.comparing.tracks import Cell

PARAMETERS, STRIDE, PARTS = 40_000, 17, 8
Floats = NDArray[np.float64]


def walk(random: np.random.Generator, steps: int) -> Floats:
    """Steps of any length in any direction."""
    moves = random.standard_normal((steps, PARAMETERS)) * random.random((steps, 1))
    return np.cumsum(moves, axis=0)


def few_move(random: np.random.Generator, steps: int) -> Floats:
    """One weight in five hundred does nearly all of it, as in an embedding."""
    weights = walk(random, steps)
    weights[:, : PARAMETERS // 500] *= 60
    return weights


def settling(random: np.random.Generator, steps: int) -> Floats:
    """All go to where they stay, with a little noise."""
    way = 1 - np.exp(-np.arange(steps) / 5)
    return 0.05 * walk(random, steps) + np.outer(way, 3 * random.standard_normal(PARAMETERS))


def told_and_true(weights: Floats) -> tuple[float, float]:
    """How far points may be off as told, and how far they are."""
    sample = weights[:, ::STRIDE]
    parts = [displacement_products(sample[:, at::PARTS].copy()) for at in range(PARTS)]
    products = STRIDE * np.array(parts)
    found, true = (
        principal_path(products.sum(axis=0)),
        principal_path(displacement_products(weights.copy())),
    )
    assert found is not None
    assert true is not None
    left, _, right = np.linalg.svd(found.points.T @ true.points)
    off = np.linalg.norm(found.points @ (left @ right) - true.points, axis=1).max()
    return spread_of(products, found), float(off)


@pytest.mark.parametrize("moves", [walk, few_move, settling])
def test_points_are_as_near_as_is_told(moves: object) -> None:
    """At 95 %: of twenty runs all but a few, and those not by much."""
    random = np.random.default_rng(7)
    assert callable(moves)
    pairs = [told_and_true(moves(random, int(random.integers(4, 25)))) for _ in range(20)]
    shares = sorted(true / told for told, true in pairs)
    assert shares[-4] < 1
    assert shares[-1] < 1.6
    assert shares[10] > 0.1, "nor is the error told much too large"


def test_what_goes_nowhere_has_no_plane() -> None:
    """Each snapshot is another start: as much happens in every direction."""
    weights = np.random.default_rng(3).standard_normal((12, PARAMETERS))
    told, _ = told_and_true(weights)
    path = principal_path(displacement_products(weights.copy()))
    assert path is not None
    assert told > 0.5 * np.linalg.norm(np.ptp(path.points, axis=0))


@pytest.mark.parametrize("count", [2, 20, 500, 5000])
def test_what_is_held_for_an_exact_path_is_bounded(count: int) -> None:
    """A block of every snapshot at once, and the smaller it is the more of them there are."""
    float32 = DTYPE_BY_NAME["float32"]
    strand = Strand((Cell("w", "w", float32, (1 << 15, 1 << 15)),) * count, True)
    order = Order((Place("run", "ckpt"),) * count, 0, 1e-6, 1, exact=True)
    assert 0 < panel_size(order, strand, 4) * 4 * count <= 32 << 20
