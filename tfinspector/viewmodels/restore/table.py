"""The Qt model of the match table: the tree of both sides as a table of its visible rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from tfinspector.contents.restores import Row, State
from tfinspector.contents.variables import Variable
from tfinspector.viewmodels.restore.answers import HEADINGS, answer, tsv
from tfinspector.viewmodels.restore.rows import MatchArrangement, MatchColumn, MatchRows, MatchWish
from tfinspector.viewmodels.variables.answers import Ask
from tfinspector.viewmodels.variables.filter import FilterError, parse_filter

if TYPE_CHECKING:
    from tfinspector.engine.jobs import Ticket
    from tfinspector.viewmodels.session import Session

MOST_CHOSEN = 64
_Index = QModelIndex | QPersistentModelIndex
_HINT = QAbstractItemModel.LayoutChangeHint.VerticalSortHint
_HINTED = "QList<QPersistentModelIndex>,QAbstractItemModel::LayoutChangeHint"


class MatchTableModel(QAbstractTableModel):
    """Shows the rows of one report. `arranged` follows every change of what is shown.

    Attributes: content (None until there is a report), filter_problem ("" when the filter is
    understood).
    """

    arranged = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.content: MatchRows | None = None
        self.filter_problem = ""
        self._wish = MatchWish()

    # What a person asks for

    def show_rows(self, content: MatchRows | None) -> None:
        """Show these rows from now on, all states, filtered and sorted as before."""
        if content is self.content:
            return
        self.beginResetModel()
        self.content = content
        self._wish = replace(self._wish, hidden=frozenset())
        self.endResetModel()
        self.arranged.emit()
        if content and content.arrangement.wish != self._wish:
            self._arrange()

    def set_filter(self, text: str) -> None:
        """Filter by `text`; if it can't be understood, say why and keep the last one."""
        try:
            understood = parse_filter(text)
        except FilterError as error:
            self.filter_problem = str(error)
            self.arranged.emit()
            return
        self.filter_problem = ""
        self._ask(filter=understood)

    def set_hidden(self, states: Iterable[State]) -> None:
        """Hide the rows in these states."""
        self._ask(hidden=frozenset(states))

    def toggle(self, row: int) -> None:
        """Expand or collapse the group in `row`."""
        content = self.content
        if content and self.is_group(row) and content.keeps_expansion:
            node = int(content.nodes[row])
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
        """Open what is above the file's `key`, and say its row (-1: filtered out)."""
        content = self.content
        at = content.row_of_key.get(key) if content else None
        if content is None or at is None:
            return -1
        node = int(content.forest.node_of[at])
        if content.row_number(node) < 0:
            content.open_up_to(node)
            self._relayout(content.refresh)
        return content.row_number(node)

    # What the view asks

    @property
    def hidden(self) -> frozenset[State]:
        """The states that are switched off."""
        return self._wish.hidden

    def is_group(self, row: int) -> bool:
        """Whether the row is a group."""
        return bool(self.content and self.content.forest.leaf[self.content.nodes[row]] < 0)

    def is_expanded(self, row: int) -> bool:
        """Whether the row is an open group."""
        content = self.content
        if content is None or not self.is_group(row):
            return False
        return not content.keeps_expansion or bool(content.expanded[content.nodes[row]])

    def parent_row(self, row: int) -> int:
        """The row of the group above, -1 at the top."""
        if self.content is None:
            return -1
        parent = int(self.content.forest.parent[self.content.nodes[row]])
        return self.content.row_number(parent) if parent >= 0 else -1

    def row_at(self, row: int) -> Row | None:
        """The report's row; None for a group."""
        return self.content.row(int(self.content.nodes[row])) if self.content else None

    def path(self, row: int) -> str:
        """The full name of the row."""
        return self.content.forest.path(int(self.content.nodes[row])) if self.content else ""

    def variables(self, rows: Iterable[int]) -> list[Variable]:
        """The file's variables in `rows`, groups standing for what they hold, at most
        `MOST_CHOSEN`.
        """
        content = self.content
        if content is None:
            return []
        found: dict[str, Variable] = {}
        for row in rows:
            for each in content.rows_below(int(content.nodes[row]), MOST_CHOSEN):
                if each.key in content.variables:
                    found.setdefault(each.key, content.variables[each.key])
            if len(found) >= MOST_CHOSEN:
                break
        return list(found.values())[:MOST_CHOSEN]

    def text(self, rows: Iterable[int]) -> str:
        """These rows (all that are shown if there are none) as a table for the clipboard."""
        content = self.content
        if content is None:
            return ""
        nodes = [int(content.nodes[row]) for row in rows] or content.nodes.tolist()
        return tsv(content, nodes)

    # Qt's overrides

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """Rows on screen, were the page tall enough."""
        return 0 if parent.isValid() or self.content is None else len(self.content.nodes)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """One per `MatchColumn`."""
        return 0 if parent.isValid() else len(MatchColumn)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Heading, and what it means."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        heading, explanation = HEADINGS[MatchColumn(section)]
        if role == Qt.ItemDataRole.DisplayRole:
            return heading
        return explanation if role == Qt.ItemDataRole.ToolTipRole else None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Order siblings by `column`; the answer comes with `arranged`."""
        descending = order is Qt.SortOrder.DescendingOrder
        self._ask(sorted_by=MatchColumn(max(column, 0)), descending=descending)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text, hover text, alignment, and what `Ask` and `Cell` list."""
        content = self.content
        if content is None or not index.isValid() or index.row() >= len(content.nodes):
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        node, column = int(content.nodes[index.row()]), MatchColumn(index.column())
        if role == Ask.IS_EXPANDED:
            return self.is_expanded(index.row())
        return answer(content, node, column, role)

    # Jobs and what they bring

    def _ask(self, **change: Any) -> None:
        wish = replace(self._wish, **change)
        if wish != self._wish:
            self._wish = wish
            self._arrange()
        else:
            self.arranged.emit()

    def _arrange(self) -> None:
        content, wish = self.content, self._wish
        if content is None:
            return

        def job(ticket: Ticket) -> MatchArrangement:
            return wish.arrange(content, ticket.check)

        def done(arrangement: MatchArrangement) -> None:
            if content is self.content:
                self._relayout(lambda: content.take(arrangement))

        self._session.run("Filter and sort", job, done, quiet=True, key=f"arrange {id(self)}")

    # Rows

    def _expand(self, nodes: np.ndarray[Any, Any], expanded: bool) -> None:
        content = self.content
        assert content is not None

        def change() -> None:
            content.expanded[nodes] = expanded
            content.refresh()

        self._relayout(change)

    def _relayout(self, change: Callable[[], None]) -> None:
        """Do `change` and keep the selection on the nodes it was on."""
        content = self.content
        assert content is not None
        self.layoutAboutToBeChanged[_HINTED].emit([], _HINT)  # type: ignore[index]
        held = self.persistentIndexList()
        nodes = [int(content.nodes[index.row()]) for index in held]
        change()
        if held:
            where = np.full(len(content.forest), -1, dtype=np.intp)
            where[content.nodes] = np.arange(len(content.nodes))
            moved = [
                self.index(int(where[node]), index.column()) if where[node] >= 0 else QModelIndex()
                for node, index in zip(nodes, held, strict=True)
            ]
            self.changePersistentIndexList(held, moved)
        self.layoutChanged[_HINTED].emit([], _HINT)  # type: ignore[index]
        self.arranged.emit()
