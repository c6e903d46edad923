"""Export of each picture of the page Drift: asks where to, then writes PNG, SVG or CSV."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from tfinspector.viewmodels.drift.curves import curves_header, curves_rows
from tfinspector.viewmodels.drift.matrix import matrix_table
from tfinspector.viewmodels.drift.model import DriftModel
from tfinspector.viewmodels.drift.written import heat_table, path_table, write_numbers
from tfinspector.views.drift.distributions import Distribution
from tfinspector.views.drift.exports import export_curves, export_heat, export_path
from tfinspector.views.drift.tabs import DriftTabs
from tfinspector.views.inspector.plot_export import EXPORTS, export_histogram, write_painted


class Saving(QObject):
    """`failed` carries why a picture could not be written."""

    failed = Signal(str)

    def __init__(self, model: DriftModel, tabs: DriftTabs, page: QWidget) -> None:
        super().__init__(page)
        self._model, self._tabs, self._page = model, tabs, page
        tabs.curves.export_asked.connect(self.save_curves)
        tabs.path.export_asked.connect(self.save_path)
        tabs.layers.export_asked.connect(self.save_layers)
        for one in (tabs.distributions.pair, tabs.distributions.ridge):
            one.export_asked.connect(lambda kind, one=one: self.save_distribution(one, kind))

    def save_heat(self, kind: str) -> None:
        """The heat map."""
        heat = self._model.heat
        if heat is None:
            return
        path = self._ask(f"drift-{heat.metric.name}", kind)
        if path and kind == "csv":
            write_numbers(self._model.session, heat.metric.title, path, *heat_table(heat))
        elif path:  # may be a million cells: painted off the window's thread
            self._model.session.run(
                f"Export {heat.metric.title}",
                lambda ticket: export_heat(heat, path, kind),
                on_failed=lambda finding: self.failed.emit(f"Not exported: {finding.title}"),
            )

    def save_distribution(self, one: Distribution, kind: str) -> None:
        """Two snapshots, or the run."""
        picture = one.model.picture
        path = self._ask(picture.subject.replace("/", "_"), kind) if picture.series else ""
        if path and kind == "csv":
            one.model.export_bins(path)
        elif path:
            self._paint(lambda: export_histogram(picture, path, kind))

    def save_curves(self, kind: str) -> None:
        """The curves."""
        curves = self._tabs.curves.curves
        if curves is None:
            return
        path = self._ask("curves", kind)
        if path and kind == "csv":
            header, rows = curves_header(curves), curves_rows(curves)
            write_numbers(self._model.session, curves.title, path, header, rows)
        elif path:
            is_log = self._tabs.curves.drawing.is_log
            self._paint(lambda: export_curves(curves, is_log, path, kind))

    def save_path(self, kind: str) -> None:
        """The path of the run."""
        table = self._model.table
        run = table.path if table else None
        if table is None or run is None:
            return
        path = self._ask("path", kind)
        if path and kind == "csv":
            write_numbers(self._model.session, "path of the run", path, *path_table(table))
        elif path:
            self._paint(lambda: export_path(run, self._tabs.path.where, path, kind))

    def save_layers(self, kind: str) -> None:
        """The matrix of layers."""
        pane = self._tabs.layers
        matrix = pane.matrix
        path = self._ask("layers", kind) if matrix else ""
        if matrix is None or not path:
            return
        if kind == "csv":
            write_numbers(self._model.session, matrix.title, path, *matrix_table(matrix))
        else:
            size = pane.view.sizeHint()
            self._paint(lambda: write_painted(path, kind, size, matrix.title, pane.paint))

    def _ask(self, name: str, kind: str) -> str:
        what = EXPORTS[kind]
        title = "Export the numbers" if kind == "csv" else what.title
        path, _ = QFileDialog.getSaveFileName(self._page, title, f"{name}.{kind}", what.filter)
        return path

    def _paint(self, paint: Callable[[], None]) -> None:
        try:
            paint()
        except OSError as error:
            self.failed.emit(f"Not exported: {error}")
