"""The overview of the current source: what it is, what it holds, what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from tfinspector.contents import numbers
from tfinspector.contents.checks import CheckReport
from tfinspector.contents.findings import Finding, Severity
from tfinspector.contents.holdings import Holdings, add_up
from tfinspector.contents.reports import TensorFlowReport
from tfinspector.contents.source_facts import facts, heading
from tfinspector.contents.variables import Variable
from tfinspector.viewmodels.referee import NOT_ASKED
from tfinspector.viewmodels.session import Session
from tfinspector.viewmodels.tasks import Task

if TYPE_CHECKING:
    from tfinspector.engine.opening import OpenSource

TOP_FINDINGS = 3
_ORDER = (Severity.ERROR, Severity.WARNING, Severity.INFO)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What TensorFlow says of the same files, in words; `role` is the colour it has."""

    words: str
    role: str
    icon: str


class OverviewModel(QObject):
    """Binds to the current source and snapshot; `changed` after anything here is."""

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.holdings: Holdings | None = None
        session.current_changed.connect(self._on_current)
        session.findings_changed.connect(self.changed)
        session.worker.changed.connect(self.changed)
        self._on_current()

    @property
    def source(self) -> OpenSource | None:
        """What the page is about; None before something was opened."""
        return self._session.current

    @property
    def name(self) -> str:
        """The source's own name."""
        source = self.source
        return source.source.path.rstrip("/").rsplit("/", 1)[-1] if source else ""

    @property
    def heading(self) -> str:
        """One sentence: what it is."""
        return heading(self.source.source) if self.source else ""

    @property
    def byline(self) -> str:
        """Who wrote it, at which step, when."""
        facts = {label: text for label, text, _ in self.facts}
        writers = [text for label, text, _ in self.facts if label.startswith("Written by")]
        step = f"step {facts['Step']}" if "Step" in facts else ""
        saved = f"saved {facts['Saved']}" if "Saved" in facts else ""
        parts = [*dict.fromkeys(writers), step, saved]
        return " \N{MIDDLE DOT} ".join(part for part in parts if part)

    @property
    def tiles(self) -> list[tuple[str, str, str]]:
        """The large numbers: (number, its name, exactly)."""
        holdings, source = self.holdings, self.source
        if source is None or holdings is None:
            return []
        variables = holdings.variables
        parameters = holdings.parameters
        made = [
            (numbers.count(variables), _noun(variables, "variable"), numbers.whole(variables)),
            (numbers.count(parameters), _noun(parameters, "parameter"), numbers.whole(parameters)),
            (numbers.size(holdings.nbytes), "of values", f"{numbers.whole(holdings.nbytes)} bytes"),
        ]
        saved_model = source.source.saved_model
        if saved_model:
            count = sum(len(graph.signatures) for graph in saved_model.meta_graphs)
            made.append((str(count), _noun(count, "signature"), str(count)))
        elif len(source.source.snapshots) > 1:
            count = len(source.source.snapshots)
            made.append((numbers.whole(count), "snapshots", str(count)))
        return made

    @property
    def facts(self) -> list[tuple[str, str, str]]:
        """(label, text, exactly) rows."""
        source = self.source
        if source is None:
            return []
        return facts(source.source, self._session.checkpoint, self._session.current_snapshot)

    @property
    def text(self) -> str:
        """The page as text, for the clipboard."""
        lines = [self.name, self.heading, self.byline]
        lines += [f"{exactly} {name}" for _, name, exactly in self.tiles]
        lines += [f"{finding.id} {finding.title}" for finding in self.findings]
        lines += [f"{label}: {exactly or text}" for label, text, exactly in self.facts]
        return "\n".join(filter(None, lines))

    @property
    def findings(self) -> list[Finding]:
        """Of this source, worst first."""
        if self.source is None:
            return []
        return sorted(
            self._session.findings_of(self.source), key=lambda f: _ORDER.index(f.severity)
        )

    @property
    def verdict(self) -> Verdict | None:
        """TensorFlow's word; None without a source."""
        if self.source is None:
            return None
        return verdict_of(self._session.referee(self.source), self._session.worker.state.value)

    @property
    def check_words(self) -> Verdict | None:
        """What recomputing every checksum said; None before it has."""
        report = self._session.checks.report(self.source) if self.source else None
        return check_words(report) if report else None

    @property
    def can_check(self) -> bool:
        """Whether all bytes can be checked now."""
        return self.source is not None and self._session.checks.can_check(self.source)

    @property
    def checking(self) -> Task | None:
        """The check of this source that is running."""
        return self._session.checks.task(self.source) if self.source else None

    def check(self) -> None:
        """Recompute every checksum of this source."""
        if self.source:
            self._session.checks.run(self.source)

    def cancel_check(self) -> None:
        """Stop that."""
        if self.checking:
            self.checking.cancel()

    def choose(self, variable: Variable) -> None:
        """Choose one of the largest variables."""
        self._session.choose([self._session.choice(variable)])

    def _on_current(self) -> None:
        """Add up off the window's thread: there may be 100,000 variables."""
        self.holdings = None
        variables = self._session.variables
        current = (self._session.current, self._session.current_snapshot)

        def done(holdings: Holdings) -> None:
            if current == (self._session.current, self._session.current_snapshot):
                self.holdings = holdings
                self.changed.emit()

        if self._session.current is not None:
            self._session.run(
                "Add up", lambda _: add_up(variables), done, quiet=True,
                key="overview", owner=self._session.current,
            )  # fmt: skip
        self.changed.emit()


def _noun(number: int, one: str) -> str:
    return one if number == 1 else f"{one}s"


def check_words(report: CheckReport | Finding) -> Verdict:
    """ "All 24 checksums hold", or how many do not; the findings say what that means."""
    if isinstance(report, Finding):
        return Verdict(f"The bytes could not be checked: {report.title}", "wrong", "error")
    if report.bad:
        unread = sum(bad.computed < 0 for bad in report.bad)
        count = numbers.whole(report.checked + unread)
        return Verdict(
            f"{numbers.whole(len(report.bad))} of {count} tensors are not what was saved: "
            "see the findings.",
            "wrong", "error",
        )  # fmt: skip
    if report.unproved:
        words = f"All {numbers.whole(report.checked)} tensors can be read"
        count = numbers.whole(report.unproved)
        return Verdict(f"{words}; {count} of them have no checksum.", "muted", "info")
    if report.checked == 0:
        return Verdict("There was no checksum to check.", "muted", "info")
    if report.checked == 1:
        return Verdict("The one checksum holds.", "proved", "proved")
    return Verdict(f"All {numbers.whole(report.checked)} checksums hold.", "proved", "proved")


def verdict_of(report: TensorFlowReport | Finding | None, worker: str) -> Verdict:
    """ "TensorFlow 2.21 agrees: 24 variables", or what stands in the way of knowing."""
    if isinstance(report, Finding):
        return Verdict(f"TensorFlow gave no answer: {report.title}", "attention", "warning")
    if report is None:
        words = {
            "starting": "TensorFlow is starting and will be asked whether it reads the same.",
            "ready": "TensorFlow is being asked whether it reads the same.",
            "failed": "TensorFlow is not available, so nothing here was checked against it.",
        }.get(worker, "Not yet checked against TensorFlow.")
        return Verdict(words, "muted", "waiting")
    if report.agrees:
        keys = numbers.counted(len(report.variables), "key")
        return Verdict(
            f"TensorFlow {report.version} agrees: it lists the same {keys}.",
            "proved", "proved",
        )  # fmt: skip
    if any(finding.id == NOT_ASKED for finding in report.findings):
        return Verdict("TensorFlow itself reads no files of this kind.", "muted", "info")
    if report.agrees is None:
        return Verdict(
            f"TensorFlow {report.version} could not read these files.", "attention", "warning"
        )
    differences = report.differences
    return Verdict(
        f"TensorFlow {report.version} disagrees in {numbers.counted(len(differences), 'point')}: "
        f"{differences[0] if differences else ''}",
        "wrong", "error",
    )  # fmt: skip
