"""The pages of the window, as one table.

A page is one line of `PAGES`: its title, its icon, the class that is imported when the page is
first shown, and what has to be open for it to say anything. Its place gives its number key
(Ctrl+1, Ctrl+2, ...). While what it needs is missing, its tab is grey and the page teaches what
to open instead of being made.

What the window does with a page is found out from its methods; each is optional:

    set_filter(text) -> str          filter; returns what is wrong with the text, "" if nothing
    filter_cleared                   a signal: empty the field at the top
    expand_all(), collapse_all()     of its tree (Ctrl++, Ctrl+-)
    copy_shown()                     put what is shown on the clipboard (Ctrl+C)
    python() -> Writer | None        what writes the script of what is shown (Ctrl+Shift+C)
    recall(preferences)              once, when it was made: take over what was remembered
    remembered() -> dict[str, str]   when the window closes: what `Settings.window` shall keep
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Protocol, cast, runtime_checkable

from PySide6.QtWidgets import QWidget

from tfinspector.viewmodels.preferences import Preferences
from tfinspector.viewmodels.python import Writer
from tfinspector.viewmodels.session import Session


@runtime_checkable
class Filtering(Protocol):
    """A page with a table that the field at the top filters."""

    def set_filter(self, text: str) -> str:
        """Show what passes; returns what is wrong with the text, "" if nothing."""


@runtime_checkable
class Folding(Protocol):
    """A page with a tree."""

    def expand_all(self) -> None:
        """Open every group."""

    def collapse_all(self) -> None:
        """Close every group."""


@runtime_checkable
class Copying(Protocol):
    """A page, or a pane, that can be copied as it is shown."""

    def copy_shown(self) -> None:
        """Put it on the clipboard."""


@runtime_checkable
class Scripting(Protocol):
    """A page, or a pane, whose doing can be written in Python."""

    def python(self) -> Writer | None:
        """What writes the script, off the window's thread; None while there is nothing to write."""


@runtime_checkable
class Recalling(Protocol):
    """A page that takes over what was remembered, and says what it wants to be remembered."""

    def recall(self, preferences: Preferences) -> None:
        """Take over; called once, when the page was made."""


@runtime_checkable
class Remembering(Protocol):
    """A page with a state of its own, such as widths of columns."""

    def remembered(self) -> dict[str, str]:
        """What `Settings.window` shall keep of it."""


@dataclass(frozen=True, slots=True)
class Lack:
    """Why a page has nothing to say yet: one sentence, and the verb that changes it."""

    sentence: str
    button: str


Needs = Callable[[Session], Lack | None]


def nothing(_session: Session) -> Lack | None:
    """The page always has something to say."""
    return None


def a_run(session: Session) -> Lack | None:
    """The current source has several snapshots."""
    if session.current and len(session.current.source.snapshots) > 1:
        return None
    return Lack(
        "A single snapshot has not moved. Open a directory with several snapshots of one run.",
        "Open a directory",
    )


def two_sources(session: Session) -> Lack | None:
    """There are two things to compare: two sources, or two snapshots of one run."""
    if len(session.sources) > 1 or a_run(session) is None:
        return None
    return Lack("Open a second checkpoint or model to compare this one with.", "Open another")


@dataclass(frozen=True, slots=True)
class Page:
    """One page. `widget` is "module:Class" below `tfinspector.views`, a widget of a session."""

    title: str
    icon: str
    widget: str
    needs: Needs = nothing

    def make(self, session: Session) -> QWidget:
        """The page itself; its modules are loaded now."""
        module, _, name = self.widget.partition(":")
        factory = getattr(import_module(f"tfinspector.views.{module}"), name)
        return cast(QWidget, factory(session))


PAGES: tuple[Page, ...] = (
    Page("Overview", "overview", "overview.page:OverviewPage"),
    Page("Variables", "variable", "variables.page:VariablesPage"),
    Page("Signatures", "signature", "signatures.page:SignaturesPage"),
    Page("Restore", "restore", "restore.page:RestorePage"),
    Page("Compare", "compare", "compare.page:ComparePage", two_sources),
    Page("Drift", "run", "drift.page:DriftPage", a_run),
    Page("Trust", "trust", "trust.page:TrustPage"),
)
