"""The middle of the page Restore: the verdict in one line, chips, and the match table."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMenu,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from tfinspector.contents import numbers
from tfinspector.viewmodels.restore.model import RestoreModel
from tfinspector.viewmodels.restore.words import Verdict, left_out, verdict
from tfinspector.viewmodels.session import Session
from tfinspector.views.icons import icon, pixmap
from tfinspector.views.restore.chips import ChipStrip, StateChips
from tfinspector.views.restore.tree import MatchView
from tfinspector.views.theme import SMALL, TIGHT
from tfinspector.views.widgets.buttons import tool_button
from tfinspector.views.widgets.elided_label import ElidedLabel
from tfinspector.views.widgets.empty_state import EmptyState

_SIGN = 20


class VerdictLine(QWidget):
    """An icon and one strong sentence that ends with dots where there is no room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.verdict = Verdict("info", "muted", "")
        self._sign, self._words = QLabel(), ElidedLabel(bold=True)
        self._words.set_elide_mode(Qt.TextElideMode.ElideRight)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SMALL)
        layout.addWidget(self._sign)
        layout.addWidget(self._words, 1)

    def say(self, told: Verdict) -> None:
        """Show this."""
        self.verdict = told
        self._words.set_text(told.words)
        self._draw()

    def changeEvent(self, event: QEvent) -> None:
        """Another scheme: the icon in its colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._draw()

    def _draw(self) -> None:
        told = self.verdict
        self._sign.setPixmap(pixmap(told.icon, told.role, _SIGN, self.devicePixelRatioF()))


class MatchPane(QWidget):
    """Attributes: view, chips, verdict."""

    def __init__(
        self, session: Session, model: RestoreModel, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._model = session, model
        self._is_choosing = False
        self.verdict, self.chips = VerdictLine(), StateChips()
        self.view = MatchView(model.table)
        self._build()
        self.chips.changed.connect(model.table.set_hidden)
        self.view.selectionModel().selectionChanged.connect(self._choose)
        self.view.copy_asked.connect(self.copy)
        self.view.customContextMenuRequested.connect(self._open_menu)
        model.table.modelReset.connect(self._has_rows)
        model.table.arranged.connect(self._say)
        session.chosen_changed.connect(self._follow_choice)

    def copy(self) -> None:
        """Copy the chosen rows, or all that are shown, as a table."""
        text = self._model.table.text(self.view.selected_rows())
        QGuiApplication.clipboard().setText(text)

    def show_state(self) -> None:
        """The verdict of what is shown now."""
        result = self._model.result
        if result:
            self.verdict.say(verdict(result.report, result.rows))
            self._left_out.setText(_left_out_words(left_out(result.rows)))

    # Building

    def _build(self) -> None:
        self._left_out = QLabel()
        self._left_out.setProperty("muted", True)
        top = QHBoxLayout()
        top.setContentsMargins(SMALL, SMALL, SMALL, TIGHT)
        top.setSpacing(SMALL)
        top.addWidget(self.verdict, 1)
        top.addWidget(self._left_out)
        line = QHBoxLayout()
        line.setContentsMargins(SMALL, 0, SMALL, TIGHT)
        line.setSpacing(TIGHT)
        self._strip = ChipStrip(self.chips)
        line.addWidget(self._strip, 1)
        line.addWidget(
            tool_button("copy", "", "Copy the chosen rows, or all, as a table", self.copy)
        )
        self._problem = QLabel(wordWrap=True)
        self._problem.setProperty("attention", True)
        self._problem.setContentsMargins(SMALL, 0, SMALL, TIGHT)
        self._empty = EmptyState("variable")
        self._empty.pressed.connect(self._show_all)
        middle = QWidget()
        self._stack = QStackedLayout(middle)
        self._stack.addWidget(self.view)
        self._stack.addWidget(self._empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addLayout(line)
        column.addWidget(self._problem)
        column.addWidget(middle, 1)
        self._say()

    # Following the table

    def _has_rows(self) -> None:
        content = self._model.table.content
        if content:
            self.chips.set_counts(content.counts, content.signs_of_states)

    def _say(self) -> None:
        table = self._model.table
        self._problem.setText(table.filter_problem)
        self._problem.setVisible(bool(table.filter_problem))
        if table.content is not None and not table.rowCount():
            self._empty.say("No variable passes the filter and the chips.", "Show all states")
            self._stack.setCurrentWidget(self._empty)
        else:
            self._stack.setCurrentWidget(self.view)

    def _show_all(self) -> None:
        content = self._model.table.content
        if content:
            self.chips.set_counts(content.counts, content.signs_of_states)
        self._model.table.set_hidden(())

    # Choosing

    def _choose(self) -> None:
        """The inspector shows what is chosen here, if it belongs to the current snapshot."""
        result, session = self._model.result, self._session
        if result is None or session.current is None:
            return
        if result.order.snapshot != session.current_snapshot:
            return
        chosen = self._model.table.variables(self.view.selected_rows())
        if chosen:
            self._is_choosing = True
            session.choose(session.choice(variable) for variable in chosen)
            self._is_choosing = False

    def _follow_choice(self) -> None:
        """Another page chose: show it here too."""
        if self._is_choosing or not self._session.chosen:
            return
        row = self._model.table.reveal(self._session.chosen[0].variable.key)
        if row >= 0:
            self._is_choosing = True
            blocked = self.view.selectionModel().blockSignals(True)
            self.view.show_row(row)
            self.view.selectionModel().blockSignals(blocked)
            self.view.viewport().update()
            self._is_choosing = False

    # The menu

    def _open_menu(self, at: QPoint) -> None:
        row = self.view.rowAt(at.y())
        if row >= 0:
            self.menu(row).popup(self.view.viewport().mapToGlobal(at))

    def menu(self, row: int) -> QMenu:
        """What can be done with `row`."""
        menu, table = QMenu(self), self._model.table
        menu.aboutToHide.connect(menu.deleteLater)
        there, path = table.row_at(row), table.path(row)
        menu.addAction(icon("copy"), "Copy name", lambda: _copy(path))
        if there and there.key:
            menu.addAction("Copy key", lambda: _copy(there.key))
        if there and there.model_path:
            menu.addAction("Copy path in the model", lambda: _copy(there.model_path))
        menu.addAction("Copy rows", self.copy)
        menu.addSeparator()
        menu.addAction("Expand all", table.expand_all)
        menu.addAction("Collapse all", table.collapse_all)
        return menu


def _left_out_words(count: int) -> str:
    return f"{numbers.whole(count)} of the file left out" if count else ""


def _copy(text: str) -> None:
    QGuiApplication.clipboard().setText(text)
