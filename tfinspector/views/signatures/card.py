"""One signature or function: inputs, outputs, call forms, and the Python that calls it."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QPalette
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from tfinspector.contents.saved_models import Function, Signature, TensorSpec
from tfinspector.viewmodels.signatures.model import Entry, tensor_row
from tfinspector.views.icons import icon
from tfinspector.views.theme import SMALL, SPACE, TIGHT, code_font
from tfinspector.views.widgets.elided_label import ElidedLabel

_HEADINGS = ("Type", "Shape", "Tensor in the graph")


class SignatureCard(QScrollArea):
    """Attributes: code (the text), copy (the button). `middle` stands between inputs and code."""

    def __init__(self, middle: QWidget | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.viewport().setBackgroundRole(QPalette.ColorRole.Base)
        self._entry: Entry | None = None
        self.code = QPlainTextEdit()
        self.code.setReadOnly(True)
        self.code.setFont(code_font())
        self.code.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.code.setAccessibleName("Python that calls it")
        self.copy = QPushButton("Copy")
        self.copy.setIcon(icon("copy"))
        self.copy.clicked.connect(
            lambda: QGuiApplication.clipboard().setText(self.code.toPlainText())
        )
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(SPACE, SMALL, SPACE, SPACE)
        column.setSpacing(SMALL)
        self._about = QVBoxLayout()
        self._about.setSpacing(TIGHT)
        column.addLayout(self._about)
        if middle is not None:
            column.addWidget(middle)
        self._python = QWidget()
        python = QVBoxLayout(self._python)
        python.setContentsMargins(0, SMALL, 0, 0)
        python.setSpacing(SMALL)
        line = QHBoxLayout()
        line.addWidget(heading("Python"), 1)
        line.addWidget(self.copy)
        python.addLayout(line)
        box = QFrame()
        box.setProperty("code", True)
        self.code.setStyleSheet("QPlainTextEdit { background: transparent; }")
        inside = QVBoxLayout(box)
        inside.setContentsMargins(SMALL, TIGHT, TIGHT, TIGHT)
        inside.addWidget(self.code)
        python.addWidget(box)
        column.addWidget(self._python)
        column.addStretch(1)
        self.setWidget(page)

    def show_entry(self, entry: Entry | None, code: str) -> None:
        """Show this one, with the code that calls it."""
        if entry is not self._entry:
            self._entry = entry
            self._fill(entry)
        self._python.setVisible(bool(code))
        if code != self.code.toPlainText():
            self.code.setPlainText(code)
            lines = code.count("\n") + 1
            height = self.code.fontMetrics().lineSpacing() * min(lines, 24)
            height += self.code.horizontalScrollBar().sizeHint().height()  # long lines show it
            self.code.setFixedHeight(height + 2 * SMALL)

    def _fill(self, entry: Entry | None) -> None:
        while (item := self._about.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        if entry is None:
            return
        self._about.addWidget(heading(entry.name))
        if isinstance(entry.item, Signature):
            self._add_tensors([("Inputs", entry.item.inputs), ("Outputs", entry.item.outputs)])
            if entry.item.defaults:
                names = ", ".join(entry.item.defaults)
                self._about.addWidget(words(f"May be left out: {names}"))
            if entry.item.method:
                self._about.addWidget(words(f"Method name: {entry.item.method}"))
        else:
            self._add_forms(entry.item)

    def _add_tensors(self, groups: Sequence[tuple[str, Sequence[TensorSpec]]]) -> None:
        """Inputs and outputs in one grid, so that their columns line up."""
        table = QWidget()
        grid = QGridLayout(table)
        grid.setContentsMargins(0, SMALL, 0, 0)
        grid.setHorizontalSpacing(SPACE)
        grid.setVerticalSpacing(TIGHT)
        line = 0
        for title, specs in groups:
            for column, text in enumerate((title, *_HEADINGS)):
                grid.addWidget(words(text), line, column)
            rows = [tensor_row(spec) for spec in specs] or [("none", "", "", "")]
            for row in rows:
                line += 1
                for column, text in enumerate(row[:-1]):
                    label = QLabel(text)
                    label.setTextFormat(Qt.TextFormat.PlainText)  # names come from files
                    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
                    grid.addWidget(label, line, column)
                in_graph = ElidedLabel(role="muted")  # long, and the least that people look for
                in_graph.set_text(row[-1])
                grid.addWidget(in_graph, line, len(row) - 1)
            line += 1
            grid.setRowMinimumHeight(line, SMALL)
            line += 1
        grid.setColumnStretch(len(_HEADINGS), 1)
        self._about.addWidget(table)

    def _add_forms(self, function: Function) -> None:
        if not function.forms:
            self._about.addWidget(
                words("Saved without one traced form, so TensorFlow can't call it.")
            )
        for number, form in enumerate(function.forms, 1):
            self._about.addWidget(words(f"Call form {number}"))
            text = QLabel(f"({form.arguments})\n\N{RIGHTWARDS ARROW} {form.output}")
            text.setFont(code_font())
            text.setWordWrap(True)
            text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._about.addWidget(text)


def heading(text: str) -> QLabel:
    """A heading of a section."""
    label = QLabel(text)
    label.setProperty("heading", True)
    return label


def words(text: str) -> QLabel:
    """Something said aside."""
    label = QLabel(text)
    label.setProperty("muted", True)
    return label
