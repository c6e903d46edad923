"""The histogram itself: bars, axes, the read-out under the cursor, and the gestures.

Wheel zooms and drag pans along the values, double click fits, `L` toggles log heights, the arrow
keys move the read-out. The plot keeps no state but what the pointer does: gestures are told as
signals, and the viewmodel answers with the next picture.
"""

from collections.abc import Callable
from math import ceil

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QWidget

from tfinspector.viewmodels.inspector.histogram_picture import (
    Heights,
    HistogramPicture,
)
from tfinspector.viewmodels.inspector.histogram_readout import Readout, read_out
from tfinspector.viewmodels.inspector.value_axis import ValueAxis
from tfinspector.views.inspector.bars_item import BarsItem
from tfinspector.views.inspector.plot_axes import (
    TickedAxis,
    count_ticks,
    linear_ticks,
    log_count_ticks,
    value_ticks,
)
from tfinspector.views.inspector.plot_style import PlotStyle, faded, series_colours

_LOG_FLOOR = -0.35
"""Where bars stand on a log axis: a little below a count of 1, so that one value is a bar."""
_RIDGE_STEP = 0.55
_DIM = 0.35
_LABEL_HEIGHT, _LABEL_MARGIN, _AXIS_HEIGHT = 15, 4, 24
_TICKS = {
    Heights.COUNT: count_ticks,
    Heights.DENSITY: linear_ticks,
    Heights.LOG_COUNT: log_count_ticks,
}


class HistogramPlot(pg.GraphicsLayoutWidget):  # type: ignore[misc]
    """Draws a `HistogramPicture`.

    `zoomed` carries the range of values now in view, after a gesture; `fit_asked` and `log_asked`
    are the double click and the `L` key; `pointed` carries a `Readout`, or None.
    """

    zoomed = Signal(float, float)
    fit_asked = Signal()
    log_asked = Signal()
    pointed = Signal(object)

    def __init__(self, style: PlotStyle, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = style
        self._picture = HistogramPicture()
        self._axis = ValueAxis()
        self._bars: list[pg.GraphicsObject] = []
        self._ridge_counts: list[pg.TextItem] = []
        self._at: int | None = None
        self._marked = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Histogram")
        self._bottom = TickedAxis("bottom", value_ticks(self._axis))
        self._left = TickedAxis("left", linear_ticks)
        self.ci.layout.setContentsMargins(0, 0, 0, 0)
        self._plot: pg.PlotItem = self.addPlot(
            axisItems={"bottom": self._bottom, "left": self._left}
        )
        self._plot.hideButtons()
        self._plot.setMenuEnabled(False)
        self._plot.showGrid(x=True, y=True, alpha=0.1)
        self._box: pg.ViewBox = self._plot.getViewBox()
        self._box.setMouseEnabled(x=True, y=False)
        self._box.setDefaultPadding(0)
        self._box.sigRangeChangedManually.connect(self._on_gesture)
        self._box.sigResized.connect(self._on_resized)
        self._mark = pg.LinearRegionItem(movable=False, pen=pg.mkPen(None))
        self._zero = pg.InfiniteLine(0.0, angle=90)
        for item in (self._mark, self._zero):
            self._plot.addItem(item, ignoreBounds=True)
        self._mark.hide()
        self.scene().sigMouseMoved.connect(self._on_moved)
        self.set_style(style)

    def set_style(self, style: PlotStyle) -> None:
        """Draw in these colours from now on."""
        self._style = style
        self.setBackground(style.surface)
        for axis in (self._bottom, self._left):
            axis.set_colours(style.muted, style.muted, style.font)
        self._mark.setBrush(faded(style.text, 0.10))
        self._zero.setPen(pg.mkPen(faded(style.muted, 0.6), style=Qt.PenStyle.DotLine))
        self.show_picture(self._picture)

    def show_picture(self, picture: HistogramPicture) -> None:
        """Replace what is drawn. A picture that answers a zoom leaves the view where it is."""
        self._picture, self._axis = picture, picture.axis
        self._clear()
        self._bottom.set_ticks(value_ticks(picture.axis))
        self._left.set_ticks(_TICKS[picture.options.heights])
        if picture.series:
            self._draw_bars(picture)
        self._point_at(self._at if self._at is not None and self._at < self._bins else None)

    def mark(self, label: str) -> None:
        """Of histograms set off from each other, mark the one with this label."""
        if label != self._marked:
            self._marked = label
            self.show_picture(self._picture)

    def set_dimmed(self, dimmed: bool) -> None:
        """Show that the picture is not the newest any more."""
        self._plot.setOpacity(_DIM if dimmed else 1.0)

    @property
    def view_range(self) -> tuple[float, float]:
        """The values at the left and right end of the axis."""
        low, high = self._box.viewRange()[0]
        return self._axis.value(low), self._axis.value(high)

    @property
    def _bins(self) -> int:
        return max(0, len(self._picture.edges) - 1)

    def _clear(self) -> None:
        for item in self._bars:
            self._plot.removeItem(item)
        self._bars, self._ridge_counts = [], []

    def _draw_bars(self, picture: HistogramPicture) -> None:
        places = self._axis.places(picture.edges)
        tops, floor = self._tops(picture)
        offset = picture.is_offset
        step = _RIDGE_STEP * max(float((top - floor).max()) for top in tops) if offset else 0.0
        alone = len(tops) == 1
        named = self._named(picture)
        colours = series_colours(self._style, picture)
        for index in reversed(range(len(tops))):
            lift = step * (len(tops) - 1 - index) if offset else 0.0
            colour = colours[index]
            opacity = 0.85 if offset else 0.7 if alone else 0.25
            is_marked = offset and picture.series[index].label == self._marked
            line = self._style.accent if is_marked else self._style.surface if offset else colour
            bars = BarsItem(
                places, tops[index] + lift, floor + lift, pg.mkPen(line, width=1 + is_marked),
                pg.mkBrush(faded(colour, opacity)),
            )  # fmt: skip
            bars.setZValue(10 + len(tops) - index if not offset else 10 + index)
            self._add(bars)
            if offset:
                label = picture.series[index].label
                if index in named:
                    self._label(label, (places[0], floor + lift), (0, 1), index)
                count = self._label("", (places[-1], floor + lift), (1, 1), index)
                self._ridge_counts.insert(0, count)
        self._plot.showAxis("left", not offset)
        last = step * (len(tops) - 1)
        highest = max(max(float(top.max()) for top in tops) + last, self._below_a_name(last))
        self._set_ranges(picture, places, floor, highest)

    def _below_a_name(self, lift: float) -> float:
        """How high the plot is, less its margin, so that a name fits above a line so far up."""
        room = _LABEL_HEIGHT + _LABEL_MARGIN
        share = min(room / max(float(self._box.height()), 1.0), 0.5)
        return lift / (1 - share)

    def _named(self, picture: HistogramPicture) -> set[int]:
        """Of histograms set off from each other those whose names have room; the marked always."""
        labels = [series.label for series in picture.series]
        room = max(int(self.height()) - _AXIS_HEIGHT, 1)
        every = max(1, ceil(len(labels) * _LABEL_HEIGHT / room))
        named = set(range(0, len(labels), every))
        if self._marked in labels:
            marked = labels.index(self._marked)
            named = {at for at in named if abs(at - marked) >= every} | {marked}
        return named

    def _tops(self, picture: HistogramPicture) -> tuple[list[NDArray[np.float64]], float]:
        heights = [picture.heights(series) for series in picture.series]
        if picture.options.heights is not Heights.LOG_COUNT:
            return heights, 0.0
        return [np.log10(np.maximum(height, 10**_LOG_FLOOR)) for height in heights], _LOG_FLOOR

    def _set_ranges(
        self, picture: HistogramPicture, places: NDArray[np.float64], floor: float, top: float
    ) -> None:
        room = max(top - floor, 1e-12) * 1.06
        self._box.setYRange(floor, floor + room, padding=0)
        if not picture.zoomed:
            self._box.setXRange(places[0], places[-1], padding=0.02)
        low, high = self._box.viewRange()[0]
        self._zero.setValue(self._axis.place(0.0))
        self._zero.setVisible(bool(low < self._axis.place(0.0) < high))

    def _label(
        self, text: str, place: tuple[float, float], anchor: tuple[int, int], index: int
    ) -> pg.TextItem:
        is_marked = bool(text) and text == self._marked
        colour = self._style.accent if is_marked else self._style.text
        label = pg.TextItem(text, color=colour, anchor=anchor)
        label.setFont(self._style.font)
        label.setPos(*place)
        label.setZValue(100 + index)
        self._add(label)
        return label

    def _add(self, item: pg.GraphicsObject) -> None:
        self._plot.addItem(item, ignoreBounds=True)
        self._bars.append(item)

    def _on_resized(self, *_: object) -> None:
        """Names of histograms that are set off from each other take room in dots."""
        if self._picture.is_offset:
            self.show_picture(self._picture)

    def _on_gesture(self, *_: object) -> None:
        self.zoomed.emit(*self.view_range)

    def _on_moved(self, position: QPointF) -> None:
        if not self._bins or not self._box.sceneBoundingRect().contains(position):
            self._point_at(None)
            return
        x = self._box.mapSceneToView(position).x()
        at = int(np.searchsorted(self._axis.places(self._picture.edges), x, side="right")) - 1
        self._point_at(at if 0 <= at < self._bins else None)

    def _point_at(self, at: int | None) -> None:
        """Mark a bin and tell what it holds."""
        self._at = at
        readout: Readout | None = None
        if at is not None:
            places = self._axis.places(self._picture.edges[at : at + 2])
            self._mark.setRegion((float(places[0]), float(places[1])))
            readout = read_out(self._picture, at)
        counts = [row[1] for row in readout.rows] if readout else [""] * len(self._ridge_counts)
        for label, count in zip(self._ridge_counts, counts, strict=False):
            label.setText(count)
        self._mark.setVisible(at is not None)
        self.pointed.emit(readout)

    def leaveEvent(self, event: object) -> None:
        """The pointer left: no read-out."""
        super().leaveEvent(event)
        self._point_at(None)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Double click fits."""
        event.accept()
        self.fit_asked.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """`L` toggles log heights; the arrows move the read-out; Home fits."""
        moves: dict[int, Callable[[], None]] = {
            Qt.Key.Key_L: self.log_asked.emit,
            Qt.Key.Key_Home: self.fit_asked.emit,
            Qt.Key.Key_Left: lambda: self._step(-1),
            Qt.Key.Key_Right: lambda: self._step(1),
        }
        act = moves.get(event.key())
        if act is None or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            super().keyPressEvent(event)
            return
        event.accept()
        act()

    def _step(self, by: int) -> None:
        if self._bins:
            start = self._bins // 2 if self._at is None else self._at + by
            self._point_at(min(max(start, 0), self._bins - 1))
