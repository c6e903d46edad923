"""One finding as a card: what is wrong, why, what to do, and code to copy."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from tfinspector.contents.findings import Finding, Severity
from tfinspector.views.buttons import tool_button
from tfinspector.views.icons import icon, pixmap
from tfinspector.views.theme import SMALL, SPACE, TIGHT, code_font

SIGNS = {
    Severity.ERROR: ("error", "wrong", "Error"),
    Severity.WARNING: ("warning", "attention", "Warning"),
    Severity.INFO: ("info", "muted", "Note"),
}
"""Per severity: icon, colour role, word."""

_EXTENT = 18


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
            column.addLayout(_part("Why", _text(finding.detail)))
        evidence = _evidence(finding)
        if evidence:
            column.addLayout(_part("Evidence", _text(evidence, muted=True)))
        if finding.fix:
            column.addLayout(_part("What to do", _text(finding.fix.text)))
            if finding.fix.code:
                column.addWidget(_Code(finding.fix.code))
        if finding.folded:
            column.addWidget(_Folded(finding.folded))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(SMALL, SMALL, SMALL, SMALL)
        layout.setSpacing(SMALL)
        layout.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(column, 1)

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
        title = _text(self.finding.title)
        title.setProperty("heading", True)
        where = QLabel(about)
        where.setProperty("muted", True)
        number = QLabel(self.finding.id)
        number.setProperty("muted", True)
        line = QHBoxLayout()
        line.setSpacing(SMALL)
        line.addWidget(severity, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(title, 1)
        line.addWidget(where, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(number, 0, Qt.AlignmentFlag.AlignTop)
        return line


class _Code(QFrame):
    """Code on its own ground, with a Copy button."""

    def __init__(self, code: str) -> None:
        super().__init__()
        self.setProperty("code", True)
        text = _text(code)
        text.setFont(code_font())
        text.setWordWrap(False)
        copy = tool_button("copy", "Copy", "", lambda: QGuiApplication.clipboard().setText(code))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(SMALL, TIGHT, TIGHT, TIGHT)
        layout.addWidget(text, 1)
        layout.addWidget(copy, 0, Qt.AlignmentFlag.AlignTop)


class _Folded(QWidget):
    """Consequences of the same cause, behind one line."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__()
        plural = "s" if len(findings) > 1 else ""
        self._toggle = tool_button("collapse", f"{len(findings)} consequence{plural}")
        self._toggle.setCheckable(True)
        self._list = QWidget()
        lines = QVBoxLayout(self._list)
        lines.setContentsMargins(SPACE, 0, 0, 0)
        for finding in findings:
            lines.addWidget(_text(finding.title))
        self._list.hide()
        self._toggle.toggled.connect(self._fold)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._toggle)
        layout.addWidget(self._list)

    def _fold(self, is_open: bool) -> None:
        self._list.setVisible(is_open)
        self._toggle.setIcon(icon("expand" if is_open else "collapse", "muted"))


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
