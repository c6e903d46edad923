"""Commands that start a worker with faults, and eyes on what a client leaves behind."""

from __future__ import annotations

import os
import select
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from tfinspector.contents.reports import WorkerState
from tfinspector.engine.jobs import Progress, Ticket
from tfinspector.engine.worker.client import WorkerClient

FAULTS = Path(__file__).parent / "faults"
PATIENCE_S = 60.0  # for a machine under load; nothing waits that long when all is well


def odd_command(real_tensorflow: bool = False, start: str = "") -> tuple[str, ...]:
    """An interpreter whose worker has the methods of `faults/sitecustomize.py`."""
    settings = [f"PYTHONPATH={FAULTS}", f"STAND_IN={int(not real_tensorflow)}"]
    if start:
        settings.append(f"START={start}")
    return ("env", *settings, sys.executable)


class Watch:
    """Keeps what the client tells, and lets a test wait for it."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.states: list[WorkerState] = []
        self._changed = threading.Condition()

    def on_log(self, line: str) -> None:
        with self._changed:
            self.lines.append(line)
            self._changed.notify_all()

    def on_state(self, state: WorkerState) -> None:
        with self._changed:
            self.states.append(state)
            self._changed.notify_all()

    def wait_for(self, state: WorkerState) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: state in self.states, PATIENCE_S), self.states


class Running(threading.Thread):
    """A call in a thread of its own; `started` is set by the worker's first progress."""

    def __init__(self, call: Callable[[Ticket], Any]) -> None:
        super().__init__()
        self.started = threading.Event()
        self.ticket = Ticket(self._on_progress)
        self._call = call
        self._outcome: tuple[Any, BaseException | None] = (None, None)
        self.start()

    def _on_progress(self, progress: Progress) -> None:
        if progress.text == "hanging":
            self.started.set()

    def run(self) -> None:
        try:
            self._outcome = (self._call(self.ticket), None)
        except BaseException as error:  # noqa: BLE001 - handed to the test
            self._outcome = (None, error)

    def result(self) -> Any:
        """The call's value, or its exception raised here."""
        self.join(PATIENCE_S)
        assert not self.is_alive()
        value, error = self._outcome
        if error is not None:
            raise error
        return value


def hanging(client: WorkerClient, method: str = "hang", **options: Any) -> Running:
    """A request that has begun and will not end by itself."""
    running = Running(lambda ticket: client.call(method, {}, ticket, **options))
    assert running.started.wait(PATIENCE_S)
    return running


def is_alive(pid: int) -> bool:
    """Whether a process with this number is there, a zombie included."""
    return Path(f"/proc/{pid}").exists()


@contextmanager
def ended_by_now(pid: int, kill: bool = False) -> Iterator[None]:
    """The process, which need not be a child of ours, has ended when the block has (or is killed).

    A signal takes its time to arrive, so this waits for the end, and fails if there is none.
    """
    descriptor = os.pidfd_open(pid)
    try:
        yield
        if kill:
            os.kill(pid, signal.SIGKILL)
        ended, _, _ = select.select([descriptor], [], [], PATIENCE_S)
        assert ended
    finally:
        os.close(descriptor)


@contextmanager
def nothing_left() -> Iterator[None]:
    """No descriptor, thread or child process more at the end than at the beginning.

    A thread that has done its last step is still listed for a moment.
    """
    before = _belongings()
    yield
    limit = time.monotonic() + PATIENCE_S
    while (more := _more_than(before)) and time.monotonic() < limit:
        os.sched_yield()
    assert not more, more


def _more_than(before: tuple[int, set[str], set[int]]) -> str:
    """What there is now and was not then, in words; what tests before left may have gone."""
    descriptors, threads, children = _belongings()
    more = [f"{descriptors - before[0]} descriptors"] if descriptors > before[0] else []
    more += sorted(threads - before[1]) + [f"process {pid}" for pid in children - before[2]]
    return ", ".join(more)


def _belongings() -> tuple[int, set[str], set[int]]:
    children = set()
    for task in Path("/proc/self/task").iterdir():
        with suppress(FileNotFoundError):  # a thread that has just ended
            children |= set(map(int, (task / "children").read_text().split()))
    threads = {f"{thread.name} {thread.ident}" for thread in threading.enumerate()}
    return len(os.listdir("/proc/self/fd")), threads, children
