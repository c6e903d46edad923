"""The diagnosis of a restore: the first cause large, the others after it, notes last."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from tfinspector.contents.findings import Finding
from tfinspector.views.theme import SMALL
from tfinspector.views.widgets.finding_card import FindingCard
from tfinspector.views.widgets.lines import Lines

_MOST = 30
_LARGE = 'QLabel[heading="true"] { font-size: 16px; }'


class DiagnosisPane(QScrollArea):
    """Attributes: cards, healthy (the line where nothing is wrong)."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cards: list[FindingCard] = []
        self.healthy = Lines()
        self._shown: tuple[list[Finding], str] = ([], "")
        inner = QWidget()
        self._column = QVBoxLayout(inner)
        self._column.setContentsMargins(SMALL, SMALL, SMALL, SMALL)
        self._column.setSpacing(SMALL)
        self._column.addWidget(self.healthy)
        self._column.addStretch(1)
        self.setWidget(inner)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Diagnosis")

    def show_findings(self, findings: list[Finding], healthy: str) -> None:
        """Show these; `healthy` is said first where nothing is wrong."""
        if (findings, healthy) == self._shown:
            return
        self._shown = findings, healthy
        for card in self.cards:
            card.hide()
            card.deleteLater()
        self.healthy.show_lines([("proved", "proved", healthy)] if healthy else [])
        self.cards = [FindingCard(finding) for finding in findings[:_MOST]]
        if self.cards and not healthy:
            self.cards[0].setStyleSheet(_LARGE)
        for at, card in enumerate(self.cards):
            self._column.insertWidget(1 + at, card)
        self.verticalScrollBar().setValue(0)
