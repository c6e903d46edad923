"""Fixtures of everything that runs on Qt: sessions that are shut down, and nothing left behind."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.viewmodels.made_up import Worlds, run
from tfinspector.viewmodels.doors import Doors
from tfinspector.viewmodels.session import Session


@pytest.fixture(autouse=True)
def nothing_dangles(request: pytest.FixtureRequest) -> Iterator[None]:
    """A thread, a running timer without a parent, or a window that outlives its test is a leak.

    Works after every other fixture is torn down, since it is set up first.
    """
    threads = set(threading.enumerate())
    yield
    left: list[object] = [
        thread
        for thread in set(threading.enumerate()) - threads
        if thread.is_alive() and not isinstance(thread, threading._DummyThread)
    ]
    application = QApplication.instance()
    if isinstance(application, QApplication):
        application.sendPostedEvents(None, 0)
        application.processEvents()
        left += [widget for widget in application.topLevelWidgets() if widget.isVisible()]
    left += [
        timer
        for timer in gc.get_objects()
        if isinstance(timer, QTimer) and is_alive(timer) and timer.isActive() and not timer.parent()
    ]
    assert not left, f"left behind by {request.node.name}: {left}"


def is_alive(thing: QObject) -> bool:
    """Whether the C++ half of a wrapper still exists."""
    import shiboken6

    return shiboken6.isValid(thing)


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees or writes the developer's settings or demo."""
    monkeypatch.setenv("TFINSPECTOR_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.setenv("TFINSPECTOR_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("TFINSPECTOR_DATA_DIR", str(tmp_path / "data"))


@pytest.fixture
def begin(nothing_dangles: None, qtbot: QtBot) -> Iterator[Callable[[Doors], Session]]:
    """`begin(doors)`: a session that is shut down after the test."""
    made: list[Session] = []

    def start(doors: Doors) -> Session:
        made.append(Session(doors))
        return made[-1]

    yield start
    for session in made:
        assert session.shut_down(), "a job did not stop"
        session.deleteLater()


@pytest.fixture
def world() -> Worlds:
    """One run with three snapshots at /made/up, one checkpoint at /other."""
    return Worlds(run(), run("/other", (7,)))


@pytest.fixture
def session(begin: Callable[[Doors], Session], world: Worlds, qtbot: QtBot) -> Session:
    """A session with /made/up open."""
    made = begin(world.doors())
    with qtbot.waitSignal(made.current_changed):
        made.open("/made/up")
    return made
