"""One variable of the table as choices of the session: what distributions are drawn of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from tfinspector.contents.drifts import DriftRow, DriftTable, Happening
from tfinspector.contents.findings import Unreadable
from tfinspector.contents.variables import Variable
from tfinspector.viewmodels.inspector.histogram import MOST_SERIES
from tfinspector.viewmodels.measuring.queue import Choice, Figures
from tfinspector.viewmodels.session import Session
from tfinspector.viewmodels.tasks import Task

if TYPE_CHECKING:
    from tfinspector.engine.jobs import Ticket
    from tfinspector.engine.opening import OpenSource

_OTHERWISE = {Happening.SHAPE, Happening.DTYPE, Happening.RENAMED}


class Subject(QObject):
    """Choices of its own for a histogram, beside those of the session, which measures them."""

    chosen_changed = Signal()
    measured = Signal(list)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.chosen: tuple[Choice, ...] = ()
        session.measured.connect(self.measured)

    def show(self, choices: Iterable[Choice]) -> None:
        """Draw these."""
        chosen = tuple(dict.fromkeys(choices))
        if chosen != self.chosen:
            self.chosen = chosen
            self.chosen_changed.emit()

    def statistics(self, choice: Choice) -> Figures | None:
        """As the session's."""
        return self._session.statistics(choice)

    def run(self, title: str, job: Callable[[Ticket], Any], *more: Any, key: str = "",
            quiet: bool = False) -> Task:  # fmt: skip
        """As the session's; what is counted for one picture does not end another's."""
        own = f"{key} {id(self)}" if key else ""
        return self._session.run(title, job, *more, key=own, quiet=quiet)


def one_in(source: OpenSource, table: DriftTable, row: int, at: int) -> Choice | None:
    """The variable of a row at a snapshot; None where it is not there."""
    found = table.rows[row]
    if not found.keys[at] or not table.present[row, at]:
        return None
    snapshot = table.snapshots[at].path
    place = at if _changes(found) else _last(found)  # of the newest the contents are at hand
    try:
        variable: Variable = source.find(found.keys[place], table.snapshots[place].path)
    except Unreadable:  # its file went away since it was measured
        return None
    return Choice(source, snapshot, variable)


def choices_of(
    source: OpenSource, table: DriftTable, row: int, places: Sequence[int]
) -> dict[int, Choice | None]:
    """The variable of a row at these snapshots, and at all where one look-up tells them all.

    For a pool thread: a snapshot in which it was another one may have to be read.
    """
    wanted = places if _changes(table.rows[row]) else range(len(table.snapshots))
    return {at: one_in(source, table, row, at) for at in wanted}


def over_run(table: DriftTable, row: int) -> list[int]:
    """Snapshots spread evenly over those that have the variable, the first and the last too."""
    there = [at for at in range(len(table.snapshots)) if table.present[row, at]]
    count = min(len(there), MOST_SERIES)
    return sorted({there[round(i * (len(there) - 1) / max(count - 1, 1))] for i in range(count)})


def _changes(row: DriftRow) -> bool:
    return any(event.what in _OTHERWISE for event in row.events)


def _last(row: DriftRow) -> int:
    return max(at for at, key in enumerate(row.keys) if key)
