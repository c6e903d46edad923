"""The window goes first: jobs that compute in Python wait while its thread works.

Only one thread runs Python at a time, and the window's thread asks for the interpreter at almost
every call of Qt. Beside a thread that computes, each of these takes turns, and painting a table
takes several times as long. So the window's thread says that it is at work, and a job holds still
at its next safe point until the window's thread has been quiet for a moment.

A job that the window waits for comes second. Where two jobs compute in Python they hand the
interpreter to each other, and a third thread that asks for it can wait for a tenth of a second
(CPython asks a thread to let go only if nobody else got the interpreter meanwhile).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import get_ident
from time import perf_counter, sleep

from tfinspector.engine.jobs import Ticket

_QUIET_SECONDS = 2e-3
_NAP_SECONDS = 1e-3
_MOST_NAPS = 40  # a window that is never quiet does not keep jobs from ending


class Courtesy:
    """`at_work` is for the window's thread, `give_way` and `awaited` for all others."""

    def __init__(self) -> None:
        self._last = -_QUIET_SECONDS
        self._awaited: set[int] = set()

    def at_work(self) -> None:
        """The window's thread is doing something just now."""
        self._last = perf_counter()

    @contextmanager
    def awaited(self) -> Iterator[None]:
        """What this thread does now is what the window waits for: other jobs hold still."""
        thread = get_ident()
        is_outermost = thread not in self._awaited
        self._awaited.add(thread)
        try:
            yield
        finally:
            if is_outermost:
                self._awaited.discard(thread)

    def give_way(self) -> None:
        """Wait until window and awaited jobs have been quiet for a moment, but not for ever."""
        for _ in range(_MOST_NAPS):
            if perf_counter() - self._last > _QUIET_SECONDS and not self._is_in_the_way():
                return
            sleep(_NAP_SECONDS)

    def _is_in_the_way(self) -> bool:
        return bool(self._awaited) and get_ident() not in self._awaited


window = Courtesy()


class PoliteTicket(Ticket):
    """A ticket whose safe points are where its job gives way to the window."""

    def check(self) -> None:
        """Raise `Cancelled` if the work was asked to stop; wait while the window works."""
        super().check()
        window.give_way()
