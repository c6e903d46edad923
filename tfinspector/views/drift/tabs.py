"""The tabs below the heat map: distributions, curves, path, layers, findings."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractScrollArea, QScrollArea, QStackedLayout, QVBoxLayout, QWidget

from tfinspector.contents.findings import Finding
from tfinspector.viewmodels.drift.model import DriftModel
from tfinspector.views.drift.distributions import Distributions
from tfinspector.views.drift.matrix_view import MatrixPane
from tfinspector.views.drift.run_panes import CurvesPane, PathPane
from tfinspector.views.theme import SMALL, TIGHT
from tfinspector.views.widgets.empty_state import EmptyState
from tfinspector.views.widgets.finding_card import FindingCard
from tfinspector.views.widgets.tab_bar import Tabs

_NO_CELL = "Click a cell to see how the values of that variable lay, then and over the run."
DISTRIBUTIONS, CURVES, PATH, LAYERS, FINDINGS = range(5)
TABS = ("Distributions", "Curves", "Path", "Layers", "Findings")


class DriftTabs(Tabs):
    """Attributes: distributions, curves, path, layers, findings."""

    def __init__(self, model: DriftModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.distributions = Distributions(model.opened.pair, model.opened.ridge)
        self.curves, self.path = CurvesPane(model), PathPane(model)
        self.layers = MatrixPane(model)
        self.findings = FindingCards()
        self.empty = EmptyState("histogram", _NO_CELL)
        held = QWidget()
        self._stack = QStackedLayout(held)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.distributions)
        pages = (held, self.curves, self.path, self.layers, self.findings)
        for title, page in zip(TABS, pages, strict=True):
            self.addTab(_with_air(page), title)
        model.opened.changed.connect(self._show_opened)
        model.heat_changed.connect(self._show_findings)
        self._show_opened()
        self._show_findings()

    @property
    def plots(self) -> list[QAbstractScrollArea]:
        """Everything that playing waits for."""
        both = self.distributions
        return [both.pair.plot, both.ridge.plot, self.curves.plot, self.path.plot]

    def set_dimmed(self, dimmed: bool) -> None:
        """Show that the pictures are not of what is open now."""
        for pane in (self.curves, self.path):
            pane.plot.set_dimmed(dimmed)

    def _show_opened(self) -> None:
        self._stack.setCurrentIndex(1 if self._model.opened.name else 0)

    def _show_findings(self) -> None:
        table = self._model.table
        found = list(table.findings) if table else []
        self.findings.show_findings(found)
        self.setTabText(FINDINGS, f"Findings \N{MIDDLE DOT} {len(found)}" if found else "Findings")


class FindingCards(QScrollArea):
    """Findings as cards. Attribute: cards, top to bottom."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cards: list[FindingCard] = []
        self._shown: list[Finding] = []
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def show_findings(self, findings: list[Finding]) -> None:
        """Show these; nothing to report is said too."""
        if findings == self._shown and self.widget():
            return
        self._shown = findings
        self.cards = [FindingCard(finding) for finding in findings]
        held = QWidget()
        layout = QVBoxLayout(held)
        layout.setContentsMargins(0, TIGHT, 0, TIGHT)
        layout.setSpacing(SMALL)
        for card in self.cards:
            layout.addWidget(card)
        if not self.cards:
            layout.addWidget(EmptyState("proved", "Nothing to report of this run."))
        layout.addStretch(1)
        self.setWidget(held)


def _with_air(page: QWidget) -> QWidget:
    held = QWidget()
    layout = QVBoxLayout(held)
    layout.setContentsMargins(0, TIGHT, 0, 0)
    layout.addWidget(page)
    return held
