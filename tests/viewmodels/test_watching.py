"""Snapshots that appear while a run is open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from pytestqt.qtbot import QtBot

from tests.viewmodels.made_up import Worlds, run
from tfinspector.viewmodels.doors import Doors
from tfinspector.viewmodels.session import Session


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
