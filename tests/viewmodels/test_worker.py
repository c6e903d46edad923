"""The worker and the referee as the window sees them, with the real engine's client and without."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from tests.viewmodels.made_up import Worlds, finding, run
from tfinspector.contents.reports import TensorFlowReport, WorkerState
from tfinspector.viewmodels.doors import Doors
from tfinspector.viewmodels.session import Session
from tfinspector.viewmodels.tasks import TaskState

Begin = Callable[[Doors], Session]


def report(agrees: bool | None, *findings: Any) -> TensorFlowReport:
    return TensorFlowReport("2.21.0", (), (), agrees, (), tuple(findings))


def test_a_worker_starts_says_who_it_is_and_stops(begin: Begin, qtbot: QtBot) -> None:
    session = begin(Worlds(run()).doors(ask_tensorflow=lambda *_: report(True)))
    assert session.worker.text == "worker: off"
    session.worker.start()
    assert session.worker.text == "worker: starting"
    qtbot.waitUntil(lambda: session.worker.is_ready, timeout=60_000)
    assert session.worker.text.startswith("worker: TF 2.")
    assert "Python 3." in session.worker.text
    with qtbot.waitSignal(session.findings_changed):
        session.open("/made/up")
    qtbot.waitUntil(
        lambda: session.current is not None and session.referee(session.current) is not None
    )
    assert session.current is not None
    verdict = session.referee(session.current)
    assert isinstance(verdict, TensorFlowReport)
    assert verdict.agrees
    assert session.findings == []


def test_an_interpreter_that_is_not_there_is_a_finding_and_the_rest_works(
    begin: Begin, qtbot: QtBot
) -> None:
    session = begin(Worlds(run()).doors())
    with qtbot.waitSignal(session.tasks.failed):
        task = session.worker.start(["/no/such/python"])
    assert task.state is TaskState.FAILED
    assert session.worker.state is WorkerState.UNAVAILABLE
    assert session.worker.text == "worker: not available"
    assert len(session.findings) == 1
    assert session.findings[0].fix is not None
    with qtbot.waitSignal(session.current_changed):
        session.open("/made/up")
    assert session.current is not None
    assert session.referee(session.current) is None


def test_a_python_without_tensorflow_is_said(begin: Begin, qtbot: QtBot) -> None:
    session = begin(Worlds(run()).doors())
    hidden = [sys.executable, "-S", "-E"]  # no site-packages: no TensorFlow
    with qtbot.waitSignal(session.tasks.failed, timeout=60_000):
        session.worker.start(hidden)
    assert not session.worker.is_ready
    assert "TensorFlow" in session.findings[0].title or "NumPy" in session.findings[0].title


def test_starting_can_be_cancelled_and_tried_again(begin: Begin, qtbot: QtBot) -> None:
    session = begin(Worlds(run()).doors())
    task = session.worker.start()
    with qtbot.waitSignal(task.ended):
        task.cancel()
    assert task.can_retry


@pytest.mark.parametrize("fails", [False, True])
def test_the_referee_is_asked_once_when_the_worker_is_up(
    begin: Begin, qtbot: QtBot, fails: bool
) -> None:
    asked: list[str] = []

    def ask(source: Any, *_: Any) -> TensorFlowReport:
        asked.append(source.source.path)
        if fails:
            from tfinspector.engine.worker.client import WorkerFailed

            raise WorkerFailed(finding("W01", "It died"))
        return report(False, finding("F50", "TensorFlow sees another shape"))

    session = begin(Worlds(run()).doors(ask_tensorflow=ask, worker=ReadyWorker))
    with qtbot.waitSignal(session.current_changed):
        session.open("/made/up")
    session.worker.start()
    title = "It died" if fails else "TensorFlow sees another shape"
    qtbot.waitUntil(lambda: [f.title for f in session.findings] == [title])
    session.worker.changed.emit()
    qtbot.waitUntil(lambda: not session.tasks.is_busy)
    assert asked == ["/made/up"]
    session.close(session.sources[0])
    assert session.findings == []


class ReadyWorker:
    """A client that is ready at once."""

    def __init__(self, command: Any, on_log: Any, on_state: Any) -> None:
        from tfinspector.contents.reports import Device, Interpreter

        self.about = Interpreter("3.11.7", sys.executable, "2.21.0", "3.15.1", "2.4.6",
                                 (Device("CPU:0"), Device("GPU:0")), 1)  # fmt: skip
        self.state, self.finding = WorkerState.STOPPED, None
        self._on_state, self._on_log = on_state, on_log

    def start(self) -> None:
        self._on_log("hello from the worker")
        self.state = WorkerState.READY
        self._on_state(self.state)

    def wait(self, ticket: Any) -> Any:
        return self.about

    def kill(self) -> None:
        self.state = WorkerState.STOPPED


def test_the_device_shown_is_the_last_one_and_lines_reach_the_log(
    begin: Begin, qtbot: QtBot
) -> None:
    session = begin(Worlds(run()).doors(worker=ReadyWorker))
    with qtbot.waitSignal(session.worker.logged) as logged:
        session.worker.start()
    assert logged.args == [["hello from the worker"]]
    qtbot.waitUntil(lambda: session.worker.is_ready)
    assert session.worker.text == "worker: TF 2.21 · Python 3.11 · GPU:0"
