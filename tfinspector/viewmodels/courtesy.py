"""The window goes first: jobs that compute in Python wait while its thread works.

Only one thread runs Python at a time, and the window's thread asks for the interpreter at almost
every call of Qt. Beside a thread that computes, each of these takes turns, and painting a table
takes several times as long. So the window's thread says that it is at work, and a job holds still
at its next safe point until the window's thread has been quiet for a moment.
"""

from time import perf_counter, sleep

from tfinspector.engine.jobs import Ticket

_QUIET_SECONDS = 2e-3
_NAP_SECONDS = 1e-3
_MOST_NAPS = 40  # a window that is never quiet does not keep jobs from ending


class Courtesy:
    """`at_work` is for the window's thread, `give_way` for all others."""

    def __init__(self) -> None:
        self._last = -_QUIET_SECONDS

    def at_work(self) -> None:
        """The window's thread is doing something just now."""
        self._last = perf_counter()

    def give_way(self) -> None:
        """Wait until it has been quiet for a moment, but not for ever."""
        for _ in range(_MOST_NAPS):
            if perf_counter() - self._last > _QUIET_SECONDS:
                return
            sleep(_NAP_SECONDS)


window = Courtesy()


class PoliteTicket(Ticket):
    """A ticket whose safe points are where its job gives way to the window."""

    def check(self) -> None:
        """Raise `Cancelled` if the work was asked to stop; wait while the window works."""
        super().check()
        window.give_way()
