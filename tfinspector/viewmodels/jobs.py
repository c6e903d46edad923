"""The bridge between the window's thread and the pool: one queued signal, nothing shared.

A job is a plain function of a `Ticket` (`engine.jobs`). It runs in a pool thread; what it
returns, or the finding that says why it could not, is handed over in the window's thread.
"""

import gc
import sys
import threading
import traceback
from collections import deque
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QRunnable, Qt, QThreadPool, QTimer, Signal, Slot

from tfinspector.contents.findings import Finding, Fix, Severity, Unreadable
from tfinspector.viewmodels.courtesy import window

Job = Callable[..., Any]

_SWITCH_SECONDS = 1e-5


def share_fairly() -> None:
    """Let the window's thread have the interpreter soon, however busy the pool is.

    Qt gives the interpreter lock away at almost every call, and by default waits up to 5 ms to
    get it back from a thread that computes; painting a table would take a second. Measured with
    so short a turn, painting beside such a thread costs what it costs alone, and threads that
    compute beside each other lose nothing.
    """
    sys.setswitchinterval(_SWITCH_SECONDS)


class _Uncollected:
    """A stretch of work that makes very many objects, none of them in cycles.

    The garbage collector stops all threads while it walks over everything there is. So it rests
    meanwhile, and afterwards what was made is set aside for good: it is freed as usual when
    nobody refers to it, only never searched for cycles.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._depth = 0

    def __enter__(self) -> None:
        with self._lock:
            self._depth += 1
            gc.disable()

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._depth -= 1
            if self._depth == 0:
                gc.freeze()
                gc.enable()


uncollected = _Uncollected()


class Courier(QObject):
    """Runs a function in the thread this object was made in, whoever asks.

    One at a time: between two of them the window is painted and takes keys and clicks, however
    many jobs end together.
    """

    _posted = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._calls: deque[Callable[[], None]] = deque()
        self._next = QTimer(self, interval=0)
        self._next.timeout.connect(self._run)
        self._posted.connect(self._begin, Qt.ConnectionType.QueuedConnection)

    def post(self, call: Callable[[], None]) -> None:
        """Queue `call`; may be used from any thread and never waits."""
        self._calls.append(call)
        self._posted.emit()

    @Slot()
    def _begin(self) -> None:
        self._next.start()

    @Slot()
    def _run(self) -> None:
        call = self._calls.popleft() if self._calls else None
        if not self._calls:
            self._next.stop()
        window.at_work()
        if call:
            call()


class _Runnable(QRunnable):
    def __init__(self, work: Callable[[], None]) -> None:
        super().__init__()
        self._work = work

    def run(self) -> None:
        self._work()


class Pool(QObject):
    """A few threads for jobs. `close` waits until the last one has stopped.

    A job begins in the window's next turn, so that what made it necessary is painted first.
    """

    def __init__(self, threads: int = 4, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QThreadPool()
        self._pool.setMaxThreadCount(threads)
        self._pool.setExpiryTimeout(5000)
        self._waiting: list[Callable[[], None]] = []
        self._next = QTimer(self, singleShot=True, interval=0)
        self._next.timeout.connect(self._begin)

    def start(self, work: Callable[[], None]) -> None:
        """Run `work` in a thread as soon as one is free."""
        self._waiting.append(work)
        self._next.start()

    def close(self, timeout_ms: int = 30_000) -> bool:
        """Drop what has not begun and wait for the rest; False if something did not stop."""
        self._next.stop()
        self._waiting.clear()
        self._pool.clear()
        return self._pool.waitForDone(timeout_ms)

    @Slot()
    def _begin(self) -> None:
        waiting, self._waiting = self._waiting, []
        for work in waiting:
            self._pool.start(_Runnable(work))


def finding_of(error: Exception) -> Finding:
    """The finding that tells a person about `error`, whatever it was.

    Readers and the worker's client bring their own; anything else is our own mistake and says
    so, with the traceback as evidence.
    """
    if isinstance(error, Unreadable):
        return error.finding
    brought = getattr(error, "finding", None)
    if isinstance(brought, Finding):
        return brought
    if isinstance(error, MemoryError):
        return Finding(
            "P11",
            Severity.ERROR,
            "There is not enough memory for this",
            fix=Fix("Close other programs, or choose a smaller slice."),
        )
    return Finding(
        "P10",
        Severity.ERROR,
        f"The program itself made a mistake: {type(error).__name__}: {error}",
        "Everything else goes on working. The traceback says where it happened.",
        evidence={"traceback": "".join(traceback.format_exception(error))},
        fix=Fix("Report it with the traceback, and try again.", "".join(
            traceback.format_exception(error)
        )),
    )  # fmt: skip
