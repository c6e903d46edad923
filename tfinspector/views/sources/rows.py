"""How a row of the sources pane is painted: what it is or how it fares, its name, and a word."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from tfinspector.contents.sources import SourceKind
from tfinspector.viewmodels.sources.model import SourceAsk
from tfinspector.viewmodels.sources.words import Health
from tfinspector.views.icons import icon
from tfinspector.views.theme import SMALL, TIGHT, colours
from tfinspector.views.widgets.row_background import paint_background

KIND_ICONS = {
    SourceKind.CHECKPOINT: "checkpoint", SourceKind.CHECKPOINT_V1: "checkpoint",
    SourceKind.RUN: "run", SourceKind.SAVED_MODEL: "saved_model", SourceKind.KERAS: "keras",
    SourceKind.KERAS_WEIGHTS: "keras", SourceKind.KERAS_HDF5: "keras",
    SourceKind.GRAPH_DEF: "saved_model", SourceKind.META_GRAPH: "saved_model",
}  # fmt: skip
_ROW = 26
_Index = QModelIndex | QPersistentModelIndex


class SourceDelegate(QStyledItemDelegate):
    """Icon or health sign, the name, and a muted word at the right."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """See the class."""
        roles, rect = colours(), QRect(option.rect)
        paint_background(painter, option, roles)
        painter.save()
        kind, is_current = index.data(SourceAsk.KIND), index.data(SourceAsk.IS_CURRENT)
        sign = QRect(rect.left() + 2, rect.center().y() - 8, 16, 16)
        if kind is not None:
            icon(KIND_ICONS[kind], "accent" if is_current else "text").paint(painter, sign)
        else:
            self._paint_health(painter, sign, index.data(SourceAsk.HEALTH))
        if is_current:
            bar = QRect(0, rect.top() + 3, 3, rect.height() - 6)
            painter.fillRect(bar, QColor(roles.accent))
        font = QFont(option.font)
        font.setWeight(QFont.Weight.DemiBold if is_current else QFont.Weight.Normal)
        rect.adjust(24, 0, -SMALL, 0)
        health = index.data(SourceAsk.HEALTH)
        if kind is not None and health in (Health.WRONG, Health.ATTENTION):
            mark = QRect(rect.right() - 13, rect.center().y() - 7, 14, 14)
            self._paint_health(painter, mark, health)
            rect.adjust(0, 0, -14 - TIGHT, 0)
        detail = index.data(SourceAsk.DETAIL)
        metrics = QFontMetrics(font)
        width = option.fontMetrics.horizontalAdvance(detail)
        has_room = metrics.horizontalAdvance(index.data()) + width + SMALL <= rect.width()
        if has_room:
            painter.setPen(QColor(roles.muted))
            painter.drawText(
                rect, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, detail
            )
            rect.adjust(0, 0, -width - SMALL, 0)
        painter.setFont(font)
        painter.setPen(QColor(roles.text))
        name = metrics.elidedText(index.data(), Qt.TextElideMode.ElideMiddle, rect.width())
        painter.drawText(rect, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """All rows are of one height."""
        return QSize(100, _ROW)

    @staticmethod  # Qt hands the enum over as its text, so compare by value
    def _paint_health(painter: QPainter, rect: QRect, health: Health) -> None:
        if health == Health.WRONG:
            icon("error", "wrong").paint(painter, rect)
        elif health == Health.ATTENTION:
            icon("warning", "attention").paint(painter, rect)
        else:
            roles = colours()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QColor(roles.muted))
            painter.setBrush(
                QColor(roles.muted) if health == Health.GOOD else Qt.BrushStyle.NoBrush
            )
            painter.drawEllipse(rect.center() + QPoint(0, 1), 3, 3)
