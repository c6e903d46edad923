"""The Qt model of the variables page: the tree as a table of its visible rows.

Qt's own tree asks the model several times for every node when all is expanded, which takes
seconds for 100,000 of them; a table asks for what is on screen only. So this model flattens the
tree (`VariableRows`) and tells depth and expansion through roles; the view paints them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)

from tfinspector.contents.variables import Role, Variable
from tfinspector.viewmodels.jobs import uncollected
from tfinspector.viewmodels.variables.answers import Ask, alignment, answer
from tfinspector.viewmodels.variables.columns import HEADINGS, Column
from tfinspector.viewmodels.variables.filter import FilterError, parse_filter
from tfinspector.viewmodels.variables.rows import Arrangement, VariableRows, Wish, prepare

if TYPE_CHECKING:
    from tfinspector.engine.jobs import Ticket
    from tfinspector.viewmodels.session import Choice, Session

MOST_CHOSEN = 64
_ARRANGE_AGAIN_MS = 300
_Index = QModelIndex | QPersistentModelIndex
_HINT = QAbstractItemModel.LayoutChangeHint.VerticalSortHint
_HINTED = "QList<QPersistentModelIndex>,QAbstractItemModel::LayoutChangeHint"


class VariableTable(QAbstractTableModel):
    """Rows of the current snapshot. `arranged` follows every change of what is shown.

    Attributes: content (None until a snapshot is there), filter_text, filter_problem ("" when
    the filter is understood), is_planting (a new snapshot's tree is being built).
    """

    arranged = Signal()
    planted = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.content: VariableRows | None = None
        self.filter_text = ""
        self.filter_problem = ""
        self.is_planting = False
        self._wish = Wish()
        self._source_path = ""
        self._again = QTimer(self, singleShot=True, interval=_ARRANGE_AGAIN_MS)
        self._again.timeout.connect(self._arrange)
        session.current_changed.connect(self._plant)
        session.measured.connect(self._take_figures)
        session.queue.settled.connect(self._tell_totals)
        self._plant()

    # What a person asks for

    def set_filter(self, text: str) -> None:
        """Filter by `text`; if it can't be understood, say why and keep the last one."""
        self.filter_text = text
        try:
            understood = parse_filter(text)
        except FilterError as error:
            self.filter_problem = str(error)
            self.arranged.emit()
            return
        self.filter_problem = ""
        self._ask(filter=understood)

    def set_hidden(self, roles: Iterable[Role]) -> None:
        """Hide the variables of these roles."""
        self._ask(hidden=frozenset(roles))

    def set_flat(self, is_flat: bool) -> None:
        """One list of full paths instead of the tree."""
        content = self.content
        if content and content.is_flat != is_flat:

            def change() -> None:
                content.is_flat = is_flat
                content.refresh()

            self._relayout(change)

    def toggle(self, row: int) -> None:
        """Expand or collapse the group in `row`."""
        content = self.content
        if content and self.is_group(row) and content.keeps_expansion:
            node = int(content.rows[row])
            self._expand(np.array([node]), not content.expanded[node])

    def expand_all(self) -> None:
        """Open every group."""
        if self.content:
            self._expand(np.arange(len(self.content.forest)), True)

    def collapse_all(self) -> None:
        """Close every group."""
        if self.content:
            self._expand(np.arange(len(self.content.forest)), False)

    def reveal(self, key: str) -> int:
        """Open what is above the variable with `key`, and say its row (-1: filtered out)."""
        content = self.content
        at = content.table.row_of.get(key) if content else None
        if content is None or at is None:
            return -1
        node = int(content.forest.node_of[at])
        if content.row_of(node) < 0:
            content.open_up_to(node)
            self._relayout(content.refresh)
        return content.row_of(node)

    # What the view asks

    @property
    def wish(self) -> Wish:
        """What was last asked for; the answer may still be on its way."""
        return self._wish

    def is_group(self, row: int) -> bool:
        """Whether the row is a group."""
        return bool(self.content and self.content.forest.leaf[self.content.rows[row]] < 0)

    def is_expanded(self, row: int) -> bool:
        """Whether the row is an open group."""
        content = self.content
        if content is None or not self.is_group(row):
            return False
        return not content.keeps_expansion or bool(content.expanded[content.rows[row]])

    def parent_row(self, row: int) -> int:
        """The row of the group above, -1 at the top."""
        if self.content is None or self.content.is_flat:
            return -1
        parent = int(self.content.forest.parent[self.content.rows[row]])
        return self.content.row_of(parent) if parent >= 0 else -1

    def variable(self, row: int) -> Variable | None:
        """The variable in `row`; None for a group."""
        return self.content.variable(int(self.content.rows[row])) if self.content else None

    def path(self, row: int) -> str:
        """The full path of the row."""
        return self.content.forest.path(int(self.content.rows[row])) if self.content else ""

    def choices(self, rows: Iterable[int], most: int = MOST_CHOSEN) -> list[Choice]:
        """The variables in `rows`, groups standing for what they hold, at most `most`."""
        if self.content is None or self.session.current_snapshot is None:
            return []
        found: dict[str, Variable] = {}
        for row in rows:
            for variable in self.content.leaves_below(int(self.content.rows[row]), most):
                found.setdefault(variable.key, variable)
            if len(found) >= most:
                break
        return [self.session.choice(variable) for variable in list(found.values())[:most]]

    # Qt's overrides

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """Rows on screen, were the page tall enough."""
        return 0 if parent.isValid() or self.content is None else len(self.content.rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """One per `Column`."""
        return 0 if parent.isValid() else len(Column)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Heading, and what it means."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        heading, explanation = HEADINGS[Column(section)]
        if role == Qt.ItemDataRole.DisplayRole:
            return heading
        if role == Qt.ItemDataRole.ToolTipRole:
            return explanation
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return alignment(Column(section))
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Order siblings by `column`; the answer comes with `arranged`."""
        descending = order is Qt.SortOrder.DescendingOrder
        self._ask(sorted_by=Column(max(column, 0)), descending=descending)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text, hover text, alignment, and what `Ask` lists."""
        content = self.content
        if content is None or not index.isValid() or index.row() >= len(content.rows):
            return None
        if role == Ask.IS_EXPANDED:
            return self.is_expanded(index.row())
        return answer(content, int(content.rows[index.row()]), Column(index.column()), role)

    # Jobs and what they bring

    def _ask(self, **change: Any) -> None:
        wish = Wish(
            **{name: getattr(self._wish, name) for name in Wish.__dataclass_fields__} | change
        )
        if wish != self._wish:
            self._wish = wish
            self._arrange()
        else:
            self.arranged.emit()

    def _arrange(self) -> None:
        content, wish = self.content, self._wish
        if content is None:
            return

        def job(ticket: Ticket) -> Arrangement:
            return wish.arrange(content.forest, content.table, ticket.check)

        def done(arrangement: Arrangement) -> None:
            if content is self.content:
                self._relayout(lambda: content.take(arrangement))

        self.session.run("Filter and sort", job, done, quiet=True, key=f"arrange {id(self)}")

    def _plant(self) -> None:
        variables, before = self.session.variables, self.content
        source = self.session.current.source.path if self.session.current else ""
        if before and source != self._source_path:
            before = None
        self._source_path = source
        if not variables:
            self._adopt(None)
            return
        wish = self._wish

        def job(ticket: Ticket) -> VariableRows:
            with uncollected:
                rows = prepare(variables, before)
            ticket.check()
            rows.take(wish.arrange(rows.forest, rows.table, ticket.check))
            return rows

        self.is_planting = True
        self.session.run("Build the tree", job, self._adopt, quiet=True, key=f"plant {id(self)}")

    def _adopt(self, content: VariableRows | None) -> None:
        self.is_planting = False
        if content and content.variables is not self.session.variables:
            return  # the snapshot changed meanwhile; its own tree is on its way
        self.beginResetModel()
        self.content = content
        if content:
            content.table.fill(self.session.known())
        self.endResetModel()
        self.planted.emit()
        self.arranged.emit()
        if content and (content.arrangement.wish != self._wish or self._wish.follows_figures):
            self._arrange()

    def _take_figures(self, choices: list[Choice]) -> None:
        content, session = self.content, self.session
        if content is None:
            return
        known = session.known()
        keys = [
            choice.variable.key
            for choice in choices
            if choice.source is session.current and choice.snapshot == session.current_snapshot
        ]
        if not keys:
            return
        was_bad = content.sum_of("nonfinite")
        for key in keys:
            content.table.note(key, known[key])
        content.forget_totals()
        self._tell_figures(content, keys)
        if content.sum_of("nonfinite") != was_bad:
            self._tell_totals()
        if self._wish.follows_figures and not self._again.isActive():
            self._again.start()

    def _tell_figures(self, content: VariableRows, keys: list[str]) -> None:
        """Repaint the rows that have got figures; they mostly follow each other."""
        leaves = [content.table.row_of[key] for key in keys if key in content.table.row_of]
        has_changed = np.zeros(len(content.forest), dtype=np.bool_)
        has_changed[content.forest.node_of[leaves]] = True
        rows = np.flatnonzero(has_changed[content.rows])
        if len(rows):
            first, last = (
                self.index(int(rows[0]), Column.MIN),
                self.index(int(rows[-1]), Column.HISTOGRAM),
            )
            self.dataChanged.emit(first, last)

    def _tell_totals(self) -> None:
        """Repaint what groups say of their variables' figures."""
        if self.rowCount():
            column = Column.NONFINITE
            self.dataChanged.emit(self.index(0, column), self.index(self.rowCount() - 1, column))

    # Rows

    def _expand(self, nodes: np.ndarray[Any, Any], expanded: bool) -> None:
        content = self.content
        assert content is not None

        def change() -> None:
            content.expanded[nodes] = expanded
            content.refresh()

        self._relayout(change)

    def _relayout(self, change: Any) -> None:
        """Do `change` and keep the selection on the nodes it was on."""
        content = self.content
        assert content is not None
        self.layoutAboutToBeChanged[_HINTED].emit([], _HINT)  # type: ignore[index]
        held = self.persistentIndexList()
        nodes = [int(content.rows[index.row()]) for index in held]
        change()
        if held:
            where = np.full(len(content.forest), -1, dtype=np.intp)
            where[content.rows] = np.arange(len(content.rows))
            moved = [
                self.index(int(where[node]), index.column()) if where[node] >= 0 else QModelIndex()
                for node, index in zip(nodes, held, strict=True)
            ]
            self.changePersistentIndexList(held, moved)
        self.layoutChanged[_HINTED].emit([], _HINT)  # type: ignore[index]
        self.arranged.emit()
