"""A line of text that elides in the middle: names keep their first and last part.

The full text is the tool tip, and what assistive technology reads.
"""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from tfinspector.views.theme import colours


class ElidedLabel(QWidget):
    """One line, as wide as there is room. `role` is a palette role's name in `Colours`."""

    def __init__(
        self,
        text: str = "",
        role: str = "text",
        bold: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        if bold:
            font = self.font()
            font.setWeight(QFont.Weight.DemiBold)
            self.setFont(font)
        self._text, self._role = text, role
        self._mode = Qt.TextElideMode.ElideMiddle
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.set_text(text)

    def text(self) -> str:
        """The full text."""
        return self._text

    def set_text(self, text: str) -> None:
        """Show this text."""
        self._text = text
        self.setToolTip(text)
        self.setAccessibleName(text)
        self.update()

    def set_elide_mode(self, mode: Qt.TextElideMode) -> None:
        """Elide elsewhere: sentences end with the dots."""
        self._mode = mode
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as the text, one line high."""
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self._text) + 2, metrics.height() + 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The text, or as much of it as fits."""
        painter = QPainter(self)
        painter.setPen(getattr(colours(), self._role))
        shown = self.fontMetrics().elidedText(self._text, self._mode, self.width())
        align = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(self.rect(), align, shown)
