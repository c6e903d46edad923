"""What came of a verification: one clear line, every output by how much, and the findings."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from tfinspector.contents.verifications import VerifyReport
from tfinspector.viewmodels.verify.model import VerifyModel
from tfinspector.viewmodels.verify.words import (
    HEADINGS,
    compared_words,
    rows_of,
    text_of,
    verdict_of,
)
from tfinspector.views.theme import SMALL
from tfinspector.views.widgets.buttons import tool_button
from tfinspector.views.widgets.finding_card import FindingCard
from tfinspector.views.widgets.finding_cards import FindingCards
from tfinspector.views.widgets.lines import Lines
from tfinspector.views.widgets.plain_grid import PlainGrid
from tfinspector.views.widgets.waiting_line import WaitingLine

_NUMBERS = (2, 3)


class VerifyOutcome(QWidget):
    """Attributes: waiting, verdict, said (what was compared), table, copy, cards (findings)."""

    def __init__(self, model: VerifyModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.waiting, self.verdict, self.said = WaitingLine(), Lines(), QLabel()
        self.table = PlainGrid(HEADINGS, _NUMBERS)
        self.copy = tool_button("copy", "Copy", "Copy verdict and table", self.copy_shown)
        self._told = FindingCards()
        self._shown: object = self  # nothing yet, not even that there is no result
        self.said.setProperty("muted", True)
        self.said.setWordWrap(True)
        self.said.setTextFormat(Qt.TextFormat.PlainText)
        self._lay_out()
        self.waiting.cancelled.connect(model.cancel)
        model.ended.connect(self._show)
        self._show()

    def copy_shown(self) -> None:
        """Verdict and table as text, with exact numbers."""
        if self._model.result is not None:
            QGuiApplication.clipboard().setText(text_of(self._model.result))

    @property
    def cards(self) -> list[FindingCard]:
        """Of what was found."""
        return self._told.cards

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.addWidget(self.verdict, 1)
        line.addWidget(self.copy, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SMALL)
        column.addWidget(self.waiting)
        column.addLayout(line)
        column.addWidget(self.said)
        column.addWidget(self.table)
        column.addWidget(self._told)

    def _show(self) -> None:
        if self._model.task:
            self.waiting.wait_for("Calling both", self._model.task)
        else:
            self.waiting.done()
        result = self._model.result
        if result is self._shown:
            return
        self._shown = result
        report = result if isinstance(result, VerifyReport) else None
        told = verdict_of(result) if result is not None else None
        self.verdict.show_lines([(told.icon, told.role, told.words)] if told else [])
        self.copy.setVisible(told is not None)
        self.said.setText(compared_words(report) if report and report.outputs else "")
        self.said.setVisible(bool(self.said.text()))
        self.table.show_rows(rows_of(report) if report else [])
        self._told.show_alarms(result)
