"""The Qt model of both tree tables: a tree as a table of its visible rows.

Qt's own tree asks the model several times for every node when all is expanded, which takes
seconds for 100,000 of them; a table asks for what is on screen only. So this model shows the
flattened tree (`FlatRows`) and tells depth and expansion through roles; the view paints them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

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

from tfinspector.viewmodels.courtesy import window
from tfinspector.viewmodels.variables.answers import Ask
from tfinspector.viewmodels.variables.filter import FilterError, parse_filter
from tfinspector.viewmodels.variables.flat_rows import Arrangement, FlatRows, Wish

if TYPE_CHECKING:
    from tfinspector.engine.jobs import Ticket
    from tfinspector.viewmodels.session import Session

Rows = TypeVar("Rows", bound=FlatRows[Any])
MOST_CHOSEN = 64
_Index = QModelIndex | QPersistentModelIndex
_HINT = QAbstractItemModel.LayoutChangeHint.VerticalSortHint
_HINTED = "QList<QPersistentModelIndex>,QAbstractItemModel::LayoutChangeHint"


class FlatTree(QAbstractTableModel, Generic[Rows]):
    """A subclass says what stands in a cell. `arranged` follows every change of what is shown.

    Attributes: session, content (None until there is something to show), filter_problem ("" when
    the filter is understood); `headings` are (heading, what it means) of each column.
    """

    arranged = Signal()
    headings: ClassVar[Mapping[Any, tuple[str, str]]]

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.content: Rows | None = None
        self.filter_problem = ""
        self._wish = Wish()

    def answer(self, content: Rows, node: int, column: int, role: int) -> Any:
        """The answer of a node's cell to `role`; None where it has none."""
        raise NotImplementedError

    def alignment(self, column: int) -> Qt.AlignmentFlag:
        """Words left; a subclass with numbers puts those right."""
        return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter

    # What a person asks for

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

    def set_hidden(self, kinds: Iterable[StrEnum]) -> None:
        """Hide the rows of these kinds."""
        self._ask(hidden=frozenset(kinds))

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
        """Open what is above the item with `key`, and say its row (-1: filtered out)."""
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
    def hidden(self) -> frozenset[StrEnum]:
        """The kinds of rows that are switched off."""
        return self._wish.hidden

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

    def path(self, row: int) -> str:
        """The full path of the row."""
        return self.content.forest.path(int(self.content.rows[row])) if self.content else ""

    def item(self, row: int) -> Any:
        """What stands in `row`; None for a group."""
        return self.content.row(int(self.content.rows[row])) if self.content else None

    def items(self, rows: Iterable[int], most: int = MOST_CHOSEN) -> list[Any]:
        """What stands in `rows`, groups standing for what they hold, at most `most`."""
        found: dict[int, Any] = {}
        for row in rows:
            if self.content is None or len(found) >= most:
                break
            below = self.content.items_below(int(self.content.rows[row]), most)
            found.update((id(item), item) for item in below)
        return list(found.values())[:most]

    # Qt's overrides

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """Rows on screen, were the page tall enough."""
        return 0 if parent.isValid() or self.content is None else len(self.content.rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """One per heading."""
        return 0 if parent.isValid() else len(self.headings)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Heading, and what it means."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self.headings[section][0]
            case Qt.ItemDataRole.ToolTipRole:
                return self.headings[section][1]
            case Qt.ItemDataRole.TextAlignmentRole:
                return self.alignment(section)
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Order siblings by `column`; the answer comes with `arranged`."""
        descending = order is Qt.SortOrder.DescendingOrder
        self._ask(sorted_by=max(column, 0), descending=descending)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text, hover text, alignment, and what `Ask` lists."""
        window.at_work()
        content, row = self.content, index.row()
        if content is None or not 0 <= row < len(content.rows):
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self.alignment(index.column())
        if role == Ask.IS_EXPANDED:
            return self.is_expanded(row)
        return self.answer(content, int(content.rows[row]), index.column(), role)

    # Jobs and what they bring

    def show_content(self, content: Rows | None) -> None:
        """Show this from now on, filtered and sorted as before."""
        self.beginResetModel()
        self.content = content
        self.endResetModel()

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

        def job(ticket: Ticket) -> Arrangement:
            return wish.arrange(content, ticket.check)

        def done(arrangement: Arrangement) -> None:
            if content is self.content:
                self._relayout(lambda: content.take(arrangement))

        self.session.run("Filter and sort", job, done, quiet=True, key=f"arrange {id(self)}")

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
