"""Distributions of the open variable: one snapshot beside its reference, and the whole run."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSplitter, QVBoxLayout, QWidget

from tfinspector.contents.figures import Scale
from tfinspector.viewmodels.inspector.histogram import HistogramModel
from tfinspector.viewmodels.inspector.histogram_picture import Arrangement, heights_name
from tfinspector.viewmodels.inspector.histogram_readout import Readout
from tfinspector.views.drift.controls import export_button
from tfinspector.views.inspector.histogram_plot import HistogramPlot
from tfinspector.views.inspector.plot_style import plot_style, series_colours
from tfinspector.views.theme import SMALL, TIGHT
from tfinspector.views.widgets.elided_label import ElidedLabel
from tfinspector.views.widgets.waiting_line import WaitingLine

_SCALES = {"Linear": Scale.LINEAR, "Log": Scale.LOG, "Symlog": Scale.SYMLOG}
_ARRANGEMENTS = {"Offset": Arrangement.OFFSET, "Overlay": Arrangement.OVERLAY}


class Distribution(QWidget):
    """Binds a `HistogramModel`: its title, the plot, and what is told below it.

    Attributes: model, title, heading (the line it stands in), plot, about.

    `export_asked` carries "png", "svg" or "csv".
    """

    export_asked = Signal(str)

    def __init__(self, model: HistogramModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = model
        self.title = ElidedLabel(bold=True)
        self.export = export_button(self.export_asked.emit)
        self.plot = HistogramPlot(plot_style())
        self.plot.setMinimumHeight(72)
        self.waiting = WaitingLine()
        self.legend = QLabel()
        self.about = ElidedLabel(role="muted")
        self.about.set_elide_mode(Qt.TextElideMode.ElideRight)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(TIGHT)
        self.heading = QHBoxLayout()
        self.heading.setSpacing(TIGHT)
        self.heading.addWidget(self.title, 1)
        self.heading.addWidget(self.export)
        layout.addLayout(self.heading)
        layout.addWidget(self.legend)
        layout.addWidget(self.waiting)
        layout.addWidget(self.plot, 1)
        layout.addWidget(self.about)
        model.picture_changed.connect(self._show)
        model.waiting_changed.connect(self._show_waiting)
        self.waiting.cancelled.connect(model.cancel)
        self.plot.zoomed.connect(model.zoom)
        self.plot.fit_asked.connect(model.fit)
        self.plot.log_asked.connect(model.toggle_log)
        self.plot.pointed.connect(self._tell)
        self._show()

    def set_air(self, left: int = 0, right: int = 0) -> None:
        """Room on the sides."""
        self.setContentsMargins(left, 0, right, 0)

    def _show(self) -> None:
        picture = self.model.picture
        self.title.set_text(picture.extent if picture.in_order else picture.subject)
        self.plot.show_picture(picture)
        self.plot.viewport().update()
        self._show_legend()
        self._tell(None)

    def _show_legend(self) -> None:
        """Two are named by their colours; more of them are named in the plot, or are a scale."""
        picture = self.model.picture
        is_pair = len(picture.series) == 2
        self.legend.setVisible(is_pair)
        colours = series_colours(plot_style(), picture) if picture.series else []
        self.legend.setText("&nbsp;&nbsp; ".join(
            f'<span style="color:{colour.name()}">\N{BLACK SQUARE}</span> {each.label}'
            for each, colour in zip(picture.series, colours, strict=True)
        ) if is_pair else "")  # fmt: skip

    def _tell(self, readout: Readout | None) -> None:
        picture = self.model.picture
        if readout is not None:
            self.about.set_text(readout.line)
            return
        told = [heights_name(picture.options), picture.range_words, picture.accuracy]
        words = " \N{MIDDLE DOT} ".join(filter(None, told)) if picture.series else ""
        self.about.set_text("  ".join(filter(None, (picture.message, words, *picture.notes))))

    def _show_waiting(self) -> None:
        if self.model.is_waiting:
            self.waiting.wait_for("Counting exactly" if self.model.task else "Measuring",
                                  self.model.task)  # fmt: skip
        else:
            self.waiting.done()
        self.plot.set_dimmed(self.model.is_stale)

    def changeEvent(self, event: QEvent) -> None:
        """Another scheme: other colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "about"):
            self.plot.set_style(plot_style())
            self._show_legend()


class Distributions(QWidget):
    """Attributes: pair, ridge (each a `Distribution`), scale, arrangement, splitter."""

    def __init__(
        self, pair: HistogramModel, ridge: HistogramModel, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.pair, self.ridge = Distribution(pair), Distribution(ridge)
        self.scale, self.arrangement = _combo("Values", _SCALES), _combo("Run", _ARRANGEMENTS)
        self.scale.setToolTip("How the axes of values run")
        self.arrangement.setToolTip("How the histograms of the run share the picture")
        for combo in (self.scale, self.arrangement):  # each above what it changes
            owner = self.pair if combo is self.scale else self.ridge
            owner.heading.insertWidget(1, combo)
        self.scale.currentTextChanged.connect(self._rescale)
        self.arrangement.currentTextChanged.connect(
            lambda text: ridge.set_options(arrangement=_ARRANGEMENTS[text])
        )
        self.pair.set_air(right=SMALL)
        self.ridge.set_air(left=SMALL)
        self.splitter = QSplitter(Qt.Orientation.Horizontal, childrenCollapsible=False)
        self.splitter.addWidget(self.pair)
        self.splitter.addWidget(self.ridge)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(TIGHT)
        layout.addWidget(self.splitter)

    def mark(self, label: str) -> None:
        """Mark the histogram of this snapshot among those of the run."""
        self.ridge.plot.mark(label)

    def _rescale(self, text: str) -> None:
        for one in (self.pair, self.ridge):
            one.model.set_options(scale=_SCALES[text])


def _combo(name: str, choices: Iterable[str]) -> QComboBox:
    combo = QComboBox()
    combo.setAccessibleName(name)
    combo.addItems(list(choices))
    return combo
