"""The open variable of the page Drift: how its values lay at two snapshots, and over the run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from tfinspector.contents.drifts import DriftTable
from tfinspector.viewmodels.drift.subjects import Subject, choices_of, over_run
from tfinspector.viewmodels.inspector.histogram import HistogramModel
from tfinspector.viewmodels.inspector.histogram_picture import Arrangement
from tfinspector.viewmodels.measuring.queue import Choice
from tfinspector.viewmodels.session import Session
from tfinspector.viewmodels.tasks import Task

if TYPE_CHECKING:
    from tfinspector.engine.jobs import Ticket
    from tfinspector.engine.opening import OpenSource


class Opened(QObject):
    """`changed` follows `name`, and what `pair` and `ridge` are of.

    name   of the variable's row, "" where none is open
    pair   its histograms at the current snapshot and at the one that is compared with
    ridge  its histograms over the run
    """

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.name = ""
        self._pair, self._ridge = Subject(session, self), Subject(session, self)
        self.pair = HistogramModel(self._pair, self)
        self.ridge = HistogramModel(self._ridge, self)
        self.ridge.set_options(arrangement=Arrangement.OFFSET)
        self._task: Task | None = None
        self._table: DriftTable | None = None
        self._found: dict[int, Choice | None] = {}

    @property
    def is_drawing(self) -> bool:
        """Whether what is shown is not yet of what was asked for."""
        return self._task is not None or self.pair.is_stale or self.ridge.is_stale

    def close(self) -> None:
        """Show nothing."""
        self.name, self._table, self._found = "", None, {}
        self._drop_task()
        self._pair.show(())
        self._ridge.show(())
        self.changed.emit()

    def show(self, source: OpenSource, table: DriftTable, row: int, places: Sequence[int]) -> None:
        """Show the variable of this row, as a pair at these snapshots.

        The variable is looked up off the window's thread: where its shape or name changed on the
        way, other snapshots have to be read for it.
        """
        if table is not self._table or self.name != table.rows[row].name:
            self._found = {}
        self.name, self._table = table.rows[row].name, table
        spread = over_run(table, row)
        missing = sorted({*places, *spread} - self._found.keys())
        self._drop_task()
        if not missing:
            self._draw(places, spread)
            return

        def job(ticket: Ticket) -> dict[int, Choice | None]:
            return choices_of(source, table, row, missing)

        def done(found: dict[int, Choice | None]) -> None:
            self._found |= found
            self._drop_task()
            self._draw(places, spread)

        self._task = task = self._session.run(
            f"Look up {self.name}", job, done, quiet=True, owner=source
        )
        task.ended.connect(lambda: self._on_ended(task))
        self.changed.emit()

    def _draw(self, places: Sequence[int], spread: Sequence[int]) -> None:
        for subject, wanted in ((self._pair, places), (self._ridge, spread)):
            found = (self._found[at] for at in wanted)
            subject.show(choice for choice in found if choice is not None)
        self.changed.emit()

    def _drop_task(self) -> None:
        task, self._task = self._task, None
        if task is not None and not task.state.is_over:
            task.drop()

    def _on_ended(self, task: Task) -> None:
        if self._task is task:
            self._task = None
