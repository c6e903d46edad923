"""Text with Copy and Save: the generated script, and the report about the worker."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from tfinspector.views.theme import SMALL, TIGHT, code_font
from tfinspector.views.widgets.buttons import tool_button
from tfinspector.views.widgets.elided_label import ElidedLabel


class CodePane(QWidget):
    """`said` is a line above the text; `copy` and `save` are its buttons."""

    def __init__(self, name: str, can_save: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = QPlainTextEdit(readOnly=True)
        self.text.setFont(code_font())
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setAccessibleName(name)
        self.said = ElidedLabel(role="muted")
        self.said.set_elide_mode(Qt.TextElideMode.ElideRight)
        self.copy = tool_button("copy", "Copy", f"Copy the {name.lower()}", self._copy)
        self.save = tool_button("export", "Save as…", f"Save the {name.lower()} to a file")
        self.save.setVisible(can_save)
        bar = QHBoxLayout()
        bar.setContentsMargins(SMALL, TIGHT, SMALL, TIGHT)
        bar.setSpacing(TIGHT)
        bar.addWidget(self.said, 1)
        bar.addWidget(self.copy)
        bar.addWidget(self.save)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addWidget(self.text, 1)
        self.show_text("")

    def show_text(self, text: str, said: str = "") -> None:
        """Show this text; the place stays where it is if it is the same."""
        if text != self.text.toPlainText():
            self.text.setPlainText(text)
        self.said.set_text(said)
        self.copy.setEnabled(bool(text))
        self.save.setEnabled(bool(text))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text.toPlainText())
