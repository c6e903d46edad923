"""Load a whole model of Keras, on the page Trust: a visible act, and what it takes.

Code in the file runs only after a dialog that says what it could do, once for each load.
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from tfinspector.contents.findings import Finding
from tfinspector.contents.reports import LoadReport
from tfinspector.contents.trust import CodeInFile
from tfinspector.viewmodels.load_words import report_lines
from tfinspector.viewmodels.trust.keras_loading import KerasLoading
from tfinspector.views.icons import icon
from tfinspector.views.signatures.card import heading, words
from tfinspector.views.theme import SMALL, SPACE, TIGHT, WIDE
from tfinspector.views.widgets.buttons import tool_button
from tfinspector.views.widgets.finding_card import FindingCard
from tfinspector.views.widgets.finding_cards import FindingCards
from tfinspector.views.widgets.lines import Lines
from tfinspector.views.widgets.waiting_line import WaitingLine

_DIALOG_WIDTH = 520
_REACH = (
    "It would run in a process of its own, with everything that you may do on this machine: read, "
    "change and delete files, and use the network."
)


class KerasLoadSection(QWidget):
    """Attributes: needs, modules, browse, load, waiting, said, cards, dialog (while it asks)."""

    def __init__(self, model: KerasLoading, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.needs, self.modules = words(""), QLineEdit()
        self.browse = tool_button("folder", "", "Choose a Python file", self._ask_file)
        self.load = QPushButton("Load")
        self.waiting, self.said = WaitingLine(), Lines()
        self._told = FindingCards()
        self.dialog: ConsentDialog | None = None
        self._shown: object = self
        self._dress()
        self._lay_out()
        self.modules.textEdited.connect(model.name_modules)
        self.modules.returnPressed.connect(model.load)
        self.load.clicked.connect(model.load)
        self.waiting.cancelled.connect(model.cancel)
        model.consent_asked.connect(self._ask_consent)
        model.changed.connect(self._show)
        self._show()

    @property
    def cards(self) -> list[FindingCard]:
        """Of what was found."""
        return self._told.cards

    def _dress(self) -> None:
        self.needs.setWordWrap(True)
        self.needs.setTextFormat(Qt.TextFormat.PlainText)  # names come from files
        self.modules.setPlaceholderText("layers.py, package.module")
        self.modules.setAccessibleName("Modules with its classes")
        self.modules.setToolTip(
            "Modules or Python files that define its classes, apart by commas. They are executed,\n"
            "in a process of their own"
        )
        self.load.setIcon(icon("play"))
        self.load.setToolTip(
            "Load it with Keras, in a process of its own, and compare every variable with the file"
        )

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(TIGHT)
        line.addWidget(words("Modules"))
        line.addWidget(self.modules, 1)
        line.addWidget(self.browse)
        line.addWidget(self.load)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, SMALL, 0, 0)
        column.setSpacing(SMALL)
        column.addWidget(heading("Load it"))
        column.addWidget(self.needs)
        column.addLayout(line)
        for part in (self.waiting, self.said, self._told):
            column.addWidget(part)

    def _show(self) -> None:
        model = self._model
        self.setVisible(model.is_offered)
        self.needs.setText(model.needed_words)
        if not model.modules and not self.modules.hasFocus():
            self.modules.clear()
        self.load.setEnabled(model.task is None)
        if model.task:
            self.waiting.wait_for("Loading with Keras", model.task)
        else:
            self.waiting.done()
        if model.result is not self._shown:
            self._shown = model.result
            self._show_result(model.result)

    def _show_result(self, result: LoadReport | Finding | None) -> None:
        self.said.show_lines(report_lines(result) if result is not None else [])
        self._told.show_alarms(result)

    def _ask_file(self) -> None:
        path, _ = QFileDialog.getOpenFileName(
            self, "Choose the file that defines its classes", self._model.folder,
            "Python files (*.py);;All files (*)",
        )  # fmt: skip
        if path:
            self.modules.setText(", ".join([*self._model.modules, path]))
            self._model.name_modules(self.modules.text())

    def _ask_consent(self, code: CodeInFile) -> None:
        self.dialog = ConsentDialog(code, self)
        self.dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.dialog.accepted.connect(lambda: self._model.load_allowed(code))
        self.dialog.finished.connect(self._has_answered)
        self.dialog.open()

    def _has_answered(self) -> None:
        self.dialog = None


class ConsentDialog(QDialog):
    """What the code of one file could do, and whether it may. Attributes: trusted, allow, refuse.

    It is refused unless a person says twice that it may.
    """

    def __init__(self, code: CodeInFile, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Code in the file")
        self.setFixedWidth(_DIALOG_WIDTH)
        self.code = code
        self.trusted = QCheckBox("I know who made this file, and trust them")
        self.allow, self.refuse = QPushButton("Run its code and load"), QPushButton("Don't load")
        self.allow.setEnabled(False)
        self.refuse.setDefault(True)
        self.trusted.toggled.connect(self.allow.setEnabled)
        self.allow.clicked.connect(self.accept)
        self.refuse.clicked.connect(self.reject)
        places = Lines()
        places.show_lines([("warning", "attention", each) for each in code.could_do])
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.allow)
        buttons.addWidget(self.refuse)
        column = QVBoxLayout(self)
        column.setContentsMargins(WIDE, SPACE, WIDE, SPACE)
        column.setSpacing(SPACE)
        column.addWidget(_said("Loading this file runs code that it brings along.", bold=True))
        column.addWidget(_said(code.path, muted=True))
        column.addWidget(places)
        if code.names:
            column.addWidget(_said(f"Names in the compiled code: {', '.join(code.names)}."))
        column.addWidget(_said(_REACH))
        column.addWidget(self.trusted)
        column.addWidget(
            _said(f"This holds for this very content ({code.consent}) and this one load.",
                  muted=True)
        )  # fmt: skip
        column.addLayout(buttons)
        self.setFixedHeight(column.heightForWidth(_DIALOG_WIDTH))


def _said(text: str, bold: bool = False, muted: bool = False) -> QLabel:
    label = heading(text) if bold else QLabel(text)
    label.setProperty("muted", muted)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label
