"""One cell of a heat map of drift, painted the same in the window and in exported pictures."""

from __future__ import annotations

import math

from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen

from tfinspector.viewmodels.drift_colours import ColourRange
from tfinspector.views.inspector.heat_map import colour_table
from tfinspector.views.theme import Colours

_HATCH = 4.0
_DOT = 3.0


class CellPainter:
    """Fills cells in the colours of a range. Zeros of a logarithmic scale are grey; what is no
    number is hatched.
    """

    def __init__(self, colours: ColourRange, roles: Colours) -> None:
        self._colours = colours
        self._table = [QColor(*row) for row in colour_table(colours.is_signed).tolist()]
        self._still, self._ground = QColor(roles.hover), QColor(roles.surface)
        self._hatch = QPen(QColor(roles.muted), 1.0)
        self._odd = QColor(roles.wrong)

    def fill(self, painter: QPainter, cell: QRectF, value: float, place: float) -> None:
        """One cell with a value; `place` is where it is in the range, 0 to 1."""
        if self._colours.is_log and value == 0:
            painter.fillRect(cell, self._still)
        elif math.isnan(place):
            self.hatch(painter, cell)
        else:
            painter.fillRect(cell, self._table[round(place * (len(self._table) - 1))])

    def hatch(self, painter: QPainter, cell: QRectF) -> None:
        """Lines from lower left to upper right, drawn one by one: patterns get lost in SVG."""
        painter.fillRect(cell, self._still)
        painter.setPen(self._hatch)
        painter.drawLines(_diagonals(cell))

    def dot(self, painter: QPainter, cell: QRectF) -> None:
        """There is NaN or Inf among the values."""
        radius = min(_DOT, cell.width() / 2, cell.height() / 2)
        centre = cell.topRight() + QPointF(-radius - 1, radius + 1)
        painter.fillRect(
            QRectF(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius), self._ground
        )
        radius -= 0.8
        painter.fillRect(
            QRectF(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius), self._odd
        )


def _diagonals(cell: QRectF) -> list[QLineF]:
    """Lines x + y = constant, cut at the cell."""
    lines = []
    total = _HATCH * (math.floor((cell.left() + cell.top()) / _HATCH) + 1)
    while total < cell.right() + cell.bottom():
        left = max(cell.left(), total - cell.bottom())
        right = min(cell.right(), total - cell.top())
        if right > left:
            lines.append(QLineF(left, total - left, right, total - right))
        total += _HATCH
    return lines
