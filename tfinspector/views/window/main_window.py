"""The window: the bar at the top, sources, pages, inspector, and what happened at the bottom.

It composes; each part does its work in a file of its own (`views/window/`).
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, cast

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QKeySequence, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QMainWindow,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from tfinspector.viewmodels.preferences import Preferences
from tfinspector.viewmodels.session import Session
from tfinspector.views.dressing import apply
from tfinspector.views.memory import recall_window, remember_window
from tfinspector.views.pages import Copying
from tfinspector.views.sources.pane import SourcesPane
from tfinspector.views.theme import Mode
from tfinspector.views.window.asking import PathDialogs
from tfinspector.views.window.bottom_panes import BottomPanes
from tfinspector.views.window.commands import actions_of, commands
from tfinspector.views.window.dropping import DropTarget
from tfinspector.views.window.focus import focus_into, focus_next
from tfinspector.views.window.late import LateInspector
from tfinspector.views.window.page_tabs import PageTabs
from tfinspector.views.window.palette import CommandPalette
from tfinspector.views.window.python import copy_python
from tfinspector.views.window.shortcut_sheet import ShortcutSheet
from tfinspector.views.window.toolbar import TopBar
from tfinspector.views.window.welcome import Welcome

if TYPE_CHECKING:
    from tfinspector.views.restore.page import RestorePage
    from tfinspector.views.variables.page import VariablesPage

_WIDTHS = (212, 708, 360)
_LEAST = (140, 400, 240)
_PAGES = 610  # the widest page's, given to all where there is room: no pane moves between pages
_HANDLES = 2
_HEIGHTS = (520, 148)


class MainWindow(QMainWindow):
    """See the module. Attributes: session, preferences, bar, sources, tabs, inspector, bottom,
    asking (the dialogs), commands, actions_by_words.

    `painted` comes once, when the window is on screen: time for everything that takes time.
    """

    painted = Signal()

    def __init__(
        self, session: Session, preferences: Preferences, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.session, self.preferences = session, preferences
        self._is_painted = False
        self.setMinimumSize(800, 480)
        self.bar = TopBar(session)
        self.sources = SourcesPane(session)
        self.tabs = PageTabs(session, preferences)
        self.inspector = LateInspector(session)
        self.bottom = BottomPanes(session)
        self.empty = Welcome(session)
        self._centre = QStackedWidget()
        self._centre.addWidget(self.empty)
        self._centre.addWidget(self.tabs)
        self.asking = PathDialogs(self, session, preferences)
        DropTarget(self, session)
        self._lay_out()
        self.commands = commands(self)
        self.actions_by_words = actions_of(self.commands, self)
        self._connect()
        recall_window(self, self._splitters, preferences)
        self._show_sources()

    @property
    def variables(self) -> VariablesPage:
        """The variables page (made when it is first needed)."""
        return cast("VariablesPage", self.tabs.page("Variables"))

    @property
    def restoring(self) -> RestorePage:
        """The page Restore (made when it is first needed)."""
        return cast("RestorePage", self.tabs.page("Restore"))

    # Verbs

    def show_page(self, title: str) -> None:
        """Bring the page with this title to the front."""
        self.tabs.show_page(title)

    def go_to_filter(self) -> None:
        """The filter field takes what is typed next."""
        self.bar.filter.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.bar.filter.selectAll()

    def leave_filter(self) -> None:
        """Back from the filter to what it filters."""
        focus_into(self.tabs.currentWidget())

    def next_pane(self, by: int = 1) -> None:
        """The keyboard goes on to the next pane, or with -1 to the one before."""
        panes = [self.sources, self._centre, self.inspector, self.bottom]
        focus_next(panes, by)

    def copy_python(self) -> None:
        """Put on the clipboard how plain TensorFlow does what is shown."""
        copy_python(self.session, self.tabs, self.focusWidget())

    def show_shortcuts(self) -> None:
        """The sheet of shortcuts."""
        sheet = ShortcutSheet(self.commands, self)
        sheet.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        sheet.open()

    def show_commands(self) -> None:
        """The command palette."""
        palette = CommandPalette(self.commands, self)
        palette.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        palette.open()

    def use_scheme(self, mode: Mode) -> None:
        """Light, dark, or as the system is; remembered."""
        self.preferences.set_theme(mode)
        apply(cast(QApplication, QApplication.instance()), mode)

    def close_current(self) -> None:
        """Close the current source."""
        if self.session.current:
            self.session.close(self.session.current)

    # Building

    def _lay_out(self) -> None:
        across = QSplitter(Qt.Orientation.Horizontal, childrenCollapsible=False)
        panes: tuple[QWidget, ...] = (self.sources, self._centre, self.inspector)
        for pane, least in zip(panes, _LEAST, strict=True):
            across.addWidget(pane)
            pane.setMinimumWidth(least)
        across.setStretchFactor(1, 1)
        across.setSizes(list(_WIDTHS))
        down = QSplitter(Qt.Orientation.Vertical)
        down.addWidget(across)
        down.addWidget(self.bottom)
        down.setCollapsible(0, False)
        down.setStretchFactor(0, 1)
        down.setSizes(list(_HEIGHTS))
        self._splitters = {"across": across, "down": down}
        whole = QWidget()
        layout = QVBoxLayout(whole)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.bar)
        layout.addWidget(down, 1)
        self.setCentralWidget(whole)
        self.resize(1280, 720)
        self.setFocus()  # on nothing that would take a key; the first source gets it

    def _connect(self) -> None:
        bar, session, preferences = self.bar, self.session, self.preferences
        bar.set_open_actions([self.actions_by_words[words] for words in _OPEN_MENU])
        bar.open_recent.connect(session.open)
        bar.clear_recent.connect(preferences.clear_recent)
        bar.reload.connect(session.reload)
        bar.set_worker_actions([self.actions_by_words[words] for words in _WORKER_MENU])
        bar.set_more_actions([self.actions_by_words[words] for words in _MORE_MENU])
        bar.filtered.connect(self.tabs.set_filter)
        bar.filter_left.connect(self.leave_filter)
        self.tabs.problem_changed.connect(lambda problem: bar.mark_filter(bool(problem)))
        self.tabs.filter_cleared.connect(bar.filter.clear)
        self.tabs.opening_asked.connect(self.asking.ask_directory)
        self.tabs.python_asked.connect(self.copy_python)
        self.empty.opening_asked.connect(self.asking.ask_file)
        session.opened.connect(self._note_opened)
        session.sources_changed.connect(self._show_sources)
        session.current_changed.connect(self._show_title)
        preferences.changed.connect(self._show_recent)
        preferences.failed.connect(lambda finding: session.tell("settings", finding))
        for finding in preferences.findings:
            session.tell("settings", finding)
        self._show_recent()

    # What is shown

    def _show_sources(self) -> None:
        has_sources = bool(self.session.sources)
        self._centre.setCurrentWidget(self.tabs if has_sources else self.empty)
        if has_sources and self.focusWidget() in (None, self):
            self.sources.tree.setFocus()  # the focus takes the first source: pages are there by now
        self.inspector.setVisible(has_sources)
        self._show_title()

    def _show_title(self) -> None:
        current = self.session.current
        name = os.path.basename(current.source.path.rstrip("/")) if current else ""
        self.setWindowTitle(f"{name} – tfinspector" if name else "tfinspector")

    def _note_opened(self, source: Any, given: str) -> None:
        """Among the recent paths; what was put together by hand has no path of its own."""
        if not source.paths:
            self.preferences.note_opened(source.source.path)

    def _show_recent(self) -> None:
        self.bar.set_recent(self.preferences.settings.recent)

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
        self.tabs.show_current()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+C that the widget with the focus has no use for copies what that stands in."""
        if event.matches(QKeySequence.StandardKey.Copy):
            widget: QWidget | None = self.focusWidget()
            while widget is not None:
                if isinstance(widget, Copying):
                    widget.copy_shown()
                    return
                widget = widget.parentWidget()
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is room for the widest page, the panes beside it give way first."""
        super().resizeEvent(event)
        has_room = self.width() >= _LEAST[0] + _PAGES + _LEAST[2] + _HANDLES
        self._centre.setMinimumWidth(_PAGES if has_room else _LEAST[1])

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember the window."""
        remember_window(self, self._splitters, self.tabs.remembered(), self.preferences)
        super().closeEvent(event)


_MORE_MENU = (
    "Copy as Python", "Commands", "Keyboard shortcuts", "Scheme: as the system", "Scheme: light",
    "Scheme: dark", "Quit",
)  # fmt: skip
_WORKER_MENU = ("Choose interpreter", "Use own interpreter", "Restart worker", "Worker log")
_OPEN_MENU = (
    "Open file",
    "Open directory",
    "Open checkpoint prefix",
    "Open address",
    "Put together as a run",
)
