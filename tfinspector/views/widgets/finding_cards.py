"""Cards of findings, one below the other, in place of those that were shown before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtWidgets import QVBoxLayout, QWidget

from tfinspector.contents.findings import Finding, Severity
from tfinspector.views.theme import SMALL
from tfinspector.views.widgets.finding_card import FindingCard


class Report(Protocol):
    """What an act came to."""

    @property
    def findings(self) -> Sequence[Finding]:
        """What there is to tell of it."""


class FindingCards(QWidget):
    """Takes no room without any. Attribute: cards."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cards: list[FindingCard] = []
        self._shown: list[Finding] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(SMALL)
        self.hide()

    def show_findings(self, findings: Sequence[Finding]) -> None:
        """Show these instead."""
        if list(findings) == self._shown:
            return
        self._shown = list(findings)
        for card in self.cards:
            card.hide()
            card.deleteLater()
        self.cards = [FindingCard(finding) for finding in findings]
        for card in self.cards:
            self._column.addWidget(card)
        self.setVisible(bool(self.cards))

    def show_alarms(self, result: Report | Finding | None) -> None:
        """Of what an act came to: why it failed, or what it found but for notes."""
        found = [result] if isinstance(result, Finding) else result.findings if result else ()
        self.show_findings([one for one in found if one.severity is not Severity.INFO])
