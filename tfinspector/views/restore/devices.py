"""The tab Devices: one restore on several devices, side by side, and how far their outputs go."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPainter
from PySide6.QtWidgets import (
    QHBoxLayout,
    QStackedLayout,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from tfinspector.contents.devices import DeviceReport
from tfinspector.viewmodels.restore.devices import DeviceRole, DeviceTable, device_verdict
from tfinspector.views.icons import icon
from tfinspector.views.restore.flat_table import dress
from tfinspector.views.restore.match import VerdictLine
from tfinspector.views.theme import ROW_HEIGHT, SMALL, TIGHT, colours
from tfinspector.views.widgets.buttons import tool_button
from tfinspector.views.widgets.empty_state import EmptyState
from tfinspector.views.widgets.row_background import paint_background

NOT_COMPARED = (
    "Compare devices, beside the list of devices, restores on each of them in turn and shows "
    "here what is equal and what is not."
)
_NAME, _SHAPE, _DEVICE = 236, 126, 160
_SIGN = 16


class DevicesDelegate(QStyledItemDelegate):
    """Headings in strong letters over all columns, signs before what a device answered."""

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Background, sign, text."""
        roles = colours()
        paint_background(painter, option, roles)
        painter.save()
        sign = index.data(DeviceRole.SIGN)
        rect = option.rect.adjusted(6, 0, -6, 0)
        font, colour = QFont(option.font), roles.text
        if index.data(DeviceRole.IS_HEADING):
            font.setWeight(QFont.Weight.DemiBold)
        elif index.column() == 1:
            colour = roles.muted
        if sign is not None:
            colour = getattr(roles, sign.role)
            if sign.icon:
                top = rect.center().y() - _SIGN // 2 + 1
                icon(sign.icon, sign.role).paint(painter, rect.left(), top, _SIGN, _SIGN)
            rect.setLeft(rect.left() + _SIGN + 6)
        painter.setFont(font)
        painter.setPen(QColor(colour))
        mode = Qt.TextElideMode.ElideMiddle if index.column() == 0 else Qt.TextElideMode.ElideRight
        shown = painter.fontMetrics().elidedText(index.data() or "", mode, rect.width())
        painter.drawText(rect, index.data(Qt.ItemDataRole.TextAlignmentRole), shown)
        painter.restore()

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """One row high."""
        return QSize(option.fontMetrics.horizontalAdvance(index.data() or "") + 36, ROW_HEIGHT)


class DevicesPane(QWidget):
    """Attributes: verdict, view, table, report (the one that is shown)."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.verdict, self.table = VerdictLine(), DeviceTable(self)
        self.view = QTableView()
        self.view.setModel(self.table)
        self.view.setItemDelegate(DevicesDelegate(self.view))
        dress(self.view, "Devices side by side")
        self.report: DeviceReport | None = None
        bar = QHBoxLayout()
        bar.setContentsMargins(SMALL, TIGHT, SMALL, TIGHT)
        bar.addWidget(self.verdict, 1)
        bar.addWidget(tool_button("copy", "Copy", "Copy the table", self._copy))
        known = QWidget()
        column = QVBoxLayout(known)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addWidget(self.view, 1)
        empty = EmptyState("devices")
        empty.say(NOT_COMPARED)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(empty)
        self._stack.addWidget(known)

    def show_report(self, report: DeviceReport | None) -> None:
        """Show this comparison; None teaches how to make one."""
        if report is not self.report:
            self.report = report
            self.table.show_report(report)
            self._set_widths()
        if report:
            self.verdict.say(device_verdict(report))
        self._stack.setCurrentIndex(1 if report else 0)

    def _set_widths(self) -> None:
        for column in range(self.table.columnCount()):
            width = (_NAME, _SHAPE)[column] if column < 2 else _DEVICE
            self.view.setColumnWidth(column, width)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.table.text())
