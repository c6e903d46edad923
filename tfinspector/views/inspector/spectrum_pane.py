"""The Spectrum tab: a button that computes, then the singular values and four figures."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from tfinspector.contents import numbers
from tfinspector.viewmodels.inspector.spectrum import Line, SpectrumModel, figure_cells
from tfinspector.viewmodels.session import Session
from tfinspector.views.inspector.plot_style import colours_for, plot_style
from tfinspector.views.inspector.spectrum_plot import SpectrumPlot
from tfinspector.views.theme import SMALL, SPACE, TIGHT, number_font
from tfinspector.views.widgets.buttons import tool_button
from tfinspector.views.widgets.elided_label import ElidedLabel
from tfinspector.views.widgets.empty_state import EmptyState
from tfinspector.views.widgets.waiting_line import WaitingLine

_HEADINGS = ("Greatest", "Stable rank", "Effective rank", "Condition")
_MEANINGS = (
    "The greatest singular value",
    "The summed squares of all singular values over the square of the greatest",
    "exp of the entropy of the singular values as shares of their sum (Roy and Vetterli, 2007)",
    "The greatest singular value over the least",
)
_HINT = "Wheel zooms \N{MIDDLE DOT} drag pans \N{MIDDLE DOT} double click fits"


class SpectrumPane(QWidget):
    """Binds a `SpectrumModel`. Attributes: model, plot, figures, along, empty, waiting."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = SpectrumModel(session, self)
        self.title = ElidedLabel(bold=True)
        self.extent = ElidedLabel(role="muted")
        self.along = tool_button("run", "Over the run", "The same matrix in up to 8 snapshots")
        self.along.setCheckable(True)
        self.plot = SpectrumPlot(plot_style())
        self.readout = ElidedLabel(_HINT, role="muted")
        self.figures = FigureGrid()
        self.notes = QLabel(wordWrap=True)
        self.notes.setProperty("muted", True)
        self.empty = EmptyState("spectrum")
        self.waiting = WaitingLine()
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self._lay_out()
        self.along.toggled.connect(self.model.set_over_run)
        self.empty.pressed.connect(self.model.compute)
        self.waiting.cancelled.connect(self.model.cancel)
        self.plot.pointed.connect(lambda words: self.readout.set_text(words or _HINT))
        self.model.changed.connect(self._show)
        self._show()

    def copy_shown(self) -> None:
        """Copy the singular values, a column per matrix, in full precision."""
        lines = self.model.lines
        rows = [["number", *(line.label for line in lines)]]
        longest = max((len(line.spectrum.values) for line in lines), default=0)
        for at in range(longest):
            cells = [
                numbers.exact(float(line.spectrum.values[at]))
                if at < len(line.spectrum.values) else "" for line in lines
            ]  # fmt: skip
            rows.append([str(at + 1), *cells])
        QGuiApplication.clipboard().setText("\n".join("\t".join(row) for row in rows) + "\n")

    def changeEvent(self, event: QEvent) -> None:
        """Another scheme: other colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_stack"):
            self._show()

    def _lay_out(self) -> None:
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addWidget(self.title)
        names.addWidget(self.extent)
        top = QHBoxLayout()
        top.addLayout(names, 1)
        top.addWidget(self.along, 0, Qt.AlignmentFlag.AlignTop)
        drawing = QWidget(self)
        below = QVBoxLayout(drawing)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(TIGHT)
        heading = QLabel("Singular values, greatest first")
        heading.setProperty("muted", True)
        below.addWidget(heading)
        below.addWidget(self.plot, 1)
        for widget in (self.readout, self.figures):
            below.addWidget(widget)
        self._stack = QStackedLayout()
        self._stack.addWidget(drawing)
        self._stack.addWidget(self.empty)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SMALL, SMALL, SMALL, SMALL)
        layout.setSpacing(SMALL)
        layout.addLayout(top)
        layout.addWidget(self.waiting)
        layout.addLayout(self._stack, 1)
        layout.addWidget(self.notes)

    def _show(self) -> None:
        model = self.model
        lines = model.lines
        self.title.set_text(model.title)
        self.extent.set_text(model.extent)
        self.along.setVisible(model.can_go_over_run and bool(model.choices))
        self.along.blockSignals(True)
        self.along.setChecked(model.over_run)
        self.along.blockSignals(False)
        notes = model.notes
        self.notes.setText("\n".join(notes))
        self.notes.setVisible(bool(notes))
        if model.task:
            self.waiting.wait_for("Computing singular values", model.task)
        else:
            self.waiting.done()
        is_drawn = bool(lines) and not model.is_missing
        self._stack.setCurrentIndex(0 if is_drawn else 1)
        if is_drawn:
            style = plot_style()
            colours = colours_for(style, len(lines), model.over_run)
            self.plot.show_lines(style, lines, colours)
            self.figures.show_lines(lines, colours)
        else:
            self._say_why()

    def _say_why(self) -> None:
        model = self.model
        if model.lack or not model.is_missing:
            self.empty.say(model.lack or "There are no singular values to show.")
        elif model.task:
            self.empty.say("The values appear here when all of them are known.")
        else:
            self.empty.say("Singular values are computed on demand.", "Compute")


class FigureGrid(QWidget):
    """The four figures, a row per matrix; with several, each after its swatch and name."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(SPACE)
        self._grid.setVerticalSpacing(TIGHT)
        self._grid.setColumnStretch(0, 1)
        self.shown: list[tuple[str, ...]] = []

    def show_lines(self, lines: list[Line], colours: list[QColor]) -> None:
        """Show these instead."""
        while (item := self._grid.takeAt(0)) is not None:
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        self.shown = [(line.label, *figure_cells(line.spectrum)) for line in lines]
        if len(lines) == 1:
            self._show_one(self.shown[0][1:])
            return
        for column, (heading, meaning) in enumerate(zip(_SHORT, _MEANINGS, strict=True), 1):
            self._put(heading, 0, column, meaning, is_muted=True)
        for row, (cells, colour) in enumerate(zip(self.shown, colours, strict=True), 1):
            self._grid.addWidget(_Named(cells[0], colour), row, 0)
            for column, text in enumerate(cells[1:], 1):
                self._put(text, row, column, _MEANINGS[column - 1])

    def _show_one(self, cells: tuple[str, ...]) -> None:
        for row, (heading, text) in enumerate(zip(_HEADINGS, cells, strict=True)):
            self._put(heading, row, 0, _MEANINGS[row], is_muted=True, is_left=True)
            self._put(text, row, 1, _MEANINGS[row])

    def _put(
        self, text: str, row: int, column: int, tip: str, *, is_muted: bool = False,
        is_left: bool = False,
    ) -> None:  # fmt: skip
        label = QLabel(text)
        label.setFont(number_font(label.font()))
        label.setToolTip(tip)
        label.setProperty("muted", is_muted)
        if not is_left:
            label.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._grid.addWidget(label, row, column)


_SHORT = ("σ₁", "Stable", "Effective", "Cond.")


class _Named(QWidget):
    """A swatch and a name that is elided where there is no room."""

    def __init__(self, name: str, colour: QColor) -> None:
        super().__init__()
        swatch = QLabel()
        swatch.setFixedSize(10, 10)
        swatch.setStyleSheet(f"background: {colour.name()}; border-radius: 2px;")
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(TIGHT)
        line.addWidget(swatch)
        line.addWidget(ElidedLabel(name), 1)
