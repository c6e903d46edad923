"""The Histogram tab: title, controls, the plot, what the cursor points at, what is apart.

pyqtgraph is imported with this module, which is imported when the tab is first shown.
"""

from PySide6.QtCore import QEvent, QMimeData, Qt
from PySide6.QtGui import QGuiApplication, QPalette
from PySide6.QtWidgets import QFileDialog, QLabel, QStackedLayout, QVBoxLayout, QWidget

from tfinspector.viewmodels.inspector.histogram import HistogramModel
from tfinspector.viewmodels.inspector.histogram_picture import heights_name
from tfinspector.viewmodels.inspector.histogram_readout import Readout
from tfinspector.viewmodels.inspector.histogram_table import bins_header, bins_rows
from tfinspector.viewmodels.python import Writer, histogram_writer
from tfinspector.viewmodels.session import Session
from tfinspector.views.inspector.histogram_controls import HistogramControls
from tfinspector.views.inspector.histogram_plot import HistogramPlot
from tfinspector.views.inspector.plot_export import EXPORTS, export_histogram
from tfinspector.views.inspector.plot_style import plot_style
from tfinspector.views.inspector.special_counts import SpecialCounts
from tfinspector.views.theme import SMALL, TIGHT
from tfinspector.views.widgets.elided_label import ElidedLabel
from tfinspector.views.widgets.empty_state import EmptyState
from tfinspector.views.widgets.waiting_line import WaitingLine

_HINT = "Wheel zooms \N{MIDDLE DOT} drag pans \N{MIDDLE DOT} L toggles log"


class HistogramPane(QWidget):
    """Binds a `HistogramModel` to its widgets."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.model = HistogramModel(session, self)
        style = plot_style()
        self.title = ElidedLabel(bold=True)
        self.extent = ElidedLabel(role="muted")
        self.controls = HistogramControls(self.model)
        self.waiting = WaitingLine()
        self.heights = ElidedLabel(role="muted")
        self.plot = HistogramPlot(style)
        self.readout = ElidedLabel(role="muted")
        self.about = QLabel(wordWrap=True)
        self.about.setProperty("muted", True)
        self.specials = SpecialCounts(style)
        self.empty = EmptyState("histogram")
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self._lay_out()
        self._connect()
        self._show_picture()
        self._show_waiting()

    def _lay_out(self) -> None:
        self.readout.set_elide_mode(Qt.TextElideMode.ElideRight)
        self.plot.setToolTip("Wheel zooms, drag pans, double click fits, L toggles log heights")
        self._drawing = drawing = QWidget(
            self
        )  # without a parent the stack would show it as a window
        below = QVBoxLayout(drawing)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(TIGHT)
        below.addWidget(self.heights)
        below.addWidget(self.plot, 1)
        for widget in (self.readout, self.specials, self.about):
            below.addWidget(widget)
        self._stack = QStackedLayout()
        self._stack.addWidget(drawing)
        self._stack.addWidget(self.empty)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SMALL, SMALL, SMALL, SMALL)
        layout.setSpacing(SMALL)
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addWidget(self.title)
        names.addWidget(self.extent)
        layout.addLayout(names)
        layout.addWidget(self.controls)
        layout.addWidget(self.waiting)
        layout.addLayout(self._stack, 1)

    def _connect(self) -> None:
        model = self.model
        model.picture_changed.connect(self._show_picture)
        model.waiting_changed.connect(self._show_waiting)
        self.waiting.cancelled.connect(model.cancel)
        self.plot.zoomed.connect(model.zoom)
        self.plot.fit_asked.connect(model.fit)
        self.plot.log_asked.connect(model.toggle_log)
        self.plot.pointed.connect(self._show_readout)
        self.controls.export_asked.connect(self._export)

    def python(self) -> Writer | None:
        """What writes the script of what is shown."""
        return histogram_writer(self.model)

    def copy_shown(self) -> None:
        """Copy the picture as an image, and its bins as the table that text programs take."""
        picture = self.model.picture
        if not picture.series:
            return
        data = QMimeData()
        data.setImageData(self._drawing.grab().toImage())
        rows = [bins_header(picture), *bins_rows(picture)]
        data.setText("\n".join("\t".join(row) for row in rows))
        QGuiApplication.clipboard().setMimeData(data)

    def _show_picture(self) -> None:
        picture = self.model.picture
        has_bars = bool(picture.series)
        self.title.set_text(picture.subject)
        self.extent.set_text(picture.extent)
        for label in (self.title, self.extent):
            label.setVisible(bool(label.text()))
        self.controls.setVisible(bool(self._session.chosen))
        self._stack.setCurrentIndex(0 if has_bars else 1)
        if has_bars:
            self.plot.show_picture(picture)
            self.specials.show_picture(picture)
            magnitude = " (magnitudes)" if picture.of_magnitude else ""
            self.heights.set_text(heights_name(picture.options) + magnitude)
            told = [picture.range_words, picture.accuracy]
            sentences = [picture.message, *picture.notes]
            words = [" \N{MIDDLE DOT} ".join(told), *(word for word in sentences if word)]
            self.about.setText("\n".join(words))
        elif self._session.chosen:
            self.empty.say(picture.message)
        else:
            self.empty.say("Choose a variable to see how its values are distributed.")

    def _show_waiting(self) -> None:
        model = self.model
        if not model.is_waiting:
            self.waiting.done()
        elif model.task:
            self.waiting.wait_for("Counting exactly", model.task)
        else:
            self.waiting.wait_for("Measuring")
        self.plot.set_dimmed(model.is_stale)

    def _show_readout(self, readout: Readout | None) -> None:
        self.readout.set_text(readout.line if readout else _HINT)
        self.specials.show_readout(readout)

    def _export(self, kind: str) -> None:
        what = EXPORTS[kind]
        name = self.model.picture.subject.replace("/", "_") + f".{kind}"
        path, _ = QFileDialog.getSaveFileName(self, what.title, name, what.filter)
        if not path:
            return
        if kind == "csv":
            self.model.export_bins(path)
            return
        try:
            export_histogram(self.model.picture, path, kind)
        except OSError as error:
            self.about.setText(f"Not exported: {error}")

    def changeEvent(self, event: QEvent) -> None:
        """Another scheme: other colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "specials"):
            style = plot_style()
            self.plot.set_style(style)
            self.specials.set_style(style)
