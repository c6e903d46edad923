"""Every byte against its checksum, when a person asks: `engine.checking` as a task."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from PySide6.QtCore import QObject, Signal

from tfinspector.contents.findings import Finding
from tfinspector.viewmodels.doors import Doors
from tfinspector.viewmodels.tasks import Task, TaskList

if TYPE_CHECKING:
    from tfinspector.contents.checks import CheckReport
    from tfinspector.engine.opening import OpenSource


class Checks(QObject):
    """`changed` when a check has begun, and when it has ended.

    What a check found belongs to the source as it was read: a source that is opened again has not
    been checked.
    """

    changed = Signal()

    def __init__(self, doors: Doors, tasks: TaskList, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._doors, self._tasks = doors, tasks
        self._reports: WeakKeyDictionary[OpenSource, CheckReport | Finding] = WeakKeyDictionary()
        self._running: WeakKeyDictionary[OpenSource, Task] = WeakKeyDictionary()

    def report(self, source: OpenSource) -> CheckReport | Finding | None:
        """What the last check found, a finding where it failed; None before one has ended."""
        return self._reports.get(source)

    def task(self, source: OpenSource) -> Task | None:
        """The check that is running."""
        return self._running.get(source)

    def findings(self, source: OpenSource) -> list[Finding]:
        """What only the check found: the source's own findings are left out."""
        report = self.report(source)
        if report is None:
            return []
        if isinstance(report, Finding):
            return [report]
        return [finding for finding in report.findings if finding not in source.source.findings]

    def can_check(self, source: OpenSource) -> bool:
        """Whether there are checksums at all, and no check is running."""
        return source.source.checkpoint is not None and self.task(source) is None

    def run(self, source: OpenSource) -> None:
        """Read all of `source` and recompute its checksums; does nothing while that is going on."""
        if not self.can_check(source):
            return

        def done(report: CheckReport | Finding) -> None:
            self._reports[source] = report

        name = source.source.path.rstrip("/").rsplit("/", 1)[-1]
        task = self._tasks.run(
            f"Check all bytes of {name}",
            lambda ticket: self._doors.check(source, ticket),
            done,
            done,
            owner=source,
        )
        self._running[source] = task
        task.ended.connect(lambda: self._on_ended(source))
        task.changed.connect(lambda: self._on_changed(source, task))
        self.changed.emit()

    def forget(self, source: OpenSource) -> None:
        """`source` was closed or read again."""
        self._reports.pop(source, None)
        self._running.pop(source, None)

    def _on_changed(self, source: OpenSource, task: Task) -> None:
        """A retry from the list of tasks is a running check again."""
        if not task.state.is_over and source not in self._running:
            self._running[source] = task
            self.changed.emit()

    def _on_ended(self, source: OpenSource) -> None:
        self._running.pop(source, None)
        self.changed.emit()
