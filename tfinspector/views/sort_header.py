"""A header whose sort arrow stands beside the word, where Qt would draw it over the word."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QHeaderView, QWidget

from tfinspector.views.icons import icon
from tfinspector.views.theme import colours

_PADDING, _ARROW, _GAP = 6, 12, 2


class SortHeader(QHeaderView):
    """Horizontal; texts, alignment and tips come from the model, as usual."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setSectionsClickable(True)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """Ground, separators, the word, and the arrow on the side where there is room."""
        roles = colours()
        painter.save()
        painter.setFont(self.font())
        painter.fillRect(rect, QColor(roles.raised))
        painter.setPen(QColor(roles.line))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        painter.drawLine(rect.topRight(), rect.bottomRight())
        is_sorted = self.isSortIndicatorShown() and self.sortIndicatorSection() == section
        room = rect.adjusted(_PADDING, 0, -_PADDING, 0)
        if is_sorted:
            room.setWidth(room.width() - _ARROW - _GAP)
        align = self._alignment(section)
        is_right = bool(align & Qt.AlignmentFlag.AlignRight)
        if is_sorted and is_right:
            room.translate(_ARROW + _GAP, 0)
        whole = self.model().headerData(section, self.orientation())
        text = painter.fontMetrics().elidedText(
            str(whole or ""), Qt.TextElideMode.ElideRight, room.width()
        )
        painter.setPen(QColor(roles.text if is_sorted else roles.muted))
        painter.drawText(room, align, text)
        if is_sorted:
            width = painter.fontMetrics().horizontalAdvance(text)
            left = room.right() - width - _GAP - _ARROW if is_right else room.left() + width + _GAP
            at = QRect(left, rect.center().y() - _ARROW // 2 + 1, _ARROW, _ARROW)
            is_up = self.sortIndicatorOrder() is Qt.SortOrder.AscendingOrder
            icon("ascending" if is_up else "descending").paint(painter, at)
        painter.restore()

    def _alignment(self, section: int) -> Qt.AlignmentFlag:
        role = Qt.ItemDataRole.TextAlignmentRole
        told = self.model().headerData(section, self.orientation(), role)
        return Qt.AlignmentFlag(told) if told is not None else self.defaultAlignment()
