"""Whether the bytes of the current source are as saved, and saving of it what is intact."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from PySide6.QtCore import QObject, Signal

from tfinspector.contents import numbers
from tfinspector.contents.findings import Finding, Severity
from tfinspector.contents.salvaging import Salvaged, how_to_restore, salvaged_words
from tfinspector.viewmodels.overview import Verdict, check_words
from tfinspector.viewmodels.session import Session
from tfinspector.viewmodels.tasks import Task

if TYPE_CHECKING:
    from tfinspector.contents.checks import BadTensor, CheckReport
    from tfinspector.engine.opening import OpenSource

Row = tuple[str, ...]

_OF_FILES = ("F06", "F07", "F08")  # missing, cut off or broken, not what was saved
_MOST_ROWS = 100


class Integrity(QObject):
    """`changed` when a check or a salvage has begun or ended.

    What was salvaged belongs to the source as it was read, like what a check found.
    """

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._salvaged: WeakKeyDictionary[OpenSource, Salvaged | Finding] = WeakKeyDictionary()
        self._salvaging: WeakKeyDictionary[OpenSource, Task] = WeakKeyDictionary()
        self.source: OpenSource | None = None
        session.checks.changed.connect(self.changed)

    @property
    def words(self) -> Verdict | None:
        """What recomputing every checksum said; None before it has."""
        report = self._session.checks.report(self.source) if self.source else None
        return check_words(report) if report else None

    @property
    def bad(self) -> list[Row]:
        """Name, why and snapshot of each tensor that is not what was saved."""
        report = self._report
        if report is None:
            return []
        rows = [
            (each.name, _why(each), os.path.basename(each.snapshot))
            for each in report.bad[:_MOST_ROWS]
        ]
        return rows + _rest(len(report.bad), 3)

    @property
    def can_check(self) -> bool:
        """Whether all bytes can be checked now."""
        return self.source is not None and self._session.checks.can_check(self.source)

    @property
    def task(self) -> Task | None:
        """The check or the salvage that is running."""
        if self.source is None:
            return None
        return self._salvaging.get(self.source) or self._session.checks.task(self.source)

    def check(self) -> None:
        """Recompute every checksum."""
        if self.source:
            self._session.checks.run(self.source)

    # Salvage

    @property
    def is_damaged(self) -> bool:
        """Whether something of the source is known not to be as it was saved."""
        if self.source is None or self.source.source.checkpoint is None:
            return False
        findings = self._session.findings_of(self.source)
        return any(each.severity is Severity.ERROR and each.id in _OF_FILES for each in findings)

    @property
    def can_salvage(self) -> bool:
        """Whether the rest of it can be saved now."""
        return self.is_damaged and self.task is None

    @property
    def proposal(self) -> str:
        """A prefix beside the damaged checkpoint."""
        return f"{self._snapshot}-salvaged"

    @property
    def salvaged_lines(self) -> list[Verdict]:
        """What came of it, in sentences; none before."""
        answer = self._answer
        if answer is None:
            return []
        if isinstance(answer, Finding):
            return [Verdict(answer.title, "wrong", "error")]
        return [
            Verdict(salvaged_words(answer), "proved", "proved"),
            Verdict(how_to_restore(answer), "muted", "info"),
        ]

    @property
    def lost(self) -> list[Row]:
        """Name and why of each variable that the new checkpoint lacks, beside the `bad` ones."""
        answer = self._answer
        if not isinstance(answer, Salvaged):
            return []
        told = {
            each.name
            for each in (self._report.bad if self._report else ())
            if each.snapshot == answer.source
        }
        lost = [each for each in answer.lost if each.name not in told]
        return [*((each.name, each.why) for each in lost[:_MOST_ROWS]), *_rest(len(lost), 2)]

    def salvage(self, prefix: str) -> None:
        """Save what is intact of the current snapshot as the new checkpoint `prefix`."""
        source, snapshot = self.source, self._session.current_snapshot
        if source is None or not self.can_salvage:
            return

        def done(answer: Salvaged | Finding) -> None:
            self._salvaged[source] = answer

        door = self._session.doors.salvage
        task = self._session.run(
            f"Save what is intact of {os.path.basename(self._snapshot)}",
            lambda ticket: door(source, prefix, snapshot, ticket), done, done, owner=source,
        )  # fmt: skip
        self._salvaging[source] = task
        task.ended.connect(lambda: self._on_ended(source))
        self.changed.emit()

    @property
    def _report(self) -> CheckReport | None:
        report = self._session.checks.report(self.source) if self.source else None
        return None if isinstance(report, Finding) else report

    @property
    def _answer(self) -> Salvaged | Finding | None:
        return self._salvaged.get(self.source) if self.source else None

    @property
    def _snapshot(self) -> str:
        """The path of the snapshot that the page is about."""
        own = self.source.source.checkpoint if self.source else None
        return self._session.current_snapshot or (own.prefix if own else "")

    def _on_ended(self, source: OpenSource) -> None:
        self._salvaging.pop(source, None)
        self.changed.emit()


def _why(bad: BadTensor) -> str:
    if bad.problem:
        return bad.problem.removeprefix(f"{bad.key} ").rstrip(".")
    return f"checksum {bad.computed:08x}, saved was {bad.stored:08x}"


def _rest(count: int, columns: int) -> list[Row]:
    rest = count - _MOST_ROWS
    return [(f"and {numbers.whole(rest)} more", *[""] * (columns - 1))] if rest > 0 else []
