"""Sources on other machines in the window: opened by their address, read as far as looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem
from PySide6.QtCore import QFileSystemWatcher, Qt
from PySide6.QtWidgets import QInputDialog, QWidget
from pytestqt.qtbot import QtBot

from tests.formats.places.conftest import Counted, Put, counted, memory, put
from tests.looking import session
from tfinspector.viewmodels.preferences import Preferences
from tfinspector.viewmodels.session import Session
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
    assert session.watcher.findChild(QFileSystemWatcher).directories() == []
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


class _Keyed(MemoryFileSystem):
    """The memory behind a password, which its own messages have in them."""

    protocol = "keyed"

    @classmethod
    def _strip_protocol(cls, path: str) -> str:
        inside = path.partition("://")[2].partition("/")[2] if "://" in path else path.lstrip("/")
        return f"/{inside}".rstrip("/")

    def info(self, path: str, **more: Any) -> Any:
        if ":s3cret@" not in path or "gone" in path:
            raise PermissionError(f"{path}: permission denied")
        return super().info(path, **more)


def _shown(window: MainWindow) -> str:
    """All that the widgets of a window say, in their texts and under the pointer."""
    told = [window.windowTitle(), str(window.preferences.settings)]
    for widget in window.findChildren(QWidget):
        told.append(widget.toolTip())
        told += [str(widget.property(name)) for name in ("text", "plainText", "accessibleName")]
        told += [f"{action.text()} {action.toolTip()}" for action in widget.actions()]
    return "\n".join(told)


def test_the_password_of_an_address_is_shown_nowhere(
    made: Made, window: MainWindow, put: Put, qtbot: QtBot
) -> None:
    put(made("runs.ten_steps"), "/run")
    fsspec.register_implementation("keyed", _Keyed, clobber=True)
    session, doing = window.session, list[str]()
    for path, signal in (("run", session.opened), ("gone", session.refused)):
        with qtbot.waitSignal(signal):
            task = session.open(f"keyed://me:s3cret@host/{path}")
            task.changed.connect(lambda task=task: doing.append(str(task.progress)))
        assert task.title == f"Open {path}"
    assert len(session.sources) == 1
    session.reload()
    qtbot.waitUntil(lambda: not session.is_busy)
    tree = window.sources.tree.model()
    told = [str(tree.index(0, 0).data(role)) for role in Qt.ItemDataRole if role < 20]
    told += [task.title for task in session.tasks] + [str(each) for each in session.told()]
    whole = "\n".join([*told, *doing, _shown(window)])
    assert "keyed://me:***@host/run" in whole
    assert "keyed://me:***@host/gone" in whole
    assert "s3cret" not in whole


def test_an_address_that_is_all_host_names_its_task_without_the_password(
    window: MainWindow, memory: object, qtbot: QtBot
) -> None:
    fsspec.register_implementation("keyed", _Keyed, clobber=True)
    with qtbot.waitSignal(window.session.refused) as refused:
        task = window.session.open("keyed://me:s3cret@host")
    assert task.title == "Open me:***@host"
    assert "s3cret" not in str(refused.args)


def test_the_worker_log_has_no_password(window: MainWindow, qtbot: QtBot) -> None:
    worker = window.session.worker
    worker._note("could not open sftp://me:s3cret@host/run\n")
    worker._hand_over()
    assert list(worker.log) == ["could not open sftp://me:***@host/run"]
