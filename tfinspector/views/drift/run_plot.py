"""What plots along a run have in common: a point for each snapshot, told and gone to."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent
from PySide6.QtWidgets import QGraphicsScene, QWidget

from tfinspector.contents.drifts import Floats
from tfinspector.views.inspector.plot_axes import TickedAxis, linear_ticks
from tfinspector.views.inspector.plot_style import PlotStyle

_DIM = 0.35
_NEAR = 24.0  # pixels


class RunPlot(pg.GraphicsLayoutWidget):  # type: ignore[misc]
    """Two axes, a point per snapshot, the nearest one told and opened by a click.

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
        if at != self._at:
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
