"""What is told of each source besides its own findings."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from tests.viewmodels.made_up import VARIABLES, Worlds, finding, run, statistics
from tfinspector.contents.findings import Finding, Severity, Unreadable
from tfinspector.engine.cache import measuring
from tfinspector.engine.measuring import find_odd_values
from tfinspector.viewmodels.doors import Doors
from tfinspector.viewmodels.session import Session
from tfinspector.viewmodels.sources.model import SourceAsk, SourcesModel
from tfinspector.viewmodels.sources.words import Health

Begin = Callable[[Doors], Session]


def ids(session: Session) -> list[str]:
    return [each.id for each in session.findings]


def test_nan_that_measuring_meets_is_what_stats_tells(begin: Begin, qtbot: QtBot) -> None:
    world = Worlds(run("/run", (1, 2)))
    world.figures["model/dense_10/kernel"] = statistics(192, nan=2)
    world.figures["model/dense_2/bias"] = statistics(64, nan=64)
    session = begin(world.doors())
    session.open("/run")
    qtbot.waitUntil(lambda: ids(session) == ["N01"] and not session.is_busy)
    rows = [(each, session.known()[each.key]) for each in VARIABLES]
    assert session.findings == find_odd_values(rows, "/run/ckpt-2")
    assert session.findings[0].evidence["odd"] == 2
    session.set_current(session.current, "/run/ckpt-1")
    qtbot.waitUntil(lambda: ids(session) == ["N01", "N01"])
    assert [each.where for each in session.findings] == ["/run/ckpt-1", "/run/ckpt-2"]
    session.close(session.sources[0])
    assert session.findings == []


def test_nan_is_looked_for_off_the_window_s_thread_and_only_where_it_is(
    begin: Begin, qtbot: QtBot
) -> None:
    asked: list[str] = []

    def door(measured: Iterable[Any], where: str) -> list[Finding]:
        asked.append(where)
        return find_odd_values(measured, where)

    world = Worlds(run("/run", (1,)), run("/sound", (1,)))
    session = begin(world.doors(odd_values=door))
    session.open("/sound")
    qtbot.waitUntil(lambda: len(session.known()) == 6 and not session.is_busy)
    world.figures["model/dense_2/bias"] = statistics(64, nan=1)
    session.open("/run")
    qtbot.waitUntil(lambda: ids(session) == ["N01"])
    assert set(asked) == {"/run/ckpt-1"}


def test_a_reload_keeps_what_is_known_to_be_nan(begin: Begin, qtbot: QtBot) -> None:
    world = Worlds(run("/run", (1,)))
    world.figures["model/dense_2/bias"] = statistics(64, nan=1)
    session = begin(world.doors())
    session.open("/run")
    qtbot.waitUntil(lambda: ids(session) == ["N01"] and not session.is_busy)
    with qtbot.waitSignal(session.opened):
        session.reload()
    qtbot.waitUntil(lambda: ids(session) == ["N01"])


def test_a_run_that_was_asked_for_is_not_told_to_be_a_directory(
    begin: Begin, made: Callable[[str], Path], qtbot: QtBot
) -> None:
    directory = made("pictures.run") / "run"
    session = begin(Doors())
    with qtbot.waitSignal(session.opened, timeout=20_000):
        session.open(str(directory))
    assert "F03" in [each.id for each in session.sources[0].source.findings]
    assert "F03" not in ids(session)
    session.close(session.sources[0])
    with qtbot.waitSignal(session.opened, timeout=20_000):
        session.open(f"{directory}/")
    assert "F03" not in ids(session)


def test_a_source_whose_directory_is_gone_says_so_and_can_be_closed(
    begin: Begin, made: Callable[[str], Path], tmp_path: Path, qtbot: QtBot
) -> None:
    run_directory = tmp_path / "run"
    shutil.copytree(made("pictures.run") / "run", run_directory)
    session = begin(Doors())
    with qtbot.waitSignal(session.opened, timeout=20_000):
        session.open(str(run_directory))
    model, source = SourcesModel(session, session), session.sources[0]
    shutil.rmtree(run_directory)
    with qtbot.waitSignal(session.refused, timeout=20_000):
        session.reload()
    assert session.sources == [source]
    assert model.index(0, 0).data(SourceAsk.DETAIL) == "gone"
    assert model.health(source, None) is Health.WRONG
    lost = session.lost(source)
    assert lost is not None
    assert "There is no run in" in lost.title
    assert session.told()[0] == (str(run_directory), lost)
    session.close(source)
    assert session.findings == []
    assert session.sources == []


def test_what_can_be_read_again_is_not_lost_any_more(
    begin: Begin, world: Worlds, qtbot: QtBot
) -> None:
    session = begin(world.doors())
    with qtbot.waitSignal(session.opened):
        session.open("/made/up")
    kept = world.sources.pop("/made/up")
    with qtbot.waitSignal(session.refused):
        session.reload()
    model = SourcesModel(session, session)
    assert model.index(0, 0).data(SourceAsk.DETAIL) == "gone"
    world.sources["/made/up"] = kept
    with qtbot.waitSignal(session.opened):
        session.reload()
    assert model.index(0, 0).data(SourceAsk.DETAIL) == "run, 3"
    assert session.findings == []


def test_a_source_that_was_damaged_is_not_called_gone(
    begin: Begin, world: Worlds, qtbot: QtBot
) -> None:
    def breaks(source: Any, ticket: Any) -> Any:
        raise Unreadable(finding("F09", "It was cut off"))

    session = begin(replace(world.doors(), open_again=breaks))
    with qtbot.waitSignal(session.opened):
        session.open("/made/up")
    with qtbot.waitSignal(session.refused):
        session.reload()
    model = SourcesModel(session, session)
    assert model.index(0, 0).data(SourceAsk.DETAIL) == "not readable"
    assert [each.severity for each in session.findings] == [Severity.ERROR]


def test_a_broken_cache_is_told_and_everything_is_measured(
    begin: Callable[[Doors], Session],
    qtbot: QtBot,
    made: Callable[[str], Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(measuring, "LEAST_NBYTES", 0)
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "figures-1.sqlite").write_bytes(b"no database" * 1000)
    session = begin(Doors())
    with qtbot.waitSignal(session.queue.settled):
        session.open(str(made("drift.run") / "ckpt-100"))
    qtbot.waitUntil(lambda: not session.is_busy)
    assert len(session.known()) == len(session.variables)
    assert [(about, each.id) for about, each in session.told() if about == "cache"] == [
        ("cache", "P04")
    ]
