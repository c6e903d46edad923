"""The bridge between the window's thread and the pool: one queued signal, nothing shared.

A job is a plain function of a `Ticket` (`engine.jobs`). It runs in a pool thread; what it
returns, or the finding that says why it could not, is handed over in the window's thread.
"""

import traceback
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QRunnable, Qt, QThreadPool, Signal, Slot

from tfinspector.contents.findings import Finding, Fix, Severity, Unreadable

Job = Callable[..., Any]


class Courier(QObject):
    """Runs a function in the thread this object was made in, whoever asks."""

    _posted = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._posted.connect(self._run, Qt.ConnectionType.QueuedConnection)

    def post(self, call: Callable[[], None]) -> None:
        """Queue `call`; may be used from any thread and never waits."""
        self._posted.emit(call)

    @Slot(object)
    def _run(self, call: Callable[[], None]) -> None:
        call()


class _Runnable(QRunnable):
    def __init__(self, work: Callable[[], None]) -> None:
        super().__init__()
        self._work = work

    def run(self) -> None:
        self._work()


class Pool:
    """A few threads for jobs. `close` waits until the last one has stopped."""

    def __init__(self, threads: int = 4) -> None:
        self._pool = QThreadPool()
        self._pool.setMaxThreadCount(threads)
        self._pool.setExpiryTimeout(5000)

    def start(self, work: Callable[[], None]) -> None:
        """Run `work` in a thread as soon as one is free."""
        self._pool.start(_Runnable(work))

    def close(self, timeout_ms: int = 30_000) -> bool:
        """Drop what has not begun and wait for the rest; False if something did not stop."""
        self._pool.clear()
        return self._pool.waitForDone(timeout_ms)


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
