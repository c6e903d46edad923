"""The page Trust: what a model would do if it were loaded, and whether its bytes are as saved."""

from PySide6.QtGui import QGuiApplication, QPalette
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QScrollArea,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from tfinspector.viewmodels.python import Writer, trust_writer
from tfinspector.viewmodels.session import Session
from tfinspector.viewmodels.trust.keras_loading import KerasLoading
from tfinspector.viewmodels.trust.model import NO_SOURCE, TrustModel
from tfinspector.views.signatures.card import heading
from tfinspector.views.theme import SMALL, SPACE, WIDE
from tfinspector.views.trust.integrity_section import IntegritySection
from tfinspector.views.trust.keras_load import KerasLoadSection
from tfinspector.views.widgets.empty_state import EmptyState
from tfinspector.views.widgets.finding_card import FindingCard
from tfinspector.views.widgets.finding_cards import FindingCards
from tfinspector.views.widgets.lines import Lines
from tfinspector.views.widgets.plain_grid import PlainGrid
from tfinspector.views.widgets.sideways import Sideways
from tfinspector.views.widgets.waiting_line import WaitingLine

_WIDEST = 960


class TrustPage(QWidget):
    """Binds a `TrustModel`; the parts that a test looks at are attributes."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.model = TrustModel(session, self)
        self.verdict = Lines()
        self.byline = QLabel()
        self.byline.setProperty("muted", True)
        self.byline.setWordWrap(True)
        self._told = FindingCards()
        self.reaching = PlainGrid(("Operation", "What", "Count", "When", "From"), (2,))
        self.foreign = PlainGrid(("Name", "From", "Where"))
        self.operations = PlainGrid(("Operation", "Count"), (1,))
        self.bytes = IntegritySection(self.model.integrity)
        self.loading = KerasLoading(session, self)
        self.load = KerasLoadSection(self.loading)
        self.waiting = WaitingLine()
        self.waiting.cancelled.connect(self._cancel)
        self.empty = EmptyState("trust", NO_SOURCE)
        self._lay_out()
        self.model.changed.connect(self._show)
        self._show()

    @property
    def cards(self) -> list[FindingCard]:
        """Of what was found."""
        return self._told.cards

    def copy_shown(self) -> None:
        """Copy what the page says, as text."""
        QGuiApplication.clipboard().setText(self.model.text)

    def python(self) -> Writer | None:
        """What writes the script of what is shown."""
        return trust_writer(self._session)

    def _lay_out(self) -> None:
        page = QWidget()
        page.setMaximumWidth(_WIDEST)
        column = QVBoxLayout(page)
        column.setContentsMargins(WIDE, SPACE, WIDE, WIDE)
        column.setSpacing(SMALL)
        column.addWidget(self.verdict)
        column.addWidget(self.byline)
        column.addWidget(self.waiting)
        column.addWidget(self._told)
        self._sections = [
            _section(column, title, table)
            for title, table in (
                ("Reaches outside the model", self.reaching),
                ("Not of plain TensorFlow or Keras", self.foreign),
            )
        ]
        column.addWidget(self.load)
        column.addWidget(self.bytes)
        self._sections.append(_section(column, "Operations", self.operations))
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.viewport().setBackgroundRole(QPalette.ColorRole.Base)
        area.setWidget(page)
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(area)

    def _show(self) -> None:
        model = self.model
        self._stack.setCurrentIndex(0 if model.source is None else 1)
        verdict = model.verdict
        self.verdict.show_lines([(verdict.icon, verdict.role, verdict.words)] if verdict else [])
        self.byline.setText(model.byline)
        self.byline.setVisible(bool(model.byline))
        self._told.show_findings(model.findings)
        for section, table, rows in zip(
            self._sections,
            (self.reaching, self.foreign, self.operations),
            (model.reaching, model.foreign, model.operations),
            strict=True,
        ):
            table.show_rows(rows)
            section.setVisible(bool(rows))
        self.bytes.show_state()
        if task := model.integrity.task or model.task:
            self.waiting.wait_for("Reading", task)
        else:
            self.waiting.done()

    def _cancel(self) -> None:
        if task := self.model.integrity.task:
            task.cancel()
        else:
            self.model.cancel()


def _section(column: QVBoxLayout, title: str, content: QWidget) -> QWidget:
    """The heading and what stands below it; wide rows scroll there, not the page."""
    section = QWidget()
    inside = QVBoxLayout(section)
    inside.setContentsMargins(0, SMALL, 0, 0)
    inside.setSpacing(SMALL)
    inside.addWidget(heading(title))
    inside.addWidget(Sideways(content))
    column.addWidget(section)
    return section
