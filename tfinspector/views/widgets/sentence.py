"""Words of a finding or an answer: they wrap, can be selected, and show `code` as code.

The words hold names that come from files: never are they taken for markup.
"""

import re
from html import escape

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFont, QFontInfo, QFontMetricsF
from PySide6.QtWidgets import QLabel, QWidget

from tfinspector.views.theme import code_font

_CODE = re.compile(r"`([^`\n]+)`")


class Sentence(QLabel):
    """What stands between backticks is set in the system's fixed-width font, without them."""

    def __init__(self, words: str = "", muted: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = ""
        self.setWordWrap(True)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setProperty("muted", muted)
        self.say(words)

    def say(self, words: str) -> None:
        """Show these words."""
        self.words = words
        has_code = _CODE.search(words) is not None
        self.setTextFormat(Qt.TextFormat.RichText if has_code else Qt.TextFormat.PlainText)
        self.setText(_markup(words, self.font()) if has_code else words)
        self.setAccessibleName(words)

    def changeEvent(self, event: QEvent) -> None:
        """Another size of the words: code with them."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and self.textFormat() == Qt.TextFormat.RichText:
            self.setText(_markup(self.words, self.font()))


def _markup(words: str, plain: QFont) -> str:
    """HTML of `words`; code is no higher than the words beside it: lines keep their height."""
    font = code_font()
    font.setPointSizeF(QFontInfo(plain).pointSizeF())
    higher = QFontMetricsF(font).ascent() / QFontMetricsF(plain).ascent()
    size = QFontInfo(plain).pointSizeF() / max(1.0, higher)
    style = f"font-family: '{escape(font.family())}'; font-size: {size:.2f}pt"
    code = _CODE.sub(rf'<span style="{style}">\1</span>', escape(words, quote=False))
    return f'<div style="white-space: pre-wrap">{code}</div>'
