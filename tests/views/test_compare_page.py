"""The page Compare as a person uses it, on checkpoints that TensorFlow wrote."""

from __future__ import annotations

import csv
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from tests.looking import session
from tfinspector.engine.jobs import Ticket
from tfinspector.viewmodels.compare.rows import CompareColumn
from tfinspector.viewmodels.compare.states import Became
from tfinspector.viewmodels.preferences import Preferences
from tfinspector.viewmodels.session import Session
from tfinspector.views.compare.page import ComparePage
from tfinspector.views.window.main_window import MainWindow

__all__ = ["session"]
Made = Callable[[str], Path]


@pytest.fixture
def page(session: Session, qtbot: QtBot) -> ComparePage:
    made = ComparePage(session)
    qtbot.addWidget(made)
    made.resize(900, 600)
    with qtbot.waitExposed(made):
        made.show()
    return made


@pytest.fixture
def shown(
    page: ComparePage, session: Session, made: Made, qtbot: QtBot
) -> Callable[..., ComparePage]:
    """`shown("drift.renamed", "old", "new")`: the page once these are compared."""

    def show(maker: str, *parts: str) -> ComparePage:
        for number, part in enumerate(parts or ("",), 1):
            session.open(str(made(maker) / part))
            qtbot.waitUntil(lambda n=number: len(session.sources) == n, timeout=20_000)
        qtbot.waitUntil(
            lambda: page.model.is_of_these_sides or bool(page.model.problem), timeout=20_000
        )
        assert page.model.problem is None
        return page

    return show


def names(page: ComparePage) -> list[str]:
    """The rows on screen that are no groups."""
    table = page.model.table
    return [table.path(row) for row in range(table.rowCount()) if not table.is_group(row)]


def row_of(page: ComparePage, name: str) -> int:
    table = page.model.table
    return next(row for row in range(table.rowCount()) if table.path(row) == name)


def click(page: ComparePage, name: str, qtbot: QtBot) -> None:
    row = row_of(page, name)
    page.view.scrollTo(page.model.table.index(row, 0))
    at = page.view.visualRect(page.model.table.index(row, CompareColumn.STATE)).center()
    qtbot.mouseClick(page.view.viewport(), Qt.MouseButton.LeftButton, pos=at)


def test_without_anything_to_compare_it_says_what_to_open(page: ComparePage) -> None:
    assert page.empty.isVisible()
    assert "second checkpoint" in page.empty.sentence.text()
    assert not page.choosers.isEnabled()


def test_two_checkpoints_side_by_side(shown: Callable[..., ComparePage]) -> None:
    page = shown("drift.renamed", "old", "new")
    assert page.choosers.a.currentText() == "old"
    assert page.choosers.b.currentText() == "new"
    assert page.verdict.verdict.words.startswith("35 of 63 parameters moved, by 0.7395")
    assert [page.chips.chip(state).text() for state in (Became.ADDED, Became.RENAMED)] == [
        "added 1", "renamed 2",
    ]  # fmt: skip
    assert page.view.isVisible()
    assert names(page) == [
        "model/encoder/bias", "model/encoder/kernel", "model/extra", "model/head/kernel",
    ]  # fmt: skip
    assert not page.view.isColumnHidden(CompareColumn.A_NAME)
    assert [card.finding.id for card in page.told.cards] == ["D08"]


def test_a_click_chooses_both_sides(
    shown: Callable[..., ComparePage], session: Session, qtbot: QtBot
) -> None:
    page = shown("drift.run")
    assert page.view.isColumnHidden(CompareColumn.A_NAME)
    click(page, "moving/kernel", qtbot)
    assert [each.variable.name for each in session.chosen] == ["moving/kernel"] * 2
    steps = [each.snapshot.rsplit("-", 1)[-1] for each in session.chosen]
    assert steps == ["100", "600"]
    assert session.current is not None
    session.choose([session.choice(session.current.find("frozen/kernel"))])
    assert page.model.table.path(page.view.selected_rows()[0]) == "frozen/kernel"
    assert len(session.chosen) == 1


def test_chips_and_the_filter_hide_rows(shown: Callable[..., ComparePage], qtbot: QtBot) -> None:
    page = shown("drift.run")
    everything = names(page)
    with qtbot.waitSignal(page.model.table.arranged):
        qtbot.mouseClick(page.chips.chip(Became.IDENTICAL), Qt.MouseButton.LeftButton)
    assert 0 < len(names(page)) < len(everything)
    assert "frozen/kernel" not in names(page)
    with qtbot.waitSignal(page.model.table.arranged):
        assert page.set_filter("frozen") == ""
    assert page.empty.isVisible()
    with qtbot.waitSignal(page.model.table.arranged):
        qtbot.mouseClick(page.empty.button, Qt.MouseButton.LeftButton)
    assert names(page) == ["frozen/bias", "frozen/kernel"]
    assert "no field" in page.set_filter("bogus:1")


def test_sides_are_chosen_and_swapped(shown: Callable[..., ComparePage], qtbot: QtBot) -> None:
    page = shown("drift.run")
    page.choosers.a.setCurrentIndex(2)
    page.choosers.a.activated.emit(2)
    qtbot.waitUntil(lambda: page.model.is_of_these_sides, timeout=20_000)
    assert page.model.found is not None
    assert page.model.found.a.step == 300
    qtbot.mouseClick(page.choosers.swap, Qt.MouseButton.LeftButton)
    assert page.choosers.a.currentText() == "run, step 600"
    assert page.choosers.b.currentText() == "run, step 300"
    qtbot.waitUntil(lambda: page.model.is_of_these_sides, timeout=20_000)
    assert page.model.found.a.step == 600


def test_copy_and_export(
    shown: Callable[..., ComparePage], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    page = shown("drift.run")
    click(page, "moving/bias", qtbot)
    qtbot.keyClick(page.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    heading, line = (
        each.split("\t") for each in QGuiApplication.clipboard().text().strip().splitlines()
    )
    told = dict(zip(heading, line + [""] * (len(heading) - len(line)), strict=True))
    assert told["Name in B"] == "moving/bias"
    assert float(told["relative_l2"]) == pytest.approx(4)
    file = tmp_path / "comparison.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(file), ""))
    page.collapse_all()
    page.export()
    qtbot.waitUntil(file.exists, timeout=20_000)
    with open(file, newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 12
    assert {row["State"] for row in rows} == {"moved", "identical"}


def test_a_suggestion_is_accepted_from_its_menu(
    shown: Callable[..., ComparePage], qtbot: QtBot
) -> None:
    page = shown("drift.renamed", "old", "new")
    menu = page.menu(row_of(page, "model/encoder/kernel"))
    accept = next(each for each in menu.actions() if each.text() == "Accept this rename")
    accept.trigger()
    qtbot.waitUntil(lambda: bool(page.model.renames), timeout=20_000)
    again = page.menu(row_of(page, "model/encoder/kernel"))
    assert "Accept this rename" not in [each.text() for each in again.actions()]
    menu.deleteLater()
    again.deleteLater()
    page.renames.menu().aboutToShow.emit()
    texts = {each.text(): each.isEnabled() for each in page.renames.menu().actions()}
    assert texts["Compare without the map"]
    assert texts["Save all renames as a map…"]


def test_cancel_and_begin_again(
    page: ComparePage, session: Session, made: Made, qtbot: QtBot
) -> None:
    doors, has_begun = session.doors, threading.Event()

    def slow(a: Any, b: Any, renames: Any, ticket: Ticket) -> Any:
        has_begun.set()
        while True:
            ticket.check()

    session.doors = replace(doors, compare=slow)
    task = session.open(str(made("drift.run")))
    qtbot.waitUntil(lambda: task.state.is_over and has_begun.is_set(), timeout=20_000)
    qtbot.waitUntil(page.waiting.isVisible)
    page.waiting.cancelled.emit()
    assert page.empty.button.text() == "Compare"
    assert not page.waiting.isVisible()
    session.doors = doors
    qtbot.mouseClick(page.empty.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.model.is_of_these_sides, timeout=20_000)
    assert page.view.isVisible()


def test_a_failure_is_a_card_with_a_way_out(
    shown: Callable[..., ComparePage], tmp_path: Path, qtbot: QtBot
) -> None:
    page = shown("drift.renamed", "old", "new")
    path = tmp_path / "map.json"
    path.write_text('[{"from": "nobody", "to": "model/extra"}]')
    page.model.load_map(str(path))
    qtbot.waitUntil(lambda: page.model.problem is not None, timeout=20_000)
    assert [card.finding.id for card in page.told.cards] == ["D21"]
    assert page.told.cards[0].isVisible()
    assert page.empty.button.text() == "Compare without the map"
    qtbot.mouseClick(page.empty.button, Qt.MouseButton.LeftButton)
    assert page.view.isVisible()
    assert [card.finding.id for card in page.told.cards] == ["D08"]
    assert not page.told.cards[0].isVisible()
    qtbot.mouseClick(page.told.details, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(page.told.cards[0].isVisible)


def test_in_the_window_results_stay_while_pages_are_switched(
    session: Session, made: Made, qtbot: QtBot
) -> None:
    window = MainWindow(session, Preferences(fresh=True))
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    task = session.open(str(made("drift.run")))
    qtbot.waitUntil(lambda: task.state.is_over, timeout=20_000)
    window.show_page("Compare")
    page = window.tabs.page("Compare")
    assert isinstance(page, ComparePage)
    qtbot.waitUntil(lambda: page.model.found is not None, timeout=20_000)
    found = page.model.found
    window.show_page("Overview")
    window.show_page("Compare")
    assert page.model.found is found
    assert page.model.task is None
    assert "compare_columns" in page.remembered()
    qtbot.waitUntil(lambda: not session.is_busy, timeout=20_000)


def test_two_shapes_have_room_in_their_column(shown: Callable[..., ComparePage]) -> None:
    page = shown("drift.reshaped", "ckpt-2", "ckpt-3")
    table = page.model.table
    text = table.index(row_of(page, "grows"), CompareColumn.SHAPE).data()
    assert text == "3 x 4 \N{RIGHTWARDS ARROW} 3 x 5"
    width = page.view.columnWidth(CompareColumn.SHAPE)
    assert width >= page.view.fontMetrics().horizontalAdvance(text) + 12


def test_the_next_start_compares_the_same_and_hides_the_same(
    shown: Callable[..., ComparePage], qtbot: QtBot
) -> None:
    page = shown("drift.run")
    a, b = page.model.sides[4], page.model.sides[1]
    page.model.choose(a, b)
    qtbot.waitUntil(lambda: page.model.is_of_these_sides, timeout=20_000)
    assert "norm/gamma" in names(page)
    page.chips.chip(Became.IDENTICAL).setChecked(False)
    preferences = Preferences(fresh=True)
    preferences.set_window(page.remembered())

    again = ComparePage(page._session)
    qtbot.addWidget(again)
    again.recall(preferences)
    again.show()
    qtbot.waitUntil(lambda: again.model.is_of_these_sides, timeout=20_000)
    assert again.model.chosen_paths == (a.path, b.path)
    assert again.chips.hidden == {Became.IDENTICAL}
    qtbot.waitUntil(lambda: "norm/gamma" not in names(again))
    assert again.remembered() == page.remembered()
    again.model.swap()
    qtbot.waitUntil(lambda: again.model.is_of_these_sides, timeout=20_000)
    assert again.chips.hidden == frozenset(), "another comparison hides nothing"
