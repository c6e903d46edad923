"""A header whose words can always be read.

The sort arrow stands beside the word, where Qt would draw it over the word; and no column is ever
narrower than its heading: cells are elided, headings are not.
"""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QEvent, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QShowEvent
from PySide6.QtWidgets import QHeaderView, QWidget

from tfinspector.views.icons import icon
from tfinspector.views.theme import colours

_PADDING, _ARROW, _GAP = 6, 12, 2


class SortHeader(QHeaderView):
    """Horizontal; texts, alignment and tips come from the model, as usual."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setSectionsClickable(True)
        self.sectionResized.connect(lambda section, *_: self._widen(section))
        self.sortIndicatorChanged.connect(lambda section, *_: self._widen(section))

    def restoreState(self, state: QByteArray | bytes | bytearray | memoryview) -> bool:
        """As Qt's; what was kept may come from a font with narrower letters."""
        is_restored = super().restoreState(state)
        self._widen_all()
        return is_restored

    def showEvent(self, event: QShowEvent) -> None:
        """The style has given it its font by now."""
        super().showEvent(event)
        self._widen_all()

    def changeEvent(self, event: QEvent) -> None:
        """Another font: other widths."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._widen_all()

    def _widen_all(self) -> None:
        for section in range(self.count()):
            self._widen(section)

    def _widen(self, section: int) -> None:
        """Give the section what its heading needs; a hidden one has no width and needs none."""
        if 0 < self.sectionSize(section) < self._needed(section):
            self.resizeSection(section, self._needed(section))

    def _needed(self, section: int) -> int:
        arrow = _ARROW + _GAP if self._is_sorted_by(section) else 0
        return 2 * _PADDING + self.fontMetrics().horizontalAdvance(self._word(section)) + 1 + arrow

    def _word(self, section: int) -> str:
        model = self.model()  # None until the view hands it over
        return str(model.headerData(section, self.orientation()) or "") if model else ""

    def _is_sorted_by(self, section: int) -> bool:
        return self.isSortIndicatorShown() and self.sortIndicatorSection() == section

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """Ground, separators, the word, and the arrow on the side where there is room."""
        roles = colours()
        painter.save()
        painter.setFont(self.font())
        painter.fillRect(rect, QColor(roles.raised))
        painter.setPen(QColor(roles.line))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        painter.drawLine(rect.topRight(), rect.bottomRight())
        is_sorted = self._is_sorted_by(section)
        room = rect.adjusted(_PADDING, 0, -_PADDING, 0)
        if is_sorted:
            room.setWidth(room.width() - _ARROW - _GAP)
        align = self._alignment(section)
        is_right = bool(align & Qt.AlignmentFlag.AlignRight)
        if is_sorted and is_right:
            room.translate(_ARROW + _GAP, 0)
        text = painter.fontMetrics().elidedText(
            self._word(section), Qt.TextElideMode.ElideRight, room.width()
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
