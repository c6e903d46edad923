"""One finding as a card: what is wrong, why, what to do, code to copy; the evidence is folded."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from tfinspector.contents.findings import Finding, Severity
from tfinspector.views.icons import icon, pixmap
from tfinspector.views.theme import SMALL, SPACE, TIGHT, code_font
from tfinspector.views.widgets.buttons import tool_button
from tfinspector.views.widgets.elided_label import ElidedLabel
from tfinspector.views.widgets.sentence import Sentence
from tfinspector.views.widgets.sideways import Sideways

SIGNS = {
    Severity.ERROR: ("error", "wrong", "Error"),
    Severity.WARNING: ("warning", "attention", "Warning"),
    Severity.INFO: ("info", "muted", "Note"),
}
"""Per severity: icon, colour role, word."""

_EXTENT = 18
_MOST_ABOUT = 200  # pixels; a run that was put together by hand is called by all its folders


class FindingCard(QFrame):
    """`about` says which source it belongs to, "" where that is plain."""

    def __init__(self, finding: Finding, about: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.finding = finding
        self.setProperty("card", True)
        self._sign = QLabel()
        self._draw()
        column = QVBoxLayout()
        column.setSpacing(TIGHT)
        column.addLayout(self._heading(about))
        if finding.detail:
            column.addLayout(_part("Why", Sentence(finding.detail)))
        if finding.fix:
            column.addLayout(_part("What to do", Sentence(finding.fix.text)))
            if finding.fix.code:
                column.addWidget(_Code(finding.fix.code))
        folds = QHBoxLayout()
        folds.setSpacing(SPACE)
        if finding.folded:
            plural = "s" if len(finding.folded) > 1 else ""
            titles = "\n".join(each.title for each in finding.folded)
            fold(f"{len(finding.folded)} consequence{plural}", titles, folds, column)
        evidence = _evidence(finding)
        if evidence:
            fold("Evidence", evidence, folds, column)
        folds.addStretch(1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(SMALL, SMALL, SMALL, SMALL)
        layout.setSpacing(SMALL)
        layout.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(column, 1)

    def as_text(self) -> str:
        """What the card says, for the clipboard."""
        finding = self.finding
        lines = [f"{SIGNS[finding.severity][2]} {finding.id}: {finding.title}", finding.detail]
        if finding.fix:
            lines += [finding.fix.text, finding.fix.code]
        return "\n".join(filter(None, lines))

    def changeEvent(self, event: QEvent) -> None:
        """Another scheme: the sign in its colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._draw()

    def _draw(self) -> None:
        name, role, word = SIGNS[self.finding.severity]
        self._sign.setPixmap(pixmap(name, role, _EXTENT, self.devicePixelRatioF()))
        self._sign.setAccessibleName(word)

    def _heading(self, about: str) -> QHBoxLayout:
        _, role, word = SIGNS[self.finding.severity]
        severity = QLabel(word)
        severity.setProperty("role", role)
        title = Sentence(self.finding.title)
        title.setProperty("heading", True)
        where = ElidedLabel(about, role="muted")
        where.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        where.setFixedWidth(min(where.sizeHint().width(), _MOST_ABOUT))
        number = QLabel(self.finding.id)
        number.setProperty("muted", True)
        where.setFixedHeight(number.sizeHint().height())  # on one line with it
        line = QHBoxLayout()
        line.setSpacing(SMALL)
        line.addWidget(severity, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(title, 1)
        line.addWidget(where, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(number, 0, Qt.AlignmentFlag.AlignTop)
        return line


class _Code(QFrame):
    """Code on its own ground, with a Copy button; long lines scroll."""

    def __init__(self, code: str) -> None:
        super().__init__()
        self.setProperty("code", True)
        text = _text(code)
        text.setFont(code_font())
        text.setWordWrap(False)
        copy = tool_button("copy", "Copy", "", lambda: QGuiApplication.clipboard().setText(code))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(SMALL, TIGHT, TIGHT, TIGHT)
        layout.addWidget(Sideways(text), 1)
        layout.addWidget(copy, 0, Qt.AlignmentFlag.AlignTop)


def fold(title: str, words: str, buttons: QHBoxLayout, column: QVBoxLayout) -> None:
    """A button in `buttons` that shows and hides `words` below them, at the end of `column`."""
    if buttons.isEmpty():
        column.addLayout(buttons)
    text = _text(words, muted=True)
    text.setContentsMargins(SPACE, 0, 0, 0)
    text.hide()
    toggle = tool_button("collapse", title)
    toggle.setCheckable(True)

    def show(is_open: bool) -> None:
        text.setVisible(is_open)
        toggle.setIcon(icon("expand" if is_open else "collapse", "muted"))

    toggle.toggled.connect(show)
    buttons.addWidget(toggle)
    column.addWidget(text)


def _part(word: str, text: QLabel) -> QHBoxLayout:
    label = QLabel(word)
    label.setProperty("muted", True)
    label.setFixedWidth(76)
    line = QHBoxLayout()
    line.setSpacing(SMALL)
    line.addWidget(label, 0, Qt.AlignmentFlag.AlignTop)
    line.addWidget(text, 1)
    return line


def _text(words: str, muted: bool = False) -> QLabel:
    label = QLabel(words, wordWrap=True)
    label.setTextFormat(Qt.TextFormat.PlainText)  # names come from files
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setProperty("muted", muted)
    return label


def _evidence(finding: Finding) -> str:
    """Facts on one line each; the traceback is in the code already."""
    facts = [f"{name}: {value}" for name, value in finding.evidence.items() if name != "traceback"]
    if finding.where:
        facts.insert(0, finding.where)
    shown = [fact if len(fact) < 400 else fact[:400] + " …" for fact in facts[:8]]
    return "\n".join(shown)
