"""P11 on the page Restore: 100,000 rows arrive, are filtered, sorted and opened."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.benchmarks.heart import TARGET_MS
from tests.benchmarks.targets import is_near
from tests.benchmarks.test_p11_blocking import Blocks
from tests.conftest_qt import begin, nothing_dangles, own_folders
from tests.viewmodels.made_up import Worlds, run, variable
from tests.viewmodels.made_up_restores import Restores, report, row
from tfinspector.contents.restores import State
from tfinspector.viewmodels.doors import Doors
from tfinspector.viewmodels.jobs import share_fairly
from tfinspector.viewmodels.restore.rows import MatchColumn
from tfinspector.viewmodels.session import Session
from tfinspector.views.restore.page import RestorePage

__all__ = ["begin", "nothing_dangles", "own_folders"]

_COUNT = 100_000
_STATES = (State.RESTORED, State.RESTORED, State.SHAPE_MISMATCH, State.MISSING_IN_MODEL)


def restores_of_many() -> Restores:
    """A file and a report of as many variables, one in two restored."""
    names = [f"model/block_{at // 20}/w_{at % 20}" for at in range(_COUNT)]
    restores = Restores(Worlds(run("/made/up", (3,), [variable(name) for name in names])))
    restores.answer = report(
        [row(_STATES[at % 4], name, at, name) for at, name in enumerate(names)], renames=()
    )
    return restores


@pytest.mark.benchmark_target
@pytest.mark.qt_log_ignore("does not support propagateSizeHints")
def test_a_restore_of_100_000_variables_never_holds_the_window_up(
    begin: Callable[[Doors], Session], qtbot: QtBot, capsys: pytest.CaptureFixture[str]
) -> None:
    share_fairly()
    session = begin(restores_of_many().doors())
    page = RestorePage(session)
    qtbot.addWidget(page)
    page.resize(900, 700)
    page.show()
    with qtbot.waitSignal(session.current_changed):
        session.open("/made/up")
    page.model.fill_in(factory="/a/factory.py:build")
    session.queue.pause()
    table, blocks = page.model.table, Blocks(qtbot)
    arranged: list[int] = []
    table.arranged.connect(lambda: arranged.append(len(arranged)))

    def step(what: str, act: Callable[[], object]) -> None:
        before = len(arranged)
        blocks.until(what, act, lambda: len(arranged) > before)

    for word in ("w_1", "block_7", "w_3"):  # the best of three: the machine may be busy
        blocks.until("restoring", page.model.restore, lambda: page.model.task is None)
        step("filtering a restore", lambda word=word: table.set_filter(word))  # type: ignore[misc]
        step("emptying the filter", lambda: table.set_filter(""))
        step("opening all groups", table.expand_all)
        step("sorting a restore", lambda: table.sort(MatchColumn.STATE, Qt.SortOrder(1)))
        step("sorting it back", lambda: table.sort(MatchColumn.NAME))
    blocks.say(capsys)
    assert table.rowCount() > _COUNT
    assert is_near(max(blocks.took.values()), TARGET_MS, at_most=True)
