"""The controls above a histogram: axis, heights, range, bins, arrangement, export."""

from typing import Any

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtGui import QDoubleValidator, QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from tfinspector.contents.figures import Scale
from tfinspector.viewmodels.inspector.histogram import HistogramModel
from tfinspector.viewmodels.inspector.histogram_picture import (
    BINS_LEAST,
    BINS_MOST,
    Arrangement,
    Heights,
    RangeRule,
    Spread,
)
from tfinspector.views.icons import icon
from tfinspector.views.theme import SMALL, TIGHT
from tfinspector.views.widgets.spin_box import SpinBox

CHOICES: dict[str, tuple[str, dict[Any, str]]] = {
    "scale": (
        "Values",
        {Scale.LINEAR: "Linear", Scale.LOG: "Log", Scale.SYMLOG: "Symlog"},
    ),
    "heights": (
        "Heights",
        {Heights.COUNT: "Count", Heights.DENSITY: "Density", Heights.LOG_COUNT: "Log count"},
    ),
    "rule": (
        "Range",
        {
            RangeRule.ROBUST: "Robust",
            RangeRule.FULL: "Full",
            RangeRule.BY_HAND: "By hand",
        },
    ),
    "spread": (
        "Snapshots",
        {Spread.CHOSEN: "Chosen", Spread.FIRST_TOO: "First too", Spread.OVER_RUN: "Run"},
    ),
    "arrangement": (
        "Several",
        {Arrangement.OVERLAY: "Overlay", Arrangement.OFFSET: "Offset"},
    ),
}
_TIPS = {
    "scale": "How the value axis runs. Symlog is linear near zero and logarithmic beyond.",
    "heights": "What the height of a bar means. L toggles log.",
    "rule": "Which values the axis covers. Robust: the middle 98 % and half its width on each "
    "side (on log axes the middle 99.8 %). How many lie outside is always told.",
    "spread": "Draw the chosen variables in other snapshots of the run as well.",
    "arrangement": "How the histograms of several chosen variables share the picture.",
}


class HistogramControls(QWidget):
    """Binds to a `HistogramModel`. `export_asked` carries "png", "svg" or "csv"."""

    export_asked = Signal(str)

    def __init__(self, model: HistogramModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.combos = {field: self._combo(field) for field in CHOICES}
        self.bins = SpinBox(BINS_LEAST, BINS_MOST, "Bins")
        self.bins.setToolTip("How many bars the range is divided into.")
        self.bins.valueChanged.connect(lambda bins: model.set_options(bins=bins))
        self.low, self.high = self._edge("From"), self._edge("To")
        self.export = self._export_button()
        self._lay_out()
        model.options_changed.connect(self._show)
        model.picture_changed.connect(self._show)
        self._show()

    def _combo(self, field: str) -> QComboBox:
        name, choices = CHOICES[field]
        combo = QComboBox()
        combo.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        combo.setMinimumContentsLength(6)
        combo.setAccessibleName(name)
        combo.setToolTip(_TIPS[field])
        combo.addItems(list(choices.values()))
        values = list(choices)  # not as item data: Qt would hand back strings for our enums
        combo.activated.connect(lambda index: self._chose(field, values[index]))
        return combo

    def _edge(self, name: str) -> QLineEdit:
        edge = QLineEdit()
        edge.setAccessibleName(name)
        edge.setPlaceholderText(name)
        edge.setValidator(QDoubleValidator(edge))
        edge.editingFinished.connect(self._range_entered)
        return edge

    def _export_button(self) -> QToolButton:
        button = QToolButton()
        button.setToolTip("Export the picture or its numbers")
        button.setIcon(icon("export"))
        button.setAccessibleName("Export")
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(button)
        for text, kind in (("Picture (PNG)…", "png"), ("Picture (SVG)…", "svg"),
                           ("Bins (CSV)…", "csv")):  # fmt: skip
            menu.addAction(text).triggered.connect(
                lambda _=False, kind=kind: self.export_asked.emit(kind)
            )
        button.setMenu(menu)
        return button

    def _lay_out(self) -> None:
        self._grid = grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(SMALL)
        grid.setVerticalSpacing(TIGHT)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        self.export.setFixedHeight(self.combos["scale"].sizeHint().height())  # rows of one height
        values = self._pair("Values", self.combos["scale"])
        heights = self._pair("Heights", self.combos["heights"])
        covered = self._pair("Range", self.combos["rule"])
        bins = self._pair("Bins", self.bins)
        low, high = self._pair("From", self.low), self._pair("To", self.high)
        self._of_run = self._pair("Snapshots", self.combos["spread"])
        self._several = self._pair("Several", self.combos["arrangement"])
        self._by_hand = (*low, *high)
        self._beside = (
            (values, heights), (covered, bins), (low, high), (self._of_run, self._several)
        )  # fmt: skip
        self._least = 0
        self._place(False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Labels go above their fields where both beside each other would be cut."""
        super().resizeEvent(event)
        if not self._is_stacked:
            self._least = self._grid.minimumSize().width()
        if self._is_stacked != (self.width() < self._least):
            self._place(not self._is_stacked)

    def _pair(self, text: str, widget: QWidget) -> tuple[QLabel, QWidget]:
        """A field and its label."""
        label = QLabel(text, self)
        label.setProperty("muted", True)
        label.setBuddy(widget)
        return label, widget

    def _place(self, stacked: bool) -> None:
        """Two fields in a line, each behind its label, or below it."""
        grid = self._grid
        self._is_stacked = stacked
        for row, pairs in enumerate(self._beside):
            for place, (label, widget) in enumerate(pairs):
                if stacked:
                    grid.addWidget(label, 2 * row, 2 * place, 1, 2)
                    grid.addWidget(widget, 2 * row + 1, 2 * place, 1, 2)
                else:
                    grid.addWidget(label, row, 2 * place)
                    grid.addWidget(widget, row, 2 * place + 1)
        grid.addWidget(self.export, 1 if stacked else 0, 4)

    def _chose(self, field: str, value: Any) -> None:
        if field == "spread":
            self._model.set_spread(value)
            return
        changes = {field: value}
        if field == "rule" and value is RangeRule.BY_HAND and len(self._model.picture.edges):
            edges = self._model.picture.edges
            changes |= {"low": float(edges[0]), "high": float(edges[-1])}
        self._model.set_options(**changes)

    def _range_entered(self) -> None:
        if self.low.hasAcceptableInput() and self.high.hasAcceptableInput():
            low, high = float(self.low.text()), float(self.high.text())
            wrong = not high > low
            for edge in (self.low, self.high):
                edge.setProperty("wrong", wrong)
                edge.style().polish(edge)
            if not wrong:
                self._model.set_options(low=low, high=high)

    def _show(self) -> None:
        """Show the model's options; nothing here answers by changing them."""
        options = self._model.options
        for field, combo in self.combos.items():
            combo.setCurrentIndex(list(CHOICES[field][1]).index(getattr(options, field)))
        with QSignalBlocker(self.bins):
            self.bins.setValue(options.bins)
        for edge, value in ((self.low, options.low), (self.high, options.high)):
            if not edge.hasFocus():
                edge.setText(f"{value:.6g}")
        for widget in self._by_hand:
            widget.setVisible(options.rule is RangeRule.BY_HAND)
        for widget in self._of_run:
            widget.setVisible(self._model.has_run)
        for widget in self._several:
            widget.setVisible(len(self._model.picture.series) > 1)
        self.export.setEnabled(bool(self._model.picture.series))
