"""The tabs Curves and Path: a plot, what it is of, and what the pointer is on."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from tfinspector.viewmodels.drift.curves import CURVES, Curve, Curves, curves_of
from tfinspector.viewmodels.drift.model import DriftModel
from tfinspector.viewmodels.drift.words import snapshot_words
from tfinspector.views.drift.controls import export_button
from tfinspector.views.drift.curves_plot import CurvesPlot
from tfinspector.views.drift.path_plot import PathPlot
from tfinspector.views.drift.run_plot import RunPlot
from tfinspector.views.inspector.plot_style import plot_style
from tfinspector.views.theme import SMALL, TIGHT
from tfinspector.views.widgets.buttons import tool_button
from tfinspector.views.widgets.elided_label import ElidedLabel
from tfinspector.views.widgets.empty_state import EmptyState
from tfinspector.views.widgets.sentence import Sentence

_CURVES_HINT = "Click a point to go to its snapshot \N{MIDDLE DOT} L toggles log"
_NO_PATH = (
    "No path: it takes weights that every snapshot has in one shape, and all of them numbers."
)
_MOST_NAMED = 4
_EXACT = "Measure the path from all weights, not from a sample of them: it takes longer"
_PATH_HINT = "Click a point to go to its snapshot"


class RunPane(QWidget):
    """Title, plot, read-out. Attributes: plot, title, readout, export.

    `export_asked` carries "png", "svg" or "csv".
    """

    export_asked = Signal(str)

    def __init__(
        self, model: DriftModel, plot: RunPlot, hint: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.model, self.plot = model, plot
        self.title = ElidedLabel(bold=True)
        self.about = Sentence(muted=True)
        self.readout = ElidedLabel(hint, role="muted")
        self.line = QHBoxLayout()
        self.line.setSpacing(SMALL)
        self.line.addWidget(self.title, 1)
        self.export = export_button(self.export_asked.emit)
        self.line.addWidget(self.export)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(TIGHT)
        self.column.addLayout(self.line)
        self.column.addWidget(self.about)
        self.column.addWidget(plot, 1)
        self.column.addWidget(self.readout)
        plot.pointed.connect(lambda words: self.readout.set_text(words or hint))
        plot.went.connect(model.go_to)
        model.at_changed.connect(lambda: plot.show_at(model.at))

    def changeEvent(self, event: QEvent) -> None:
        """Another scheme: other colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "readout"):
            self.plot.set_style(plot_style())


class CurvesPane(RunPane):
    """Curves of the chosen variables. Attributes: what (combo), curves."""

    def __init__(self, model: DriftModel, parent: QWidget | None = None) -> None:
        self.drawing = CurvesPlot(plot_style())
        super().__init__(model, self.drawing, _CURVES_HINT, parent)
        self.curves: Curves | None = None
        self.what = QComboBox()
        self.what.setAccessibleName("Curves of")
        self.what.addItems([word for word, _ in CURVES.values()])
        self.what.setCurrentIndex(list(CURVES).index(Curve.DRIFT))
        self.what.currentIndexChanged.connect(self.show_curves)
        self.line.insertWidget(1, self.what)
        model.chosen_changed.connect(self.show_curves)
        self.show_curves()

    def show_curves(self) -> None:
        """Draw what is chosen."""
        model, rows = self.model, self.model.curve_rows
        self.curves = None
        if model.table is not None and rows:
            self.curves = curves_of(model.table, rows, list(CURVES)[self.what.currentIndex()])
        self.title.set_text(self.curves.title if self.curves else "")
        self.about.say(self.curves.unit if self.curves else "")
        self.drawing.show_curves(self.curves)
        self.drawing.show_at(model.at)


class PathPane(RunPane):
    """The path of the run. Attributes: exact (the button, where it is of a sample), none."""

    def __init__(self, model: DriftModel, parent: QWidget | None = None) -> None:
        self.drawing = PathPlot(plot_style())
        super().__init__(model, self.drawing, _PATH_HINT, parent)
        model.heat_changed.connect(self._show_path)
        self._shown: object = None
        self.exact = tool_button("run", "Exact path", _EXACT, model.ask_exact_path)
        self.line.insertWidget(1, self.exact)
        model.waiting_changed.connect(self._show_exact)
        self.none = EmptyState("run", _NO_PATH)
        self.column.insertWidget(2, self.none, 1)
        self._show_path()

    @property
    def where(self) -> list[str]:
        """What each snapshot is."""
        table = self.model.table
        return [snapshot_words(table, at) for at in range(len(table.snapshots))] if table else []

    def _show_path(self) -> None:
        table = self.model.table
        if table is self._shown and table is not None:
            return
        self._shown = table
        path = table.path if table else None
        shares = [f"{100 * share:.1f} %" for share in path.explained[:2]] if path else []
        told = f"across {shares[0]}, up {shares[-1]} of the variance" if path else ""
        self.title.set_text(f"Path of the run: {told}" if path else "")
        told = path.words if path else ""
        if path and path.left_out:
            where = [self.where[at] for at in path.left_out]
            more = ["…"] if len(where) > _MOST_NAMED else []
            told = f"{told.rstrip('.')}: {', '.join([*where[:_MOST_NAMED], *more])}."
        self.about.say(told)
        for widget in (self.plot, self.readout, self.export):
            widget.setVisible(path is not None)
        self.none.setVisible(path is None and table is not None)
        self._show_exact()
        self.drawing.show_path(path, self.where)
        self.drawing.show_at(self.model.at)

    def _show_exact(self) -> None:
        path = self.model.table.path if self.model.table else None
        self.exact.setVisible(path is not None and path.stride > 1)
        self.exact.setEnabled(self.model.task is None)
