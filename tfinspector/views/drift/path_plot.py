"""The path of a run in the plane of its first two principal directions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QWidget

from tfinspector.contents.drifts import Floats, RunPath
from tfinspector.views.drift.run_plot import RunPlot
from tfinspector.views.inspector.plot_style import PlotStyle, faded


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
        self._box.sigResized.connect(lambda _box: self.fit())

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
            above = max(around, (high - low + 2 * around) * self._label_share)
            self._box.setRange(
                xRange=(left - around, right + around), yRange=(low - around, high + above),
                padding=0,
            )  # fmt: skip

    @property
    def _label_share(self) -> float:
        """Of the height: what the labels above the points take."""
        height = max(float(self._box.height()), 1.0)
        return min(2 * QFontMetricsF(self._style.font).height() / height, 0.5)

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
