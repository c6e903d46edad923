"""Bars of one histogram as one graphics item: a filled step outline over a baseline.

Bars touch, as bins do, and are never interpolated. The path follows the tops and returns along
the baseline; empty bins leave no line behind.
"""

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QBrush, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget


class BarsItem(pg.GraphicsObject):  # type: ignore[misc]
    """`edges` (n + 1, ascending places), `tops` (n); bars stand on `baseline`."""

    def __init__(
        self,
        edges: NDArray[np.float64],
        tops: NDArray[np.float64],
        baseline: float,
        pen: QPen,
        brush: QBrush,
    ) -> None:
        super().__init__()
        self._pen, self._brush = pen, brush
        self._fill = _outline(edges, tops, baseline)
        self._line = _tops_only(edges, tops, baseline)
        self._bounds = self._fill.boundingRect()

    def boundingRect(self) -> QRectF:
        """Qt's question: the rectangle around all bars."""
        return self._bounds

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Fill the bars, then draw their outline."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.fillPath(self._fill, self._brush)
        painter.setPen(self._pen)
        painter.drawPath(self._line)


def _corners(
    edges: NDArray[np.float64], tops: NDArray[np.float64], baseline: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Two corners per edge: up or down from the bin before to the bin after."""
    return np.repeat(edges, 2), np.concatenate([[baseline], np.repeat(tops, 2), [baseline]])


def _outline(
    edges: NDArray[np.float64], tops: NDArray[np.float64], baseline: float
) -> QPainterPath:
    """The closed outline of all bars together."""
    path: QPainterPath = pg.arrayToQPath(*_corners(edges, tops, baseline))
    path.closeSubpath()
    return path


def _tops_only(
    edges: NDArray[np.float64], tops: NDArray[np.float64], baseline: float
) -> QPainterPath:
    """The outline without the baseline, broken where bins are empty."""
    filled = np.concatenate([[False], tops > baseline, [False]])
    connect = np.zeros(2 * len(edges), np.int32)  # corner k to corner k + 1
    connect[0::2] = filled[:-1] | filled[1:]  # the vertical at each edge
    connect[1:-1:2] = filled[1:-1]  # the top of each bin
    path: QPainterPath = pg.arrayToQPath(*_corners(edges, tops, baseline), connect=connect)
    return path
