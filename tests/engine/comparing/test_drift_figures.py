"""Every metric of real runs against NumPy in float64 on what TensorFlow reads."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.analysis.drift import by_numpy
from tests.analysis.nasty import numpy_type
from tfinspector.contents.drift_metrics import METRICS, Reference
from tfinspector.contents.drifts import DriftTable
from tfinspector.engine.comparing import passes
from tfinspector.engine.comparing.drifting import EPSILON, drift
from tfinspector.engine.opening import open_source

Referee = Callable[[Path | str], dict[str, Any]]
Made = Callable[[str], Path]
PAIRED = ("l2", "relative_l2", "cosine", "max_abs", "mean_abs")
COUNTED = ("changed_fraction", "changed_beyond", "sign_flips")


@pytest.fixture(scope="module", params=["drift.all_dtypes", "drift.rare_dtypes"])
def run(request: pytest.FixtureRequest, made: Made) -> Path:
    """Three snapshots of all types that a variable can have."""
    return made(request.param)


@pytest.fixture(scope="module")
def table(run: Path) -> DriftTable:
    """Its drift; shared, because tests only look at it."""
    return drift([open_source(str(run))])


@pytest.fixture(scope="module")
def read(run: Path, referee: Referee) -> list[dict[str, Any]]:
    """What TensorFlow reads of each of its snapshots."""
    return [referee(run / f"step-{step}") for step in range(3)]


def array(told: tuple[str, tuple[int, ...], Any]) -> NDArray[Any] | None:
    """TensorFlow's tensor; None where it can't read the type itself."""
    dtype, shape, data = told
    if data is None:
        return None
    if dtype == "string":
        values = np.empty(len(data), object)
        values[:] = data
        return values.reshape(shape)
    return np.frombuffer(data, numpy_type(dtype.removeprefix("q"))).reshape(shape)


def pairs(
    table: DriftTable, read: list[dict[str, Any]], reference: Reference
) -> list[tuple[int, int, NDArray[Any], NDArray[Any]]]:
    """Row, snapshot, and both tensors."""
    found = []
    for number, row in enumerate(table.rows):
        values = [array(told[row.name]) for told in read]
        for at in range(3):
            other = at - 1 if reference is Reference.PREVIOUS else table.anchor
            before, after = values[other], values[at]
            if other >= 0 and before is not None and after is not None:
                found.append((number, at, before, after))
    assert len(found) > 90
    return found


@pytest.mark.parametrize("reference", Reference)
def test_pairs_of_all_types(
    run: Path, table: DriftTable, read: list[dict[str, Any]], reference: Reference
) -> None:
    if reference is Reference.CHOSEN:
        table = drift([open_source(str(run))], str(run / "step-1"))
    for number, at, before, after in pairs(table, read, reference):
        name = table.rows[number].name
        if before.dtype == object:
            changed = float((before != after).mean()) if before.size else 0.0
            for metric in ("changed_fraction", "changed_beyond"):
                assert table.values(metric, reference)[number, at] == changed, name
            for metric in ("cosine", "sign_flips", "ks", "mean_change") if before.size else ():
                assert np.isnan(table.values(metric, reference)[number, at]), name
            continue
        expected = by_numpy.figures(before, after, EPSILON)
        for metric in PAIRED:
            found = table.values(metric, reference)[number, at]
            np.testing.assert_allclose(found, expected[metric], 1e-12, 1e-300, err_msg=name)
        for metric in COUNTED:
            found = table.values(metric, reference)[number, at]
            np.testing.assert_equal(found, expected[metric], f"{metric} of {name}")


@pytest.mark.parametrize("reference", [Reference.FIRST, Reference.PREVIOUS])
def test_distances_within_their_errors(
    table: DriftTable, read: list[dict[str, Any]], reference: Reference
) -> None:
    for number, at, before, after in pairs(table, read, reference):
        if before.dtype == object:
            continue
        expected = by_numpy.distribution(before, after)
        for metric, value in expected.items():
            found = table.values(metric, reference)[number, at]
            errors = table.errors(metric, reference)
            assert errors is not None
            if np.isnan(value):
                assert np.isnan(found), table.rows[number].name
            else:
                assert abs(found - value) <= errors[number, at] + 1e-12, table.rows[number].name


def test_own_figures_and_what_follows_from_them(
    table: DriftTable, read: list[dict[str, Any]]
) -> None:
    for number, at, before, after in pairs(table, read, Reference.FIRST):
        if after.dtype == object:
            continue
        one, other = own(before), own(after)
        for metric, value in other.items():
            found = table.values(metric)[number, at]
            np.testing.assert_allclose(found, value, 1e-12, 1e-15, err_msg=table.rows[number].name)
        for metric, base in (
            ("mean_change", "mean"), ("std_change", "std"), ("norm_change", "norm"),
            ("zero_change", "zero_fraction"),
        ):  # fmt: skip
            found = table.values(metric)[number, at]
            digits = 1e-11 + 1e-13 * abs(one[base])  # that NumPy has of both
            np.testing.assert_allclose(found, other[base] - one[base], 1e-9, digits)


def own(values: NDArray[Any]) -> dict[str, float]:
    finite = by_numpy.finite(values)
    flat = values.reshape(-1)
    with np.errstate(invalid="ignore"):
        wide = np.abs(flat) if np.iscomplexobj(flat) else flat.astype(np.float64)
        known = len(finite) > 0
        nan = float("nan")
        return {
            "norm": float(np.sqrt((finite**2).sum())) if known else nan,
            "mean": float(finite.mean()) if known else nan,
            "std": float(finite.std()) if known else nan,
            "min": float(finite.min()) if known else nan,
            "max": float(finite.max()) if known else nan,
            "zero": float((wide == 0).sum()),
            "zero_fraction": float((wide == 0).mean()) if len(flat) else nan,
            "nan": float(np.isnan(flat).sum() if np.iscomplexobj(flat) else np.isnan(wide).sum()),
            "posinf": float(np.isposinf(wide).sum()),
            "neginf": float(np.isneginf(wide).sum()),
        }


def test_every_metric_has_values_and_words(table: DriftTable) -> None:
    for metric in METRICS:
        assert table.values(metric.name).shape == (len(table.rows), 3)
        assert metric.title
        assert metric.meaning.endswith(".")
    with pytest.raises(KeyError):
        table.values("loss")


def test_a_constant_has_not_moved(made: Made) -> None:
    table = drift([open_source(str(made("drift.all_dtypes")))])
    row = table.row_of("constant")
    assert table.values("relative_l2")[row].tolist() == [0, 0, 0]
    assert table.values("changed_fraction")[row].tolist() == [0, 0, 0]
    assert table.values("std")[row].tolist() == [0, 0, 0]
    with pytest.raises(KeyError):
        table.row_of("nobody")


@pytest.mark.parametrize("exact", [False, True])
def test_the_path_is_that_of_the_flattened_weights(
    made: Made, referee: Referee, monkeypatch: pytest.MonkeyPatch, exact: bool
) -> None:
    monkeypatch.setattr(passes, "_FEW", 10)  # so that products are taken in the pass
    run = made("drift.run")
    table = drift([open_source(str(run))], exact_path=exact)
    assert table.path is not None
    assert (table.path.snapshots, table.path.left_out) == ((0, 1, 2, 3), (4, 5)), "for NaN"
    assert table.path.words.endswith(" 2 snapshots with NaN or infinite weights left out.")
    weights = [row for row in table.rows if row.role == "weight"]
    flat = []
    for at in table.path.snapshots:
        told = referee(table.snapshots[at].path)
        flat.append(np.concatenate([array(told[row.keys[at]]).reshape(-1) for row in weights]))  # type: ignore[union-attr]
    stack = np.array(flat, np.float64)
    assert table.path.parameters == stack.shape[1]
    centred = stack - stack.mean(axis=0)
    left, singular, _ = np.linalg.svd(centred, full_matrices=False)
    share = singular**2 / (singular**2).sum()
    np.testing.assert_allclose(table.path.explained[:2], share[:2], 1e-6, 1e-6)
    points = left[:, :2] * singular[:2]
    signs = np.sign((table.path.points * points).sum(axis=0))
    np.testing.assert_allclose(table.path.points, points * signs, 1e-4, 1e-5)
    [left_out] = [each for each in table.findings if each.id == "D10"]
    assert "ckpt-500" in left_out.title
