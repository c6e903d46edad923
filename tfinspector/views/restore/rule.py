"""Two quiet shapes of the page Restore: a thin line, and a veil over what is about to change."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from tfinspector.views.theme import colours, with_alpha

_VEIL = 0.55


class Rule(QWidget):
    """A line of one pixel between two parts."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(1)

    def paintEvent(self, event: QPaintEvent) -> None:
        """In the colour of separators."""
        QPainter(self).fillRect(self.rect(), QColor(colours().line))


class Veil(QWidget):
    """Dims `over` while it is shown; clicks go through, for the last result stays usable."""

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self._over = over
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        over.installEventFilter(self)
        self.hide()

    def set_shown(self, is_shown: bool) -> None:
        """Dim, or show clearly again."""
        self.setVisible(is_shown)
        if is_shown:
            self.setGeometry(self._over.rect())
            self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """As large as what it covers."""
        if event.type() == QEvent.Type.Resize and watched is self._over:
            self.setGeometry(self._over.rect())
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The page's own ground, half through."""
        QPainter(self).fillRect(self.rect(), with_alpha(colours().surface, _VEIL))
