"""The table of pages: each can be made, has a key, and teaches while it lacks something."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from tests.viewmodels.made_up import Worlds, run
from tfinspector.viewmodels.doors import Doors
from tfinspector.viewmodels.preferences import Preferences
from tfinspector.viewmodels.session import Session
from tfinspector.views.pages import PAGES, Page, a_run, two_sources
from tfinspector.views.window import commands, page_tabs
from tfinspector.views.window.page_tabs import PageTabs

Begin = Callable[[Doors], Session]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.title)
def test_each_page_can_be_made(page: Page, session: Session, qtbot: QtBot) -> None:
    made = page.make(session)
    qtbot.addWidget(made)
    assert isinstance(made, QWidget)
    qtbot.waitUntil(lambda: not session.is_busy)


def test_what_a_run_and_two_sources_are(begin: Begin, qtbot: QtBot) -> None:
    session = begin(Worlds(run("/a", (1,)), run("/b", (1,)), run("/run")).doors())
    assert a_run(session) is not None
    assert two_sources(session) is not None
    with qtbot.waitSignal(session.opened):
        session.open("/a")
    assert a_run(session) is not None
    assert two_sources(session) is not None
    with qtbot.waitSignal(session.opened):
        session.open("/b")
    assert a_run(session) is not None
    assert two_sources(session) is None
    with qtbot.waitSignal(session.opened):
        session.open("/run")
    session.set_current(session.sources[-1])
    assert a_run(session) is None


class Moves(QLabel):
    """A page that needs a run."""

    def __init__(self, session: Session) -> None:
        super().__init__("It moved.")


@pytest.fixture
def tabs(begin: Begin, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> Iterator[PageTabs]:
    """The usual pages and one that needs a run, with a checkpoint that is none."""
    page = Page("Moves", "run", "moves", a_run)
    monkeypatch.setattr(Page, "make", lambda self, session: Moves(session))
    monkeypatch.setattr(page_tabs, "PAGES", (page,))
    monkeypatch.setattr(commands, "PAGES", (page,))
    session = begin(Worlds(run("/one", (1,)), run("/many", (1, 2))).doors())
    made = PageTabs(session, Preferences(fresh=True))
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    with qtbot.waitSignal(session.opened):
        session.open("/one")
    made.session = session  # type: ignore[attr-defined]
    yield made
    made.close()


def test_a_page_teaches_until_it_has_what_it_needs(tabs: PageTabs, qtbot: QtBot) -> None:
    late = tabs.late("Moves")
    tabs.show_current()
    assert late.made is None
    assert late._empty is not None
    assert late._empty.sentence.text() == a_run(tabs.session).sentence  # type: ignore[attr-defined]
    with qtbot.waitSignal(tabs.opening_asked):
        qtbot.mouseClick(late._empty.button, Qt.MouseButton.LeftButton)
    session: Session = tabs.session  # type: ignore[attr-defined]
    with qtbot.waitSignal(session.opened):
        session.open("/many")
    session.set_current(session.sources[-1])
    assert isinstance(late.made, Moves)
    assert late.made.isVisible()
    session.close(session.sources[-1])
    assert not late.made.isVisible()
    assert late._empty.isVisible()
