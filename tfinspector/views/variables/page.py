"""The variables page: role switch, table, and a line that says what is shown and what is not."""

from __future__ import annotations

import os

from PySide6.QtCore import QItemSelectionModel, QPoint, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QMenu,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from tfinspector.contents.dtypes import DTypeKind
from tfinspector.viewmodels.preferences import Preferences
from tfinspector.viewmodels.python import Writer, variables_writer
from tfinspector.viewmodels.session import Session
from tfinspector.viewmodels.variables import table_text
from tfinspector.viewmodels.variables.exports import export_csv, export_npy
from tfinspector.viewmodels.variables.group_cells import hidden_text, role_counts, summary
from tfinspector.viewmodels.variables.tree import MOST_CHOSEN, VariableTable
from tfinspector.views.icons import icon
from tfinspector.views.memory import as_text, from_text
from tfinspector.views.theme import SMALL, TIGHT
from tfinspector.views.variables.role_switch import RoleSwitch
from tfinspector.views.variables.view import VariableView
from tfinspector.views.widgets.buttons import tool_button
from tfinspector.views.widgets.empty_state import EmptyState

_COLUMNS = "columns"

_EXPORTED = (
    DTypeKind.FLOAT, DTypeKind.INTEGER, DTypeKind.BOOL, DTypeKind.COMPLEX, DTypeKind.STRING,
)  # fmt: skip


class VariablesPage(QWidget):
    """Attributes: table (the model), view (the table widget), roles (the switch).

    `filter_cleared` asks the owner of the filter field to empty it.
    """

    filter_cleared = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.table = VariableTable(session, self)
        self.view = VariableView(self.table, self)
        self.roles = RoleSwitch(self)
        self._is_restoring = self._is_choosing = False
        self._kept_keys: set[str] = set()
        self._build()
        self.roles.changed.connect(self.table.set_hidden)
        self.table.arranged.connect(self._say)
        self.table.modelAboutToBeReset.connect(self._keep_selection)
        self.table.planted.connect(self._has_planted)
        self.view.selectionModel().selectionChanged.connect(self._choose)
        self.view.copy_asked.connect(self.copy_shown)
        self.view.customContextMenuRequested.connect(self._open_menu)
        session.chosen_changed.connect(self._follow_choice)
        session.measured.connect(self._say_progress)
        session.queue.settled.connect(self._say_progress)
        session.sources_changed.connect(self._say)
        self._say()

    # Verbs of the window

    def copy_shown(self) -> None:
        """Copy the chosen rows, or all of them, as a table."""
        content = self.table.content
        if content is None:
            return
        rows = self.view.selected_rows() or range(len(content.rows))
        text = table_text.tsv(content, self.view.shown_columns(), rows)
        QGuiApplication.clipboard().setText(text)

    def python(self) -> Writer | None:
        """What writes the script of what is shown."""
        return variables_writer(self.session)

    def export(self) -> None:
        """Ask where to, and write what is shown as CSV."""
        path, _ = QFileDialog.getSaveFileName(
            self, "Export the table", "variables.csv", "CSV (*.csv)"
        )
        if path:
            export_csv(self.table, self.view.shown_columns(), path)

    def set_filter(self, text: str) -> str:
        """Filter the table; returns what is wrong with the filter, "" if nothing."""
        self.table.set_filter(text)
        return self.table.filter_problem

    def expand_all(self) -> None:
        """Open every group."""
        self.table.expand_all()

    def collapse_all(self) -> None:
        """Close every group."""
        self.table.collapse_all()

    def recall(self, preferences: Preferences) -> None:
        """Take over hidden roles and columns, and remember what is hidden from now on."""
        self.roles.set_hidden(preferences.hidden_roles)
        self.roles.changed.connect(preferences.set_hidden_roles)
        columns = preferences.settings.window.get(_COLUMNS)
        if columns:
            self.view.horizontalHeader().restoreState(from_text(columns))

    def remembered(self) -> dict[str, str]:
        """Widths and order of the columns."""
        return {_COLUMNS: as_text(self.view.horizontalHeader().saveState())}

    # Building

    def _build(self) -> None:
        self._list = tool_button("", "List", "One list of full paths instead of the tree")
        self._list.setCheckable(True)
        self._list.toggled.connect(self.table.set_flat)
        self._copy = tool_button(
            "copy", "", "Copy the chosen rows, or all, as a table", self.copy_shown
        )
        self._export = tool_button("export", "", "Export what is shown as CSV", self.export)
        top = QHBoxLayout()
        top.setContentsMargins(SMALL, TIGHT, SMALL, TIGHT)
        top.setSpacing(TIGHT)
        top.addWidget(self.roles)
        top.addStretch(1)
        for widget in (self._list, self._copy, self._export):
            top.addWidget(widget)
        self._problem = QLabel(wordWrap=True)
        self._problem.setProperty("attention", True)
        self._problem.setContentsMargins(SMALL, TIGHT, SMALL, TIGHT)
        self._empty = EmptyState("variable")
        self._empty.fill_ground()
        self._empty.pressed.connect(self._show_all)
        middle = QWidget()
        self._stack = QStackedLayout(middle)
        self._stack.addWidget(self.view)
        self._stack.addWidget(self._empty)
        self._summary, self._hidden, self._progress = QLabel(), QLabel(), QLabel()
        self._summary.setProperty("muted", True)
        self._progress.setProperty("muted", True)
        self._hidden.setProperty("attention", True)
        bottom = QHBoxLayout()
        bottom.setContentsMargins(SMALL, TIGHT, SMALL, TIGHT)
        bottom.setSpacing(TIGHT)
        bottom.addWidget(self._summary)
        bottom.addWidget(self._hidden)
        bottom.addStretch(1)
        bottom.addWidget(self._progress)
        self._pause = tool_button("", "Pause", "Stop measuring; what is chosen is still measured")
        self._pause.clicked.connect(self._pause_or_resume)
        bottom.addWidget(self._pause)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(top)
        layout.addWidget(self._problem)
        layout.addWidget(middle, 1)
        layout.addLayout(bottom)

    # Following the model

    def _say(self) -> None:
        content = self.table.content
        self._problem.setText(self.table.filter_problem)
        self._problem.setVisible(bool(self.table.filter_problem))
        for widget in (self._list, self._copy, self._export):
            widget.setEnabled(content is not None)
        self._summary.setText(summary(content) if content else "")
        self._hidden.setText(
            f"· {hidden_text(content)}" if content and hidden_text(content) else ""
        )
        self._say_progress()
        if content is None or not len(content.rows):
            self._empty.say(*self._why_empty())
            self._stack.setCurrentWidget(self._empty)
        else:
            self._stack.setCurrentWidget(self.view)

    def _why_empty(self) -> tuple[str, str]:
        if self.table.is_planting:
            return "Building the tree of variables", ""
        if self.session.current is None:
            return "Open a checkpoint or a SavedModel to see its variables.", ""
        if self.table.content is None:
            return "This SavedModel has no variables of its own.", ""
        return "No variable passes the filter and the role switch.", "Show all"

    def _show_all(self) -> None:
        self.roles.set_hidden(())
        self.filter_cleared.emit()

    def _say_progress(self) -> None:
        content, chosen = self.table.content, len(self.session.chosen)
        parts = []
        is_measuring = False
        if chosen > 1:
            most = f" (the first {MOST_CHOSEN} are)" if chosen == MOST_CHOSEN else ""
            parts.append(f"{chosen} chosen{most}")
        if content:
            done, total = len(self.session.known()), len(content.variables)
            is_measuring = done < total
            if is_measuring:
                pausing = ", paused" if self.session.queue.is_paused else ""
                parts.append(f"{done:,} of {total:,} measured{pausing}")
        self._pause.setVisible(is_measuring)
        self._pause.setText("Resume" if self.session.queue.is_paused else "Pause")
        self._progress.setText(" · ".join(parts))

    def _pause_or_resume(self) -> None:
        queue = self.session.queue
        queue.resume() if queue.is_paused else queue.pause()
        self._say_progress()

    def _has_planted(self) -> None:
        content = self.table.content
        self.roles.set_counts(role_counts(content) if content else {})
        self.view.fit_words()
        self._select_keys(self._kept_keys)

    # Choosing

    def _keep_selection(self) -> None:
        self._kept_keys = {choice.variable.key for choice in self.session.chosen}

    def _select_keys(self, keys: set[str]) -> None:
        """Choose the same variables in another snapshot."""
        rows = [row for row in map(self.table.reveal, sorted(keys)) if row >= 0]
        if not rows:
            return
        self._is_restoring = True
        self._select(rows)
        self._is_restoring = False
        self._choose()

    def _select(self, rows: list[int]) -> None:
        flags = QItemSelectionModel.SelectionFlag
        for row in rows:
            index = self.table.index(row, 0)
            self.view.selectionModel().select(index, flags.Select | flags.Rows)

    def _choose(self) -> None:
        if self._is_restoring:
            return
        rows = self.view.selected_rows()
        if rows:
            self._is_choosing = True
            self.session.choose(self.table.choices(rows))
            self._is_choosing = False
        self._say_progress()

    def _follow_choice(self) -> None:
        """Another page chose: show it here too."""
        if self._is_choosing or self._is_restoring:
            return
        here = self.session.current, self.session.current_snapshot
        keys = {c.variable.key for c in self.session.chosen if (c.source, c.snapshot) == here}
        rows = [row for row in map(self.table.reveal, sorted(keys)) if row >= 0]
        self._is_restoring = True
        self.view.clearSelection()
        self._select(rows)
        if rows:
            self.view.scrollTo(self.table.index(rows[0], 0))
        self._is_restoring = False
        self._say_progress()

    # The menu

    def _open_menu(self, at: QPoint) -> None:
        row = self.view.rowAt(at.y())
        if row >= 0:
            self.menu(row).popup(self.view.viewport().mapToGlobal(at))

    def menu(self, row: int) -> QMenu:
        """What can be done with `row`."""
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        variable, path = self.table.variable(row), self.table.path(row)
        menu.addAction(icon("copy"), "Copy path", lambda: _copy(path))
        if variable:
            menu.addAction("Copy key", lambda: _copy(variable.key))
        menu.addAction("Copy rows", self.copy_shown)
        menu.addSeparator()
        if variable:
            save = menu.addAction(
                icon("export"), "Export values as NPY", lambda: self._export_npy(row)
            )
            save.setEnabled(not variable.problem and variable.dtype.kind in _EXPORTED)
        menu.addAction("Export table as CSV", self.export)
        menu.addSeparator()
        menu.addAction("Expand all", self.table.expand_all)
        menu.addAction("Collapse all", self.table.collapse_all)
        return menu

    def _export_npy(self, row: int) -> None:
        variable = self.table.variable(row)
        if variable is None:
            return
        name = variable.name.replace("/", "_") + ".npy"
        path, _ = QFileDialog.getSaveFileName(self, "Export values", name, "NumPy (*.npy)")
        if path:
            export_npy(self.session, self.session.choice(variable), os.fspath(path))


def _copy(text: str) -> None:
    QGuiApplication.clipboard().setText(text)
