"""The window: the bar at the top, sources, pages, inspector, and what happened at the bottom."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QByteArray, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAction,
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QKeySequence,
    QPaintEvent,
)
from PySide6.QtWidgets import (
    QFileDialog,
    QMainWindow,
    QSplitter,
    QStackedWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from tfinspector.viewmodels.preferences import Preferences
from tfinspector.viewmodels.session import Session
from tfinspector.views.empty_state import EmptyState
from tfinspector.views.findings_pane import FindingsPane
from tfinspector.views.icons import icon
from tfinspector.views.log_pane import LogPane
from tfinspector.views.pages import PAGES, LateInspector, LatePage
from tfinspector.views.sources_pane import SourcesPane
from tfinspector.views.tasks_pane import TasksPane
from tfinspector.views.toolbar import TopBar

if TYPE_CHECKING:
    from tfinspector.viewmodels.restore.table import MatchTableModel
    from tfinspector.viewmodels.variables.tree import VariableTable
    from tfinspector.views.restore.page import RestorePage
    from tfinspector.views.variables.page import VariablesPage

_WIDTHS = (216, 704, 360)
_HEIGHTS = (520, 148)


class MainWindow(QMainWindow):
    """See the module. Attributes: session, bar, sources, tabs, inspector, bottom, variables.

    `painted` comes once, when the window is on screen: time for everything that takes time.
    """

    painted = Signal()

    def __init__(
        self, session: Session, preferences: Preferences, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.session, self.preferences = session, preferences
        self._is_painted = False
        self.setAcceptDrops(True)
        self.setMinimumSize(800, 480)
        self.bar = TopBar(session)
        self.sources = SourcesPane(session)
        self.tabs = self._make_tabs()
        self.inspector = LateInspector(session)
        self.bottom = self._make_bottom()
        self._empty = EmptyState("drop")
        self._empty.pressed.connect(self.session.make_demo)
        self._centre = QStackedWidget()
        self._centre.addWidget(self._empty)
        self._centre.addWidget(self.tabs)
        self._lay_out()
        self._make_actions()
        self._connect()
        self._restore()
        self._show_sources()

    @property
    def variables(self) -> VariablesPage:
        """The variables page (made when it is first needed)."""
        return cast("VariablesPage", self._late_variables.make())

    @property
    def restoring(self) -> RestorePage:
        """The page Restore (made when it is first needed)."""
        return cast("RestorePage", self._late_restore.make())

    def _has_made(self, page: QWidget) -> None:
        """A page was made: bind what the window knows of it."""
        if self._late_restore.made is page:
            model = self.restoring.model
            model.recall_from(self.preferences.restore_of)
            model.remembered.connect(self.preferences.set_restore)
            self.restoring.set_filter(self.bar.filter.text())
        if self._late_variables.made is page:
            page = self.variables
            page.cleared.connect(self.bar.filter.clear)
            page.roles.set_hidden(self.preferences.hidden_roles)
            page.roles.changed.connect(self.preferences.set_hidden_roles)
            columns = self.preferences.settings.window.get("columns")
            if columns:
                state = QByteArray.fromBase64(columns.encode())
                page.view.horizontalHeader().restoreState(state)

    def show_page(self, title: str) -> None:
        """Bring the page with this title to the front."""
        for at in range(self.tabs.count()):
            if self.tabs.tabText(at) == title:
                self.tabs.setCurrentIndex(at)

    # Building

    def _make_tabs(self) -> QTabWidget:
        tabs = QTabWidget(documentMode=True)
        for title, factory in PAGES:
            page = LatePage(self.session, factory)
            page.has_made.connect(self._has_made)
            tabs.addTab(page, title)
            if title == "Variables":
                self._late_variables = page
            if title == "Restore":
                self._late_restore = page
        return tabs

    def _make_bottom(self) -> QTabWidget:
        bottom = QTabWidget(documentMode=True)
        findings, tasks, log = (
            FindingsPane(self.session),
            TasksPane(self.session),
            LogPane(self.session),
        )
        bottom.addTab(findings, icon("info", "muted"), "Findings")
        bottom.addTab(tasks, icon("tasks", "muted"), "Tasks")
        bottom.addTab(log, icon("log", "muted"), "Worker log")
        findings.counted.connect(self._count_findings)
        tasks.counted.connect(
            lambda n: bottom.setTabText(1, f"Tasks · {n} running" if n else "Tasks")
        )
        self.findings, self.tasks, self.log = findings, tasks, log
        return bottom

    def _lay_out(self) -> None:
        self._across = QSplitter(Qt.Orientation.Horizontal, childrenCollapsible=False)
        for widget in (self.sources, self._centre, self.inspector):
            self._across.addWidget(widget)
        self._across.setStretchFactor(1, 1)
        self._across.setSizes(list(_WIDTHS))
        self.sources.setMinimumWidth(140)
        self.inspector.setMinimumWidth(240)
        self._down = QSplitter(Qt.Orientation.Vertical)
        self._down.addWidget(self._across)
        self._down.addWidget(self.bottom)
        self._down.setCollapsible(0, False)
        self._down.setStretchFactor(0, 1)
        self._down.setSizes(list(_HEIGHTS))
        whole = QWidget()
        layout = QVBoxLayout(whole)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.bar)
        layout.addWidget(self._down, 1)
        self.setCentralWidget(whole)
        self.resize(1280, 720)
        self.sources.tree.setFocus()

    def _make_actions(self) -> None:
        standard = QKeySequence.StandardKey
        for keys, pressed in (
            (standard.Find, self._go_to_filter),
            ("F5", self.session.reload),
            ("Ctrl+R", self.session.reload),
            ("Ctrl+W", self._close_current),
            ("Ctrl+Q", self.close),
            ("Ctrl++", self._expand_all),
            ("Ctrl+=", self._expand_all),
            ("Ctrl+-", self._collapse_all),
        ):
            self._act(QKeySequence(keys), pressed, self)
        self._act(QKeySequence(Qt.Key.Key_Delete), self.sources.close_chosen, self.sources.tree)

    def _act(self, keys: QKeySequence, pressed: Callable[[], object], on: QWidget) -> None:
        action = QAction(on)
        action.setShortcut(keys)
        action.setShortcutContext(
            Qt.ShortcutContext.WindowShortcut if on is self else Qt.ShortcutContext.WidgetShortcut
        )
        action.triggered.connect(pressed)
        on.addAction(action)

    def _connect(self) -> None:
        bar, session = self.bar, self.session
        bar.open_file.connect(self._ask_file)
        bar.open_directory.connect(self._ask_directory)
        bar.open_prefix.connect(self._ask_prefix)
        bar.open_recent.connect(session.open)
        bar.clear_recent.connect(self.preferences.clear_recent)
        bar.reload.connect(session.reload)
        bar.filtered.connect(self._filter)
        self.tabs.currentChanged.connect(self._show_page)
        session.opened.connect(
            lambda source, given: self.preferences.note_opened(source.source.path)
        )
        session.refused.connect(lambda *_: self.bottom.setCurrentWidget(self.findings))
        session.tasks.failed.connect(lambda *_: self.bottom.setCurrentWidget(self.findings))
        session.sources_changed.connect(self._show_sources)
        session.current_changed.connect(self._show_title)
        session.tasks.changed.connect(self._show_sources)
        self.preferences.changed.connect(self._show_recent)
        self.preferences.failed.connect(lambda finding: session.tell("settings", finding))
        for finding in self.preferences.findings:
            session.tell("settings", finding)
        self._show_recent()

    # What a person asks for

    def _ask_file(self) -> None:
        path, _ = QFileDialog.getOpenFileName(
            self, "Open a file of a checkpoint or model", self._last_folder(),
            "TensorFlow files (*.index *.data-* *.meta checkpoint *.pb *.pbtxt *.keras *.h5);;"
            "All files (*)",
        )  # fmt: skip
        self._open(path)

    def _ask_directory(self) -> None:
        title = "Open a SavedModel or a directory of checkpoints"
        self._open(QFileDialog.getExistingDirectory(self, title, self._last_folder()))

    def _ask_prefix(self) -> None:
        from PySide6.QtWidgets import QInputDialog

        path, is_sure = QInputDialog.getText(
            self, "Open a checkpoint", "Prefix, as in tf.train.Checkpoint.restore:"
        )
        if is_sure:
            self._open(path.strip())

    def _open(self, path: str) -> None:
        if path:
            self.session.open(path)

    def _last_folder(self) -> str:
        recent = self.preferences.settings.recent
        return os.path.dirname(recent[0]) if recent else ""

    def _go_to_filter(self) -> None:
        self.bar.filter.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.bar.filter.selectAll()

    def _filter(self, text: str) -> None:
        """Filter the tables of both pages; another page than these gives way to the variables."""
        is_restoring = self.tabs.currentWidget() is self._late_restore
        if text and not is_restoring:
            self.show_page("Variables")
        page = self.variables
        page.set_filter(text)
        if self._late_restore.made:
            self.restoring.set_filter(text)
        self.bar.mark_filter(bool(page.table.filter_problem))

    @property
    def _tree(self) -> VariableTable | MatchTableModel:
        is_restoring = self.tabs.currentWidget() is self._late_restore
        return self.restoring.model.table if is_restoring else self.variables.table

    def _expand_all(self) -> None:
        self._tree.expand_all()

    def _collapse_all(self) -> None:
        self._tree.collapse_all()

    def _close_current(self) -> None:
        if self.session.current:
            self.session.close(self.session.current)

    # What is shown

    def _show_sources(self) -> None:
        busy = [task for task in self.session.tasks.running if task.title != "Start TensorFlow"]
        if self.session.sources:
            self._centre.setCurrentWidget(self.tabs)
        else:
            self._centre.setCurrentWidget(self._empty)
            if busy:
                self._empty.say(f"{busy[-1].title} …")
            else:
                self._empty.say(
                    "Drop a checkpoint here, or make the demo run.", "Make the demo run"
                )
        self.inspector.setVisible(bool(self.session.sources))
        self._show_title()

    def _show_title(self) -> None:
        current = self.session.current
        name = os.path.basename(current.source.path.rstrip("/")) if current else ""
        self.setWindowTitle(f"{name} – tfinspector" if name else "tfinspector")

    def _show_page(self, at: int) -> None:
        page = self.tabs.widget(at)
        if isinstance(page, LatePage):
            page.make()

    def _show_recent(self) -> None:
        self.bar.set_recent(self.preferences.settings.recent)

    def _count_findings(self, errors: int, warnings: int, notes: int) -> None:
        words = [
            f"{count} {word}{'s' if count > 1 else ''}"
            for count, word in ((errors, "error"), (warnings, "warning"), (notes, "note"))
            if count
        ]
        self.bottom.setTabText(0, f"Findings · {', '.join(words)}" if words else "Findings")
        sign = ("error", "wrong") if errors else ("warning", "attention") if warnings else None
        self.bottom.setTabIcon(0, icon(*sign) if sign else icon("info", "muted"))

    # Remembering

    def _restore(self) -> None:
        state = self.preferences.settings.window
        if "geometry" in state:
            self.restoreGeometry(QByteArray.fromBase64(state["geometry"].encode()))
        for name, splitter in (("across", self._across), ("down", self._down)):
            if name in state:
                splitter.restoreState(QByteArray.fromBase64(state[name].encode()))

    def _remember(self) -> None:
        state = {
            "geometry": self.saveGeometry(),
            "across": self._across.saveState(),
            "down": self._down.saveState(),
        }
        texts = {name: bytes(value.toBase64().data()).decode() for name, value in state.items()}
        if self._late_variables.made:
            header = self.variables.view.horizontalHeader().saveState()
            texts["columns"] = bytes(header.toBase64().data()).decode()
        self.preferences.set_window(self.preferences.settings.window | texts)
        self.preferences.save()

    # Qt's overrides

    def paintEvent(self, event: QPaintEvent) -> None:
        """Once painted, load what was left out to be here quickly."""
        super().paintEvent(event)
        if not self._is_painted:
            self._is_painted = True
            QTimer.singleShot(0, self, self._after_first_paint)

    def _after_first_paint(self) -> None:
        self.painted.emit()
        self.inspector.make_soon()
        self._show_page(self.tabs.currentIndex())

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember the window."""
        self._remember()
        super().closeEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Anything with a local path may be dropped."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open what was dropped; the files of one set open once."""
        paths = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        self.session.open_several(paths)
        event.acceptProposedAction()
