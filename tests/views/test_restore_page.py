"""The page Restore as a person uses it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QLabel
from pytestqt.qtbot import QtBot

from tests.viewmodels.made_up import Worlds, finding
from tests.viewmodels.made_up_restores import RENAMES, ROWS, Restores, report
from tfinspector.contents.restores import Outcome, State
from tfinspector.diagnosis.restoring.wording import WRITE_REPAIRED
from tfinspector.engine.restoring.factories import Offered
from tfinspector.viewmodels.doors import Doors
from tfinspector.viewmodels.preferences import Preferences
from tfinspector.viewmodels.restore.model import EMPTY
from tfinspector.viewmodels.restore.renames import Decision, RenameColumn
from tfinspector.viewmodels.restore.rows import MatchColumn
from tfinspector.viewmodels.session import Session
from tfinspector.views.restore.page import RestorePage
from tfinspector.views.window.main_window import MainWindow


@pytest.fixture
def restores(world: Worlds) -> Restores:
    return Restores(world)


@pytest.fixture
def session(begin: Callable[[Doors], Session], restores: Restores, qtbot: QtBot) -> Session:
    made = begin(restores.doors())
    with qtbot.waitSignal(made.current_changed):
        made.open("/made/up")
    return made


@pytest.fixture
def page(session: Session, qtbot: QtBot) -> RestorePage:
    made = RestorePage(session)
    qtbot.addWidget(made)
    made.resize(704, 520)
    with qtbot.waitExposed(made):
        made.show()
    return made


def press(page: RestorePage, qtbot: QtBot, verb: str = "restore") -> None:
    """Fill in a factory and press the button."""
    page.form.factory.clear()
    qtbot.keyClicks(page.form.factory, "/a/factory.py:build")
    qtbot.mouseClick(getattr(page.form, verb), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.model.task is None)


def heading(card: QLabel) -> str:
    return next(label.text() for label in card.findChildren(QLabel) if label.property("heading"))


def test_the_empty_page_teaches(page: RestorePage) -> None:
    assert page.empty.isVisible()
    assert page.empty.sentence.text() == EMPTY
    assert page.empty.button.text() == "Choose a factory"
    assert not page.form.restore.isEnabled()
    assert "Choose the function" in page.form.restore.toolTip()


def test_a_factory_and_dry_run_show_both_sides(page: RestorePage, qtbot: QtBot) -> None:
    press(page, qtbot, "dry_run")
    assert page.match.isVisible()
    assert page.match.verdict.verdict.words.startswith("2 of 4 variables would be restored")
    table = page.model.table
    line = table.reveal(ROWS[4].key)
    assert table.index(line, MatchColumn.FILE_SHAPE).data() == "4 x 3"
    assert table.index(line, MatchColumn.MODEL_SHAPE).data() == "4 x 5"
    assert page.outcome.tabs.tabText(1) == "Renames · 2 suggested"


def test_enter_in_the_factory_field_is_a_dry_run(
    page: RestorePage, restores: Restores, qtbot: QtBot
) -> None:
    qtbot.keyClicks(page.form.factory, "/a/factory.py:build")
    qtbot.keyClick(page.form.factory, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.model.result is not None)
    assert restores.renames == [], "a restore was started"


def test_choosing_a_row_shows_it_in_the_inspector(
    page: RestorePage, session: Session, qtbot: QtBot
) -> None:
    press(page, qtbot)
    line = page.model.table.reveal(ROWS[0].key)
    at = page.match.view.visualRect(page.model.table.index(line, 0)).center()
    qtbot.mouseClick(page.match.view.viewport(), Qt.MouseButton.LeftButton, pos=at + QPoint(30, 0))
    assert [choice.variable.key for choice in session.chosen] == [ROWS[0].key]


def test_a_choice_made_elsewhere_shows_in_the_table(
    page: RestorePage, session: Session, qtbot: QtBot
) -> None:
    press(page, qtbot)
    wanted = next(each for each in session.variables if each.key == ROWS[3].key)
    session.choose([session.choice(wanted)])
    rows = page.match.view.selected_rows()
    assert [page.model.table.path(row) for row in rows] == [wanted.name]


def test_chips_hide_states_and_a_double_click_shows_only_one(
    page: RestorePage, qtbot: QtBot
) -> None:
    press(page, qtbot)
    chips, table = page.match.chips, page.model.table
    assert chips.chip(State.MISSING_IN_MODEL).text() == "missing in model 2"
    with qtbot.waitSignal(table.arranged):
        qtbot.mouseClick(chips.chip(State.RESTORED), Qt.MouseButton.LeftButton)
    assert table.hidden == {State.RESTORED}
    assert table.reveal(ROWS[0].key) == -1
    with qtbot.waitSignal(table.arranged):
        qtbot.mouseDClick(chips.chip(State.SHAPE_MISMATCH), Qt.MouseButton.LeftButton)
    assert [table.path(row) for row in range(table.rowCount())][-1] == "model/out/kernel"
    assert chips.hidden == set(chips._chips) - {State.SHAPE_MISMATCH}
    chips.show_only(State.SHAPE_MISMATCH)
    assert chips.hidden == frozenset()


def test_keys_walk_the_tree_and_copy_rows(page: RestorePage, qtbot: QtBot) -> None:
    press(page, qtbot)
    view, table = page.match.view, page.model.table
    view.selectRow(1)
    qtbot.keyClick(view, Qt.Key.Key_Right)
    assert table.path(2) == "model/dense_2/bias"
    qtbot.keyClick(view, Qt.Key.Key_Right)
    qtbot.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert (
        QGuiApplication.clipboard()
        .text()
        .splitlines()[1]
        .startswith("model/dense_2/bias\trestored")
    )
    qtbot.keyClick(view, Qt.Key.Key_Left)
    qtbot.keyClick(view, Qt.Key.Key_Left)
    assert not table.is_expanded(1)


def test_the_first_cause_is_large_and_comes_first(
    page: RestorePage, restores: Restores, qtbot: QtBot
) -> None:
    restores.answer = report(findings=(finding("M01", "First"), finding("M02", "Second")))
    press(page, qtbot)
    cards = page.outcome.diagnosis.cards
    assert [heading(card) for card in cards] == ["First", "Second"]
    sizes = [
        next(label for label in card.findChildren(QLabel) if label.property("heading"))
        .font()
        .pixelSize()
        for card in cards
    ]
    assert sizes[0] == 16
    assert sizes[1] != 16
    assert page.outcome.tabs.tabText(0) == "Diagnosis · 2"


def test_a_healthy_restore_raises_no_alarm(
    page: RestorePage, restores: Restores, qtbot: QtBot
) -> None:
    restores.answer = report(ROWS[:2], Outcome.RESTORED, renames=())
    press(page, qtbot)
    assert page.outcome.diagnosis.healthy.shown[0][1] == "proved"
    assert page.outcome.tabs.tabText(0) == "Diagnosis"
    assert page.match.verdict.verdict.role == "proved"
    assert not page.write.isEnabled()


def test_a_model_that_could_not_be_built_leaves_the_page_to_the_diagnosis(
    page: RestorePage, restores: Restores, qtbot: QtBot
) -> None:
    from dataclasses import replace

    restores.answer = replace(
        report((), Outcome.FAILED, renames=(), findings=(finding("B01", "It raised"),)), model=None
    )
    press(page, qtbot)
    assert not page.match.isVisible()
    assert heading(page.outcome.diagnosis.cards[0]) == "It raised"


def test_what_runs_is_shown_can_be_cancelled_and_dims_the_last(
    page: RestorePage, restores: Restores, qtbot: QtBot
) -> None:
    press(page, qtbot)
    restores.gate.clear()
    qtbot.mouseClick(page.form.restore, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(page.waiting.isVisible)
    assert page._veil.isVisible()
    assert page.match.isVisible()
    page.waiting._button.click()
    assert not page.waiting.isVisible()
    assert not page._veil.isVisible()
    assert page.model.result is not None


# The form


def test_wrong_arguments_are_told_where_they_are_typed(page: RestorePage, qtbot: QtBot) -> None:
    qtbot.keyClicks(page.form.factory, "/a/factory.py:build")
    qtbot.keyClicks(page.form.kwargs, "{width}")
    assert page.form.problems.isVisible()
    assert "no JSON" in page.form.problems.shown[0][2]
    assert page.form.kwargs.property("wrong")
    assert not page.form.dry_run.isEnabled()
    page.form.kwargs.selectAll()
    qtbot.keyClicks(page.form.kwargs, '{"width": 3}')
    assert not page.form.problems.isVisible()
    assert page.form.dry_run.isEnabled()


def test_a_gpu_that_is_not_there_cannot_be_chosen(page: RestorePage) -> None:
    device = page.form.device
    assert [device.itemData(at) for at in range(device.count())] == ["CPU:0", "GPU:0"]
    assert not device.model().item(1).isEnabled()  # type: ignore[attr-defined]
    assert "GPU:0" in device.itemText(1)


def test_on_mismatch_is_a_choice(page: RestorePage, restores: Restores, qtbot: QtBot) -> None:
    page.form.mismatch.setFocus()
    qtbot.keyClick(page.form.mismatch, Qt.Key.Key_Down)
    page.form.mismatch.activated.emit(page.form.mismatch.currentIndex())
    press(page, qtbot)
    assert restores.requests[0].keep_partial


@pytest.mark.qt_log_ignore("This plugin does not support")  # popups, on the offscreen platform
def test_a_file_is_browsed_and_a_function_picked(
    page: RestorePage, restores: Restores, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    restores.offered = (
        Offered("build", "function", (), (), 3, "The model.", True),
        Offered("build_of", "function", ("width",), ("width",), 9, "", False),
        Offered("build_more", "function", ("n",), (), 12, "", True),
    )
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("/a/factory.py", ""))
    qtbot.mouseClick(page.empty.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not page.form.picker.list.isEmpty())
    actions = [each for each in page.form.picker.list.actions() if not each.isSeparator()]
    assert [each.text() for each in actions] == [
        "build\tThe model.", "build_more\t", "build_of\tneeds width",
    ]  # fmt: skip
    page.form.picker.list.hide()
    actions[2].trigger()
    assert page.form.factory.text() == "/a/factory.py:build_of"
    assert page.form.kwargs.text() == '{"width": null}'


def test_the_only_function_is_picked_at_once(
    page: RestorePage, restores: Restores, qtbot: QtBot
) -> None:
    restores.offered = (Offered("make", "function", (), (), 1, "", True),)
    page.form.picker.offer("/a/factory.py")
    qtbot.waitUntil(lambda: page.form.factory.text() == "/a/factory.py:make")


def test_a_file_that_is_no_python_is_told(page: RestorePage, qtbot: QtBot) -> None:
    page.form.picker.offer("/a/notes.py")
    qtbot.waitUntil(page.form.problems.isVisible)
    assert page.form.problems.shown == [("error", "wrong", "/a/notes.py is no Python")]


# Repair


def test_pairs_are_accepted_by_key_and_edited_in_place(page: RestorePage, qtbot: QtBot) -> None:
    press(page, qtbot, "dry_run")
    page.outcome.tabs.setCurrentIndex(1)
    pane = page.outcome.renames
    pane.view.selectRow(0)
    qtbot.mouseClick(pane.accept, Qt.MouseButton.LeftButton)
    assert page.model.renames.accepted == RENAMES[:1]
    qtbot.keyClick(pane.view, Qt.Key.Key_Space)
    assert page.model.renames.accepted == ()
    qtbot.keyClick(pane.view, Qt.Key.Key_Delete)
    assert page.model.renames.count(Decision.REJECTED) == 1
    qtbot.waitUntil(lambda: page.outcome.code.text.toPlainText() == "# 0 renames\n")
    page.model.renames.setData(page.model.renames.index(0, RenameColumn.TO), RENAMES[0].path)
    qtbot.waitUntil(lambda: page.outcome.code.text.toPlainText() == "# 1 renames\n")
    assert page.outcome.tabs.tabText(1) == "Renames · 1 of 2 accepted"


def test_all_above_a_threshold_and_by_rule(page: RestorePage, qtbot: QtBot) -> None:
    press(page, qtbot, "dry_run")
    page.outcome.tabs.setCurrentIndex(1)
    pane = page.outcome.renames
    pane.above.setValue(30)
    qtbot.mouseClick(pane.accept_all, Qt.MouseButton.LeftButton)
    assert page.model.renames.accepted == RENAMES[:1]
    assert "1 pair changes its values" in pane._said.text()
    page.model.renames.decide([0], Decision.OPEN)
    pane.rules.menu().actions()[0].trigger()
    assert page.model.renames.accepted == RENAMES[:1]


def test_a_repaired_checkpoint_is_written_and_its_proof_shown(
    page: RestorePage, restores: Restores, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    press(page, qtbot)
    asked: list[str] = []

    def ask(parent: object, title: str, suggested: str) -> tuple[str, str]:
        asked.append(suggested)
        return "/made/up/better.index", ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", ask)
    qtbot.mouseClick(page.write, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(page.written.isVisible)
    assert asked == ["/made/up/ckpt-3-repaired"]
    assert restores.written == ["/made/up/better"]
    assert page.written.verdict.role == "proved"
    qtbot.mouseClick(page._copy_prefix, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "/made/up/better"


def test_the_code_is_copied_and_saved(
    page: RestorePage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    press(page, qtbot)
    page.outcome.tabs.setCurrentIndex(2)
    qtbot.waitUntil(page.outcome.code.copy.isEnabled)
    qtbot.mouseClick(page.outcome.code.copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == page.model.code
    path = tmp_path / "it.py"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    qtbot.mouseClick(page.outcome.code.save, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(path.exists)


# In the window


@pytest.fixture
def window(session: Session, qtbot: QtBot) -> MainWindow:
    made = MainWindow(session, Preferences())
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    made.show_page("Restore")
    qtbot.waitUntil(lambda: made.inspector.made is not None)
    return made


def test_the_filter_of_the_window_filters_the_match_table(window: MainWindow, qtbot: QtBot) -> None:
    page = window.restoring
    press(page, qtbot)
    window.bar.filter.setText("middle")
    table = page.model.table
    qtbot.waitUntil(lambda: table.rowCount() == 3)
    assert window.tabs.tabText(window.tabs.currentIndex()) == "Restore"
    window.bar.filter.setText("nothing like it")
    qtbot.waitUntil(lambda: table.rowCount() == 0)
    assert page.match._empty.isVisible()


def test_the_window_remembers_what_was_filled_in(window: MainWindow, qtbot: QtBot) -> None:
    press(window.restoring, qtbot)
    kept = Preferences().restore_of("/made/up")
    assert kept["factory"] == "/a/factory.py:build"


def test_a_fix_names_the_button_as_it_is_called(page: RestorePage) -> None:
    button, _, option = WRITE_REPAIRED.partition(" (")
    assert page.write.text() == f"{button}…"
    assert option == "--write-fixed on the command line)"


def test_devices_are_compared_from_the_form(
    page: RestorePage, restores: Restores, qtbot: QtBot
) -> None:
    assert not page.form.compare.isEnabled()
    press(page, qtbot, "dry_run")
    offered = page.form.compare.menu().actions()
    assert [action.isEnabled() for action in offered] == [False, True]
    assert page.outcome.devices.table.rowCount() == 0
    offered[-1].trigger()
    qtbot.waitUntil(lambda: page.model.task is None)
    tabs, pane = page.outcome.tabs, page.outcome.devices
    assert tabs.currentWidget() is pane
    assert pane.verdict.verdict.words.endswith("1 output differs")
    assert pane.table.columnCount() == 4
    tabs.setCurrentIndex(0)
    press(page, qtbot)
    assert tabs.currentIndex() == 0
    assert pane.table.rowCount() == 0
