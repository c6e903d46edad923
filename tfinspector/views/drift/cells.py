"""Cells of a heat map of drift, painted the same in the window and in exported pictures."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, QSizeF
from PySide6.QtGui import QColor, QImage, QPaintEngine, QPainter, QPen

from tfinspector.viewmodels.drift.colours import ColourRange
from tfinspector.viewmodels.drift.heat import Cells, Mask
from tfinspector.views.inspector.heat_map import colour_table
from tfinspector.views.theme import Colours

_HATCH = 4.0
_DOT = 3.0
_MOST_DRAWN = 20_000
_SHARP = 8


class CellPainter:
    """Fills cells in the colours of a range. Zeros of a logarithmic scale are grey; what is no
    number is hatched.
    """

    def __init__(self, colours: ColourRange, roles: Colours) -> None:
        self._colours = colours
        self._table = colour_table(colours.is_signed)
        self._still, self._ground = QColor(roles.hover), QColor(roles.surface)
        self._hatch = QPen(QColor(roles.muted), 1.0)
        self._odd = QColor(roles.wrong)

    def paint(self, painter: QPainter, block: QRectF, cells: Cells, gap: QSizeF) -> None:
        """A block of cells, arrays of (lines, snapshots), with this air right of and below each.

        Thousands of them take as long as a handful: their colours are one image.
        """
        lines, columns = cells.values.shape
        if not lines or not columns:
            return
        tall, wide = block.height() / lines, block.width() / columns
        fills = cells.paired & ~cells.failed
        self._fill(painter, block, cells, fills)
        for line, first, end in _stretches((fills & np.isnan(cells.places)) | cells.failed):
            left, top = block.left() + first * wide, block.top() + line * tall
            self._paint_hatch(painter, QRectF(left, top, (end - first) * wide, tall))
        self._part(painter, block, lines, columns, gap)
        for line, column in np.argwhere(cells.odd).tolist():
            left, top = block.left() + column * wide, block.top() + line * tall
            self._paint_dot(painter, QRectF(left, top, wide - gap.width(), tall - gap.height()))

    def _fill(self, painter: QPainter, block: QRectF, cells: Cells, fills: Mask) -> None:
        """The colours: one image, but in drawings cells, which stay sharp however large."""
        dots = self._dots(cells, fills)
        lines, columns = fills.shape
        image = QImage(dots.data, columns, lines, 4 * columns, QImage.Format.Format_RGBA8888)
        if painter.paintEngine().type() is QPaintEngine.Type.Raster:
            painter.drawImage(block, image)
        elif fills.size > _MOST_DRAWN:
            painter.drawImage(block, image.scaled(image.size() * _SHARP))
        else:
            tall, wide = block.height() / lines, block.width() / columns
            for line, column in np.argwhere(fills).tolist():
                left, top = block.left() + column * wide, block.top() + line * tall
                colour = QColor(*dots[line, column].tolist())
                painter.fillRect(QRectF(left, top, wide, tall), colour)

    def _dots(self, cells: Cells, fills: Mask) -> NDArray[np.uint8]:
        """(lines, snapshots, 4): red, green, blue and alpha; nothing where nothing is filled."""
        places = np.nan_to_num(cells.places) * (len(self._table) - 1)
        dots = self._table[np.rint(places).astype(np.intp)]
        is_still = np.isnan(cells.places)
        if self._colours.is_log:
            is_still |= cells.values == 0
        still = self._still
        dots[is_still] = still.red(), still.green(), still.blue(), 255
        dots[~fills] = 0
        return np.ascontiguousarray(dots)

    def _part(
        self, painter: QPainter, block: QRectF, lines: int, columns: int, gap: QSizeF
    ) -> None:
        """Air right of each column and below each line."""
        tall, wide = block.height() / lines, block.width() / columns
        for column in range(1, columns + 1):
            right = block.left() + column * wide
            air = QRectF(right - gap.width(), block.top(), gap.width(), block.height())
            painter.fillRect(air, self._ground)
        for line in range(1, lines + 1):
            bottom = block.top() + line * tall
            air = QRectF(block.left(), bottom - gap.height(), block.width(), gap.height())
            painter.fillRect(air, self._ground)

    def _paint_hatch(self, painter: QPainter, cell: QRectF) -> None:
        """Lines from lower left to upper right, drawn one by one: patterns get lost in SVG."""
        painter.fillRect(cell, self._still)
        painter.setPen(self._hatch)
        painter.drawLines(_diagonals(cell))

    def _paint_dot(self, painter: QPainter, cell: QRectF) -> None:
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


def _stretches(mask: Mask) -> Iterator[tuple[int, int, int]]:
    """Line, first column and end of each unbroken stretch."""
    edges = np.diff(mask.astype(np.int8), axis=1, prepend=0, append=0)
    starts, ends = np.argwhere(edges == 1), np.argwhere(edges == -1)
    for (line, first), (_, end) in zip(starts.tolist(), ends.tolist(), strict=True):
        yield line, first, end


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
