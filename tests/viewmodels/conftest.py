"""Sessions that are shut down, and nothing left behind."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from pytestqt.qtbot import QtBot

from tests.viewmodels.made_up import MadeUpSource, Worlds, run
from tfinspector.viewmodels.doors import Doors
from tfinspector.viewmodels.session import Session


@pytest.fixture(autouse=True)
def _nothing_dangles() -> Iterator[None]:
    """A thread that outlives its test is a leak."""
    before = set(threading.enumerate())
    yield
    left = [
        thread
        for thread in set(threading.enumerate()) - before
        if thread.is_alive() and not isinstance(thread, threading._DummyThread)
    ]
    assert not left, f"threads left behind: {left}"


@pytest.fixture
def begin(qtbot: QtBot) -> Iterator[Callable[[Doors], Session]]:
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


__all__ = ["MadeUpSource"]
