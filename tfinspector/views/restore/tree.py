"""The match table as a widget: a tree to the hand, a table to Qt, like that of the variables."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QPainter,
)
from PySide6.QtWidgets import (
    QStyleOptionViewItem,
    QWidget,
)

from tfinspector.viewmodels.restore.rows import MatchColumn
from tfinspector.viewmodels.restore.table import MatchTableModel
from tfinspector.viewmodels.variables.answers import Ask
from tfinspector.viewmodels.variables.state_table import Cell
from tfinspector.views.icons import icon
from tfinspector.views.theme import Colours, colours
from tfinspector.views.widgets.cells import (
    CellDelegate,
    NameDelegate,
)
from tfinspector.views.widgets.row_background import paint_background
from tfinspector.views.widgets.tree_table import TreeTable

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

    elided = Qt.TextElideMode.ElideMiddle

    def _colour(self, index: QModelIndex, roles: Colours) -> str:  # type: ignore[override]
        return roles.muted


class SideDelegate(CellDelegate):
    """Shapes and types of both sides; where they differ, in red."""

    def _colour(self, index: QModelIndex, roles: Colours) -> str:  # type: ignore[override]
        return roles.wrong if index.data(Ask.PROBLEM) else roles.text


class MatchView(TreeTable):
    """See the module and `TreeTable`."""

    table: MatchTableModel

    def __init__(self, table: MatchTableModel, parent: QWidget | None = None) -> None:
        super().__init__(table, "Match table", parent)
        self.set_columns(_WIDTHS)
        self._set_delegates()

    def show_row(self, row: int) -> None:
        """Select `row` and bring it into view."""
        self.selectRow(row)
        self.scrollTo(self.table.index(row, 0))

    def _set_delegates(self) -> None:
        self.setItemDelegate(SideDelegate(self))
        self.setItemDelegateForColumn(MatchColumn.NAME, NameDelegate(self))
        self.setItemDelegateForColumn(MatchColumn.STATE, StateDelegate(self))
        for column in (MatchColumn.DEVICE, MatchColumn.MODEL_PATH, MatchColumn.KEY):
            self.setItemDelegateForColumn(column, PathDelegate(self))
