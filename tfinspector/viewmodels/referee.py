"""TensorFlow as the referee: what it says of the same files, once the worker is up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from tfinspector.contents.findings import Finding
from tfinspector.viewmodels.doors import Doors
from tfinspector.viewmodels.tasks import TaskList
from tfinspector.viewmodels.worker import Worker

if TYPE_CHECKING:
    from tfinspector.contents.reports import TensorFlowReport
    from tfinspector.engine.opening import OpenSource


NOT_ASKED = "X00"


class Referee(QObject):
    """`changed` follows every verdict."""

    changed = Signal()

    def __init__(
        self, doors: Doors, tasks: TaskList, worker: Worker, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._doors, self._tasks, self._worker = doors, tasks, worker
        self._verdicts: dict[int, TensorFlowReport | Finding] = {}
        self._asked: dict[int, OpenSource] = {}

    def verdict(self, source: OpenSource) -> TensorFlowReport | Finding | None:
        """The report; a finding where asking failed; None as long as there is no answer."""
        return self._verdicts.get(id(source))

    def findings(self, source: OpenSource) -> list[Finding]:
        """What is wrong in TensorFlow's eyes, or why it could not be asked.

        That it was not asked is no finding: the overview says so.
        """
        verdict = self.verdict(source)
        if verdict is None:
            return []
        if isinstance(verdict, Finding):
            return [verdict]
        return [finding for finding in verdict.findings if finding.id != NOT_ASKED]

    def ask(self, source: OpenSource) -> None:
        """Ask about `source`, once, if the worker is there; does nothing until then."""
        client = self._worker.client
        if client is None or not self._worker.is_ready or id(source) in self._asked:
            return
        self._asked[id(source)] = source

        def answered(verdict: TensorFlowReport | Finding) -> None:
            if id(source) in self._asked:
                self._verdicts[id(source)] = verdict
                self.changed.emit()

        name = source.source.path.rstrip("/").rsplit("/", 1)[-1]
        self._tasks.run(
            f"Ask TensorFlow about {name}",
            lambda ticket: self._doors.ask_tensorflow(source, client, ticket),
            answered,
            answered,
            key=f"referee {id(source)}",
            owner=source,
        )

    def forget(self, source: OpenSource) -> None:
        """`source` was closed."""
        self._asked.pop(id(source), None)
        self._verdicts.pop(id(source), None)
