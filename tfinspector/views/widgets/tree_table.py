"""A tree to the hand, a table to Qt: what the tables of groups and rows have in common.

Arrow keys, double click and the chevron open and close groups as in any tree.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from tfinspector.viewmodels.variables.answers import Ask
from tfinspector.viewmodels.variables.flat_tree import FlatTree
from tfinspector.views.theme import ROW_HEIGHT, TIGHT, number_font
from tfinspector.views.widgets.cells import CHEVRON, INDENT
from tfinspector.views.widgets.sort_header import SortHeader

_NAME = 0  # the column with the chevrons


class TreeTable(QTableView):
    """See the module. `table` is its model; `copy_asked` is Ctrl+C."""

    copy_asked = Signal()
    table: FlatTree[Any]

    def __init__(self, table: FlatTree[Any], name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table = table
        self.setModel(table)
        self.setHorizontalHeader(SortHeader(self))
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
        self.setAccessibleName(name)

    def set_columns(self, widths: Mapping[Any, int]) -> None:
        """Columns this wide, movable, sorted by name at first; rows of one height."""
        header = self.horizontalHeader()
        header.setSectionsMovable(True)
        header.setHighlightSections(False)
        header.setSortIndicatorClearable(False)
        header.setMinimumSectionSize(40)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        header.setSortIndicator(_NAME, Qt.SortOrder.AscendingOrder)
        for column, width in widths.items():
            self.setColumnWidth(column, width)
        self.setSortingEnabled(True)
        rows = self.verticalHeader()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setMinimumSectionSize(ROW_HEIGHT)
        rows.setDefaultSectionSize(ROW_HEIGHT)
        rows.hide()

    def selected_rows(self) -> list[int]:
        """Rows of the selection, top to bottom."""
        return sorted({index.row() for index in self.selectionModel().selectedRows()})

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and Right close and open groups, Space toggles, Ctrl+C copies rows."""
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

    def _chevron_at(self, at: QPoint) -> QModelIndex | None:
        index = self.indexAt(at)
        if not index.isValid() or index.column() != _NAME or not index.data(Ask.IS_GROUP):
            return None
        left = self.visualRect(index).left() + TIGHT + INDENT * index.data(Ask.DEPTH)
        return index if left <= at.x() < left + CHEVRON else None
