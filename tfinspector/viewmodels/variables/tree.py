"""The Qt model of the variables page: `FlatTree` of the current snapshot's variables."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QObject, Qt, QTimer, Signal

from tfinspector.contents.variables import Variable
from tfinspector.viewmodels.courtesy import window
from tfinspector.viewmodels.jobs import uncollected
from tfinspector.viewmodels.variables.answers import alignment, answer
from tfinspector.viewmodels.variables.columns import HEADINGS, Column
from tfinspector.viewmodels.variables.flat_tree import MOST_CHOSEN, FlatTree
from tfinspector.viewmodels.variables.rows import VariableRows, follows_figures, prepare

if TYPE_CHECKING:
    from tfinspector.engine.jobs import Ticket
    from tfinspector.viewmodels.session import Choice, Session

__all__ = ["MOST_CHOSEN", "VariableTable"]

_ARRANGE_AGAIN_MS = 300


class VariableTable(FlatTree[VariableRows]):
    """`planted` follows every change of the snapshot shown.

    Attributes: is_planting (a new snapshot's tree is being built).
    """

    planted = Signal()
    headings = HEADINGS

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(session, parent)
        self.is_planting = False
        self._source_path = ""
        self._again = QTimer(self, singleShot=True, interval=_ARRANGE_AGAIN_MS)
        self._again.timeout.connect(self._arrange)
        session.current_changed.connect(self._plant)
        session.measured.connect(self._take_figures)
        session.queue.settled.connect(self._tell_totals)
        self._plant()

    def variable(self, row: int) -> Variable | None:
        """The variable in `row`; None for a group."""
        found: Variable | None = self.item(row)
        return found

    def choices(self, rows: Iterable[int], most: int = MOST_CHOSEN) -> list[Choice]:
        """The variables in `rows`, groups standing for what they hold, at most `most`."""
        if self.session.current_snapshot is None:
            return []
        return [self.session.choice(variable) for variable in self.items(rows, most)]

    def answer(self, content: VariableRows, node: int, column: int, role: int) -> Any:
        """See `answers`."""
        return answer(content, node, _COLUMNS[column], role)

    def alignment(self, column: int) -> Qt.AlignmentFlag:
        """Words left, numbers right."""
        return alignment(_COLUMNS[column])

    # A new snapshot

    def _plant(self) -> None:
        variables, before = self.session.variables, self.content
        source = self.session.current.source.path if self.session.current else ""
        if before and source != self._source_path:
            before = None
        self._source_path = source
        if not variables:
            self._adopt(None)
            return
        wish, known = self._wish, self.session.known()

        def job(ticket: Ticket) -> VariableRows:
            with window.awaited():
                with uncollected:
                    rows = prepare(variables, before, ticket.check)
                ticket.check()
                rows.table.note_all(known.copy().items())
                rows.take(wish.arrange(rows, ticket.check))
                return rows

        self.is_planting = True
        self.session.run("Build the tree", job, self._adopt, quiet=True, key=f"plant {id(self)}")

    def _adopt(self, content: VariableRows | None) -> None:
        self.is_planting = False
        if content and content.variables is not self.session.variables:
            return  # the snapshot changed meanwhile; its own tree is on its way
        if content:  # what came while the tree was being built
            content.table.note_all(islice(self.session.known().items(), content.table.noted, None))
        self.show_content(content)
        self.planted.emit()
        self.arranged.emit()
        if content and (content.arrangement.wish != self._wish or follows_figures(self._wish)):
            self._arrange()

    # Figures

    def _take_figures(self, choices: list[Choice]) -> None:
        content, session = self.content, self.session
        if content is None:
            return
        here, known = (session.current, session.current_snapshot), session.known()
        keys = [choice.variable.key for choice in choices if choice.of == here]
        if not keys:
            return
        if content.table.note_all((key, known[key]) for key in keys):
            self._tell_totals()
        content.forget_totals()
        self._tell_figures(content, keys)
        if follows_figures(self._wish) and not self._again.isActive():
            self._again.start()

    def _tell_figures(self, content: VariableRows, keys: list[str]) -> None:
        """Repaint the rows that have got figures; they mostly follow each other."""
        leaves = [content.table.row_of[key] for key in keys if key in content.table.row_of]
        has_changed = np.zeros(len(content.forest), dtype=np.bool_)
        has_changed[content.forest.node_of[leaves]] = True
        rows = np.flatnonzero(has_changed[content.rows])
        if len(rows):
            first = self.index(int(rows[0]), Column.MIN)
            self.dataChanged.emit(first, self.index(int(rows[-1]), Column.HISTOGRAM))

    def _tell_totals(self) -> None:
        """Repaint what groups say of their variables' figures."""
        if self.rowCount():
            column = Column.NONFINITE
            self.dataChanged.emit(self.index(0, column), self.index(self.rowCount() - 1, column))


_COLUMNS = tuple(Column)
