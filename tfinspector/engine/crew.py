"""Threads for one piece of work: they stop when it is left, and tell how far they are."""

import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from types import TracebackType
from typing import ParamSpec, Self, TypeVar

from tfinspector.contents.findings import Cancelled
from tfinspector.engine.jobs import Ticket

P = ParamSpec("P")
T = TypeVar("T")

_REPORT_SECONDS = 0.04


def processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Crew:
    """One thread per processor, as a context manager.

    Jobs call `tick` after each bounded step; it raises `Cancelled` in them once the ticket is
    cancelled or the block is left, by an error or because nobody wants the rest. Leaving waits for
    running steps only.
    """

    def __init__(self, ticket: Ticket) -> None:
        self._ticket = ticket
        self.size = processors()
        self._pool = ThreadPoolExecutor(self.size, thread_name_prefix="crew")
        self._left = threading.Event()
        self._lock = threading.Lock()
        self._done = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._left.set()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def submit(self, job: Callable[P, T], *arguments: P.args, **keywords: P.kwargs) -> "Future[T]":
        """Queue a job; it runs when a thread is free."""
        return self._pool.submit(job, *arguments, **keywords)

    def tick(self, amount: int) -> None:
        """Called by jobs: so much more is done. Raises `Cancelled` if the work is over."""
        self._ticket.check()
        if self._left.is_set():
            raise Cancelled
        with self._lock:
            self._done += amount

    @property
    def done(self) -> int:
        """The sum of all ticks."""
        return self._done


def await_all(
    futures: Sequence[Future[T]], ticket: Ticket, how_far: Callable[[], tuple[int, int]], text: str
) -> list[T]:
    """The results, in order. Meanwhile reports `how_far` (done, total); raises `Cancelled`."""
    waiting = set(futures)
    while waiting:
        ticket.check()
        _, waiting = wait(waiting, _REPORT_SECONDS)
        ticket.report(*how_far(), text)
    return [future.result() for future in futures]
