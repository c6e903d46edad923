"""A few words over the page, at its upper right corner, for a moment: what a key has done."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLabel, QWidget

from tfinspector.views.theme import SMALL

_SHOWN_MS = 4000
_WIDEST = 420


class Notice(QLabel):
    """Takes no room in a layout; a click puts it away."""

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self._over = over
        self.setProperty("notice", True)
        self.setWordWrap(True)
        self._timer = QTimer(self, singleShot=True, interval=_SHOWN_MS)
        self._timer.timeout.connect(self.hide)
        self.hide()

    def say(self, words: str, top: int) -> None:
        """Show this, `top` pixels below the upper edge of what it lies over."""
        self.setText(words)
        self.setAccessibleName(words)
        room = self._over.width() - 2 * SMALL
        line = self.fontMetrics().horizontalAdvance(max(words.split("\n"), key=len))
        width = min(line + 4 * SMALL, _WIDEST, room)
        self.resize(width, self.heightForWidth(width))
        self.move(room + SMALL - width, top + SMALL)
        self.show()
        self.raise_()
        self._timer.start()

    def mousePressEvent(self, event: object) -> None:
        """Put it away."""
        self.hide()
