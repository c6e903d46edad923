"""NaN and infinite values as they come to light: N01 of each snapshot that is being measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from tfinspector.contents.findings import Finding
from tfinspector.viewmodels.doors import Doors
from tfinspector.viewmodels.measuring.queue import Choice, MeasuringQueue
from tfinspector.viewmodels.tasks import TaskList

if TYPE_CHECKING:
    from tfinspector.engine.jobs import Ticket
    from tfinspector.engine.opening import OpenSource

_GATHER_MS = 400


class OddValues(QObject):
    """One finding per snapshot, the one that `stats` tells; `changed` when there is another.

    Worked out again, off the window's thread, while measuring goes on: it says how many variables
    were measured.
    """

    changed = Signal()

    def __init__(
        self, doors: Doors, tasks: TaskList, queue: MeasuringQueue, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._doors, self._tasks, self._queue = doors, tasks, queue
        self._findings: dict[int, dict[str, list[Finding]]] = {}
        self._stale: dict[tuple[int, str], OpenSource] = {}
        self._gather = QTimer(self, singleShot=True, interval=_GATHER_MS)
        self._gather.timeout.connect(self._work_out)
        queue.measured.connect(self._note)

    def findings(self, source: OpenSource) -> list[Finding]:
        """Of each snapshot that holds such values, in the order of the run."""
        told = self._findings.get(id(source), {})
        order = {snapshot.path: at for at, snapshot in enumerate(source.source.snapshots)}
        return [each for path in sorted(told, key=lambda p: order.get(p, 0)) for each in told[path]]

    def follow(self, source: OpenSource) -> None:
        """`source` was read again and kept figures: tell what is known of it already."""
        for snapshot in source.source.snapshots:
            if self._queue.has_odd(source, snapshot.path):
                self._find(source, snapshot.path)

    def forget(self, source: OpenSource) -> None:
        """`source` was closed or read again."""
        self._findings.pop(id(source), None)
        for place in [place for place in self._stale if place[0] == id(source)]:
            del self._stale[place]

    def _note(self, measured: list[Choice]) -> None:
        for choice in measured:
            if choice.place not in self._stale and self._queue.has_odd(*choice.of):
                self._stale[choice.place] = choice.source
        if self._stale and not self._gather.isActive():
            self._gather.start()

    def _work_out(self) -> None:
        stale, self._stale = self._stale, {}
        for (_, snapshot), source in stale.items():
            self._find(source, snapshot)

    def _find(self, source: OpenSource, snapshot: str) -> None:
        known = self._queue.known(source, snapshot)

        def job(ticket: Ticket) -> list[Finding]:
            variables = source.checkpoint(snapshot).variables
            ticket.check()
            rows = ((each, known[each.key]) for each in variables if each.key in known)
            return self._doors.odd_values(rows, snapshot)

        def done(found: list[Finding]) -> None:
            told = self._findings.setdefault(id(source), {})
            if told.get(snapshot) != found:
                told[snapshot] = found
                self.changed.emit()

        self._tasks.run(
            "Look for NaN", job, done, lambda finding: done([finding]),
            quiet=True, key=f"odd {id(source)} {snapshot}", owner=source,
        )  # fmt: skip
