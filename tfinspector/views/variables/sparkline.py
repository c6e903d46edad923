"""Paints the small histogram of a row: 64 x 16 pixels, log counts, the zero line marked.

A pixmap is drawn once per content, scheme and screen, and kept; scrolling costs one lookup.
"""

from collections import OrderedDict

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap, QPixmapCache
from PySide6.QtWidgets import QApplication, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from tfinspector.contents.figures import Statistics, Unmeasured
from tfinspector.viewmodels.sparkline import Sparkline, sparkline
from tfinspector.views.theme import Colours, colours, with_alpha

WIDTH, HEIGHT = 64, 16
_DOT = 5
_KEPT = 4096
_MARGIN = 4


class SparklineDelegate(QStyledItemDelegate):
    """Reads `Statistics`, `Unmeasured` or None (not yet measured) from `Qt.UserRole`."""

    def __init__(self, parent: QApplication | None = None) -> None:
        super().__init__(parent)
        self._lines: OrderedDict[int, tuple[Statistics, Sparkline]] = OrderedDict()

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """The picture and a little air."""
        return QSize(WIDTH + 2 * _MARGIN, HEIGHT + 4)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """The row's background, then its sparkline; a dash where there is nothing to draw."""
        self.initStyleOption(option, index)
        option.text = ""
        style = option.widget.style() if option.widget else QApplication.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        figures = index.data(Qt.ItemDataRole.UserRole)
        rect: QRect = option.rect
        left, top = rect.left() + _MARGIN, rect.center().y() - HEIGHT // 2 + 1
        if isinstance(figures, Statistics):
            ratio = painter.device().devicePixelRatioF()
            painter.drawPixmap(left, top, sparkline_pixmap(self._line(figures), ratio))
        elif isinstance(figures, Unmeasured):
            painter.setPen(QColor(colours().faint))
            painter.drawText(QRect(left, top, WIDTH, HEIGHT), Qt.AlignmentFlag.AlignVCenter, "–")

    def _line(self, figures: Statistics) -> Sparkline:
        """By identity: figures are frozen, and keeping them keeps their id taken."""
        known = self._lines.get(id(figures))
        if known is None:
            known = (figures, sparkline(figures))
            self._lines[id(figures)] = known
            if len(self._lines) > _KEPT:
                self._lines.popitem(last=False)
        return known[1]


def sparkline_pixmap(line: Sparkline, ratio: float = 1.0) -> QPixmap:
    """The picture, from the cache if it was drawn before in this scheme."""
    roles = colours()
    key = f"sparkline {roles.dark} {ratio} {line.zero} {line.is_bad} {line.is_constant} "
    key += line.heights.hex()
    pixmap = QPixmap()
    if not QPixmapCache.find(key, pixmap):
        pixmap = _draw(line, ratio, roles)
        QPixmapCache.insert(key, pixmap)
    return pixmap


def _draw(line: Sparkline, ratio: float, roles: Colours) -> QPixmap:
    pixmap = QPixmap(round(WIDTH * ratio), round(HEIGHT * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.fillRect(QRectF(0, HEIGHT - 1, WIDTH, 1), QColor(roles.line))
    bars = len(line.heights)
    if line.zero is not None:
        x = line.zero * WIDTH / bars if bars else WIDTH / 2
        painter.fillRect(QRectF(x, 0, 1, HEIGHT), with_alpha(roles.muted, 0.55))
    ink = with_alpha(roles.accent, 0.8)
    for index, height in enumerate(line.heights):
        if height:
            tall = max(1.0, (HEIGHT - 1) * height / 255)
            bar = QRectF(index * WIDTH / bars, HEIGHT - 1 - tall, WIDTH / bars, tall)
            painter.fillRect(bar, ink)
    if line.is_constant:
        painter.fillRect(QRectF(WIDTH / 2 - 1, 1, 2, HEIGHT - 2), ink)
    if line.is_bad:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(roles.surface))
        painter.setBrush(QColor(roles.wrong))
        painter.drawEllipse(QRectF(WIDTH - _DOT - 1.5, 0.5, _DOT, _DOT))
    painter.end()
    return pixmap
