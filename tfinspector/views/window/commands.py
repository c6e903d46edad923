"""The window's commands as one table: their words, their keys, what they do.

The menus, the keys, the sheet of shortcuts and the command palette are all made from it, so that
none of them can say something else than another.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from tfinspector.viewmodels.session import Session
from tfinspector.views.icons import icon
from tfinspector.views.pages import PAGES
from tfinspector.views.sources.pane import SourcesPane
from tfinspector.views.theme import Mode
from tfinspector.views.window.asking import PathDialogs
from tfinspector.views.window.bottom_panes import BottomPanes
from tfinspector.views.window.page_tabs import PageTabs
from tfinspector.views.window.toolbar import TopBar


class Commanded(Protocol):
    """The window, as the commands know it: its parts, and its own verbs."""

    session: Session
    asking: PathDialogs
    tabs: PageTabs
    bottom: BottomPanes
    bar: TopBar
    sources: SourcesPane

    def close_current(self) -> None:
        """The current source."""

    def next_pane(self, by: int = 1) -> None:
        """The keyboard goes on by so many panes."""

    def go_to_filter(self) -> None:
        """The filter takes what is typed."""

    def copy_python(self) -> None:
        """How plain TensorFlow does what is shown."""

    def show_commands(self) -> None:
        """The palette of these commands."""

    def show_shortcuts(self) -> None:
        """The sheet of their keys."""

    def use_scheme(self, mode: Mode) -> None:
        """Light, dark, or as the system is."""

    def close(self) -> bool:
        """Leave."""


@dataclass(frozen=True, slots=True)
class Command:
    """One thing that the window can be told to do. The first of `keys` is shown in menus."""

    group: str
    words: str
    keys: tuple[str, ...]
    do: Callable[[], object]
    icon: str = ""


OPEN, SHOW, TREE, PROGRAM = "Open and close", "Show", "Trees and tables", "Program"


def commands(window: Commanded) -> tuple[Command, ...]:
    """Everything that `window` can be told."""
    session, asking, tabs, bottom = window.session, window.asking, window.tabs, window.bottom
    snapshots = window.bar.snapshots
    pages = tuple(
        Command(
            SHOW, page.title, (f"Ctrl+{number}",),
            partial(tabs.show_page, page.title), page.icon,
        )
        for number, page in enumerate(PAGES, 1)
    )  # fmt: skip
    return (
        Command(OPEN, "Open file", ("Ctrl+O",), asking.ask_file, "file"),
        Command(OPEN, "Open directory", ("Ctrl+Shift+O",), asking.ask_directory, "folder"),
        Command(OPEN, "Open checkpoint prefix", ("Ctrl+L",), asking.ask_prefix, "checkpoint"),
        Command(OPEN, "Open address", ("Ctrl+U",), asking.ask_address, "open"),
        Command(OPEN, "Put together as a run", ("Ctrl+G",), window.sources.put_together, "run"),
        Command(OPEN, "Reload", ("F5", "Ctrl+R"), session.reload, "reload"),
        Command(OPEN, "Close source", ("Ctrl+W",), window.close_current, "close"),
        *pages,
        Command(SHOW, "Findings", ("Ctrl+Shift+F",), bottom.show_findings, "info"),
        Command(SHOW, "Tasks", ("Ctrl+Shift+T",), bottom.show_tasks, "tasks"),
        Command(SHOW, "Worker log", ("Ctrl+Shift+L",), bottom.show_log, "log"),
        Command(SHOW, "Next pane", ("F6",), window.next_pane),
        Command(SHOW, "Pane before", ("Shift+F6",), partial(window.next_pane, -1)),
        Command(SHOW, "Previous snapshot", ("Alt+Left",), snapshots.back.click, "previous"),
        Command(SHOW, "Next snapshot", ("Alt+Right",), snapshots.forth.click, "next"),
        Command(TREE, "Filter", ("Ctrl+F",), window.go_to_filter, "filter"),
        Command(TREE, "Expand all", ("Ctrl++", "Ctrl+="), tabs.expand_all, "expand"),
        Command(TREE, "Collapse all", ("Ctrl+-",), tabs.collapse_all, "collapse"),
        Command(TREE, "Copy as Python", ("Ctrl+Shift+C",), window.copy_python, "code"),
        Command(PROGRAM, "Commands", ("Ctrl+Shift+P",), window.show_commands, "code"),
        Command(PROGRAM, "Keyboard shortcuts", ("F1", "?"), window.show_shortcuts, "info"),
        Command(PROGRAM, "Choose interpreter", (), asking.ask_interpreter, "settings"),
        Command(PROGRAM, "Use own interpreter", (), asking.use_own_interpreter),
        Command(PROGRAM, "Restart worker", (), session.worker.restart, "worker"),
        Command(PROGRAM, "Make the demo run", (), session.make_demo, "run"),
        Command(PROGRAM, "Scheme: as the system", (), partial(window.use_scheme, Mode.SYSTEM)),
        Command(PROGRAM, "Scheme: light", (), partial(window.use_scheme, Mode.LIGHT)),
        Command(PROGRAM, "Scheme: dark", (), partial(window.use_scheme, Mode.DARK)),
        Command(PROGRAM, "Quit", ("Ctrl+Q",), window.close),
    )


def actions_of(made: tuple[Command, ...], window: QWidget) -> dict[str, QAction]:
    """One action per command, with its keys; by its words. They work in the whole window."""
    actions = {}
    for command in made:
        action = QAction(command.words, window)
        if command.icon:
            action.setIcon(icon(command.icon))
        action.setShortcuts([QKeySequence(keys) for keys in command.keys])
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        action.triggered.connect(lambda _checked=False, do=command.do: do())
        window.addAction(action)
        actions[command.words] = action
    return actions
