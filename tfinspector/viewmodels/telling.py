"""What there is to tell: findings of the program, of what could not be opened, and of each source.

A source's findings are its own, those of TensorFlow, those of a check, the NaN and infinite values
that measuring has met, what pages brought (of drift), and why it could not be read again.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from tfinspector.contents.findings import Finding
from tfinspector.contents.sources import Source, SourceKind
from tfinspector.viewmodels.checks import Checks
from tfinspector.viewmodels.doors import Doors
from tfinspector.viewmodels.measuring.odd_values import OddValues
from tfinspector.viewmodels.measuring.queue import MeasuringQueue
from tfinspector.viewmodels.referee import Referee
from tfinspector.viewmodels.tasks import Task, TaskList
from tfinspector.viewmodels.worker import Worker

if TYPE_CHECKING:
    from tfinspector.engine.opening import OpenSource


class Telling(QObject):
    """`changed` follows every change of what is told.

    Attributes: referee, checks (both bring findings of a source).
    """

    changed = Signal()

    def __init__(
        self,
        doors: Doors,
        tasks: TaskList,
        worker: Worker,
        queue: MeasuringQueue,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.referee = Referee(doors, tasks, worker, self)
        self.checks = Checks(doors, tasks, self)
        self._odd = OddValues(doors, tasks, queue, self)
        self._doors, self._worker = doors, worker
        self._notes: dict[str, Finding] = {}
        self._lost: dict[int, Finding] = {}
        self._brought: dict[int, dict[str, tuple[Finding, ...]]] = {}
        tasks.failed.connect(self._tell_failure)
        tasks.succeeded.connect(lambda task: self.dismiss(task.title))
        for measured in (queue.settled, tasks.succeeded):
            measured.connect(self._tell_of_cache)
        for part in (self.referee, self.checks, self._odd, worker):
            part.changed.connect(self.changed)

    def tell(self, about: str, finding: Finding) -> None:
        """Add a finding about a path that could not be opened, "settings", or "program"."""
        self._notes[about] = finding
        self.changed.emit()

    def dismiss(self, about: str) -> None:
        """Forget what was told about it."""
        if self._notes.pop(about, None):
            self.changed.emit()

    def bring(self, source: OpenSource, part: str, findings: Iterable[Finding]) -> None:
        """A page found this out about `source`; replaces what that part brought before."""
        told, found = self._brought.setdefault(id(source), {}), tuple(findings)
        if told.get(part, ()) != found:
            told[part] = found
            self.changed.emit()

    def lose(self, source: OpenSource, finding: Finding) -> None:
        """`source` could not be read again; what was read before stays."""
        self._lost[id(source)] = finding
        self.changed.emit()

    def lost(self, source: OpenSource) -> Finding | None:
        """Why `source` could not be read again; None where nothing is known to be wrong."""
        return self._lost.get(id(source))

    def told(self, sources: list[OpenSource]) -> list[tuple[str, Finding]]:
        """(who it is about, finding): notes and the worker first, then source by source."""
        told = list(self._notes.items())
        if self._worker.finding:
            told.append(("worker", self._worker.finding))
        for source in sources:
            told += [(source.source.path, finding) for finding in self.of(source)]
        return told

    def of(self, source: OpenSource) -> list[Finding]:
        """All findings of one source."""
        lost = self.lost(source)
        own = [each for each in source.source.findings if not _is_obvious(each, source.source)]
        told = own + self.referee.findings(source) + self._odd.findings(source)
        for brought in self._brought.get(id(source), {}).values():
            told += [finding for finding in brought if finding not in told]
        return ([lost] if lost else []) + told + self.checks.findings(source)

    def follow(self, source: OpenSource) -> None:
        """`source` was opened, or read again: see what else there is to tell of it."""
        self.referee.ask(source)
        self._odd.follow(source)

    def forget(self, source: OpenSource) -> None:
        """`source` was closed or read again."""
        self._lost.pop(id(source), None)
        self._brought.pop(id(source), None)
        for part in (self.referee, self.checks, self._odd):
            part.forget(source)

    def _tell_of_cache(self) -> None:
        """Where figures can't be kept, or what was kept was broken: once, after the work."""
        problem = self._doors.cache_problem()
        if problem:
            self.tell("cache", problem)

    def _tell_failure(self, task: Task) -> None:
        """A job failed whose starter does not tell it: the card stays until it succeeds."""
        if not task.is_told and task.finding:
            self.tell(task.title, task.finding)


def _is_obvious(finding: Finding, source: Source) -> bool:
    """That a run is a directory: a program must be told so, in the window it is what was asked."""
    return (
        source.kind is SourceKind.RUN
        and finding.id == "F03"
        and finding.where.rstrip("/") == source.path
    )
