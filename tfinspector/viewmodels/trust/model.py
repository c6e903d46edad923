"""The page Trust: what the current source would do if it were loaded, and whether it is intact."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from PySide6.QtCore import QObject, Signal

from tfinspector.contents import numbers
from tfinspector.contents.findings import Finding, Severity
from tfinspector.contents.trust import KnownOperations, TrustReport
from tfinspector.contents.written_by import written_by
from tfinspector.viewmodels.overview import Verdict
from tfinspector.viewmodels.session import Session
from tfinspector.viewmodels.tasks import Task
from tfinspector.viewmodels.trust.integrity import Integrity

if TYPE_CHECKING:
    from tfinspector.contents.reports import Interpreter
    from tfinspector.engine.opening import OpenSource

NO_SOURCE = "Open a SavedModel, a graph or a Keras file to see what it would do if it were loaded."
_CHAINS_SHOWN = 3
Row = tuple[str, ...]


class TrustModel(QObject):
    """Binds to the current source; `changed` after anything here is. `integrity`: its bytes.

    The judgement begins by itself: it reads bytes, and nothing of the model is executed. As soon as
    a worker is there, its TensorFlow is asked which operations it has, and judges instead.
    """

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._source: OpenSource | None = None
        self._answers: WeakKeyDictionary[OpenSource, TrustReport | Finding] = WeakKeyDictionary()
        self.task: Task | None = None
        self._known: KnownOperations | None = None
        self._asked: Interpreter | None = None
        session.current_changed.connect(self._on_current)
        session.worker.changed.connect(self._on_worker)
        self.integrity = Integrity(session, self)
        self.integrity.changed.connect(self.changed)
        self._on_current()
        self._on_worker()

    @property
    def source(self) -> OpenSource | None:
        """What the page is about."""
        return self._source

    @property
    def answer(self) -> TrustReport | Finding | None:
        """The judgement, a finding where it failed, None while it is awaited."""
        return self._answers.get(self._source) if self._source else None

    @property
    def report(self) -> TrustReport | None:
        """The judgement, None where there is none."""
        return self.answer if isinstance(self.answer, TrustReport) else None

    @property
    def verdict(self) -> Verdict | None:
        """The judgement in one sentence; it promises nothing."""
        if isinstance(self.answer, Finding):
            return Verdict(self.answer.title, "wrong", "error")
        return verdict_of(self.answer) if self.answer else None

    @property
    def byline(self) -> str:
        """What wrote it and who judges: "Written by TensorFlow 2.21.0, ...; judged by ..."."""
        if self.report is None:
            return ""
        written, judge = written_by(self.report.versions), self.report.judged_by
        return "; ".join(filter(None, (written, f"judged {judge.words}" if judge else "")))

    @property
    def findings(self) -> list[Finding]:
        """Worst first."""
        if isinstance(self.answer, Finding):
            return [self.answer]
        return list(self.answer.findings) if self.answer else []

    @property
    def reaching(self) -> list[Row]:
        """Operation, what it reaches, how often, when, from where."""
        return [
            (
                each.op,
                each.reach.value,
                numbers.whole(each.count),
                ", ".join(kind.value for kind in each.when),
                _chains(each.called_from),
            )
            for each in (self.report.reaching if self.report else ())
        ]

    @property
    def foreign(self) -> list[Row]:
        """Operations and classes that plain TensorFlow or Keras lacks: name, whose, where."""
        if self.report is None:
            return []
        operations = [
            (each.op, each.package or "unknown", _chains(each.called_from))
            for each in self.report.unknown
        ]
        classes = [
            (each.class_name, each.module or "unknown", each.place)
            for each in self.report.custom_objects
        ]
        lambdas = [
            (each.path, "Python code in the file" if each.has_code else each.function, each.kind)
            for each in self.report.lambdas
        ]
        return [*operations, *classes, *lambdas]

    @property
    def operations(self) -> list[Row]:
        """Operation and how often, the most frequent first."""
        ops = self.report.ops if self.report else {}
        ordered = sorted(ops.items(), key=lambda item: (-item[1], item[0]))
        return [(op, numbers.whole(count)) for op, count in ordered]

    @property
    def text(self) -> str:
        """The page as text, for the clipboard."""
        lines = [self.verdict.words if self.verdict else "", self.byline]
        lines += [f"{finding.id} {finding.title}" for finding in self.findings]
        rows = (*self.reaching, *self.foreign, *self.integrity.bad, *self.operations)
        lines += ["\t".join(row) for row in rows]
        return "\n".join(filter(None, lines))

    def cancel(self) -> None:
        """Stop counting."""
        if self.task:
            self.task.cancel()

    def _on_current(self) -> None:
        source = self._session.current
        if source is self._source and source is not None:
            return
        self._source = self.integrity.source = source
        self.task = None
        if source is not None:
            self._judge_by_latest(source)
        self.changed.emit()

    def _on_worker(self) -> None:
        """Ask each worker once; the list that ships serves as long as none is there."""
        worker = self._session.worker
        client, about = worker.client, worker.about
        if client is None or not worker.is_ready or about is self._asked:
            return
        self._asked = about
        doors = self._session.doors

        def done(known: KnownOperations) -> None:
            self._known = known
            if self._source is not None:
                self._judge_by_latest(self._source)

        self._session.run(
            "Ask TensorFlow for its operations", lambda ticket: doors.operations(client, ticket),
            done, quiet=True, key="operations",
        )  # fmt: skip

    def _judge_by_latest(self, source: OpenSource) -> None:
        """Judge it, unless that was done by what is known now."""
        answer = self._answers.get(source)
        by = answer.judged_by if isinstance(answer, TrustReport) else None
        if answer is None or (by is not None and self._known is not None and by != self._known):
            self._judge(source)

    def _judge(self, source: OpenSource) -> None:
        def done(answer: TrustReport | Finding) -> None:
            self._answers[source] = answer

        doors, known = self._session.doors, self._known
        self.task = task = self._session.run(
            f"Count operations of {source.source.path.rstrip('/').rsplit('/', 1)[-1]}",
            lambda ticket: doors.trust(source, ticket, known), done, done,
            quiet=True, key="trust", owner=source,
        )  # fmt: skip
        task.ended.connect(lambda: self._on_ended(task))

    def _on_ended(self, task: Task) -> None:
        if self.task is task:
            self.task = None
        self.changed.emit()


def verdict_of(report: TrustReport) -> Verdict:
    """One sentence; "nothing found" is not "harmless", so it is never green."""
    if not report.executes:
        return Verdict(
            "It holds values only: loading them executes nothing of its own.", "muted", "info"
        )
    severities = {finding.severity for finding in report.findings}
    if Severity.ERROR in severities:
        return Verdict("Loading it does more than load a model: see below.", "wrong", "error")
    if Severity.WARNING in severities:
        return Verdict("Know this before you load or call it.", "attention", "warning")
    return Verdict(
        "Nothing in it touches files, the network or Python, beside its own variables.",
        "muted", "info",
    )  # fmt: skip


def _chains(chains: tuple[str, ...]) -> str:
    rest = len(chains) - _CHAINS_SHOWN
    shown = [chain.replace(" -> ", " \N{RIGHTWARDS ARROW} ") for chain in chains[:_CHAINS_SHOWN]]
    return "\n".join([*shown, *([f"and {rest} more"] if rest > 0 else [])])
