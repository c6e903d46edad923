"""Drift from the cache: the same table, nothing read again; a run that has grown needs little."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.engine.comparing.test_drift import opened, same
from tests.engine.conftest import Elements
from tfinspector.contents.drift_metrics import Reference
from tfinspector.contents.drifts import DriftTable
from tfinspector.contents.findings import Cancelled
from tfinspector.engine.cache import measuring
from tfinspector.engine.cache.store import Store
from tfinspector.engine.comparing import pages, passes, run_path
from tfinspector.engine.comparing.comparing import compare
from tfinspector.engine.comparing.drifting import drift
from tfinspector.engine.jobs import Progress, Ticket

pytestmark = pytest.mark.usefixtures("comparing")

Made = Callable[[str], Path]
RUNS = ("drift.run", "drift.all_dtypes", "drift.reshaped")


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "_ROWS", 3)


def alike(one: DriftTable, other: DriftTable) -> None:
    """All of both tables."""
    same(one, other)
    for name in ("present", "anchored", "chained"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
    assert one.failed == other.failed
    assert [each.id for each in one.findings] == [each.id for each in other.findings]
    assert (one.path is None) == (other.path is None)
    if one.path and other.path:
        np.testing.assert_allclose(one.path.points, other.path.points, 1e-5, 1e-6)
        np.testing.assert_allclose(one.path.explained, other.path.explained, 1e-5, 1e-6)


@pytest.mark.parametrize("run", RUNS)
def test_the_second_time_nothing_is_read(
    made: Made, store: Store, small_pages: None, elements_read: Elements, run: str
) -> None:
    fresh = drift(opened(made(run)))
    alike(fresh, drift(opened(made(run)), cache=store))
    elements_read.clear()
    again = drift(opened(made(run)), cache=store)
    alike(fresh, again)
    assert not elements_read
    assert store.problem is None


def snapshots(read: Elements) -> set[str]:
    """Those of which anything was read."""
    return {name for name, _ in read}


def copy_steps(run: Path, target: Path, steps: range) -> None:
    for step in steps:
        for file in run.glob(f"ckpt-{step}.*"):
            shutil.copy2(file, target)


def test_one_snapshot_more_reads_what_its_pairs_need_and_each_byte_once(
    made: Made,
    store: Store,
    small_pages: None,
    elements_read: Elements,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """The new one, the one before and the first: of a run of six as of one of six hundred."""
    monkeypatch.setattr(passes, "_PANEL_NBYTES", 64)  # so that tensors are read in parts
    copy_steps(made("drift.run"), tmp_path, range(100, 600, 100))
    drift(opened(tmp_path), cache=store)
    copy_steps(made("drift.run"), tmp_path, range(600, 700, 100))
    [source] = opened(tmp_path)
    elements_read.clear()
    grown = drift([source], cache=store)
    read = dict(elements_read)
    expected = {
        (name, variable.key): variable.size
        for name in ("ckpt-100", "ckpt-500", "ckpt-600")
        for variable in source.source.variables
    }
    dead = source.find("dead/kernel").key
    expected["ckpt-600", dead] *= 2  # has zeros enough for a dead unit, and is looked at for that
    assert read == expected
    alike(drift(opened(tmp_path)), grown)


def test_a_run_of_two_that_grows_reads_each_once(
    made: Made, store: Store, elements_read: Elements, tmp_path: Path
) -> None:
    """Its first snapshot is the one before too."""
    copy_steps(made("drift.run"), tmp_path, range(100, 200, 100))
    copy_steps(made("drift.run"), tmp_path, range(400, 500, 100))
    drift(opened(tmp_path), cache=store)
    copy_steps(made("drift.run"), tmp_path, range(500, 600, 100))
    elements_read.clear()
    drift(opened(tmp_path), cache=store)
    assert snapshots(elements_read) == {"ckpt-100", "ckpt-400", "ckpt-500"}


def test_figures_that_were_measured_are_not_counted_again(
    made: Made, store: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(measuring, "LEAST_NBYTES", 0)
    copy_steps(made("drift.run"), tmp_path, range(100, 600, 100))
    drift(opened(tmp_path), cache=store)
    copy_steps(made("drift.run"), tmp_path, range(600, 700, 100))
    [source] = opened(tmp_path)
    for step in (100, 500, 600):
        path = str(tmp_path / f"ckpt-{step}")
        variables = source.checkpoint(path).variables
        list(measuring.measure_remembered(store, source.reader(path), variables))
    counted: list[str] = []
    monkeypatch.setattr(passes, "Accumulator", counted.append)
    shutil.copytree(store.path.parent, tmp_path / "second")
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        far = drift([source], cache=Store(tmp_path / "second", 1 << 30), executor=pool)
    again = drift([source], cache=store)
    assert counted == []
    alike(far, again)
    monkeypatch.undo()
    alike(drift([source]), again)


def test_a_snapshot_written_anew_is_measured_anew(
    made: Made, store: Store, tmp_path: Path, elements_read: Elements
) -> None:
    copy_steps(made("drift.run"), tmp_path, range(100, 700, 100))
    drift(opened(tmp_path), cache=store)
    for file in made("drift.run").glob("ckpt-600.*"):
        shutil.copy2(file, tmp_path / file.name.replace("600", "300"))
    elements_read.clear()
    found = drift(opened(tmp_path), cache=store)
    assert "ckpt-300" in snapshots(elements_read)
    assert "ckpt-600" not in snapshots(elements_read)
    alike(drift(opened(tmp_path)), found)


@pytest.mark.parametrize("reference", [Reference.PREVIOUS, "ckpt-300"])
def test_other_references(made: Made, store: Store, reference: str) -> None:
    run = made("drift.run")
    drift(opened(run), cache=store)
    for _ in range(2):
        alike(drift(opened(run), reference), drift(opened(run), reference, cache=store))


def test_what_is_compared_is_remembered(made: Made, store: Store, elements_read: Elements) -> None:
    two = opened(made("drift.run") / "ckpt-100", made("drift.run") / "ckpt-600")
    fresh = compare(*two)
    compare(*two, cache=store)
    elements_read.clear()
    again = compare(*two, cache=store)
    assert not elements_read
    assert [pair.name for pair in again.moved] == [pair.name for pair in fresh.moved]
    for one, other in zip(fresh.moved, again.moved, strict=True):
        assert dict(one.figures) == pytest.approx(dict(other.figures), rel=1e-12, nan_ok=True)


def test_what_could_not_be_read_is_tried_again(made: Made, store: Store, tmp_path: Path) -> None:
    copy_steps(made("drift.run"), tmp_path, range(100, 400, 100))
    sources = opened(tmp_path)
    data = tmp_path / "ckpt-200.data-00000-of-00001"
    whole = data.read_bytes()
    data.write_bytes(whole[:300])
    broken = drift(sources, cache=store)
    assert broken.failed
    alike(drift(sources), drift(sources, cache=store))
    data.write_bytes(whole)
    mended = drift(opened(tmp_path), cache=store)
    assert not mended.failed
    alike(drift(opened(tmp_path)), mended)


def test_a_broken_cache_costs_time_only(made: Made, store: Store) -> None:
    run = made("drift.run")
    fresh = drift(opened(run), cache=store)
    store.path.write_bytes(b"broken" * 5000)
    alike(fresh, drift(opened(run), cache=store))
    assert store.problem is not None
    alike(fresh, drift(opened(run), cache=store))


def test_after_a_cancel_all_is_found(made: Made, store: Store, small_pages: None) -> None:
    def half_way(told: Progress) -> None:
        if told.total and 2 * told.done > told.total:
            ticket.cancel()

    sources = opened(made("drift.run"))
    ticket = Ticket(half_way)
    with pytest.raises(Cancelled):
        drift(sources, ticket=ticket, cache=store)
    alike(drift(sources), drift(sources, cache=store))


@pytest.fixture
def sampled(made: Made, monkeypatch: pytest.MonkeyPatch) -> DriftTable:
    """The run, measured while only few of its weights may be sampled."""
    monkeypatch.setattr(run_path, "_MOST_SAMPLED", 50)
    return drift(opened(made("drift.run")))


def test_a_sampled_path_tells_its_error(made: Made, sampled: DriftTable) -> None:
    whole = drift(opened(made("drift.run")), exact_path=True).path
    path = sampled.path
    assert whole is not None
    assert path is not None
    assert path.stride == 5
    assert whole.error == 0
    extent = float(np.linalg.norm(np.ptp(path.points, axis=0)))
    off = np.abs(path.points - whole.points).max() / extent
    assert 0 < off < path.error < 1
    assert f"may be off by {100 * path.error:.1f} % of the path's extent" in path.words
    assert ", which do not tell the plane." in replace(path, error=1.0).words


def test_an_exact_path_is_remembered(
    made: Made, store: Store, sampled: DriftTable, elements_read: Elements
) -> None:
    run = made("drift.run")
    exact = drift(opened(run), exact_path=True)
    drift(opened(run), cache=store)
    alike(exact, drift(opened(run), exact_path=True, cache=store))
    elements_read.clear()
    alike(exact, drift(opened(run), exact_path=True, cache=store))
    alike(sampled, drift(opened(run), cache=store))
    assert not elements_read


def test_samples_stay_the_same_as_a_run_grows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_path, "_size", lambda strand: 100_000_000)
    strands: Any = [type("Strand", (), {"in_path": True})]
    assert run_path.stride_for(strands) == 769
