"""Lines of an icon and a sentence: what was found out, at a glance."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from tfinspector.views.icons import pixmap
from tfinspector.views.theme import SMALL, TIGHT
from tfinspector.views.widgets.sentence import Sentence

_EXTENT = 18
Line = tuple[str, str, str]


class Lines(QWidget):
    """(icon, colour role, words) each; takes no room without any."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(TIGHT)
        self.shown: list[Line] = []
        self.hide()

    def show_lines(self, lines: list[Line]) -> None:
        """Show these instead."""
        if lines != self.shown:
            self.shown = lines
            self._fill()

    def changeEvent(self, event: QEvent) -> None:
        """Another scheme: the icons in its colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._fill()

    def _fill(self) -> None:
        while (item := self._layout.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for line in self.shown:
            self._layout.addWidget(self._row(line))
        self.setVisible(bool(self.shown))

    def _row(self, line: Line) -> QWidget:
        icon_name, role, words = line
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SMALL)
        sign = QLabel()
        sign.setPixmap(pixmap(icon_name, role, _EXTENT, self.devicePixelRatioF()))
        text = Sentence(words)
        layout.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(text, 1)
        return row
