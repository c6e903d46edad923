"""What a comparison found, below its table: one line each, and the cards on request."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from tfinspector.contents.findings import Finding
from tfinspector.views.icons import icon
from tfinspector.views.theme import SMALL
from tfinspector.views.widgets.buttons import tool_button
from tfinspector.views.widgets.finding_card import SIGNS, FindingCard
from tfinspector.views.widgets.lines import Lines

_HIGHEST = 220
_LINES = 3


class ToldPane(QWidget):
    """Takes no room without findings. Attributes: cards, lines, details (opens the cards)."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cards: list[FindingCard] = []
        self._shown: list[Finding] = []
        self.lines = Lines()
        self.details = tool_button("collapse", "Details", "Why, and what to do")
        self.details.setCheckable(True)
        self.details.toggled.connect(self._unfold)
        self._area = _Cards()
        top = QHBoxLayout()
        top.setContentsMargins(SMALL, SMALL, SMALL, SMALL)
        top.addWidget(self.lines, 1, Qt.AlignmentFlag.AlignVCenter)
        top.addWidget(self.details, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(self._area)
        self.hide()

    def show_findings(self, findings: Sequence[Finding], *, in_full: bool) -> None:
        """Show these instead; `in_full`: there is nothing else to look at."""
        if list(findings) != self._shown:
            self._shown = list(findings)
            self.cards = [FindingCard(each) for each in findings]
            self._area.hold(self.cards)
            rest = len(findings) - _LINES
            told = [(*SIGNS[each.severity][:2], each.title) for each in findings[:_LINES]]
            self.lines.show_lines(told + ([("info", "muted", f"and {rest} more")] * (rest > 0)))
        self.setVisible(bool(findings))
        self.lines.setVisible(not in_full)
        self.details.setVisible(not in_full)
        self._area.setVisible(in_full or self.details.isChecked())

    def _unfold(self, is_open: bool) -> None:
        self.details.setIcon(icon("expand" if is_open else "collapse", "text"))
        self._area.setVisible(is_open)


class _Cards(QScrollArea):
    """As high as its cards are, up to a limit."""

    def __init__(self) -> None:
        super().__init__()
        self._cards: list[FindingCard] = []
        self._inner = QWidget()
        self._column = QVBoxLayout(self._inner)
        self._column.setContentsMargins(SMALL, 0, SMALL, SMALL)
        self._column.setSpacing(SMALL)
        self._inner.installEventFilter(self)
        self.setWidget(self._inner)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Findings of the comparison")

    def hold(self, cards: list[FindingCard]) -> None:
        """These instead of those before."""
        for card in self._cards:
            card.hide()
            card.deleteLater()
        self._cards = cards
        for card in cards:
            self._column.addWidget(card)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """What is said has another height: it is wider, or something was unfolded."""
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Resize):
            wanted = self._column.heightForWidth(self._inner.width())
            self.setFixedHeight(min(max(wanted, self._column.minimumSize().height()), _HIGHEST))
        return super().eventFilter(watched, event)
