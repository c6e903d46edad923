"""An empty state that teaches: an icon, one sentence, and one button if there is a next step."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from tfinspector.views.icons import pixmap
from tfinspector.views.theme import SMALL, SPACE

_EXTENT = 40
_WIDEST = 520  # longer lines are hard to read, and leave single words behind


class EmptyState(QWidget):
    """`pressed` is the button; it is there only when `say` gets its text."""

    pressed = Signal()

    def __init__(self, icon_name: str, sentence: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon_name, self._role = icon_name, "faint"
        self._icon = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self.sentence = QLabel(sentence, alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
        self.sentence.setProperty("muted", True)
        self.sentence.setMaximumWidth(_WIDEST)
        self.sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.button = QPushButton()
        self.button.clicked.connect(self.pressed)
        self.button.hide()
        words = QHBoxLayout()
        words.addStretch(1)
        words.addWidget(self.sentence, 1000)
        words.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE, SPACE, SPACE, SPACE)
        layout.setSpacing(SMALL)
        layout.addStretch(2)
        layout.addWidget(self._icon)
        layout.addLayout(words)
        layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignCenter)
        layout.addStretch(3)
        self._draw()

    def say(self, sentence: str, button: str = "") -> None:
        """Show this sentence, and a button with this verb if there is one."""
        self.sentence.setText(sentence)
        self.button.setText(button)
        self.button.setVisible(bool(button))

    def set_icon(self, name: str, role: str = "faint") -> None:
        """Show another icon, in the colour of this role."""
        self._icon_name, self._role = name, role
        self._draw()

    def fill_ground(self) -> None:
        """Stand on the ground that pages have."""
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)

    def _draw(self) -> None:
        ratio = self.devicePixelRatioF()
        self._icon.setPixmap(pixmap(self._icon_name, self._role, _EXTENT, ratio))

    def changeEvent(self, event: QEvent) -> None:
        """Another scheme: the icon in its colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._draw()
