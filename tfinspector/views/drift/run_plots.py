"""Plots along a run: curves over steps, and the path in the plane of its principal directions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QGraphicsScene, QWidget

from tfinspector.contents.drifts import Floats, RunPath
from tfinspector.contents.figures import Scale
from tfinspector.viewmodels.drift.curves import Curves
from tfinspector.viewmodels.inspector.value_axis import ValueAxis
from tfinspector.views.inspector.plot_axes import TickedAxis, linear_ticks, value_ticks
from tfinspector.views.inspector.plot_style import PlotStyle, faded

_DIM = 0.35
_NEAR = 24.0  # pixels
_WIDE = 50.0
_LABELS = 0.26  # of the width, for names beside the curves
_LABEL_HEIGHT = 15.0


class RunPlot(pg.GraphicsLayoutWidget):  # type: ignore[misc]
    """What both have: two axes, a point per snapshot, the nearest one told and opened by a click.

    went  the number of a snapshot that was clicked
    pointed  what the nearest point holds, "" where none is near
    """

    went = Signal(int)
    pointed = Signal(str)

    def __init__(self, style: PlotStyle, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = style
        self._at = -1
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumHeight(72)
        self.ci.layout.setContentsMargins(0, 0, 0, 0)
        self._bottom = TickedAxis("bottom", linear_ticks)
        self._left = TickedAxis("left", linear_ticks)
        self._plot: pg.PlotItem = self.addPlot(
            axisItems={"bottom": self._bottom, "left": self._left}
        )
        self._plot.hideButtons()
        self._plot.setMenuEnabled(False)
        self._plot.showGrid(x=True, y=True, alpha=0.1)
        self._box: pg.ViewBox = self._plot.getViewBox()
        # Few items, whose extents follow the view: an index of places would lag behind them.
        self.scene().setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)
        self._labels: list[pg.TextItem] = []
        self.scene().sigMouseMoved.connect(self._on_moved)
        self.scene().sigMouseClicked.connect(self._on_clicked)

    def set_style(self, style: PlotStyle) -> None:
        """Draw in these colours from now on."""
        self._style = style
        self.draw()

    def show_at(self, at: int) -> None:
        """Mark this snapshot."""
        self._at = at
        self.draw()

    def set_dimmed(self, dimmed: bool) -> None:
        """Show that the picture is not of what is open now."""
        self._plot.setOpacity(_DIM if dimmed else 1.0)

    def fit(self) -> None:
        """Show all of it."""

    def draw(self) -> None:
        """Show everything as it is now. Items are kept and changed, never taken away: the pointer
        may be on them.
        """
        self.setBackground(self._style.surface)
        for axis in (self._bottom, self._left):
            axis.set_colours(self._style.muted, self._style.muted, self._style.font)
        for label in self._labels:
            label.hide()
        self._draw_items()
        self.viewport().update()

    def _draw_items(self) -> None:
        raise NotImplementedError

    def _points(self) -> Floats:
        """(n, 2): places of all points; NaN for those that are not drawn."""
        raise NotImplementedError

    def _snapshot_of(self, point: int) -> int:
        raise NotImplementedError

    def _words_of(self, point: int) -> str:
        raise NotImplementedError

    def _add(self, item: pg.GraphicsObject, z: float = 0.0) -> None:
        item.setZValue(z)
        self._plot.addItem(item, ignoreBounds=True)

    def _label(
        self, number: int, text: str, place: tuple[float, float], anchor: tuple[float, float],
        colour: QColor,
    ) -> None:  # fmt: skip
        """Say `text` at a place, with the label of this number."""
        while len(self._labels) <= number:
            made = pg.TextItem()
            self._labels.append(made)
            self._add(made, 20)
        label = self._labels[number]
        label.setFont(self._style.font)
        label.setText(text)
        label.setColor(colour)
        label.setAnchor(anchor)
        label.setPos(*place)
        label.show()

    def _nearest(self, position: QPointF) -> int:
        """The number of the point near a place in the scene, -1 where none is."""
        points = self._points()
        if not len(points) or not self._box.sceneBoundingRect().contains(position):
            return -1
        scale = np.array(self._box.viewPixelSize())
        where = self._box.mapSceneToView(position)
        away = np.hypot(*((points - (where.x(), where.y())) / np.where(scale, scale, 1)).T)
        if np.isnan(away).all():
            return -1
        nearest = int(np.nanargmin(away))
        return nearest if away[nearest] <= _NEAR else -1

    def _on_moved(self, position: QPointF) -> None:
        point = self._nearest(position)
        self.pointed.emit(self._words_of(point) if point >= 0 else "")

    def _on_clicked(self, event: pg.GraphicsScene.mouseEvents.MouseClickEvent) -> None:
        point = self._nearest(event.scenePos())
        if point >= 0 and event.button() == Qt.MouseButton.LeftButton and not event.double():
            self.went.emit(self._snapshot_of(point))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Double click fits."""
        event.accept()
        self.fit()

    def leaveEvent(self, event: object) -> None:
        """The pointer left: nothing under it."""
        super().leaveEvent(event)
        self.pointed.emit("")


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
        self.draw()
        self.fit()

    def fit(self) -> None:
        """All points, and room for their names on the right."""
        points = self._points()
        points = points[np.isfinite(points).all(axis=1)]
        if not len(points):
            return
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
        for line in self._lines:
            line.setData([], [])
        steps = curves.steps if curves is not None else np.empty(0)
        self._here.setVisible(0 <= self._at < len(steps))
        if curves is None:
            return
        places = self._places()
        for at, row in enumerate(places):
            line, colour = self._line(at), self._style.of(at)
            if np.isfinite(row).any():  # pyqtgraph takes no line without any place
                line.setData(steps, row, pen=pg.mkPen(colour, width=1.6), symbolBrush=colour)
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
        for place, at in sorted(ends):
            lowest = max(place, lowest + height)
            where = (float(curves.steps[-1]), float(lowest))
            self._label(at, f" {curves.labels[at]}", where, (0, 0.5), self._style.of(at))


class PathPlot(RunPlot):
    """The run as a path; colours go along it, distances are the same both ways."""

    def __init__(self, style: PlotStyle, parent: QWidget | None = None) -> None:
        super().__init__(style, "Path of the run", parent)
        self._path: RunPath | None = None
        self._where: Sequence[str] = ()
        self._box.setAspectLocked(True)
        self._way = pg.PlotCurveItem()
        self._dots = pg.ScatterPlotItem(size=8, pen=pg.mkPen(None))
        self._ring = pg.ScatterPlotItem(size=15, brush=pg.mkBrush(None))
        for z, item in enumerate((self._way, self._dots, self._ring)):
            self._add(item, z)

    def show_path(self, path: RunPath | None, where: Sequence[str]) -> None:
        """Draw this; `where` says in words what each snapshot is."""
        self._path, self._where = path, where
        self.draw()
        self.fit()

    def fit(self) -> None:
        """All points."""
        if self._path is not None:
            points = self._path.points
            (left, low), (right, high) = points.min(axis=0), points.max(axis=0)
            around = max(right - left, high - low) * 0.08 or 1.0
            self._box.setRange(
                xRange=(left - around, right + around), yRange=(low - around, high + around),
                padding=0,
            )  # fmt: skip

    def _points(self) -> Floats:
        return self._path.points if self._path is not None else np.empty((0, 2))

    def _snapshot_of(self, point: int) -> int:
        assert self._path is not None
        return self._path.snapshots[point]

    def _words_of(self, point: int) -> str:
        x, y = self._points()[point].tolist()
        return f"{self._where[self._snapshot_of(point)]} \N{MIDDLE DOT} {x:.6g}, {y:.6g}"

    def _draw_items(self) -> None:
        path = self._path
        points = path.points if path is not None else np.empty((0, 2))
        shares = np.linspace(0.1, 0.9, len(points))
        table = pg.colormap.get("viridis")
        brushes = [pg.mkBrush(table.map(share, mode="qcolor")) for share in shares]
        self._way.setData(points[:, 0], points[:, 1])
        self._way.setPen(pg.mkPen(faded(self._style.muted, 0.6), width=1))
        self._dots.setData(points[:, 0], points[:, 1], brush=brushes)
        here = points[[at == self._at for at in path.snapshots]] if path is not None else points
        self._ring.setData(here[:, 0], here[:, 1], pen=pg.mkPen(self._style.accent, width=2))
        if path is not None:
            for number, point in enumerate((0, len(points) - 1)):
                x, y = points[point].tolist()
                words = self._where[path.snapshots[point]]
                self._label(number, words, (x, y), (0.5, 1.3), self._style.text)


def _is_wide(curves: Curves | None) -> bool:
    """Whether the smallest values would lie on the axis beside the largest."""
    values = curves.values[curves.values > 0] if curves else np.empty(0)
    return bool(len(values) and values.max() > _WIDE * values.min())
