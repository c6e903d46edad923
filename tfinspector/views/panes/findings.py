"""The findings pane: what is wrong or noteworthy with everything that is open.

Those of the current source come first, beside those of the program and of what could not be
opened; then those of other sources; of each the worst first.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QScrollArea, QStackedLayout, QVBoxLayout, QWidget

from tfinspector.contents.findings import Severity
from tfinspector.viewmodels.session import Session
from tfinspector.views.theme import SMALL
from tfinspector.views.widgets.empty_state import EmptyState
from tfinspector.views.widgets.finding_card import FindingCard

_ORDER = {severity: at for at, severity in enumerate(Severity)}
_MOST = 100


class FindingsPane(QWidget):
    """`counted` tells (errors, warnings, notes) for the tab's text."""

    counted = Signal(int, int, int)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self._shown: list[tuple[str, object]] = []
        self._empty = EmptyState("proved", "Nothing to report.")
        self._area = QScrollArea(widgetResizable=True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._area)
        session.findings_changed.connect(self._show)
        session.sources_changed.connect(self._show)
        session.current_changed.connect(self._show)
        self._show()

    @property
    def cards(self) -> list[FindingCard]:
        """The cards, top to bottom."""
        return self._area.findChildren(FindingCard) if self._shown else []

    def copy_shown(self) -> None:
        """Copy all cards as text, top to bottom."""
        texts = [card.as_text() for card in self.cards]
        if texts:
            QGuiApplication.clipboard().setText("\n\n".join(texts))

    def _show(self) -> None:
        current = self.session.current
        others = {s.source.path for s in self.session.sources if s is not current}
        told = sorted(
            self.session.told(), key=lambda pair: (pair[0] in others, _ORDER[pair[1].severity])
        )
        if told == self._shown:
            return
        self._shown = list(told)
        counts = [sum(f.severity is severity for _, f in told) for severity in Severity]
        self.counted.emit(*counts)
        if not told:
            self._stack.setCurrentWidget(self._empty)
            return
        cards = QWidget()
        layout = QVBoxLayout(cards)
        layout.setContentsMargins(SMALL, SMALL, SMALL, SMALL)
        layout.setSpacing(SMALL)
        many = len(self.session.sources) > 1 or len({about for about, _ in told}) > 1
        for about, finding in told[:_MOST]:
            name = about.rstrip("/").rsplit("/", 1)[-1] if many else ""
            layout.addWidget(FindingCard(finding, name))
        if len(told) > _MOST:
            layout.addWidget(EmptyState("more", f"And {len(told) - _MOST} more."))
        layout.addStretch(1)
        self._area.setWidget(cards)
        self._stack.setCurrentWidget(self._area)
