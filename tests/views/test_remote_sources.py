"""Sources on other machines in the window: opened by their address, read as far as looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QFileSystemWatcher
from PySide6.QtWidgets import QInputDialog
from pytestqt.qtbot import QtBot

from tests.formats.places.conftest import Counted, Put, counted, memory, put
from tests.looking import session
from tfinspector.viewmodels.preferences import Preferences
from tfinspector.viewmodels.session import Session
from tfinspector.viewmodels.sources.watching import Watcher
from tfinspector.views.window.main_window import MainWindow

__all__ = ["counted", "memory", "put", "session"]

Made = Callable[[str], Path]


@pytest.fixture
def window(session: Session, qtbot: QtBot) -> Iterator[MainWindow]:
    made = MainWindow(session, Preferences())
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    yield made
    made.close()


def test_an_address_is_asked_for_opened_and_remembered(
    made: Made, window: MainWindow, put: Put, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(made("runs.ten_steps"), "/run")
    monkeypatch.setattr(QInputDialog, "getText", lambda *_: (" memory://run/ ", True))
    session = window.session
    with qtbot.waitSignal(session.opened):
        window.actions_by_words["Open address"].trigger()
    [source] = session.sources
    assert source.source.path == "memory://run"
    assert window.preferences.settings.recent[0] == "memory://run"
    assert window.bar.recent.menu().actions()[0].text() == "memory://run"
    assert "Open address" in [action.text() for action in window.bar.open.menu().actions()]
    assert session.findings_of(source) == []
    assert Watcher(session, window).findChild(QFileSystemWatcher).directories() == []
    qtbot.waitUntil(lambda: not session.is_busy)
    with qtbot.waitSignal(session.opened):
        session.reload()
    assert len(session.sources) == 1


def test_only_what_is_looked_at_is_read(
    made: Made, window: MainWindow, put: Put, counted: Counted, qtbot: QtBot
) -> None:
    put(made("remote_files.large"), "/big")
    session = window.session
    with qtbot.waitSignal(session.opened):
        session.open("memory://big/large")
    window.show_page("Overview")
    qtbot.waitUntil(lambda: not session.is_busy)
    nbytes = session.variables[0].nbytes
    assert counted.nbytes < nbytes
    with qtbot.waitSignal(session.measured, timeout=30_000):
        session.choose([session.choice(session.variables[0])])
    assert nbytes < counted.nbytes < 2 * nbytes


def test_a_recent_address_that_is_gone_says_so(
    window: MainWindow, memory: object, qtbot: QtBot
) -> None:
    window.preferences.note_opened("memory://gone/run")
    with qtbot.waitSignal(window.session.refused) as refused:
        window.bar.open_recent.emit("memory://gone/run")
    assert refused.args[1].id == "F03"
