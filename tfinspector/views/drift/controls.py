"""The line above the heat map: what is measured, against what, in which order; play; export."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeVar

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSizePolicy, QWidget

from tfinspector.contents.drift_metrics import METRIC_BY_NAME, METRICS, Reference
from tfinspector.viewmodels.drift.colours import Colouring, can_be_log
from tfinspector.viewmodels.drift.lines import Order
from tfinspector.viewmodels.drift.model import DriftModel
from tfinspector.viewmodels.drift.words import snapshot_words
from tfinspector.views.icons import icon
from tfinspector.views.theme import TIGHT
from tfinspector.views.widgets.buttons import MenuButton, tool_button
from tfinspector.views.widgets.elided_combo import ElidedCombo

_Kind = TypeVar("_Kind", Order, Colouring)
_ORDERS = {
    Order.MODEL: "Sorted as in the model",
    Order.NAME: "Sorted by name",
    Order.NEWEST: "Largest at the end first",
    Order.ANYWHERE: "Largest anywhere first",
}
_COLOURINGS = {
    Colouring.AUTO: "Colours as the metric needs",
    Colouring.LOG: "Logarithmic colours",
    Colouring.LINEAR: "Linear colours",
}
EXPORT_MENU = (("Picture (PNG)…", "png"), ("Picture (SVG)…", "svg"), ("Numbers (CSV)…", "csv"))


class DriftControls(QWidget):
    """Binds a `DriftModel`. Attributes: what (the metric), reference, view (menu), play.

    `export_asked` carries "png", "svg" or "csv"; `play_asked` is the button.
    """

    export_asked = Signal(str)
    play_asked = Signal()

    def __init__(self, model: DriftModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.what = _combo("Metric", "What is measured of each variable at each step")
        self.what.addItems([metric.title for metric in METRICS])
        for at, metric in enumerate(METRICS):
            self.what.setItemData(at, metric.meaning, 3)  # its tool tip
        self.what.activated.connect(lambda at: model.ask(metric=METRICS[at].name))
        self.reference = _combo("Reference", "What each snapshot is compared with")
        self.reference.activated.connect(self._refer)
        self.view = MenuButton("", "View ▾", "Which lines are shown, how sorted, in which colours")
        self.orders = self._choice(_ORDERS, "order")
        self.view.menu().addSeparator()
        self.grouped = self._switch("Group by layer", "grouped")
        self.weights_only = self._switch("Weights only", "weights_only")
        self.view.menu().addSeparator()
        self.colourings = self._choice(_COLOURINGS, "colouring")
        self.view.menu().addSeparator()
        self.robust = self._switch("Outliers do not stretch the colours", "is_robust")
        self.play = tool_button("play", "", "Play through the run (P)", self.play_asked.emit)
        self.export = export_button(self.export_asked.emit)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(TIGHT)
        layout.addWidget(self.what, 1)
        layout.addWidget(self.reference, 1)
        for widget in (self.view, self.play, self.export):
            layout.addWidget(widget)
        self._paths: list[str] = []
        model.heat_changed.connect(self._show)
        self._show()

    def set_playing(self, playing: bool) -> None:
        """The button stops what it started."""
        self.play.setIcon(icon("pause" if playing else "play"))
        words = "Stop (P)" if playing else "Play through the run (P)"
        self.play.setToolTip(words)
        self.play.setAccessibleName(words)

    def _switch(self, words: str, field: str) -> QAction:
        action = self.view.menu().addAction(words)
        action.setCheckable(True)
        action.triggered.connect(lambda on: self._model.ask(**{field: on}))
        return action

    def _choice(self, words: Mapping[_Kind, str], field: str) -> dict[_Kind, QAction]:
        """One of these; the one that counts is checked."""
        group, made = QActionGroup(self), {}
        for kind, text in words.items():
            action = made[kind] = self.view.menu().addAction(text)
            action.setCheckable(True)
            action.triggered.connect(partial(self._ask, field, kind))
            group.addAction(action)
        return made

    def _ask(self, field: str, kind: object) -> None:
        self._model.ask(**{field: kind})

    def _refer(self, at: int) -> None:
        first = [Reference.FIRST.value, Reference.PREVIOUS.value]
        self._model.refer_to([*first, *self._paths][at])

    def _show(self) -> None:
        """Show what is asked; nothing here answers by changing it."""
        model, asked = self._model, self._model.asked
        self.what.setCurrentIndex([metric.name for metric in METRICS].index(asked.metric))
        self.orders[asked.order].setChecked(True)
        self.grouped.setChecked(asked.grouped)
        self.weights_only.setChecked(asked.weights_only)
        self.robust.setChecked(asked.is_robust)
        for colouring, action in self.colourings.items():
            action.setChecked(colouring is asked.colouring)
            action.setEnabled(can_be_log(METRIC_BY_NAME[asked.metric]))
        table = model.table
        self._paths = [snapshot.path for snapshot in table.snapshots] if table else []
        told = [snapshot_words(table, at) for at in range(len(self._paths))] if table else []
        wanted = [f"against {word}" for word in ("the first", "the one before", *told)]
        if wanted != [self.reference.itemText(at) for at in range(self.reference.count())]:
            with QSignalBlocker(self.reference):
                self.reference.clear()
                self.reference.addItems(wanted)
                for at, path in enumerate(self._paths):
                    self.reference.setItemData(at + 2, os.path.basename(path), 3)
        values = [Reference.FIRST.value, Reference.PREVIOUS.value, *self._paths]
        if model.reference in values:
            self.reference.setCurrentIndex(values.index(model.reference))
        for widget in (self.play, self.export):
            widget.setEnabled(table is not None)


def export_button(chosen: Callable[[str], object]) -> MenuButton:
    """A button with the three kinds of files; `chosen` gets "png", "svg" or "csv"."""
    button = MenuButton("export", "", "Export the picture or its numbers")
    for text, kind in EXPORT_MENU:
        button.menu().addAction(text).triggered.connect(lambda _=False, kind=kind: chosen(kind))
    return button


def _combo(name: str, tip: str) -> QComboBox:
    combo = ElidedCombo()
    combo.setAccessibleName(name)
    combo.setToolTip(tip)
    combo.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    combo.setMinimumContentsLength(8)
    return combo
