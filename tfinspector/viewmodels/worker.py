"""The worker as the window sees it: the child process with TensorFlow, its state and its log."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from tfinspector.contents.findings import Finding
from tfinspector.contents.passwords import masked
from tfinspector.contents.reports import Interpreter, WorkerState
from tfinspector.viewmodels.doors import Doors
from tfinspector.viewmodels.jobs import Courier
from tfinspector.viewmodels.tasks import Task, TaskList

if TYPE_CHECKING:
    from tfinspector.engine.jobs import Ticket
    from tfinspector.engine.worker.client import WorkerClient

LOG_LINES = 5000
_TICK_MS = 100
_LONGEST_LINE = 2000


_WORDS = {
    WorkerState.STOPPED: "off",
    WorkerState.DEAD: "ended",
    WorkerState.UNAVAILABLE: "not available",
}


class Worker(QObject):
    """Starts, restarts and stops the worker; `logged` brings its lines in the window's thread.

    Attributes: state, finding (why it failed), about (the interpreter, once it is ready).
    """

    changed = Signal()
    logged = Signal(list)

    def __init__(self, doors: Doors, tasks: TaskList, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._doors, self._tasks = doors, tasks
        self._client: WorkerClient | None = None
        self._courier = Courier(self)
        self._life = 0
        self.command: tuple[str, ...] | None = None
        self.state = WorkerState.STOPPED
        self.finding: Finding | None = None
        self.about: Interpreter | None = None
        self.log: deque[str] = deque(maxlen=LOG_LINES)
        self._new_lines: deque[str] = deque(maxlen=LOG_LINES)
        self._lock = threading.Lock()
        self._timer = QTimer(self, interval=_TICK_MS)
        self._timer.timeout.connect(self._hand_over)

    @property
    def client(self) -> WorkerClient | None:
        """The client, when the worker can be asked."""
        return self._client if self.state in (WorkerState.READY, WorkerState.BUSY) else None

    @property
    def is_ready(self) -> bool:
        """Whether TensorFlow can be asked."""
        return self.client is not None and bool(self.about and self.about.tensorflow)

    @property
    def text(self) -> str:
        """ "worker: TF 2.21 · Python 3.11 · CPU:0", or what is the matter."""
        if self.about and self.state in (WorkerState.READY, WorkerState.BUSY):
            return "worker: " + " · ".join(self._parts(self.about))
        return f"worker: {_WORDS.get(self.state, str(self.state))}"

    @staticmethod
    def _parts(about: Interpreter) -> list[str]:
        def short(version: str) -> str:
            return ".".join(version.split(".")[:2])

        tensorflow = f"TF {short(about.tensorflow)}" if about.tensorflow else "no TensorFlow"
        devices = [device.name for device in about.devices]
        return [tensorflow, f"Python {short(about.python)}", *devices[-1:]]

    def start(self, command: Sequence[str] | None = None) -> Task:
        """Start it (again), off the window's thread; None is this program's own interpreter."""
        self.command = tuple(command) if command else None
        old = self._client
        self._life += 1
        life = self._life
        client = self._doors.worker(
            self.command,
            self._note,
            lambda state: self._courier.post(lambda: self._become(life, state)),
        )
        self._client = client
        self.state, self.finding, self.about = WorkerState.STARTING, None, None
        self._timer.start()
        self.changed.emit()

        def job(ticket: Ticket) -> Interpreter:
            if old:
                old.kill()
            ticket.report(0, 0, "importing TensorFlow")
            client.start()
            return client.wait(ticket)

        return self._tasks.run(
            "Start TensorFlow", job, self._is_ready, self._has_failed, key="worker"
        )

    def restart(self) -> Task:
        """Start it anew with the same command."""
        return self.start(self.command)

    def close(self) -> None:
        """End it for good, and wait for its process."""
        self._timer.stop()
        self._life += 1
        client, self._client = self._client, None
        self.state = WorkerState.STOPPED
        if client:
            client.kill()

    def _become(self, life: int, state: WorkerState) -> None:
        """The client told its state; what an earlier client still says is old news."""
        if life != self._life or self._client is None:
            return
        self.state = state
        self.about = self._client.about or self.about
        if state in (WorkerState.DEAD, WorkerState.UNAVAILABLE):
            self.finding = self._client.finding
        self.changed.emit()

    def _is_ready(self, about: Interpreter) -> None:
        self.about = about
        if self._client:
            self.state = self._client.state
        self.changed.emit()

    def _has_failed(self, finding: Finding) -> None:
        self.finding = finding
        if self._client:
            self.state = self._client.state
        self.changed.emit()

    def _note(self, line: str) -> None:
        with self._lock:
            self._new_lines.append(masked(line.rstrip("\n"))[:_LONGEST_LINE])

    def _hand_over(self) -> None:
        with self._lock:
            lines = list(self._new_lines)
            self._new_lines.clear()
        if lines:
            self.log.extend(lines)
            self.logged.emit(lines)
