"""Long work: a plain function or generator that is handed a ticket.

The one who starts the work keeps the ticket and may cancel it from any thread; the work reports
progress to it and stops at its next `check()`. No threads and no Qt here: the command line runs
a job in its own thread, the window in a pool.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass

from tfinspector.contents.findings import Cancelled


@dataclass(frozen=True, slots=True)
class Progress:
    """`done` of `total` in the unit of `text`'s choosing; `total` 0 means not known."""

    done: int
    total: int
    text: str


class Ticket:
    """Progress one way, cancel the other."""

    def __init__(self, on_progress: Callable[[Progress], None] | None = None) -> None:
        self._cancelled = threading.Event()
        self._on_progress = on_progress

    @property
    def cancelled(self) -> bool:
        """Whether somebody asked for the work to stop."""
        return self._cancelled.is_set()

    def cancel(self) -> None:
        """Ask the work to stop at its next safe point. May be called from any thread."""
        self._cancelled.set()

    def check(self) -> None:
        """Raise `Cancelled` if the work was asked to stop."""
        if self.cancelled:
            raise Cancelled

    def report(self, done: int, total: int, text: str) -> None:
        """Tell how far the work is, and stop here if asked to."""
        self.check()
        if self._on_progress:
            self._on_progress(Progress(done, total, text))


class PartTicket(Ticket):
    """The ticket of one part of the work: it says whose, and the whole one cancels it."""

    def __init__(self, whole: Ticket, who: str) -> None:
        super().__init__(lambda said: whole.report(said.done, said.total, f"{who}: {said.text}"))
        self._whole = whole

    @property
    def cancelled(self) -> bool:
        """Whether the whole work was asked to stop."""
        return self._whole.cancelled
