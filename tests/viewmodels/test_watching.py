"""Snapshots that appear while a run is open."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.tensorflow_process import TensorFlowProcess
from tests.viewmodels.made_up import Worlds, run
from tfinspector.contents.figures import Statistics
from tfinspector.viewmodels.doors import Doors
from tfinspector.viewmodels.opened import watching
from tfinspector.viewmodels.session import Session
from tfinspector.viewmodels.sources.model import SourceAsk, SourcesModel


def test_a_new_snapshot_appears_and_what_is_looked_at_stays(
    begin: Callable[[Doors], Session], qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "ckpt-1.index").touch()
    world = Worlds(run(str(tmp_path), (1, 2)))
    session = begin(world.doors())
    with qtbot.waitSignal(session.queue.settled):
        session.open(str(tmp_path))
    session.choose([session.choice(session.variables[0])])
    measured = len(world.order)
    qtbot.waitUntil(lambda: not session.tasks.is_busy)

    world.sources[str(tmp_path)] = run(str(tmp_path), (1, 2, 3))
    with qtbot.waitSignal(session.opened):
        (tmp_path / "ckpt-3.index").touch()
    assert len(session.sources[0].source.snapshots) == 3
    assert session.current_snapshot == f"{tmp_path}/ckpt-2"
    assert session.chosen[0].source is session.current
    qtbot.waitUntil(lambda: not session.is_busy)
    assert len(session.known()) == 6
    assert len(world.order) == measured, "the same files were measured twice"


def test_a_snapshot_that_was_written_again_is_measured_again(
    begin: Callable[[Doors], Session], qtbot: QtBot, tmp_path: Path
) -> None:
    first = run(str(tmp_path), (1,))
    world = Worlds(first)
    session = begin(world.doors())
    with qtbot.waitSignal(session.queue.settled):
        session.open(str(tmp_path))
    (snapshot,) = first.source.snapshots
    first.source = replace(first.source, snapshots=(replace(snapshot, time=2e9),))
    with qtbot.waitSignal(session.queue.settled):
        session.reload()
    assert len(world.order) == 12


def test_a_change_that_saves_nothing_opens_nothing(
    begin: Callable[[Doors], Session], qtbot: QtBot, tmp_path: Path
) -> None:
    session = begin(Worlds(run(str(tmp_path), (1, 2))).doors())
    with qtbot.waitSignal(session.queue.settled):
        session.open(str(tmp_path))
    qtbot.waitUntil(lambda: not session.tasks.is_busy)
    before = session.sources[0]
    with qtbot.waitSignal(session.watcher._quiet.timeout):
        (tmp_path / "events.out").touch()
    qtbot.waitUntil(lambda: not session.tasks.is_busy)
    assert session.sources[0] is before


Begin = Callable[[Doors], Session]
QUICK_MS = 100
PATIENCE_MS = 60_000  # of a machine that has much else to do


@pytest.fixture
def grow(
    begin: Begin, qtbot: QtBot, tensorflow: TensorFlowProcess, tmp_path: Path
) -> Callable[..., Session]:
    """`grow("ckpt-1", "ckpt-2")`: TensorFlow saves these, and the run is opened."""

    def opened(*names: str, save: str = "save") -> Session:
        for at, name in enumerate(names):
            (tmp_path / "run" / name).parent.mkdir(parents=True, exist_ok=True)
            path = str(tmp_path / "run" / name)
            tensorflow.call(f"tests.makers.growing:{save}", path, float(at))
        session = begin(Doors())
        session.open(str(tmp_path / "run"))
        qtbot.waitUntil(lambda: bool(session.watcher._listings), timeout=PATIENCE_MS)
        return session

    return opened


def names_in(session: Session) -> list[str]:
    """The complete snapshots, oldest first."""
    snapshots = session.sources[0].source.snapshots
    return [os.path.basename(each.path) for each in snapshots if each.complete]


def test_a_save_by_tensorflow_appears_and_can_be_measured(
    grow: Callable[..., Session], qtbot: QtBot, tensorflow: TensorFlowProcess, tmp_path: Path
) -> None:
    session = grow("ckpt-1", "ckpt-2")
    assert names_in(session) == ["ckpt-1", "ckpt-2"]
    tensorflow.call("tests.makers.growing:save", str(tmp_path / "run" / "ckpt-3"), 3.0)
    qtbot.waitUntil(
        lambda: names_in(session) == ["ckpt-1", "ckpt-2", "ckpt-3"], timeout=PATIENCE_MS
    )
    assert session.current_snapshot == str(tmp_path / "run" / "ckpt-2")
    session.set_current(session.sources[0], str(tmp_path / "run" / "ckpt-3"))
    qtbot.waitUntil(lambda: not session.is_busy and len(session.known()) > 0, timeout=PATIENCE_MS)
    [figures] = [each for each in session.known().values() if isinstance(each, Statistics)
                 and each.count == 1000]  # fmt: skip
    assert (figures.min, figures.max) == (3.0, 3.0)


def test_a_half_written_save_waits_until_it_is_complete(
    grow: Callable[..., Session], qtbot: QtBot, tensorflow: TensorFlowProcess, tmp_path: Path
) -> None:
    tensorflow.call("tests.makers.growing:save", str(tmp_path / "ckpt-3"), 3.0)
    session = grow("ckpt-1", "ckpt-2")
    run, before = tmp_path / "run", session.sources[0]
    data, index = "ckpt-3.data-00000-of-00001", "ckpt-3.index"
    with qtbot.waitSignal(
        session.watcher._quiet.timeout, timeout=PATIENCE_MS
    ):  # as TensorFlow does: parts, data, index
        (run / "ckpt-3_temp").mkdir()
        shutil.copy(
            tmp_path / data, run / "ckpt-3_temp" / "part-00000-of-00001.data-00000-of-00001"
        )
    with qtbot.waitSignal(session.watcher._quiet.timeout, timeout=PATIENCE_MS):
        shutil.copy(tmp_path / data, run)
    qtbot.waitUntil(lambda: not session.tasks.is_busy, timeout=PATIENCE_MS)
    assert session.sources[0] is before, "nothing that can be opened has come"
    shutil.copy(tmp_path / index, run)
    qtbot.waitUntil(
        lambda: names_in(session) == ["ckpt-1", "ckpt-2", "ckpt-3"], timeout=PATIENCE_MS
    )


def test_a_file_that_grows_in_place_is_found_by_looking_now_and_then(
    grow: Callable[..., Session],
    qtbot: QtBot,
    tensorflow: TensorFlowProcess,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(watching, "_POLL_MS", QUICK_MS)
    tensorflow.call("tests.makers.growing:save_keras", str(tmp_path / "third.keras"), 3.0)
    whole = (tmp_path / "third.keras").read_bytes()
    session = grow("model_01.keras", "model_02.keras", save="save_keras")
    with open(tmp_path / "run" / "model_03.keras", "wb") as file:
        file.write(whole[:5000])
        file.flush()
        qtbot.waitUntil(lambda: len(session.sources[0].source.snapshots) == 3, timeout=PATIENCE_MS)
        assert names_in(session) == ["model_01.keras", "model_02.keras"]
        file.write(whole[5000:])
    qtbot.waitUntil(lambda: len(names_in(session)) == 3, timeout=PATIENCE_MS)


def test_snapshots_with_a_folder_each(
    grow: Callable[..., Session], qtbot: QtBot, tensorflow: TensorFlowProcess, tmp_path: Path
) -> None:
    session = grow("step_5/weights", "step_10/weights")
    steps = [each.step for each in session.sources[0].source.snapshots]
    assert steps == [5, 10]
    (tmp_path / "run" / "step_20").mkdir()
    tensorflow.call("tests.makers.growing:save", str(tmp_path / "run/step_20/weights"), 3.0)
    qtbot.waitUntil(lambda: len(names_in(session)) == 3, timeout=PATIENCE_MS)
    assert [each.step for each in session.sources[0].source.snapshots] == [5, 10, 20]


def test_changed_files_of_a_model_are_told_until_it_is_read_again(
    begin: Callable[[Doors], Session],
    made: Callable[[str], Path],
    tmp_path: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(watching, "_POLL_MS", QUICK_MS)
    model = tmp_path / "model"
    shutil.copytree(made("pictures.model"), model)
    session = begin(Doors())
    with qtbot.waitSignal(session.opened, timeout=20_000):
        session.open(str(model))
    row = SourcesModel(session, session).index(0, 0)
    before = row.data(SourceAsk.DETAIL)
    index = next(model.rglob("variables.index"))
    with qtbot.waitSignal(session.watcher.changed, timeout=20_000):
        os.utime(index, (1, 1))
    assert row.data(SourceAsk.DETAIL) == "changed, F5"
    assert "Reload (F5)" in row.data(Qt.ItemDataRole.ToolTipRole)
    with qtbot.waitSignal(session.opened, timeout=20_000):
        session.reload()
    assert not session.watcher.has_changed(session.sources[0])
    assert SourcesModel(session, session).index(0, 0).data(SourceAsk.DETAIL) == before
