"""An empty state that teaches: an icon, one sentence, and one button if there is a next step."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from tfinspector.views.icons import pixmap
from tfinspector.views.theme import SMALL, SPACE

_EXTENT = 40


class EmptyState(QWidget):
    """`pressed` is the button; it is there only when `say` gets its text."""

    pressed = Signal()

    def __init__(self, icon_name: str, sentence: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon_name = icon_name
        self._icon = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self.sentence = QLabel(sentence, alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
        self.sentence.setProperty("muted", True)
        self.sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.button = QPushButton()
        self.button.clicked.connect(self.pressed)
        self.button.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE, SPACE, SPACE, SPACE)
        layout.setSpacing(SMALL)
        layout.addStretch(2)
        layout.addWidget(self._icon)
        layout.addWidget(self.sentence)
        layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignCenter)
        layout.addStretch(3)
        self._draw()

    def say(self, sentence: str, button: str = "") -> None:
        """Show this sentence, and a button with this verb if there is one."""
        self.sentence.setText(sentence)
        self.button.setText(button)
        self.button.setVisible(bool(button))

    def _draw(self) -> None:
        ratio = self.devicePixelRatioF()
        self._icon.setPixmap(pixmap(self._icon_name, "faint", _EXTENT, ratio))

    def changeEvent(self, event: QEvent) -> None:
        """Another scheme: the icon in its colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._draw()
