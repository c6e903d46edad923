"""The first line of the page: what stands on side A and on side B, and what turns them around."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSizePolicy, QWidget

from tfinspector.viewmodels.compare.sides import Side
from tfinspector.views.theme import SMALL
from tfinspector.views.widgets.buttons import tool_button
from tfinspector.views.widgets.elided_combo import ElidedCombo

_MOST_LISTED = 24


class SideChooser(ElidedCombo):
    """All snapshots that are open; the one that is chosen is elided in the middle.

    `chosen` carries the `Side` that a person took.
    """

    chosen = Signal(object)

    def __init__(self, name: str, meaning: str) -> None:
        super().__init__()
        self._sides: list[Side] = []
        self.setAccessibleName(f"Side {name}")
        self._meaning = meaning
        self.setMaxVisibleItems(_MOST_LISTED)
        self.setMinimumContentsLength(8)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.view().setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.activated.connect(lambda at: self.chosen.emit(self._sides[at]))

    def show_sides(self, sides: Sequence[Side], chosen: Side | None) -> None:
        """Offer these; `chosen` is the one that counts now."""
        labels = [side.label for side in sides]
        if labels != [self.itemText(at) for at in range(self.count())]:
            self.clear()
            self.addItems(labels)
            for at, side in enumerate(sides):
                self.setItemData(at, side.path, Qt.ItemDataRole.ToolTipRole)
        self._sides = list(sides)
        paths = [side.path for side in sides]
        self.setCurrentIndex(paths.index(chosen.path) if chosen else -1)
        self.setToolTip(f"{self._meaning}\n{chosen.path}" if chosen else self._meaning)


class Choosers(QWidget):
    """`changed` carries (A, B); `swapped` is the button between them. Attributes: a, b."""

    changed = Signal(object, object)
    swapped = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.a = SideChooser("A", "A, the older side: what everything is compared with")
        self.b = SideChooser("B", "B, the newer side: what is only here was added")
        self._pair: tuple[Side | None, Side | None] = None, None
        self.swap = tool_button("swap", "", "Swap A and B", self.swapped.emit)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SMALL)
        for name, chooser in (("A", self.a), ("B", self.b)):
            label = QLabel(name)
            label.setProperty("heading", True)
            label.setBuddy(chooser)
            layout.addWidget(label)
            layout.addWidget(chooser, 1)
            if chooser is self.a:
                layout.addWidget(self.swap)
        self.a.chosen.connect(lambda side: self.changed.emit(side, self._pair[1]))
        self.b.chosen.connect(lambda side: self.changed.emit(self._pair[0], side))

    def show_sides(self, sides: Sequence[Side], a: Side | None, b: Side | None) -> None:
        """Offer these on both sides."""
        self._pair = a, b
        self.a.show_sides(sides, a)
        self.b.show_sides(sides, b)
