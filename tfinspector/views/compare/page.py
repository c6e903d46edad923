"""The page Compare: two sources, or two snapshots of a run, side by side."""

from __future__ import annotations

from PySide6.QtCore import QPoint
from PySide6.QtGui import QGuiApplication, QHideEvent, QPalette, QShowEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QMenu,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from tfinspector.viewmodels.compare.model import CompareModel
from tfinspector.viewmodels.compare.states import MEANINGS, STATES
from tfinspector.viewmodels.preferences import Preferences
from tfinspector.viewmodels.python import Writer, compare_writer
from tfinspector.viewmodels.session import Session
from tfinspector.views.compare.choosers import Choosers
from tfinspector.views.compare.told import ToldPane
from tfinspector.views.compare.view import CompareView
from tfinspector.views.icons import icon
from tfinspector.views.memory import as_text, from_text
from tfinspector.views.restore.chips import ChipStrip, StateChips
from tfinspector.views.restore.match import VerdictLine
from tfinspector.views.restore.rule import Veil
from tfinspector.views.theme import SMALL, TIGHT
from tfinspector.views.widgets.buttons import MenuButton, tool_button
from tfinspector.views.widgets.empty_state import EmptyState
from tfinspector.views.widgets.waiting_line import WaitingLine

_COLUMNS, _SIDES, _HIDDEN = "compare_columns", "compare_sides", "compare_hidden"
_MAP_FILES = "Maps of renames (*.json);;All files (*)"


class ComparePage(QWidget):
    """Binds a `CompareModel`. Attributes: model, choosers, verdict, chips, view, told, empty."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._is_choosing = False
        self._to_hide: tuple[list[str], list[str]] = [], []
        self.model = CompareModel(session, self)
        self.choosers = Choosers()
        self.verdict = VerdictLine()
        self.chips = StateChips(states=STATES, meanings=MEANINGS)
        self.view = CompareView(self.model.table)
        self.told = ToldPane()
        self.empty = EmptyState("compare")
        self.waiting = WaitingLine()
        self._build()
        self._connect()
        self._show()

    # Verbs of the window

    def set_filter(self, text: str) -> str:
        """Filter the table; returns what is wrong with the filter, "" if nothing."""
        self.model.table.set_filter(text)
        return self.model.table.filter_problem

    def expand_all(self) -> None:
        """Open every group."""
        self.model.table.expand_all()

    def collapse_all(self) -> None:
        """Close every group."""
        self.model.table.collapse_all()

    def copy_shown(self) -> None:
        """Copy the chosen rows, or all that pass the filter, as a table."""
        text = self.model.table.text(self.view.selected_rows())
        QGuiApplication.clipboard().setText(text)

    def python(self) -> Writer | None:
        """What writes the script of what is shown."""
        return compare_writer(self.model)

    def recall(self, preferences: Preferences) -> None:
        """Take over widths and order of the columns, what was compared, and what was hidden."""
        state = preferences.settings.window
        if _COLUMNS in state:
            self.view.horizontalHeader().restoreState(from_text(state[_COLUMNS]))
        pair = state.get(_SIDES, "").split("\n")
        if len(pair) == 2:
            self._to_hide = pair, state.get(_HIDDEN, "").split()
            self.model.begin_with(*pair)

    def remembered(self) -> dict[str, str]:
        """The same, as settings."""
        return {
            _COLUMNS: as_text(self.view.horizontalHeader().saveState()),
            _SIDES: "\n".join(self.model.chosen_paths),
            _HIDDEN: " ".join(sorted(state.value for state in self.chips.hidden)),
        }

    def export(self) -> None:
        """Ask where to, and write what passes the filter as CSV."""
        path, _ = QFileDialog.getSaveFileName(
            self, "Export the comparison", "comparison.csv", "CSV (*.csv)"
        )
        if path:
            self.model.table.export_csv(path)

    # Building

    def _build(self) -> None:
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.renames = MenuButton("rename", "", "Renamed variables: a map, and suggestions")
        self._problem = QLabel(wordWrap=True)
        self._problem.setProperty("attention", True)
        self._problem.setContentsMargins(SMALL, 0, SMALL, TIGHT)
        self._middle = QStackedWidget()
        self._middle.addWidget(self.view)
        self._middle.addWidget(self.empty)
        self._veil = Veil(self._middle)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(_line(self.choosers, SMALL))
        column.addLayout(_line(self.verdict, 0))
        column.addLayout(self._tools())
        column.addWidget(self.waiting)
        column.addWidget(self._problem)
        column.addWidget(self._middle, 1)
        column.addWidget(self.told)

    def _tools(self) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setContentsMargins(SMALL, 0, SMALL, TIGHT)
        line.setSpacing(TIGHT)
        line.addWidget(ChipStrip(self.chips), 1)
        line.addWidget(self.renames)
        line.addWidget(
            tool_button("copy", "", "Copy the chosen rows, or all, as a table", self.copy_shown)
        )
        line.addWidget(tool_button("export", "", "Export the table as CSV", self.export))
        return line

    def _connect(self) -> None:
        model, table = self.model, self.model.table
        self.choosers.changed.connect(model.choose)
        self.choosers.swapped.connect(model.swap)
        self.chips.changed.connect(table.set_hidden)
        self.waiting.cancelled.connect(model.cancel)
        self.empty.pressed.connect(self._do_next)
        self.view.selectionModel().selectionChanged.connect(self._choose)
        self.view.copy_asked.connect(self.copy_shown)
        self.view.customContextMenuRequested.connect(self._open_menu)
        self.renames.menu().aboutToShow.connect(self._fill_renames)
        table.modelReset.connect(self._show_chips)
        table.arranged.connect(self._say)
        model.changed.connect(self._show)
        self._session.chosen_changed.connect(self._follow_choice)

    # Qt's overrides

    def showEvent(self, event: QShowEvent) -> None:
        """In front: what is missing is compared now."""
        super().showEvent(event)
        self.model.wake()

    def hideEvent(self, event: QHideEvent) -> None:
        """Another page is in front."""
        super().hideEvent(event)
        self.model.sleep()

    # Showing

    def _show(self) -> None:
        model = self.model
        self.choosers.show_sides(model.sides, model.a, model.b)
        self.choosers.setEnabled(model.a is not None)
        verdict = model.verdict
        if verdict:
            self.verdict.say(verdict)
        self.verdict.setVisible(verdict is not None)
        self.told.show_findings(model.findings, in_full=model.found is None)
        if model.task:
            self.waiting.wait_for("Comparing", model.task)
        else:
            self.waiting.done()
        self._veil.set_shown(bool(model.task) and model.found is not None)
        self._say()

    def _show_chips(self) -> None:
        content = self.model.table.content
        if content:
            self.chips.set_counts(content.counts, content.signs_of_states)
            self._hide_as_before()

    def _hide_as_before(self) -> None:
        """Once, when what was compared at the last start is compared again."""
        pair, hidden = self._to_hide
        if hidden and list(self.model.chosen_paths) == pair and self.model.is_of_these_sides:
            self._to_hide = [], []
            content = self.model.table.content
            for state in content.counts if content else ():
                if state.value in hidden:
                    self.chips.chip(state).setChecked(False)

    def _say(self) -> None:
        model, table = self.model, self.model.table
        self._problem.setText(table.filter_problem)
        self._problem.setVisible(bool(table.filter_problem))
        sentence, button = self._lack()
        self.empty.say(sentence, button)
        self._middle.setCurrentWidget(self.empty if sentence or model.found is None else self.view)

    def _lack(self) -> tuple[str, str]:
        """Why there is no table, and the verb that changes it; nothing where there is one."""
        model = self.model
        if model.a is None:
            return "Open a second checkpoint or model to compare this one with.", ""
        if model.problem:
            again = "Compare without the map" if model.renames else "Try again"
            return "These two could not be compared.", again
        if model.is_stopped:
            return "Comparing was stopped.", "Compare"
        if model.found and not model.table.rowCount():
            return "No variable passes the filter and the chips.", "Show all states"
        return "", ""

    def _do_next(self) -> None:
        """The button of the empty state."""
        model = self.model
        if model.problem and model.renames:
            model.set_renames(())
        elif model.problem or model.is_stopped:
            model.compare()
        else:
            self._show_chips()
            model.table.set_hidden(())

    # Choosing

    def _choose(self) -> None:
        """The inspector shows what is chosen here, of both sides."""
        rows = self.view.selected_rows()
        if rows and not self._is_choosing:
            self._is_choosing = True
            self.model.link(rows)
            self._is_choosing = False

    def _follow_choice(self) -> None:
        """Another page chose: show it here too."""
        if self._is_choosing or not self._session.chosen:
            return
        row = self.model.table.reveal(self._session.chosen[0].variable.key)
        if row >= 0:
            self._is_choosing = True
            self.view.show_row(row)
            self._is_choosing = False

    # Menus

    def _open_menu(self, at: QPoint) -> None:
        row = self.view.rowAt(at.y())
        if row >= 0:
            self.menu(row).popup(self.view.viewport().mapToGlobal(at))

    def menu(self, row: int) -> QMenu:
        """What can be done with `row`."""
        menu, table = QMenu(self), self.model.table
        menu.aboutToHide.connect(menu.deleteLater)
        there, path = table.row_at(row), table.path(row)
        menu.addAction(icon("copy"), "Copy name", lambda: _copy(path))
        if there and there.a and there.b and there.a.name != there.b.name:
            name = there.a.name
            menu.addAction("Copy name in A", lambda: _copy(name))
        if there:
            menu.addAction("Copy key", lambda: _copy(there.variable.key))
        menu.addAction("Copy rows", self.copy_shown)
        if there and there.renamed and there.renamed.confidence < 1:
            pair = there.renamed
            menu.addSeparator()
            menu.addAction(icon("accept"), "Accept this rename", lambda: self.model.accept([pair]))
        menu.addSeparator()
        menu.addAction("Expand all", table.expand_all)
        menu.addAction("Collapse all", table.collapse_all)
        return menu

    def _fill_renames(self) -> None:
        menu, model = self.renames.menu(), self.model
        menu.clear()
        renamed = model.found.renamed if model.found else ()
        suggested = [pair for pair in renamed if pair.confidence < 1]
        count = f" ({len(suggested)})" if suggested else ""
        accept = menu.addAction(f"Accept all suggestions{count}", lambda: model.accept(suggested))
        accept.setEnabled(bool(suggested))
        menu.addSeparator()
        menu.addAction("Load a map…", self._load_map).setEnabled(model.a is not None)
        menu.addAction("Save all renames as a map…", self._save_map).setEnabled(bool(renamed))
        forget = menu.addAction("Compare without the map", lambda: model.set_renames(()))
        forget.setEnabled(bool(model.renames))

    def _load_map(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, "Load a map of renames", "", _MAP_FILES)
        if path:
            self.model.load_map(path)

    def _save_map(self) -> None:
        path, _ = QFileDialog.getSaveFileName(self, "Save the map", "renames.json", _MAP_FILES)
        if path:
            self.model.save_map(path)


def _line(widget: QWidget, above: int) -> QHBoxLayout:
    line = QHBoxLayout()
    line.setContentsMargins(SMALL, above, SMALL, TIGHT)
    line.addWidget(widget)
    return line


def _copy(text: str) -> None:
    QGuiApplication.clipboard().setText(text)
