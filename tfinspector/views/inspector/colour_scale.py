"""The bar beside a heat map that says which colour is which value."""

from typing import Protocol

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QLinearGradient, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from tfinspector.contents import numbers
from tfinspector.views.inspector.heat_map import colour_bar
from tfinspector.views.inspector.plot_style import PlotStyle

_BAR = 8


class Coloured(Protocol):
    """What colours stand for: values from `low` to `high`, zero in the middle where `is_signed`."""

    @property
    def low(self) -> float:
        """The value at the left end."""

    @property
    def high(self) -> float:
        """The value at the right end."""

    @property
    def is_signed(self) -> bool:
        """Whether the colours part at zero."""

    @property
    def has_colours(self) -> bool:
        """Whether there is anything to explain."""


class ColourScale(QWidget):
    """Horizontal: low on the left, high on the right, zero in the middle where it is."""

    def __init__(self, style: PlotStyle, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = style
        self._heat_map: Coloured | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_style(self, style: PlotStyle) -> None:
        """Draw in these colours from now on."""
        self._style = style
        self.update()

    def show_heat_map(self, heat_map: Coloured | None) -> None:
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
