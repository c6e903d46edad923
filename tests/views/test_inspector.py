"""The inspector: tabs that are made when they are looked at."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.looking import choose, opened, session
from tfinspector.viewmodels.session import Session
from tfinspector.views.inspector.details_view import DetailsView
from tfinspector.views.inspector.histogram_pane import HistogramPane
from tfinspector.views.inspector.inspector import DETAILS, HISTOGRAM, VALUES, Inspector
from tfinspector.views.inspector.values_view import ValuesView

__all__ = ["opened", "session"]


@pytest.fixture
def inspector(session: Session, qtbot: QtBot) -> Inspector:
    made = Inspector(session)
    qtbot.addWidget(made)
    made.resize(340, 560)
    with qtbot.waitExposed(made):
        made.show()
    return made


def test_nothing_is_made_before_there_is_a_choice(inspector: Inspector) -> None:
    assert [inspector.page(index) for index in range(3)] == [None, None, None]
    assert [inspector.tabs.tabText(i) for i in range(3)] == ["Histogram", "Values", "Details"]


def test_each_tab_is_made_when_it_is_looked_at(
    inspector: Inspector, opened: Callable[[str], Session], qtbot: QtBot
) -> None:
    choose(opened("run/ckpt-300"), "module/kernel")
    assert isinstance(inspector.page(HISTOGRAM), HistogramPane)
    assert inspector.page(VALUES) is None
    inspector.tabs.setCurrentIndex(VALUES)
    assert isinstance(inspector.page(VALUES), ValuesView)
    page = inspector.show_tab(DETAILS)
    assert isinstance(page, DetailsView)
    assert page.title.text() == "module/kernel"
    assert inspector.page(HISTOGRAM) is inspector.show_tab(HISTOGRAM)


def test_a_choice_shows_in_every_tab_that_was_made(
    inspector: Inspector, opened: Callable[[str], Session], qtbot: QtBot
) -> None:
    session = opened("run/ckpt-300")
    choose(session, "module/kernel")
    pages = [inspector.show_tab(index) for index in range(3)]
    choose(session, "module/conv")
    qtbot.waitUntil(lambda: pages[0].title.text() == "module/conv", timeout=20_000)
    assert [page.title.text() for page in pages] == ["module/conv"] * 3


def test_importing_the_inspector_loads_no_plots() -> None:
    script = (
        "import sys, tfinspector.views.inspector.inspector;"
        "print([m for m in ('pyqtgraph', 'numba', 'tensorflow') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "[]", done.stderr


def test_no_part_of_a_tab_is_ever_a_window_of_its_own(
    inspector: Inspector, opened: Callable[[str], Session], qtbot: QtBot
) -> None:
    windows: list[QObject] = []

    class Watch(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
            is_shown = event.type() == QEvent.Type.Show and isinstance(watched, QWidget)
            if is_shown and watched.isWindow():
                windows.append(watched)
            return False

    watch, application = Watch(), QApplication.instance()
    assert application is not None
    application.installEventFilter(watch)
    try:
        choose(opened("run/ckpt-300"), "module/kernel")
        for tab in range(inspector.tabs.count()):
            inspector.show_tab(tab)
    finally:
        application.removeEventFilter(watch)
    assert windows == []
