"""The Overview page as a person reads it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from tests.looking import opened, session
from tfinspector.contents.holdings import Part
from tfinspector.viewmodels.session import Session
from tfinspector.views.inspector.details_view import DetailRow
from tfinspector.views.overview.page import OverviewPage
from tfinspector.views.overview.share_bar import ShareBar

__all__ = ["opened", "session"]


@pytest.fixture
def page(session: Session, qtbot: QtBot) -> OverviewPage:
    made = OverviewPage(session)
    qtbot.addWidget(made)
    made.resize(704, 600)
    with qtbot.waitExposed(made):
        made.show()
    return made


def filled(page: OverviewPage, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: bool(page.largest.rows), timeout=20_000)


def test_before_anything_is_open_the_page_teaches(page: OverviewPage) -> None:
    assert page.empty.isVisible()
    assert "Open a checkpoint" in page.empty.sentence.text()


def test_a_run_has_its_numbers_parts_and_facts(
    page: OverviewPage, opened: Callable[[str], Session], qtbot: QtBot
) -> None:
    opened("run")
    filled(page, qtbot)
    assert page.name.text() == "run"
    numbers = [label.text() for label in page.findChildren(QLabel)]
    assert "snapshots" in numbers
    assert {part.name for part in page.types.parts} >= {"float32", "int64", "string", "bool"}
    facts = {row.row.label: row.row.text for row in page.findChildren(DetailRow)}
    assert facts["Kind"] == "Run of snapshots"
    assert page.verdict.shown[0][2] == "Not yet checked against TensorFlow."


def test_rows_keep_their_height_however_low_the_page(
    page: OverviewPage, opened: Callable[[str], Session], qtbot: QtBot
) -> None:
    opened("run")
    filled(page, qtbot)
    page.resize(500, 200)
    page.grab()
    assert all(row.height() >= 22 for row in page.largest.rows)
    assert all(row.height() >= 22 for row in page.findChildren(DetailRow))


def test_pressing_a_large_variable_chooses_it(
    page: OverviewPage, opened: Callable[[str], Session], qtbot: QtBot
) -> None:
    session = opened("run")
    filled(page, qtbot)
    row = page.largest.rows[0]
    with qtbot.waitSignal(session.chosen_changed):
        qtbot.mouseClick(row, Qt.MouseButton.LeftButton)
    assert session.chosen[0].variable == row.variable
    second = page.largest.rows[1]
    with qtbot.waitSignal(session.chosen_changed):
        qtbot.keyClick(second, Qt.Key.Key_Return)
    assert session.chosen[0].variable == second.variable


def test_findings_are_led_to(
    page: OverviewPage, opened: Callable[[str], Session], qtbot: QtBot
) -> None:
    session = opened("model")
    filled(page, qtbot)
    titles = [words for _, _, words in page.findings.shown]
    assert titles
    assert titles[0] in [finding.title for finding in session.findings]


def test_small_parts_are_still_seen(qtbot: QtBot) -> None:
    bar = ShareBar("Bytes")
    qtbot.addWidget(bar)
    bar.resize(300, 60)
    bar.show_parts([Part("large", 10**9, 1), Part("small", 4, 1), Part("none", 0, 1)])
    widths = [rect.width() for rect, _ in bar._segments(10**9 + 4)]
    assert len(widths) == 2
    assert min(widths) >= 1


def test_the_legend_wraps_where_it_is_narrow(qtbot: QtBot) -> None:
    bar = ShareBar("Bytes")
    qtbot.addWidget(bar)
    bar.show_parts([Part(f"a longer name {i}", 1000 * i, i) for i in range(1, 7)])
    bar.resize(900, 60)
    bar.grab()
    wide = bar.height()
    bar.resize(200, 60)
    bar.grab()
    assert bar.height() > wide
