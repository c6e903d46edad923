"""The match table as a widget: a tree to the hand, a table to Qt, like that of the variables."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from tfinspector.viewmodels.restore.answers import Cell
from tfinspector.viewmodels.restore.rows import MatchColumn
from tfinspector.viewmodels.restore.table import MatchTableModel
from tfinspector.viewmodels.variables.answers import Ask
from tfinspector.views.icons import icon
from tfinspector.views.theme import ROW_HEIGHT, TIGHT, Colours, colours, number_font
from tfinspector.views.variables.cells import (
    CHEVRON,
    INDENT,
    CellDelegate,
    NameDelegate,
)
from tfinspector.views.variables.row_background import paint_background

_WIDTHS = {
    MatchColumn.NAME: 212, MatchColumn.STATE: 150, MatchColumn.FILE_SHAPE: 86,
    MatchColumn.MODEL_SHAPE: 90, MatchColumn.FILE_DTYPE: 76, MatchColumn.MODEL_DTYPE: 86,
    MatchColumn.DEVICE: 62, MatchColumn.MODEL_PATH: 210, MatchColumn.KEY: 320,
}  # fmt: skip
_SIGN = 16


class StateDelegate(CellDelegate):
    """Icon and word in the colour of the state; groups say how many of theirs are good."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:  # type: ignore[override]
        """See the class."""
        roles = colours()
        paint_background(painter, option, roles)
        sign = index.data(Cell.SIGN)
        if sign is None:
            return
        painter.save()
        rect = option.rect.adjusted(6, 0, -6, 0)
        top = rect.center().y() - _SIGN // 2 + 1
        icon(sign.icon, sign.role).paint(painter, rect.left(), top, _SIGN, _SIGN)
        font = QFont(option.font)
        painter.setFont(font)
        painter.setPen(QColor(getattr(roles, sign.role)))
        rect.setLeft(rect.left() + _SIGN + 6)
        shown = QFontMetrics(font).elidedText(
            index.data(), Qt.TextElideMode.ElideRight, rect.width()
        )
        painter.drawText(rect, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)
        painter.restore()


class PathDelegate(CellDelegate):
    """A path or key: muted, elided in the middle."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:  # type: ignore[override]
        """See the class."""
        roles = colours()
        paint_background(painter, option, roles)
        text = index.data()
        if not text:
            return
        painter.save()
        painter.setFont(option.font)
        painter.setPen(QColor(roles.muted))
        rect = option.rect.adjusted(6, 0, -6, 0)
        shown = QFontMetrics(option.font).elidedText(
            text, Qt.TextElideMode.ElideMiddle, rect.width()
        )
        painter.drawText(rect, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)
        painter.restore()


class SideDelegate(CellDelegate):
    """Shapes and types of both sides; where they differ, in red."""

    def _colour(self, index: QModelIndex, roles: Colours) -> str:  # type: ignore[override]
        return roles.wrong if index.data(Ask.PROBLEM) else roles.text


class MatchView(QTableView):
    """See the module. `table` is its model; `copy_asked` is Ctrl+C."""

    copy_asked = Signal()

    def __init__(self, table: MatchTableModel, parent: QWidget | None = None) -> None:
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
        self.setAccessibleName("Match table")
        self._set_headers()
        self._set_delegates()

    def selected_rows(self) -> list[int]:
        """Rows of the selection, top to bottom."""
        return sorted({index.row() for index in self.selectionModel().selectedRows()})

    def show_row(self, row: int) -> None:
        """Select `row` and bring it into view."""
        self.selectRow(row)
        self.scrollTo(self.table.index(row, 0))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and Right close and open groups, Space toggles, Ctrl+C copies rows."""
        row, key = self.currentIndex().row(), event.key()
        is_group = row >= 0 and self.table.is_group(row)
        if key == Qt.Key.Key_Right and is_group:
            if not self.table.is_expanded(row):
                self.table.toggle(row)
            elif row + 1 < self.table.rowCount():
                self.selectRow(row + 1)
        elif key == Qt.Key.Key_Left and row >= 0:
            if is_group and self.table.is_expanded(row):
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

    def _set_headers(self) -> None:
        header = self.horizontalHeader()
        header.setSectionsMovable(True)
        header.setHighlightSections(False)
        header.setSortIndicatorClearable(False)
        header.setMinimumSectionSize(40)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        header.setSortIndicator(MatchColumn.NAME, Qt.SortOrder.AscendingOrder)
        for column, width in _WIDTHS.items():
            self.setColumnWidth(column, width)
        self.setSortingEnabled(True)
        rows = self.verticalHeader()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setMinimumSectionSize(ROW_HEIGHT)
        rows.setDefaultSectionSize(ROW_HEIGHT)
        rows.hide()

    def _set_delegates(self) -> None:
        self.setItemDelegate(SideDelegate(self))
        self.setItemDelegateForColumn(MatchColumn.NAME, NameDelegate(self))
        self.setItemDelegateForColumn(MatchColumn.STATE, StateDelegate(self))
        for column in (MatchColumn.DEVICE, MatchColumn.MODEL_PATH, MatchColumn.KEY):
            self.setItemDelegateForColumn(column, PathDelegate(self))

    def _chevron_at(self, at: QPoint) -> QModelIndex | None:
        index = self.indexAt(at)
        if not index.isValid() or index.column() != MatchColumn.NAME:
            return None
        if not index.data(Ask.IS_GROUP):
            return None
        left = self.visualRect(index).left() + TIGHT + INDENT * index.data(Ask.DEPTH)
        return index if left <= at.x() < left + CHEVRON else None
