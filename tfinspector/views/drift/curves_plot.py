"""Curves over steps, one for each chosen variable."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetricsF, QKeyEvent
from PySide6.QtWidgets import QWidget

from tfinspector.contents.drifts import Floats
from tfinspector.contents.figures import Scale
from tfinspector.viewmodels.drift.curves import Curves
from tfinspector.viewmodels.inspector.value_axis import ValueAxis
from tfinspector.views.drift.run_plot import RunPlot
from tfinspector.views.inspector.plot_axes import value_ticks
from tfinspector.views.inspector.plot_style import PlotStyle

_WIDE = 50.0
_LABELS = 0.26  # of the width, for names beside the curves
_LABEL_HEIGHT = 15.0
_AIR = 12.0  # pixels around a name


class CurvesPlot(RunPlot):
    """Curves over steps, each named at its end. `L` toggles a log axis."""

    def __init__(self, style: PlotStyle, parent: QWidget | None = None) -> None:
        super().__init__(style, "Curves over steps", parent)
        self._curves: Curves | None = None
        self._lines: list[pg.PlotDataItem] = []
        self._here = pg.InfiniteLine(0.0, angle=90)
        self._add(self._here, 1)
        self._axis = ValueAxis()
        self._is_log: bool | None = None
        self._box.setMouseEnabled(x=True, y=True)
        self._box.sigResized.connect(lambda _box: self.fit())

    @property
    def is_log(self) -> bool:
        """Whether the values' axis is logarithmic."""
        return self._axis.scale is Scale.LOG

    def set_log(self, is_log: bool) -> None:
        """Draw values on a logarithmic axis, or on a linear one, from now on."""
        self._is_log = is_log
        self.show_curves(self._curves)

    def show_curves(self, curves: Curves | None) -> None:
        """Draw these; the view fits. Values over many magnitudes get a logarithmic axis, unless
        somebody said which it shall be.
        """
        self._curves = curves
        is_log = _is_wide(curves) if self._is_log is None else self._is_log
        self._axis = ValueAxis(Scale.LOG if is_log else Scale.LINEAR)
        self.fit()

    def fit(self) -> None:
        """All points, and room for their names on the right."""
        points = self._points()
        points = points[np.isfinite(points).all(axis=1)]
        if len(points):
            (left, low), (right, high) = points.min(axis=0), points.max(axis=0)
            room = (right - left or 1.0) * _LABELS / (1 - _LABELS)
            self._box.setXRange(left - (right - left) * 0.02, right + room, padding=0)
            margin = (high - low) * 0.06 or abs(high) * 0.1 or 1.0
            self._box.setYRange(low - margin, high + margin, padding=0)
        self.draw()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """`L` toggles log, Home fits."""
        if event.key() == Qt.Key.Key_L:
            self.set_log(not self.is_log)
        elif event.key() == Qt.Key.Key_Home:
            self.fit()
        else:
            super().keyPressEvent(event)

    def _places(self) -> Floats:
        """(series, snapshots): where values lie on the axis; zeros have no place on a log one."""
        assert self._curves is not None
        values = self._curves.values
        if self.is_log:
            values = np.where(values > 0, values, np.nan)
        return self._axis.places(values)

    def _points(self) -> Floats:
        if self._curves is None:
            return np.empty((0, 2))
        places = self._places()
        return np.column_stack([np.tile(self._curves.steps, len(places)), places.ravel()])

    def _snapshot_of(self, point: int) -> int:
        assert self._curves is not None
        return point % len(self._curves.steps)

    def _words_of(self, point: int) -> str:
        assert self._curves is not None
        return self._curves.words_at(*divmod(point, len(self._curves.steps)))

    def _draw_items(self) -> None:
        self._left.set_ticks(value_ticks(self._axis))
        curves = self._curves
        steps = curves.steps if curves is not None else np.empty(0)
        self._here.setVisible(0 <= self._at < len(steps))
        places = self._places() if curves is not None else np.empty((0, 0))
        for at, row in enumerate(places):
            line, colour = self._line(at), self._style.of(at)
            is_drawn = bool(np.isfinite(row).any())  # pyqtgraph takes no line without any place
            line.setVisible(is_drawn)
            if is_drawn:
                line.setData(steps, row, pen=pg.mkPen(colour, width=1.6), symbolBrush=colour)
        for line in self._lines[len(places) :]:
            line.hide()
        if curves is None:
            return
        if self._here.isVisible():
            self._here.setPen(pg.mkPen(self._style.accent, width=1))
            self._here.setValue(float(steps[self._at]))
        self._draw_names(curves, places)

    def _line(self, number: int) -> pg.PlotDataItem:
        while len(self._lines) <= number:
            made = pg.PlotDataItem(connect="finite", symbol="o", symbolSize=4, symbolPen=None)
            self._lines.append(made)
            self._add(made, 5)
        return self._lines[number]

    def _draw_names(self, curves: Curves, places: Floats) -> None:
        """At the curves' ends, moved apart where they would touch."""
        ends = [(float(row[np.isfinite(row)][-1]), at)
                for at, row in enumerate(places) if np.isfinite(row).any()]  # fmt: skip
        height = float(self._box.viewPixelSize()[1]) * _LABEL_HEIGHT
        lowest = -np.inf
        metrics = QFontMetricsF(self._style.font)
        room = max(self._box.width() * _LABELS - _AIR, 1.0)
        for place, at in sorted(ends):
            lowest = max(place, lowest + height)
            where = (float(curves.steps[-1]), float(lowest))
            name = metrics.elidedText(curves.labels[at], Qt.TextElideMode.ElideMiddle, room)
            self._label(at, f" {name}", where, (0, 0.5), self._style.of(at))


def _is_wide(curves: Curves | None) -> bool:
    """Whether the smallest values would lie on the axis beside the largest."""
    values = curves.values[curves.values > 0] if curves else np.empty(0)
    return bool(len(values) and values.max() > _WIDE * values.min())
