"""Singular values, greatest first, on a logarithmic axis: one curve per matrix."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent
from PySide6.QtWidgets import QWidget

from tfinspector.contents import numbers
from tfinspector.contents.figures import Scale
from tfinspector.viewmodels.inspector.spectrum import Line
from tfinspector.viewmodels.inspector.value_axis import ValueAxis
from tfinspector.views.inspector.plot_axes import TickedAxis, count_ticks, value_ticks
from tfinspector.views.inspector.plot_style import PlotStyle, faded

_AXIS = ValueAxis(Scale.LOG)
_LEAST = 1e-9  # of the greatest value: farther down nothing can be told apart
_FEW = 48
_MARGIN = 0.06


class SpectrumPlot(pg.GraphicsLayoutWidget):  # type: ignore[misc]
    """`pointed` carries what is under the cursor, "" where nothing is."""

    pointed = Signal(str)

    def __init__(self, style: PlotStyle, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = style
        self._lines: Sequence[Line] = ()
        self._colours: Sequence[QColor] = ()
        self._items: list[pg.GraphicsObject] = []
        self.setAccessibleName("Singular values")
        self.setMinimumHeight(96)
        self.ci.layout.setContentsMargins(0, 0, 0, 0)
        self._bottom = TickedAxis("bottom", count_ticks)
        self._left = TickedAxis("left", value_ticks(_AXIS))
        self._plot: pg.PlotItem = self.addPlot(
            axisItems={"bottom": self._bottom, "left": self._left}
        )
        self._plot.hideButtons()
        self._plot.setMenuEnabled(False)
        self._plot.showGrid(x=True, y=True, alpha=0.1)
        self._box: pg.ViewBox = self._plot.getViewBox()
        self._box.setDefaultPadding(0)
        self.scene().sigMouseMoved.connect(self._on_moved)

    def show_lines(
        self, style: PlotStyle, lines: Sequence[Line], colours: Sequence[QColor]
    ) -> None:
        """Draw these instead."""
        self._style, self._lines, self._colours = style, lines, colours
        self.setBackground(style.surface)
        for axis in (self._bottom, self._left):
            axis.set_colours(style.muted, style.muted, style.font)
        for item in self._items:
            self._plot.removeItem(item)
        self._items = [
            item
            for line, colour in zip(lines, colours, strict=True)
            for item in self._items_of(line, colour)
        ]
        for item in self._items:
            self._plot.addItem(item)
        self.fit()

    def fit(self) -> None:
        """Show all of it."""
        if not self._lines:
            return
        places = np.concatenate([_places(line) for line in self._lines])
        places = places[np.isfinite(places)]
        low, high = (places.min(), places.max()) if len(places) else (-1.0, 0.0)
        room = max(high - low, 0.1) * _MARGIN
        longest = max(len(line.spectrum.values) for line in self._lines)
        self._box.setRange(
            xRange=(1 - longest * 0.02, max(longest, 2) * 1.02),
            yRange=(low - room, high + room), padding=0,
        )  # fmt: skip

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """As in every plot: a double click fits."""
        self.fit()

    def _items_of(self, line: Line, colour: QColor) -> list[pg.GraphicsObject]:
        places = _places(line)
        ranks = np.arange(1, len(places) + 1)
        symbol = {"symbol": "o", "symbolSize": 4, "symbolPen": None, "symbolBrush": colour}
        curve = pg.PlotDataItem(
            ranks, places, pen=pg.mkPen(colour, width=1.5), connect="finite", antialias=True,
            **(symbol if len(places) <= _FEW else {}),
        )  # fmt: skip
        error = line.spectrum.error
        if not (error > line.spectrum.values[-1] > 0) or len(self._lines) > 1:
            return [curve]
        floor = pg.InfiniteLine(_AXIS.place(error), angle=0)
        floor.setPen(pg.mkPen(faded(self._style.muted, 0.7), style=Qt.PenStyle.DashLine))
        return [curve, floor]

    def _on_moved(self, position: QPointF) -> None:
        if not self._lines or not self._box.sceneBoundingRect().contains(position):
            self.pointed.emit("")
            return
        rank = round(self._box.mapSceneToView(position).x())
        told = [
            f"{line.label + ' ' if len(self._lines) > 1 else ''}"
            f"{numbers.four(float(line.spectrum.values[rank - 1]))}"
            for line in self._lines
            if 1 <= rank <= len(line.spectrum.values)
        ]
        self.pointed.emit(f"No. {rank}: {', '.join(told)}" if told else "")


def _places(line: Line) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Places on the logarithmic axis; what cannot be told from zero has none."""
    values = line.spectrum.values
    places = _AXIS.places(values)
    return np.where(values > _LEAST * values[0], places, np.nan)
