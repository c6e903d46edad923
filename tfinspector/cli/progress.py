"""Progress on standard error: only on a terminal, and only for what takes a while."""

import sys
import time
from typing import TYPE_CHECKING, Self

from tfinspector.engine.jobs import Progress, Ticket

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

_PATIENCE = 0.4
"""Seconds before a bar appears; quick work shows none, and rich is not imported for it."""


class ProgressLine:
    """A context that hands out the ticket of a job and draws what the job reports to it."""

    def __init__(self) -> None:
        self._wanted = sys.stderr.isatty()
        self._start = time.monotonic()
        self._bar: Bar | None = None
        self._task: TaskID | None = None
        self.ticket = Ticket(self._show if self._wanted else None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar:
            self._bar.stop()

    def _show(self, progress: Progress) -> None:
        if time.monotonic() - self._start < _PATIENCE:
            return
        if self._bar is None:
            self._bar = _new_bar()
            self._bar.start()
            self._task = self._bar.add_task("")
        assert self._task is not None
        self._bar.update(
            self._task,
            completed=progress.done,
            total=progress.total or None,
            description=progress.text,
        )


def _new_bar() -> "Bar":
    from rich.console import Console
    from rich.progress import BarColumn, ProgressColumn, Task, TaskProgressColumn
    from rich.progress import Progress as Bar
    from rich.text import Text

    class Said(ProgressColumn):
        """What is being done, taken as it is: a name in brackets is no markup."""

        def render(self, task: Task) -> Text:
            return Text(task.description)

    return Bar(
        BarColumn(bar_width=24),
        TaskProgressColumn(),
        Said(),
        console=Console(stderr=True),
        transient=True,
    )
