"""What the tests of the pictures share: a session on real files, and waiting for what it shows."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tfinspector.viewmodels.measuring.queue import Choice
from tfinspector.viewmodels.session import Session


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    """A session on real files, shut down after the test."""
    made = Session()
    yield made
    assert made.shut_down()
    made.deleteLater()
    for thread in threading.enumerate():
        if thread.name == "kernels":  # compiled once per process, by whoever measures first
            thread.join()


@pytest.fixture
def opened(session: Session, made: Callable[[str], Path], qtbot: QtBot) -> Callable[[str], Session]:
    """`opened("run/ckpt-300")`: the session with that part of `makers/pictures` open."""

    def open_part(part: str) -> Session:
        maker = "pictures.model" if part.startswith("model") else "pictures.run"
        task = session.open(str(made(maker) / part))
        qtbot.waitUntil(lambda: task.state.is_over, timeout=20_000)
        assert task.finding is None
        assert session.current is not None
        return session

    return open_part


def choice_of(session: Session, name: str, snapshot: str | None = None) -> Choice:
    """The variable of that name in the current source."""
    assert session.current is not None
    assert session.current_snapshot is not None
    where = snapshot or session.current_snapshot
    return Choice(session.current, where, session.current.find(name, where))


def choose(session: Session, *names: str) -> None:
    """Choose these variables of the current snapshot."""
    session.choose([choice_of(session, name) for name in names])
