"""The page Drift: the table of the current run, what is asked of it, and the cell that is open.

The session's current snapshot is the one that every picture is at; its chosen variables are the
ones that the curves are of. Measuring is a task; until it is done the last table stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import QObject, Signal

from tfinspector.contents.drift_metrics import Reference
from tfinspector.contents.drifts import DriftTable
from tfinspector.contents.findings import Finding
from tfinspector.viewmodels.drift.curves import farthest
from tfinspector.viewmodels.drift.heat import Heat
from tfinspector.viewmodels.drift.heat_making import heat_of
from tfinspector.viewmodels.drift.lines import Asked, layer_of
from tfinspector.viewmodels.drift.opened import Opened
from tfinspector.viewmodels.drift.subjects import one_in
from tfinspector.viewmodels.drift.words import snapshot_words
from tfinspector.viewmodels.measuring.queue import Choice
from tfinspector.viewmodels.session import Session
from tfinspector.viewmodels.tasks import Task

if TYPE_CHECKING:
    from tfinspector.engine.jobs import Ticket
    from tfinspector.engine.opening import OpenSource

_MOST_CURVES = 8


class _Measured(NamedTuple):
    """`heat` was drawn with `folded`; `farthest` are rows."""

    table: DriftTable
    rows: dict[str, int]
    farthest: tuple[int, ...]
    heat: Heat
    folded: frozenset[str]


class DriftModel(QObject):
    """Binds to the session. `opened` is the variable whose distributions are shown.

    run_changed      another run is looked at; it was not measured yet
    heat_changed     `heat`, `table`: they come together, drawn off the window's thread
    at_changed       `at`: the number of the current snapshot in the table
    chosen_changed   `curve_rows`: the rows of the chosen variables
    waiting_changed  `task`, `is_stale`, `trouble`
    """

    run_changed = Signal()
    heat_changed = Signal()
    at_changed = Signal()
    chosen_changed = Signal()
    waiting_changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.asked = Asked()
        self.table: DriftTable | None = None
        self.heat: Heat | None = None
        self.task: Task | None = None
        self.trouble: Finding | None = None
        self.is_stale = False
        self.opened = Opened(session, self)
        self._anchor: str = Reference.FIRST.value
        self._folded: frozenset[str] = frozenset()
        self._rows: dict[str, int] = {}
        self._farthest: tuple[int, ...] = ()
        self._awake = False
        self._is_exact = False
        self._source: OpenSource | None = None
        session.current_changed.connect(self._on_current)
        session.sources_changed.connect(self._let_go)
        session.chosen_changed.connect(self.chosen_changed)

    @property
    def source(self) -> OpenSource | None:
        """The run that the table is of."""
        return self._source

    # Measuring

    def wake(self) -> None:
        """The page is looked at: measure, now and whenever the run changes."""
        self._awake = True
        self._follow()

    def sleep(self) -> None:
        """The page is not looked at: measure nothing until it is."""
        self._awake = False

    def measure(self) -> None:
        """Measure the current run against the reference, once more."""
        source = self._source
        if source is None:
            return
        doors, anchor, asked, folded = self.session.doors, self._anchor, self.asked, self._folded
        is_exact = self._is_exact

        def job(ticket: Ticket) -> _Measured:
            table = doors.drift([source], anchor, ticket, is_exact)
            rows = {row.name: at for at, row in enumerate(table.rows)}
            heat = heat_of(table, asked, folded)
            return _Measured(table, rows, farthest(table, _MOST_CURVES), heat, folded)

        name = source.source.path.rstrip("/").rsplit("/", 1)[-1]
        self.trouble, self.is_stale = None, True
        self.task = task = self.session.run(
            f"Measure the drift of {name}", job, lambda found: self._has_measured(source, found),
            self._has_failed, key="drift", owner=source,
        )  # fmt: skip
        task.ended.connect(lambda: self._on_ended(task))
        self.waiting_changed.emit()

    def ask_exact_path(self) -> None:
        """Measure once more, the run's path from all weights; until another run is looked at."""
        self._is_exact = True
        self.measure()

    def cancel(self) -> None:
        """Stop measuring; the last table stays."""
        if self.task:
            self.task.cancel()

    @property
    def is_cancelled(self) -> bool:
        """Whether the table is not of what is open, and nothing goes on that would change it."""
        return self.is_stale and self.task is None and self.trouble is None

    def _follow(self) -> None:
        source = self.session.current
        if not self._awake or source is self._source:
            return
        is_other = self._source is None or not source or (
            source.source.path != self._source.source.path
        )  # fmt: skip
        self._source = source
        if is_other:
            self.begin_with(self.asked, Reference.FIRST)
            self._folded, self._is_exact = frozenset(), False
            self.run_changed.emit()
            self._take(None)
        if source is not None and len(source.source.snapshots) > 1:
            self.measure()

    def _let_go(self) -> None:
        """The run was closed: nothing of it is kept."""
        paths = {source.source.path for source in self.session.sources}
        if self._source is not None and self._source.source.path not in paths:
            self._source, self.task, self.trouble, self.is_stale = None, None, None, False
            self._take(None)
            self.waiting_changed.emit()

    def _has_measured(self, source: OpenSource, found: _Measured) -> None:
        if source is not self._source:
            return
        self.is_stale = False
        self._take(found)
        if (found.heat.asked, found.folded) != (self.asked, self._folded):
            self._draw()
        self.session.bring(source, "drift", found.table.findings)

    def _has_failed(self, finding: Finding) -> None:
        self.trouble = finding

    def _on_ended(self, task: Task) -> None:
        if self.task is task:
            self.task = None
            self.waiting_changed.emit()

    def _take(self, found: _Measured | None) -> None:
        self.table, self.heat = (found.table, found.heat) if found else (None, None)
        self._rows, self._farthest = (found.rows, found.farthest) if found else ({}, ())
        if self.opened.name not in self._rows:
            self.opened.close()
        self.heat_changed.emit()
        self.at_changed.emit()
        self._show_opened()
        self.chosen_changed.emit()

    # What is asked

    @property
    def path(self) -> str:
        """Of the run that is looked at, "" where there is none."""
        return self._source.source.path if self._source else ""

    def begin_with(self, asked: Asked, reference: str) -> None:
        """Ask this of the run, before it is measured. A snapshot that it has not is the first."""
        snapshots = self._source.source.snapshots if self._source else ()
        is_there = any(each.path == reference for each in snapshots)
        self._anchor = reference if is_there else Reference.FIRST.value
        is_previous = reference == Reference.PREVIOUS
        kind = Reference.PREVIOUS if is_previous else Reference.FIRST
        self.asked = replace(asked, reference=Reference.CHOSEN if is_there else kind)

    def ask(self, **changes: Any) -> None:
        """Change what is asked, by the names of `Asked`."""
        asked = replace(self.asked, **changes)
        if asked != self.asked:
            self.asked = asked
            self._draw()

    def refer_to(self, reference: str) -> None:
        """Compare with "first", "previous", or a snapshot by its path."""
        anchor = self._anchor if reference == Reference.PREVIOUS else reference
        if reference in (Reference.FIRST, Reference.PREVIOUS):
            kind = Reference(reference)
        else:
            kind = Reference.CHOSEN
        self.asked = replace(self.asked, reference=kind)
        if anchor != self._anchor:
            self._anchor = anchor
            self.measure()
        else:
            self._draw()
            self._show_opened()
            self.chosen_changed.emit()

    @property
    def reference(self) -> str:
        """What `refer_to` was last called with."""
        return self._anchor if self.asked.reference is Reference.CHOSEN else self.asked.reference

    def fold(self, layer: str) -> None:
        """Fold a group, or open it."""
        self._folded ^= {layer}
        self._draw()

    def fold_all(self, folded: bool) -> None:
        """Fold every group, or open all."""
        rows = self.table.rows if self.table else ()
        self._folded = frozenset(layer_of(row.name) for row in rows if folded)
        self._draw()

    def _draw(self) -> None:
        """Draw the heat map anew; until that is done the last one stays."""
        table, asked, folded, last = self.table, self.asked, self._folded, self.heat
        if table is None:
            return

        def done(heat: Heat) -> None:
            if table is self.table:
                self.heat = heat
                self.heat_changed.emit()

        self.session.run(
            "Draw the heat map", lambda ticket: heat_of(table, asked, folded, last), done,
            quiet=True, key="heat of drift", owner=self._source,
        )  # fmt: skip

    # Where we are

    @property
    def at(self) -> int:
        """The number of the current snapshot in the table, -1 where it is not in it."""
        paths = [snapshot.path for snapshot in self.table.snapshots] if self.table else []
        current = self.session.current_snapshot
        return paths.index(current) if current in paths else -1

    def go_to(self, at: int) -> None:
        """Make a snapshot of the table current, for the whole window."""
        if self.table and self._source and 0 <= at < len(self.table.snapshots):
            self.session.set_current(self._source, self.table.snapshots[at].path)

    def open_cell(self, row: int, at: int, add: bool = False) -> None:
        """Show a variable at a snapshot; the curves are of it, with `add` beside the others."""
        self.go_to(at)
        self._open([row], row, at, add)

    def reopen(self, name: str, chosen: Sequence[str]) -> None:
        """Show this variable, and choose these, as far as the run has them, where we are."""
        rows = [self._rows[each] for each in chosen if each in self._rows]
        self._open(rows, self._rows.get(name, -1), self.at)

    def _open(self, rows: Sequence[int], row: int, at: int, add: bool = False) -> None:
        table, source = self.table, self._source
        if table is None or source is None:
            return

        def job(ticket: Ticket) -> list[Choice]:
            found = (one_in(source, table, each, at) for each in rows)
            return [choice for choice in found if choice is not None]

        def done(choices: list[Choice]) -> None:
            if choices:
                self.session.choose([*(self.session.chosen if add else ()), *choices])

        if at >= 0 and rows:
            key = "" if add else "choose in drift"
            self.session.run("Choose", job, done, quiet=True, key=key, owner=source)
        if row >= 0:
            self._show_opened(row)

    @property
    def snapshot_words(self) -> str:
        """The current snapshot: "step 1,200"; "" where it is not in the table."""
        return snapshot_words(self.table, self.at) if self.table and self.at >= 0 else ""

    @property
    def chosen_names(self) -> tuple[str, ...]:
        """The chosen variables that the run has, as many as there may be curves."""
        names = (choice.variable.name for choice in self.session.chosen)
        return tuple(dict.fromkeys(name for name in names if name in self._rows))[:_MOST_CURVES]

    @property
    def curve_rows(self) -> tuple[int, ...]:
        """The rows that curves are of: the chosen variables, or those that moved farthest."""
        return tuple(self._rows[name] for name in self.chosen_names) or self._farthest

    def _on_current(self) -> None:
        self._follow()
        self.at_changed.emit()
        self._show_opened()

    def _pair_of_snapshots(self) -> tuple[int, ...]:
        if self.table is None or self.at < 0:
            return ()
        is_previous = self.asked.reference is Reference.PREVIOUS
        other = self.at - 1 if is_previous else self.table.anchor
        return (max(other, 0), self.at)

    def _show_opened(self, row: int | None = None) -> None:
        """The two distributions, and those of the whole run: of this row, or what is open."""
        row = self._rows.get(self.opened.name) if row is None else row
        if row is not None and self.table is not None and self._source is not None:
            self.opened.show(self._source, self.table, row, self._pair_of_snapshots())
