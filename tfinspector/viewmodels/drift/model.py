"""The page Drift: the table of the current run, what is asked of it, and the cell that is open.

The session's current snapshot is the one that every picture is at; its chosen variables are the
ones that the curves are of. Measuring is a task; until it is done the last table stays.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from tfinspector.contents.drift_metrics import Reference
from tfinspector.contents.drifts import DriftTable
from tfinspector.contents.findings import Finding
from tfinspector.viewmodels.drift.curves import farthest
from tfinspector.viewmodels.drift.heat import Heat, heat_of, snapshot_words
from tfinspector.viewmodels.drift.lines import Asked, layer_of
from tfinspector.viewmodels.drift.subjects import Subject, one_in, over_run
from tfinspector.viewmodels.inspector.histogram import HistogramModel
from tfinspector.viewmodels.inspector.histogram_picture import Arrangement
from tfinspector.viewmodels.session import Session
from tfinspector.viewmodels.tasks import Task

if TYPE_CHECKING:
    from tfinspector.engine.jobs import Ticket
    from tfinspector.engine.opening import OpenSource

_MOST_CURVES = 8


class DriftModel(QObject):
    """Binds to the session.

    heat_changed     `heat`, `table`, `asked`
    at_changed       `at`: the number of the current snapshot in the table
    opened_changed   `opened`: the row whose distributions are shown; `pair` and `ridge` follow
    chosen_changed   `curves_of`: the rows of the chosen variables
    waiting_changed  `task`, `is_stale`, `trouble`
    """

    heat_changed = Signal()
    at_changed = Signal()
    opened_changed = Signal()
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
        self.opened: str = ""
        self._anchor: str = Reference.FIRST.value
        self._folded: set[str] = set()
        self._awake = False
        self._source: OpenSource | None = None
        self._pair, self._ridge = Subject(session, self), Subject(session, self)
        self.pair = HistogramModel(self._pair, self)
        self.ridge = HistogramModel(self._ridge, self)
        self.ridge.set_options(arrangement=Arrangement.OFFSET)
        session.current_changed.connect(self._on_current)
        session.sources_changed.connect(self._let_go)
        session.chosen_changed.connect(self.chosen_changed)

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
        doors, anchor = self.session.doors, self._anchor

        def job(ticket: Ticket) -> DriftTable:
            return doors.drift([source], anchor, ticket)

        name = source.source.path.rstrip("/").rsplit("/", 1)[-1]
        self.trouble, self.is_stale = None, True
        self.task = task = self.session.run(
            f"Measure the drift of {name}", job, lambda table: self._has_table(source, table),
            self._has_failed, key="drift", owner=source,
        )  # fmt: skip
        task.ended.connect(lambda: self._on_ended(task))
        self.waiting_changed.emit()

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
            self._anchor = Reference.FIRST.value
            self.asked = replace(self.asked, reference=Reference.FIRST)
            self._folded.clear()
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

    def _has_table(self, source: OpenSource, table: DriftTable) -> None:
        if source is not self._source:
            return
        self.is_stale = False
        self._take(table)
        self.session.bring(source, "drift", table.findings)

    def _has_failed(self, finding: Finding) -> None:
        self.trouble = finding

    def _on_ended(self, task: Task) -> None:
        if self.task is task:
            self.task = None
            self.waiting_changed.emit()

    def _take(self, table: DriftTable | None) -> None:
        self.table = table
        if table is None or self.opened not in {row.name for row in table.rows}:
            self.opened = ""
        self._draw()
        self.at_changed.emit()
        self._show_opened()
        self.chosen_changed.emit()

    # What is asked

    def ask(self, **changes: Any) -> None:
        """Change what is asked: metric, order, grouped, weights_only, text."""
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
        self._folded = {layer_of(row.name) for row in rows} if folded else set()
        self._draw()

    def _draw(self) -> None:
        self.heat = heat_of(self.table, self.asked, self._folded, self.heat) if self.table else None
        self.heat_changed.emit()

    # Where we are

    @property
    def is_drawing(self) -> bool:
        """Whether figures for the distributions are still awaited."""
        return self.pair.is_stale or self.ridge.is_stale

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
        if self.table is None or self._source is None:
            return
        self.opened = self.table.rows[row].name
        self.go_to(at)
        wanted = one_in(self._source, self.table, row, at)
        if wanted is not None:
            self.session.choose([*(self.session.chosen if add else ()), wanted])
        self._show_opened()

    @property
    def snapshot_words(self) -> str:
        """The current snapshot: "step 1,200"; "" where it is not in the table."""
        return snapshot_words(self.table, self.at) if self.table and self.at >= 0 else ""

    @property
    def curve_rows(self) -> tuple[int, ...]:
        """The rows that curves are of: the chosen variables, or those that moved farthest."""
        if self.table is None:
            return ()
        names = {row.name: at for at, row in enumerate(self.table.rows)}
        chosen = [names[c.variable.name] for c in self.session.chosen if c.variable.name in names]
        return tuple(dict.fromkeys(chosen))[:_MOST_CURVES] or farthest(self.table, _MOST_CURVES)

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

    def _show_opened(self) -> None:
        """The two distributions, and those of the whole run."""
        if self.table is None or self._source is None or not self.opened:
            self._pair.show(())
            self._ridge.show(())
        else:
            row = self.table.row_of(self.opened)
            source, table = self._source, self.table
            pair = (one_in(source, table, row, at) for at in self._pair_of_snapshots())
            self._pair.show(each for each in pair if each is not None)
            self._ridge.show(over_run(source, table, row))
        self.opened_changed.emit()
