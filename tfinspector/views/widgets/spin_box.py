"""A spin box whose number starts where the text of the fields beside it does."""

from __future__ import annotations

from PySide6.QtWidgets import QSpinBox, QWidget

_LEFT = 5  # a style sheet's padding does not reach the editor inside


class SpinBox(QSpinBox):
    """Takes a number when it is finished, not at every digit."""

    def __init__(self, low: int, high: int, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setRange(low, high)
        self.setKeyboardTracking(False)
        self.setAccessibleName(name)
        self.lineEdit().setTextMargins(_LEFT, 0, 0, 0)
