"""The heat map of a slice: one square per element, NaN hatched, the element under the cursor told.

Signed values run blue, white, red with zero in the middle; values of one sign run through viridis.
Wheel zooms, drag pans, double click fits.
"""

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QMouseEvent, QTransform
from PySide6.QtWidgets import QGraphicsRectItem, QWidget

from tfinspector.viewmodels.inspector.heat_map import HeatMap
from tfinspector.viewmodels.inspector.value_slices import SliceView, whole_view
from tfinspector.viewmodels.inspector.value_texts import exact_text
from tfinspector.views.inspector.plot_axes import TickedAxis, count_ticks
from tfinspector.views.inspector.plot_style import PlotStyle, faded

_DIM = 0.35
_COLOURS = 256


class HeatMapPlot(pg.GraphicsLayoutWidget):  # type: ignore[misc]
    """`pointed` carries the words for the element under the cursor, "" where there is none."""

    pointed = Signal(str)

    def __init__(self, style: PlotStyle, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = style
        self._heat_map: HeatMap | None = None
        self._view: SliceView = whole_view(())
        self.setAccessibleName("Heat map")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.ci.layout.setContentsMargins(0, 0, 0, 0)
        self._across = TickedAxis("top", self._column_ticks)
        self._down = TickedAxis("left", self._row_ticks)
        self._plot = self.addPlot(axisItems={"top": self._across, "left": self._down})
        self._plot.showAxis("top")
        self._plot.hideAxis("bottom")
        self._plot.hideButtons()
        self._plot.setMenuEnabled(False)
        self._box: pg.ViewBox = self._plot.getViewBox()
        self._box.invertY(True)
        self._box.setDefaultPadding(0)
        self._hatch = QGraphicsRectItem()
        self._hatch.setPen(pg.mkPen(None))
        self._image = pg.ImageItem(axisOrder="row-major")
        self._box.addItem(self._hatch, ignoreBounds=True)
        self._box.addItem(self._image)
        self.scene().sigMouseMoved.connect(self._on_moved)
        self._box.sigTransformChanged.connect(self._keep_hatch)
        self.set_style(style)

    def set_style(self, style: PlotStyle) -> None:
        """Draw in these colours from now on."""
        self._style = style
        self.setBackground(style.surface)
        for axis in (self._across, self._down):
            axis.set_colours(style.muted, style.muted, style.font)
        self._keep_hatch()

    def show_heat_map(self, heat_map: HeatMap, view: SliceView) -> None:
        """Draw this; the view fits when its size is another."""
        old = self._heat_map
        self._heat_map, self._view = heat_map, view
        self._image.setImage(rgba_of(heat_map), autoLevels=False, levels=None)
        rows, columns = heat_map.shown.shape
        self._hatch.setRect(QRectF(0, 0, columns, rows))
        if old is None or old.shown.shape != heat_map.shown.shape:
            self.fit()
        self._across.set_ticks(self._column_ticks)
        self._down.set_ticks(self._row_ticks)

    def fit(self) -> None:
        """Show all of it. Elements are squares unless the slice is very long one way."""
        if self._heat_map is None:
            return
        rows, columns = self._heat_map.shown.shape
        is_long = max(rows, columns) > 4 * min(rows, columns)
        self._box.setAspectLocked(not is_long)
        self._box.setRange(QRectF(0, 0, columns, rows), padding=0.01)

    def set_dimmed(self, dimmed: bool) -> None:
        """Show that the picture is not of this slice any more."""
        self._plot.setOpacity(_DIM if dimmed else 1.0)

    def _keep_hatch(self, *_: object) -> None:
        """The hatch behind the image, at the same fineness on the screen at any zoom."""
        brush = QBrush(faded(self._style.wrong, 0.75), Qt.BrushStyle.BDiagPattern)
        scale = self._box.viewPixelSize()
        if all(np.isfinite(scale)) and all(scale):
            brush.setTransform(QTransform.fromScale(*scale))
        self._hatch.setBrush(brush)

    def _column_ticks(self, low: float, high: float, room: int) -> list[tuple[float, str]]:
        step = self._heat_map.column_step if self._heat_map else 1
        first = self._view.first_column
        return _index_ticks(low, high, room, step, (first, first + self._view.column_count))

    def _row_ticks(self, low: float, high: float, room: int) -> list[tuple[float, str]]:
        step = self._heat_map.row_step if self._heat_map else 1
        first = self._view.first_row
        return _index_ticks(low, high, room, step, (first, first + self._view.row_count))

    def _on_moved(self, position: QPointF) -> None:
        self.pointed.emit(self._words_at(position))

    def _words_at(self, position: QPointF) -> str:
        if self._heat_map is None or not self._box.sceneBoundingRect().contains(position):
            return ""
        point = self._box.mapSceneToView(position)
        rows, columns = self._heat_map.shown.shape
        row, column = int(np.floor(point.y())), int(np.floor(point.x()))
        if not (0 <= row < rows and 0 <= column < columns):
            return ""
        row, column, value = self._heat_map.element(row, column)
        place = ", ".join(str(index) for index in self._view.index(row, column))
        return f"[{place}]  {exact_text(value)}"

    def leaveEvent(self, event: object) -> None:
        """The pointer left: nothing under it."""
        super().leaveEvent(event)
        self.pointed.emit("")

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Double click fits."""
        event.accept()
        self.fit()


def rgba_of(heat_map: HeatMap) -> NDArray[np.uint8]:
    """rows x columns x 4: the colour of each element; NaN is transparent, over the hatch."""
    table = colour_table(heat_map.is_signed)
    width = heat_map.high - heat_map.low
    with np.errstate(invalid="ignore", over="ignore"):
        share = (heat_map.shown - heat_map.low) / width
        index = np.clip(np.nan_to_num(share) * _COLOURS, 0, _COLOURS - 1).astype(np.intp)
    index[np.isposinf(heat_map.shown)] = _COLOURS - 1
    index[np.isneginf(heat_map.shown)] = 0
    rgba = table[index]
    rgba[np.isnan(heat_map.shown), 3] = 0
    return rgba


def colour_table(is_signed: bool) -> NDArray[np.uint8]:
    """256 x 4 colours: CET-D1 (Kovesi 2015, "Good Colour Maps") for signed, viridis otherwise."""
    colours = pg.colormap.get("CET-D1" if is_signed else "viridis")
    table: NDArray[np.uint8] = colours.getLookupTable(nPts=_COLOURS, alpha=True).copy()
    table[:, 3] = 255
    return table


def colour_bar(is_signed: bool) -> list[QColor]:
    """A few colours from one end to the other, for a bar that explains them."""
    return [QColor(*row) for row in colour_table(is_signed)[::15].tolist()]


def _index_ticks(
    low: float, high: float, room: int, step: int, indices: tuple[int, int]
) -> list[tuple[float, str]]:
    """Ticks in the middle of an element, named by its index in the tensor."""
    first, end = indices
    start, stop = max(low - 0.5, 0) * step + first, max(high - 0.5, 0) * step + first
    ticks = count_ticks(start, min(stop, end - 1), room)
    return [((index - first) / step + 0.5, f"{index:.0f}") for index, _ in ticks]
