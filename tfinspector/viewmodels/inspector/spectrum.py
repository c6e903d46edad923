"""The Spectrum tab: singular values of the chosen matrices, found when a person asks for them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, Signal

from tfinspector.contents import numbers
from tfinspector.contents.figures import Unmeasured
from tfinspector.contents.findings import Finding
from tfinspector.contents.spectra import Method, Spectrum
from tfinspector.engine.spectra import why_no_spectrum
from tfinspector.viewmodels.inspector.choice_names import (
    has_run,
    labels,
    over_run,
    subject,
    told_apart,
    where,
)
from tfinspector.viewmodels.measuring.queue import Choice
from tfinspector.viewmodels.session import Session
from tfinspector.viewmodels.tasks import Task

if TYPE_CHECKING:
    from tfinspector.engine.jobs import Ticket

_MOST = 8
_KEPT = 128
_METHODS = {
    Method.FULL: "full SVD",
    Method.GRAM: "from the Gram matrix, so values near zero are vague",
    Method.RANDOMIZED: "the leading ones, by a randomized block Krylov method",
}


class Line(NamedTuple):
    """One matrix: what it is called beside the others, and its spectrum."""

    label: str
    spectrum: Spectrum


class SpectrumModel(QObject):
    """`changed` after anything here is. Attributes: task, over_run (a matrix along its run)."""

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._known: OrderedDict[Choice, Spectrum | Unmeasured] = OrderedDict()
        self._failed: Finding | None = None
        self.task: Task | None = None
        self.over_run = False
        session.chosen_changed.connect(self._follow)
        session.sources_changed.connect(self._forget_closed)

    # What is shown

    @property
    def choices(self) -> list[Choice]:
        """The matrices among what is chosen; with `over_run` in several snapshots of their run."""
        matrices = [each for each in self._session.chosen if not why_no_spectrum(each.variable)]
        if self.over_run:
            return over_run(matrices[:1], _MOST)
        return matrices[:_MOST]

    @property
    def can_go_over_run(self) -> bool:
        """Whether what is chosen is of a run."""
        return has_run(self._session.chosen)

    @property
    def title(self) -> str:
        """What is shown: "dense/kernel"."""
        return subject(self.choices or self._session.chosen)

    @property
    def extent(self) -> str:
        """Of which snapshot, and as which matrix."""
        lines = self.lines
        told = [where(self.choices)]
        if len(lines) == 1:
            told.append(matrix_words(lines[0].spectrum))
        return " \N{MIDDLE DOT} ".join(filter(None, told))

    @property
    def lines(self) -> list[Line]:
        """What is known of them, in their order."""
        choices = self.choices
        names = told_apart(labels(choices)) if choices else []
        return [
            Line(name, found)
            for name, choice in zip(names, choices, strict=True)
            if isinstance(found := self._known.get(choice), Spectrum)
        ]

    @property
    def is_missing(self) -> bool:
        """Whether something is still to be computed."""
        return any(choice not in self._known for choice in self.choices)

    @property
    def lack(self) -> str:
        """Why there is nothing to draw; "" where computing would help."""
        if not self._session.chosen:
            return "Choose a matrix to see its singular values."
        if not self.choices:
            chosen = self._session.chosen[0].variable
            return f"{chosen.name} has no spectrum: {why_no_spectrum(chosen)}."
        return ""

    @property
    def notes(self) -> list[str]:
        """How the values were found and how exactly; what could not be had, and why."""
        vaguest = max(self.lines, key=lambda line: line.spectrum.error, default=None)
        told = [about(vaguest.spectrum)] if vaguest else []
        names = labels(self.choices) if self.choices else []
        for name, choice in zip(names, self.choices, strict=True):
            found = self._known.get(choice)
            if isinstance(found, Unmeasured):
                told.append(f"{name}: {found.reason}.")
        return [*told, *([self._failed.title] if self._failed else [])]

    # What a person does

    def compute(self) -> None:
        """Find what is missing."""
        wanted = [choice for choice in self.choices if choice not in self._known]
        if not wanted:
            return
        self._failed, doors = None, self._session.doors

        def job(ticket: Ticket) -> list[Spectrum | Unmeasured]:
            return [
                doors.spectrum(each.source, each.snapshot, each.variable, ticket) for each in wanted
            ]

        def done(found: Sequence[Spectrum | Unmeasured]) -> None:
            self._known.update(zip(wanted, found, strict=True))
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)

        def failed(finding: Finding) -> None:
            self._failed = finding

        self.task = task = self._session.run(
            f"Singular values of {subject(wanted)}", job, done, failed, key="spectrum"
        )
        task.ended.connect(lambda: self._on_ended(task))
        self.changed.emit()

    def cancel(self) -> None:
        """Stop."""
        if self.task:
            self.task.cancel()

    def set_over_run(self, is_on: bool) -> None:
        """Along the run, or as chosen."""
        self.over_run = is_on
        self._follow()

    def _follow(self) -> None:
        self._failed = None
        if self.over_run and not self.can_go_over_run:
            self.over_run = False
        self.changed.emit()

    def _forget_closed(self) -> None:
        """What was closed or read again is not held any longer."""
        there = {id(source) for source in self._session.sources}
        for choice in [each for each in self._known if id(each.source) not in there]:
            del self._known[choice]

    def _on_ended(self, task: Task) -> None:
        if self.task is task:
            self.task = None
            self.changed.emit()


def matrix_words(found: Spectrum) -> str:
    """ "64 x 32 matrix", "3 x 3 x 4 x 8 taken as 36 x 8"."""
    matrix = numbers.shape((found.rows, found.columns))
    return f"{numbers.shape(found.axes)} taken as {matrix}" if found.is_reshaped else matrix


def about(found: Spectrum) -> str:
    """How many values there are, how they were found, and how far they may be off."""
    known = len(found.values)
    count = numbers.counted(known, "singular value")
    if known < found.count:
        count = f"{known} of {numbers.whole(found.count)} singular values"
    error = f"\N{PLUS-MINUS SIGN}{numbers.four(found.error)}"
    return f"{count}, {error}: {_METHODS[found.method]}."


def figure_cells(found: Spectrum) -> tuple[str, str, str, str]:
    """Greatest value, stable rank, effective rank, condition, as they are shown."""
    bound = "\N{GREATER-THAN OR EQUAL TO} " if found.condition_is_bound else ""
    return (
        numbers.four(float(found.values[0])),
        _known(found.stable_rank),
        _known(found.effective_rank),
        bound + _known(found.condition),
    )


def _known(value: float | None) -> str:
    return "\N{EN DASH}" if value is None else numbers.four(value)
