"""Runs put together: the axis, the reference, pairing, reading once, cancel, executors."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest

from tests.engine.conftest import Elements
from tfinspector.contents.drift_metrics import METRICS, Reference
from tfinspector.contents.drifts import DriftTable, Happening
from tfinspector.contents.findings import Cancelled, Unreadable
from tfinspector.contents.restores import Rename
from tfinspector.engine.comparing import passes, sharing_out
from tfinspector.engine.comparing.drifting import drift
from tfinspector.engine.comparing.executors import executor_at
from tfinspector.engine.jobs import Progress, Ticket
from tfinspector.engine.opening import OpenSource, open_source

pytestmark = pytest.mark.usefixtures("comparing")

Made = Callable[[str], Path]


def opened(*paths: Path) -> list[OpenSource]:
    return [open_source(str(path)) for path in paths]


def same(one: DriftTable, other: DriftTable) -> None:
    """Figures to the last digit that adding up in another order leaves; the rest exactly."""
    assert one.rows == other.rows
    for metric in METRICS:
        # A difference of two figures has lost the digits that they have in common.
        digits = 1e-9 if metric.name.endswith("_change") else 1e-12
        for reference in (Reference.FIRST, Reference.PREVIOUS):
            left, right = one.values(metric.name, reference), other.values(metric.name, reference)
            np.testing.assert_allclose(left, right, digits, 1e-300, err_msg=metric.name)


def test_previous_is_the_snapshot_before(made: Made) -> None:
    table = drift(opened(made("drift.run")))
    pairs = [drift(opened(*two)) for two in _neighbours(made("drift.run"))]
    for at, pair in enumerate(pairs, 1):
        for metric in METRICS:
            if metric.of_change:
                found = table.values(metric.name, Reference.PREVIOUS)[:, at]
                np.testing.assert_allclose(found, pair.values(metric.name)[:, 1], 1e-12, 1e-300)
    assert not table.paired("l2", Reference.PREVIOUS)[:, 0].any()


def _neighbours(run: Path) -> Iterator[tuple[Path, Path]]:
    steps = [run / f"ckpt-{step}" for step in range(100, 700, 100)]
    yield from pairwise(steps)


def test_a_chosen_reference(made: Made) -> None:
    run = made("drift.run")
    table = drift(opened(run), str(run / "ckpt-300"))
    assert (table.anchor, table.reference) == (2, Reference.CHOSEN)
    first = drift(opened(run / "ckpt-300", run / "ckpt-600"))
    for metric in METRICS:
        found, expected = table.values(metric.name), first.values(metric.name)
        np.testing.assert_allclose(found[:, [2, 5]], expected, 1e-12, 1e-300)
    by_name = drift(opened(run), "ckpt-300")
    same(table, by_name)


def test_a_reference_from_elsewhere_comes_in_front(made: Made, tmp_path: Path) -> None:
    run = made("drift.run")
    for file in run.glob("ckpt-400.*"):
        shutil.copy(file, tmp_path)
    table = drift(opened(run), str(tmp_path / "ckpt-400"))
    assert len(table.snapshots) == 7
    assert table.anchor == 0
    row = table.row_of("moving/kernel")
    assert table.values("l2")[row, 4] == 0


def test_paths_in_the_order_of_a_shell_are_sorted_and_those_of_two_runs_are_not(
    made: Made, tmp_path: Path
) -> None:
    run = made("drift.run")
    table = drift(opened(run / "ckpt-600", run / "ckpt-100", run / "ckpt-300"))
    assert [one.step for one in table.snapshots] == [100, 300, 600]
    assert [one.id for one in table.findings].count("D07") == 1
    for file in run.glob("ckpt-100.*"):
        shutil.copy(file, tmp_path)
    other = drift(opened(run / "ckpt-600", tmp_path / "ckpt-100"))
    assert [one.step for one in other.snapshots] == [600, 100]
    assert "D07" in [one.id for one in other.findings]


def test_one_snapshot_is_not_enough(made: Made) -> None:
    with pytest.raises(Unreadable) as told:
        drift(opened(made("drift.run") / "ckpt-100"))
    assert told.value.finding.id == "D20"
    assert told.value.finding.fix is not None


def test_what_happens_to_variables_is_told_on_the_axis(made: Made) -> None:
    table = drift(opened(made("drift.reshaped")))
    events = {row.name: [(event.at, event.what) for event in row.events] for row in table.rows}
    assert events["grows"] == [(2, Happening.SHAPE)]
    assert events["casts"] == [(2, Happening.DTYPE)]
    assert events["passes_by"] == [(1, Happening.APPEARS), (3, Happening.DISAPPEARS)]
    row = table.row_of("grows")
    assert table.paired("l2")[row].tolist() == [True, True, False, False]
    assert table.paired("l2", Reference.PREVIOUS)[row].tolist() == [False, True, False, True]
    assert table.present[table.row_of("passes_by")].tolist() == [False, True, True, False]
    assert table.values("relative_l2")[table.row_of("casts")].tolist() == [0, 1, 2, 3]


def test_renamed_variables_go_on_one_row(made: Made) -> None:
    run = made("drift.renamed")
    table = drift(opened(run / "old", run / "new"))
    row = table.rows[table.row_of("model/encoder/kernel")]
    assert row.names == ("model/enc/kernel", "model/encoder/kernel")
    assert [event.what for event in row.events] == [Happening.RENAMED]
    assert table.values("max_abs")[table.row_of(row.name), 1] == pytest.approx(0.125, 1e-5)


def test_a_map_goes_before_suggestions_and_must_fit(made: Made) -> None:
    run = made("drift.renamed")
    crossed = [Rename("model/enc/kernel", "", "model/extra", 1.0, "")]
    table = drift(opened(run / "old", run / "new"), renames=crossed)
    row = table.rows[table.row_of("model/extra")]
    assert row.names == ("model/enc/kernel", "model/extra")
    with pytest.raises(Unreadable) as told:
        drift(opened(run / "old", run / "new"), renames=[Rename("no", "", "where", 1.0, "")])
    assert told.value.finding.id == "D21"


def test_every_byte_is_read_once(made: Made, elements_read: Elements) -> None:
    sources = opened(made("drift.all_dtypes"))
    table = drift(sources)
    assert len(elements_read) == 3 * sum(0 not in row.shape for row in table.rows)
    for (_, key), elements in elements_read.items():
        assert elements == np.prod(table.rows[table.row_of(key)].shape), key


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Panels, steps, spans and batches so small that small tensors need several of each."""
    monkeypatch.setattr(passes, "_PANEL_NBYTES", 512)
    monkeypatch.setattr(passes, "_STEP", 50)
    monkeypatch.setattr(sharing_out, "_WORTH_THREADS", 0)
    monkeypatch.setattr(sharing_out, "_WORTH_CUTTING", 2000)
    monkeypatch.setattr(sharing_out, "_BATCH_NBYTES", 1000)


def test_panels_spans_and_threads_change_nothing(
    made: Made, request: pytest.FixtureRequest
) -> None:
    runs = [opened(made(run)) for run in ("drift.run", "drift.all_dtypes", "drift.reshaped")]
    tables = [drift(run) for run in runs]
    request.getfixturevalue("small_pieces")
    for run, whole in zip(runs, tables, strict=True):
        cut = drift(run)
        same(whole, cut)
        if whole.path is not None:
            assert cut.path is not None
            np.testing.assert_allclose(whole.path.explained, cut.path.explained, 1e-5, 1e-6)


def test_other_processes_find_the_same(made: Made) -> None:
    run = made("drift.all_dtypes")
    here = drift(opened(run))
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        there = drift(opened(run), executor=pool)
    same(here, there)


def test_progress_is_in_bytes_and_cancel_stops_between_blocks(
    made: Made, small_pieces: None
) -> None:
    told: list[Progress] = []
    sources = opened(made("drift.all_dtypes"))
    drift(sources, ticket=Ticket(told.append))
    measured = [one for one in told if one.total > 100_000]
    assert measured[-1].done == measured[-1].total
    ticket = Ticket(lambda progress: ticket.cancel() if progress.total > 100_000 else None)
    with pytest.raises(Cancelled):
        drift(sources, ticket=ticket)


def test_a_shard_that_is_gone_leaves_a_row_that_says_so(made: Made, tmp_path: Path) -> None:
    for file in made("drift.run").glob("ckpt-[123]00.*"):
        shutil.copy(file, tmp_path)
    sources = opened(tmp_path)
    data = tmp_path / "ckpt-200.data-00000-of-00001"
    data.write_bytes(data.read_bytes()[:300])
    table = drift(sources)
    assert "D09" in [one.id for one in table.findings]
    lost = [row for row, at in table.failed if at == 1]
    assert lost
    row = lost[0]
    assert not table.present[row, 1]
    assert table.present[row, 2]
    assert table.paired("l2")[row].tolist() == [True, False, True]
    assert not table.paired("l2", Reference.PREVIOUS)[row].any()


def test_an_executor_that_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    for where in ("dask:", "spark:local"):
        with pytest.raises(Unreadable) as told, executor_at(where):
            pass
        assert told.value.finding.id == "D24"
    with executor_at(None) as nothing:
        assert nothing is None
