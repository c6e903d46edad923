"""One checkable chip per state there is, with its count; unchecked is hidden."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QToolButton, QWidget

from tfinspector.contents import numbers
from tfinspector.viewmodels.restore.states import MEANINGS, STATES, Sign
from tfinspector.views.icons import icon
from tfinspector.views.theme import TIGHT
from tfinspector.views.widgets.buttons import ToolButton

_SIGN = QSize(14, 14)
_HOW = "Click hides or shows; double click shows only these"


class StateChips(QWidget):
    """`changed` carries the frozenset of hidden states. A double click shows only that state, or
    all of them again. `states` are in the order of the chips, those of a restore unless told.
    """

    changed = Signal(object)

    def __init__(
        self,
        parent: QWidget | None = None,
        states: Sequence[StrEnum] = STATES,
        meanings: Mapping[Any, str] = MEANINGS,
    ) -> None:
        super().__init__(parent)
        self._states, self._meanings = states, meanings
        self._chips: dict[StrEnum, QToolButton] = {}
        self._signs: Mapping[Any, Sign] = {}
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(TIGHT)
        self._layout.addStretch(1)

    @property
    def hidden(self) -> frozenset[StrEnum]:
        """States that are switched off."""
        return frozenset(state for state, chip in self._chips.items() if not chip.isChecked())

    def chip(self, state: StrEnum) -> QToolButton:
        """The chip of a state that is there."""
        return self._chips[state]

    def set_counts(self, counts: Mapping[Any, int], signs: Mapping[Any, Sign]) -> None:
        """Show a chip for each of these states, all of them on, with these signs."""
        self._signs = signs
        for state in [state for state in self._chips if not counts.get(state)]:
            gone = self._chips.pop(state)
            gone.hide()
            self._layout.removeWidget(gone)
            gone.deleteLater()
        for at, state in enumerate(state for state in self._states if counts.get(state)):
            chip = self._chips.get(state) or self._add(state, at)
            chip.setText(f"{signs[state].word} {numbers.whole(counts[state])}")
            chip.blockSignals(True)
            chip.setChecked(True)
            chip.blockSignals(False)
            self._dress(state)

    def show_only(self, state: StrEnum) -> None:
        """Hide all others; if they are hidden already, show everything."""
        others = set(self._chips) - {state}
        back = self._chips[state].isChecked() and self.hidden == others
        for each, chip in self._chips.items():
            chip.blockSignals(True)
            chip.setChecked(back or each is state)
            chip.blockSignals(False)
            self._dress(each)
        self.changed.emit(self.hidden)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The second click of a double click is no toggle: it shows only that state."""
        if event.type() == QEvent.Type.MouseButtonDblClick and isinstance(event, QMouseEvent):
            state = next((s for s, chip in self._chips.items() if chip is watched), None)
            if state is not None and event.button() is Qt.MouseButton.LeftButton:
                self._chips[state].setChecked(True)
                self.show_only(state)
                return True
        return super().eventFilter(watched, event)

    def _add(self, state: StrEnum, at: int) -> QToolButton:
        chip = ToolButton(self)
        chip.setCheckable(True)
        chip.setChecked(True)
        chip.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        chip.setIconSize(_SIGN)
        chip.setProperty("pill", True)
        chip.setToolTip(
            f"{self._meanings[state]}.\nClick hides or shows; double click shows only these"
        )
        chip.installEventFilter(self)
        chip.toggled.connect(lambda is_on: self._toggled(state))
        self._chips[state] = chip
        self._layout.insertWidget(at, chip)
        return chip

    def _toggled(self, state: StrEnum) -> None:
        self._dress(state)
        self.changed.emit(self.hidden)

    def _dress(self, state: StrEnum) -> None:
        """Icon in the state's colour; grey when hidden."""
        chip, sign = self._chips[state], self._signs[state]
        chip.setIcon(icon(sign.icon, sign.role if chip.isChecked() else "faint"))


class ChipStrip(QScrollArea):
    """Holds the chips on one line however many there are; they scroll, nothing is cut off."""

    def __init__(self, chips: StateChips) -> None:
        super().__init__()
        self.setWidget(chips)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFixedHeight(26)
        self.viewport().setAutoFillBackground(False)
        chips.setAutoFillBackground(False)
