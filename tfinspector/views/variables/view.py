"""The table widget of the variables page: a tree to the hand, a table to Qt.

Arrow keys, double click and the chevron open and close groups as in any tree. Scrolling tells
the session what is in view, so that those rows are measured first.
"""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QWidget

from tfinspector.contents import numbers
from tfinspector.viewmodels.variables.columns import Column
from tfinspector.viewmodels.variables.tree import VariableTable
from tfinspector.views.variables.sparkline import SparklineDelegate
from tfinspector.views.widgets.cells import (
    CellDelegate,
    NameDelegate,
    NonfiniteDelegate,
)
from tfinspector.views.widgets.tree_table import TreeTable

_WIDTHS = {
    Column.NAME: 200, Column.SHAPE: 98, Column.DTYPE: 66, Column.PARAMETERS: 96,
    Column.BYTES: 68, Column.ROLE: 76, Column.MIN: 90, Column.MAX: 90, Column.MEAN: 90,
    Column.STD: 90, Column.ZERO: 62, Column.NONFINITE: 66, Column.HISTOGRAM: 84,
}  # fmt: skip
_LOOK_MS = 80
_CELL_PADDING, _WIDEST_WORDS = 14, 160


class VariableView(TreeTable):
    """See the module and `TreeTable`."""

    table: VariableTable

    def __init__(self, table: VariableTable, parent: QWidget | None = None) -> None:
        super().__init__(table, "Variables", parent)
        self.set_columns(_WIDTHS)
        # the picture beside the name
        self.horizontalHeader().moveSection(Column.HISTOGRAM, Column.SHAPE)
        self._set_delegates()
        self._look = QTimer(self, singleShot=True, interval=_LOOK_MS)
        self._look.timeout.connect(self._look_at)
        self.verticalScrollBar().valueChanged.connect(self._look.start)
        table.arranged.connect(self._look.start)

    def shown_columns(self) -> list[Column]:
        """Columns that are not hidden, as they stand on screen from left to right."""
        header = self.horizontalHeader()
        order = sorted(Column, key=header.visualIndex)
        return [column for column in order if not self.isColumnHidden(column)]

    def show_row(self, row: int) -> None:
        """Select `row` and bring it into view."""
        self.selectRow(row)
        self.scrollTo(self.table.index(row, 0), QAbstractItemView.ScrollHint.PositionAtCenter)

    def reset(self) -> None:
        """Another snapshot: nothing is selected, and other rows are in view."""
        super().reset()
        if hasattr(self, "_look"):
            self._look.start()

    def fit_words(self) -> None:
        """Widen the columns of words where what stands in them would be cut."""
        content = self.table.content
        if content is None:
            return
        types = {variable.dtype.name for variable in content.variables}
        groups = f"{numbers.whole(len(content.variables))} variables"
        for column, texts in ((Column.DTYPE, types), (Column.SHAPE, {groups})):
            widest = max((self.fontMetrics().horizontalAdvance(text) for text in texts), default=0)
            needed = min(widest + _CELL_PADDING, _WIDEST_WORDS)
            if needed > self.columnWidth(column):
                self.setColumnWidth(column, needed)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More rows may be in view."""
        super().resizeEvent(event)
        self._look.start()

    def _set_delegates(self) -> None:
        self.setItemDelegate(CellDelegate(self))
        self.setItemDelegateForColumn(Column.NAME, NameDelegate(self))
        self.setItemDelegateForColumn(Column.NONFINITE, NonfiniteDelegate(self))
        sparklines = SparklineDelegate()
        sparklines.setParent(self)
        self.setItemDelegateForColumn(Column.HISTOGRAM, sparklines)

    def _look_at(self) -> None:
        """Tell the session which variables are in view."""
        first = max(self.rowAt(0), 0)
        last = self.rowAt(self.viewport().height() - 1)
        last = self.table.rowCount() - 1 if last < 0 else last
        rows = [row for row in range(first, last + 1) if not self.table.is_group(row)]
        if rows:
            self.table.session.queue.look_at(self.table.choices(rows, len(rows)))
