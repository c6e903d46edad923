"""The sources pane's model: two levels, and the health of each snapshot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from tests.viewmodels.made_up import VARIABLES, Worlds, finding, run, statistics
from tfinspector.contents.findings import Severity
from tfinspector.viewmodels.doors import Doors
from tfinspector.viewmodels.session import Session
from tfinspector.viewmodels.sources.model import SourceAsk, SourcesModel
from tfinspector.viewmodels.sources.words import Health

Begin = Callable[[Doors], Session]


def test_a_run_lists_its_snapshots_and_a_checkpoint_is_one_row(
    session: Session, qtbot: QtBot
) -> None:
    model = SourcesModel(session, session)
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    with qtbot.waitSignal(session.current_changed):
        session.open("/other")
    top = model.index(0, 0)
    assert [model.index(row, 0).data() for row in range(2)] == ["up", "other"]
    assert [model.index(row, 0, top).data() for row in range(3)] == ["ckpt-1", "ckpt-2", "ckpt-3"]
    assert model.rowCount(model.index(1, 0)) == 0
    assert model.index(1, 0).data(SourceAsk.IS_CURRENT)
    assert model.index(0, 0).data(SourceAsk.DETAIL) == "run, 3"
    third = model.index_of("/made/up", "/made/up/ckpt-3")
    assert third.parent() == top
    assert "step 3 (from the file name)" in third.data(Qt.ItemDataRole.ToolTipRole)
    assert model.snapshot_at(third).path == "/made/up/ckpt-3"  # type: ignore[union-attr]
    session.close(session.sources[0])
    assert model.rowCount() == 1
    assert tester.model() is model


def test_health_is_what_is_known(begin: Begin, qtbot: QtBot) -> None:
    world = Worlds(run())
    world.figures[VARIABLES[0].name] = statistics(192, nan=1)
    session = begin(world.doors())
    with qtbot.waitSignal(session.queue.settled):
        session.open("/made/up")
    model = SourcesModel(session, session)
    source = session.sources[0]
    first, _, newest = source.source.snapshots
    assert model.health(source, first) is Health.UNKNOWN
    assert model.health(source, newest) is Health.WRONG
    assert model.health(source, replace(first, complete=False)) is Health.WRONG


@pytest.mark.parametrize(
    ("severity", "health"),
    [
        (Severity.ERROR, Health.WRONG),
        (Severity.WARNING, Health.ATTENTION),
        (Severity.INFO, Health.UNKNOWN),
    ],
)
def test_a_finding_about_a_snapshot_is_seen_on_it(
    severity: Severity, health: Health, begin: Begin, qtbot: QtBot
) -> None:
    told = replace(finding("F09", "cut off", severity), where="/made/up/ckpt-1.data-00000-of-00001")
    session = begin(Worlds(run(findings=(told,))).doors())
    with qtbot.waitSignal(session.queue.settled):
        session.open("/made/up")
    model, source = SourcesModel(session, session), session.sources[0]
    first, second, newest = source.source.snapshots
    assert model.health(source, first) is health
    assert model.health(source, second) is Health.UNKNOWN
    assert model.health(source, newest) is Health.GOOD
