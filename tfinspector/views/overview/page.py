"""The Overview page: one calm page about the current source."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from tfinspector.contents.holdings import Part
from tfinspector.contents.variables import Role
from tfinspector.viewmodels.inspector.details import Row
from tfinspector.viewmodels.overview import TOP_FINDINGS, OverviewModel
from tfinspector.viewmodels.python import Writer, overview_writer
from tfinspector.viewmodels.session import Session
from tfinspector.views.inspector.details_view import DetailRow
from tfinspector.views.overview.largest_list import LargestList
from tfinspector.views.overview.share_bar import ShareBar
from tfinspector.views.theme import SPACE, TIGHT, WIDE, category
from tfinspector.views.variables.role_switch import role_colour
from tfinspector.views.widgets.elided_label import ElidedLabel
from tfinspector.views.widgets.empty_state import EmptyState
from tfinspector.views.widgets.finding_card import SIGNS
from tfinspector.views.widgets.lines import Lines
from tfinspector.views.widgets.waiting_line import WaitingLine

_WIDEST = 860


class OverviewPage(QWidget):
    """Binds an `OverviewModel`. Attributes: model, tiles, roles, types, largest, verdict, facts."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.model = OverviewModel(session, self)
        self.name = ElidedLabel(bold=True)
        font = self.name.font()
        font.setPointSizeF(font.pointSizeF() * 1.5)
        self.name.setFont(font)
        self.heading = QLabel()
        self.heading.setWordWrap(True)
        self.heading.setProperty("muted", True)
        self.tiles = QHBoxLayout()
        self.roles, self.types = ShareBar("Bytes by role", _role_colour), ShareBar("Bytes by type")
        self.largest = LargestList()
        self.largest.pressed.connect(self.model.choose)
        self.verdict, self.findings = Lines(), Lines()
        self.check_button = QPushButton("Check all bytes")
        self.check_button.setToolTip("Read everything and recompute every checksum")
        self.check_button.clicked.connect(self.model.check)
        self.checking = WaitingLine()
        self.checking.cancelled.connect(self.model.cancel_check)
        self._shown_tiles: list[tuple[str, str, str]] = []
        self._shown_facts: list[tuple[str, str, str]] = []
        self.facts = QVBoxLayout()
        self.empty = EmptyState("overview", "Open a checkpoint or a SavedModel to see what it is.")
        self._lay_out()
        self.model.changed.connect(self._show)
        self._show()

    def copy_shown(self) -> None:
        """Copy what the page says, as text."""
        QGuiApplication.clipboard().setText(self.model.text)

    def python(self) -> Writer | None:
        """What writes the script of what is shown."""
        return overview_writer(self._session)

    def _lay_out(self) -> None:
        self.tiles.setSpacing(WIDE)
        self.facts.setSpacing(0)
        self._sizes = QWidget()
        sizes = QVBoxLayout(self._sizes)
        sizes.setContentsMargins(0, 0, 0, 0)
        sizes.setSpacing(SPACE)
        sizes.addWidget(self.roles)
        sizes.addWidget(self.types)
        sizes.addWidget(_heading("Largest variables"))
        sizes.addWidget(self.largest)
        page = QWidget()
        page.setMaximumWidth(_WIDEST)
        column = QVBoxLayout(page)
        column.setContentsMargins(WIDE, SPACE, WIDE, WIDE)
        column.setSpacing(SPACE)
        names = QVBoxLayout()
        names.setSpacing(TIGHT)
        names.addWidget(self.name)
        names.addWidget(self.heading)
        column.addLayout(names)
        column.addLayout(self.tiles)
        column.addWidget(self.verdict)
        column.addWidget(self.checking)
        column.addWidget(self.check_button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.findings)
        column.addWidget(self._sizes)
        column.addWidget(_heading("About"))
        column.addLayout(self.facts)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
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
        if model.source is None:
            return
        self.name.set_text(model.name)
        self.heading.setText("\n".join(filter(None, (model.heading, model.byline))))
        holdings = model.holdings
        if holdings:
            self._show_tiles(model.tiles)
            self.roles.show_parts(holdings.by_role)
            self.types.show_parts(holdings.by_type)
            self.largest.show_variables(holdings.largest)
        self._sizes.setVisible(bool(holdings and holdings.variables))
        self._show_verdict()
        self._show_findings()
        self._show_facts()

    def _show_tiles(self, tiles: list[tuple[str, str, str]]) -> None:
        if tiles == self._shown_tiles:
            return
        self._shown_tiles = tiles
        _clear(self.tiles)
        for number, name, exactly in tiles:
            self.tiles.addWidget(_tile(number, name, exactly))
        self.tiles.addStretch(1)

    def _show_verdict(self) -> None:
        verdicts = filter(None, (self.model.verdict, self.model.check_words))
        self.verdict.show_lines([(each.icon, each.role, each.words) for each in verdicts])
        self.check_button.setVisible(self.model.can_check)
        task = self.model.checking
        if task:
            self.checking.wait_for("Checking all bytes", task)
        else:
            self.checking.done()

    def _show_findings(self) -> None:
        findings = self.model.findings
        lines = [(*SIGNS[f.severity][:2], f.title) for f in findings[:TOP_FINDINGS]]
        more = len(findings) - len(lines)
        if more > 0:
            words = f"{more} more finding{'' if more == 1 else 's'} below, each with what to do"
            lines.append(("more", "muted", words))
        self.findings.show_lines(lines)

    def _show_facts(self) -> None:
        facts = self.model.facts
        if facts == self._shown_facts:
            return
        self._shown_facts = facts
        _clear(self.facts)
        for label, text, exactly in facts:
            self.facts.addWidget(DetailRow(Row(label, text, exactly), is_wrong=False))


def _role_colour(index: int, part: Part) -> QColor:
    """The colour that the role has on every page."""
    known = part.name in set(Role)
    return role_colour(Role(part.name)) if known else category(index)


def _tile(number: str, name: str, exactly: str) -> QWidget:
    tile = QWidget()
    tile.setToolTip(exactly)
    column = QVBoxLayout(tile)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    large = QLabel(number)
    font = large.font()
    font.setPointSizeF(font.pointSizeF() * 1.6)
    large.setFont(font)
    small = QLabel(name)
    small.setProperty("muted", True)
    column.addWidget(large)
    column.addWidget(small)
    return tile


def _heading(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("heading", True)
    return label


def _clear(layout: QHBoxLayout | QVBoxLayout) -> None:
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
