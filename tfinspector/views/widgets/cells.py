"""How the cells of the variables page are painted: the tree's name column, and all the others."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from tfinspector.viewmodels.variables.answers import Ask
from tfinspector.views.icons import icon
from tfinspector.views.theme import ROW_HEIGHT, TIGHT, Colours, colours
from tfinspector.views.widgets.row_background import paint_background

INDENT = 16
CHEVRON = 16
_SIGN = 14
_Index = QModelIndex | QPersistentModelIndex


class CellDelegate(QStyledItemDelegate):
    """A quiet cell: totals of groups and missing figures are muted, NaN and problems are red."""

    elided = Qt.TextElideMode.ElideRight

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Background, then the text in the colour of its meaning."""
        roles = colours()
        paint_background(painter, option, roles)
        text = index.data()
        if not text:
            return
        painter.save()
        painter.setFont(option.font)
        painter.setPen(QColor(self._colour(index, roles)))
        rect = option.rect.adjusted(6, 0, -6, 0)
        metrics = QFontMetrics(option.font)
        shown = metrics.elidedText(text, self.elided, rect.width())
        painter.drawText(rect, index.data(Qt.ItemDataRole.TextAlignmentRole), shown)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """Wide enough for the text, one row high."""
        metrics = QFontMetrics(option.font)
        return QSize(metrics.horizontalAdvance(index.data() or "") + 14, ROW_HEIGHT)

    def _colour(self, index: _Index, roles: Colours) -> str:
        if index.data(Ask.PROBLEM):
            return roles.wrong
        return roles.muted if index.data(Ask.IS_GROUP) else roles.text


class NonfiniteDelegate(CellDelegate):
    """The NaN/Inf column: zero is quiet, anything else is red and bold."""

    def _colour(self, index: _Index, roles: Colours) -> str:
        return roles.muted if index.data() in ("0", "–") else roles.wrong


class NameDelegate(CellDelegate):
    """Indent, chevron, sign (broken, shared), and the name elided in the middle with what the
    filter found marked.
    """

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """See the class."""
        roles = colours()
        paint_background(painter, option, roles)
        painter.save()
        left = option.rect.left() + TIGHT + INDENT * index.data(Ask.DEPTH)
        middle = option.rect.center().y()
        is_group = bool(index.data(Ask.IS_GROUP))
        if is_group:
            name = "expand" if index.data(Ask.IS_EXPANDED) else "collapse"
            icon(name, "muted").paint(painter, QRect(left, middle - 8, CHEVRON, CHEVRON))
        left += CHEVRON + 2
        sign = self._sign(index)
        if sign:
            icon(*sign).paint(painter, QRect(left, middle - _SIGN // 2, _SIGN, _SIGN))
            left += _SIGN + TIGHT
        font = QFont(option.font)
        if is_group:
            font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        rect = QRect(option.rect)
        rect.setLeft(left)
        rect.setRight(rect.right() - TIGHT)
        self._paint_name(painter, rect, index, QFontMetrics(font), roles)
        painter.restore()

    @staticmethod
    def _sign(index: _Index) -> tuple[str, str] | None:
        if index.data(Ask.PROBLEM):
            return "error", "wrong"
        return ("shared", "muted") if index.data(Ask.IS_SHARED) else None

    @staticmethod
    def _paint_name(
        painter: QPainter, rect: QRect, index: _Index, metrics: QFontMetrics, roles: Colours
    ) -> None:
        text = index.data()
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, rect.width())
        if shown == text:
            for start, end in index.data(Ask.SPANS):
                x = rect.left() + metrics.horizontalAdvance(text[:start])
                width = metrics.horizontalAdvance(text[start:end])
                mark = QRectF(x - 1, rect.top() + 3, width + 2, rect.height() - 6)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(roles.mark))
                painter.drawRoundedRect(mark, 2, 2)
        painter.setPen(QColor(roles.wrong if index.data(Ask.PROBLEM) else roles.text))
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(rect, flags, shown)

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """With indent and signs."""
        hint = super().sizeHint(option, index)
        return QSize(
            hint.width() + INDENT * index.data(Ask.DEPTH) + CHEVRON + _SIGN + 8, ROW_HEIGHT
        )
