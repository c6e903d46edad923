"""The table widget of the variables page: a tree to the hand, a table to Qt.

Arrow keys, double click and the chevron open and close groups as in any tree. Scrolling tells
the session what is in view, so that those rows are measured first.
"""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from tfinspector.viewmodels.variables.answers import Ask
from tfinspector.viewmodels.variables.columns import Column
from tfinspector.viewmodels.variables.tree import VariableTable
from tfinspector.views.theme import ROW_HEIGHT, TIGHT, number_font
from tfinspector.views.variables.cells import (
    CHEVRON,
    INDENT,
    CellDelegate,
    NameDelegate,
    NonfiniteDelegate,
)
from tfinspector.views.variables.sparkline import SparklineDelegate

_WIDTHS = {
    Column.NAME: 220, Column.SHAPE: 98, Column.DTYPE: 66, Column.PARAMETERS: 80,
    Column.BYTES: 68, Column.ROLE: 76, Column.MIN: 90, Column.MAX: 90, Column.MEAN: 90,
    Column.STD: 90, Column.ZERO: 62, Column.NONFINITE: 66, Column.HISTOGRAM: 84,
}  # fmt: skip
_LOOK_MS = 80


class VariableView(QTableView):
    """See the module. `table` is its model; `copy_asked` is Ctrl+C."""

    copy_asked = Signal()

    def __init__(self, table: VariableTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table = table
        self.setModel(table)
        self.setFont(number_font(self.font()))
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.setCornerButtonEnabled(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setAccessibleName("Variables")
        self._set_headers()
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

    def selected_rows(self) -> list[int]:
        """Rows of the selection, top to bottom."""
        return sorted({index.row() for index in self.selectionModel().selectedRows()})

    def show_row(self, row: int) -> None:
        """Select `row` and bring it into view."""
        self.selectRow(row)
        self.scrollTo(self.table.index(row, 0), QAbstractItemView.ScrollHint.PositionAtCenter)

    def reset(self) -> None:
        """Another snapshot: nothing is selected, and other rows are in view."""
        super().reset()
        if hasattr(self, "_look"):
            self._look.start()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and Right close and open groups; + and - with Ctrl open and close all."""
        row = self.currentIndex().row()
        key = event.key()
        if key == Qt.Key.Key_Right and row >= 0 and self.table.is_group(row):
            if not self.table.is_expanded(row):
                self.table.toggle(row)
            elif row + 1 < self.table.rowCount():
                self.selectRow(row + 1)
        elif key == Qt.Key.Key_Left and row >= 0:
            if self.table.is_group(row) and self.table.is_expanded(row):
                self.table.toggle(row)
            elif self.table.parent_row(row) >= 0:
                self.selectRow(self.table.parent_row(row))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and row >= 0:
            self.table.toggle(row)
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.copy_asked.emit()  # Qt's own would copy one cell
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A press on a chevron opens or closes its group and selects nothing."""
        index = self._chevron_at(event.position().toPoint())
        if index is not None and event.button() is Qt.MouseButton.LeftButton:
            self.table.toggle(index.row())
            return
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """A double click anywhere on a group's row opens or closes it."""
        at = event.position().toPoint()
        index = self.indexAt(at)
        if index.isValid() and self._chevron_at(at) is None:
            self.table.toggle(index.row())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More rows may be in view."""
        super().resizeEvent(event)
        self._look.start()

    def _set_headers(self) -> None:
        header = self.horizontalHeader()
        header.setSectionsMovable(True)
        header.setHighlightSections(False)
        header.setSortIndicatorClearable(False)
        header.setMinimumSectionSize(40)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        header.setSortIndicator(Column.NAME, Qt.SortOrder.AscendingOrder)
        for column, width in _WIDTHS.items():
            self.setColumnWidth(column, width)
        header.moveSection(Column.HISTOGRAM, Column.SHAPE)  # the picture beside the name
        self.setSortingEnabled(True)
        rows = self.verticalHeader()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setMinimumSectionSize(ROW_HEIGHT)
        rows.setDefaultSectionSize(ROW_HEIGHT)
        rows.hide()

    def _set_delegates(self) -> None:
        self.setItemDelegate(CellDelegate(self))
        self.setItemDelegateForColumn(Column.NAME, NameDelegate(self))
        self.setItemDelegateForColumn(Column.NONFINITE, NonfiniteDelegate(self))
        sparklines = SparklineDelegate()
        sparklines.setParent(self)
        self.setItemDelegateForColumn(Column.HISTOGRAM, sparklines)

    def _chevron_at(self, at: QPoint) -> QModelIndex | None:
        index = self.indexAt(at)
        if not index.isValid() or index.column() != Column.NAME or not index.data(Ask.IS_GROUP):
            return None
        left = self.visualRect(index).left() + TIGHT + INDENT * index.data(Ask.DEPTH)
        return index if left <= at.x() < left + CHEVRON else None

    def _look_at(self) -> None:
        """Tell the session which variables are in view."""
        first = max(self.rowAt(0), 0)
        last = self.rowAt(self.viewport().height() - 1)
        last = self.table.rowCount() - 1 if last < 0 else last
        rows = [row for row in range(first, last + 1) if not self.table.is_group(row)]
        if rows:
            self.table.session.queue.look_at(self.table.choices(rows, len(rows)))
