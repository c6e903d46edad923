"""The bar beside a heat map that says which colour is which value."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QLinearGradient, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from tfinspector.contents import numbers
from tfinspector.viewmodels.inspector.heat_map import HeatMap
from tfinspector.views.inspector.heat_map import colour_bar
from tfinspector.views.inspector.plot_style import PlotStyle

_BAR = 8


class ColourScale(QWidget):
    """Horizontal: low on the left, high on the right, zero in the middle where it is."""

    def __init__(self, style: PlotStyle, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = style
        self._heat_map: HeatMap | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_style(self, style: PlotStyle) -> None:
        """Draw in these colours from now on."""
        self._style = style
        self.update()

    def show_heat_map(self, heat_map: HeatMap | None) -> None:
        """Explain the colours of this."""
        self._heat_map = heat_map
        self.update()

    def sizeHint(self) -> QSize:
        """The bar and a line of text."""
        return QSize(120, _BAR + self.fontMetrics().height() + 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A gradient with its ends named."""
        heat_map = self._heat_map
        if heat_map is None or not heat_map.has_colours:
            return
        painter = QPainter(self)
        painter.setFont(self._style.font)
        gradient = QLinearGradient(0, 0, self.width(), 0)
        colours = colour_bar(heat_map.is_signed)
        for place, colour in enumerate(colours):
            gradient.setColorAt(place / (len(colours) - 1), colour)
        painter.fillRect(QRectF(0, 0, self.width(), _BAR), gradient)
        painter.setPen(self._style.muted)
        below = QRectF(0, _BAR, self.width(), self.height() - _BAR)
        vertical = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft | vertical, numbers.four(heat_map.low))
        painter.drawText(below, Qt.AlignmentFlag.AlignRight | vertical, numbers.four(heat_map.high))
        if heat_map.is_signed:
            painter.drawText(below, Qt.AlignmentFlag.AlignHCenter | vertical, "0")
