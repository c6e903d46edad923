"""The window without a mouse: every command has its key, and the sheet and the palette know it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel
from pytestqt.qtbot import QtBot

from tfinspector.viewmodels.preferences import Preferences
from tfinspector.viewmodels.session import Session
from tfinspector.views import theme
from tfinspector.views.dressing import apply
from tfinspector.views.pages import PAGES
from tfinspector.views.window.main_window import MainWindow
from tfinspector.views.window.palette import CommandPalette
from tfinspector.views.window.shortcut_sheet import ShortcutSheet

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def window(session: Session, qtbot: QtBot) -> Iterator[MainWindow]:
    made = MainWindow(session, Preferences())
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    made.activateWindow()
    qtbot.waitUntil(lambda: made.inspector.made is not None)
    qtbot.waitUntil(lambda: not session.is_busy)
    yield made
    apply(QApplication.instance(), theme.Mode.LIGHT)  # type: ignore[arg-type]
    made.close()


def test_no_key_is_taken_twice(window: MainWindow) -> None:
    keys = [QKeySequence(key) for command in window.commands for key in command.keys]
    texts = [key.toString() for key in keys]
    assert len(set(texts)) == len(texts)
    assert all(texts), "a key that Qt does not know"


def test_every_page_has_a_number_key(window: MainWindow, qtbot: QtBot) -> None:
    for number, page in reversed(list(enumerate(PAGES, 1))):
        qtbot.keyClick(window, Qt.Key(Qt.Key.Key_0 + number), CTRL)
        assert window.tabs.tabText(window.tabs.currentIndex()) == page.title
        assert page.title in window.tabs.tabToolTip(number - 1)


@pytest.mark.parametrize("key", [Qt.Key.Key_F1, Qt.Key.Key_Question])
def test_the_sheet_lists_every_key(window: MainWindow, qtbot: QtBot, key: Qt.Key) -> None:
    qtbot.keyClick(window, key)
    sheet = window.findChild(ShortcutSheet)
    assert sheet is not None
    words = {label.text() for label in sheet.findChildren(QLabel)}
    assert {command.words for command in window.commands if command.keys} <= words
    assert "F5 or Ctrl+R" in words
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: window.findChild(ShortcutSheet) is None)


def palette_of(window: MainWindow, qtbot: QtBot) -> CommandPalette:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.keyClick(window, Qt.Key.Key_P, CTRL | SHIFT)
    palette = window.findChild(CommandPalette)
    assert isinstance(palette, CommandPalette)
    return palette


def test_the_palette_finds_a_command_and_does_it(window: MainWindow, qtbot: QtBot) -> None:
    palette = palette_of(window, qtbot)
    assert palette.list.count() == len(window.commands)
    qtbot.keyClicks(palette.field, "sig")
    assert palette.list.item(0).text() == "Signatures"
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert window.tabs.tabText(window.tabs.currentIndex()) == "Signatures"
    qtbot.waitUntil(lambda: window.findChild(CommandPalette) is None)
    palette = palette_of(window, qtbot)
    qtbot.keyClicks(palette.field, "tasks")
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert window.bottom.currentWidget() is window.bottom.tasks


def test_the_palette_moves_with_the_arrows_and_closes_with_escape(
    window: MainWindow, qtbot: QtBot
) -> None:
    palette = palette_of(window, qtbot)
    qtbot.keyClick(palette.field, Qt.Key.Key_Down)
    assert palette.list.currentRow() == 1
    qtbot.keyClicks(palette.field, "no such command")
    assert palette.list.count() == 0
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    qtbot.keyClick(palette.field, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: window.findChild(CommandPalette) is None)


def show_variables(window: MainWindow, qtbot: QtBot) -> None:
    window.show_page("Variables")
    qtbot.waitUntil(window.variables.view.isVisible)


def test_f6_goes_through_the_panes(window: MainWindow, qtbot: QtBot) -> None:
    show_variables(window, qtbot)
    window.sources.tree.setFocus()
    qtbot.keyClick(window, Qt.Key.Key_F6)
    assert window.variables.view.hasFocus()
    qtbot.keyClick(window, Qt.Key.Key_F6)
    now = QApplication.focusWidget()
    assert now is not None
    assert window.inspector.isAncestorOf(now)
    qtbot.keyClick(window, Qt.Key.Key_F6, SHIFT)
    assert window.variables.view.hasFocus()


def test_enter_and_escape_leave_the_filter_for_the_table(window: MainWindow, qtbot: QtBot) -> None:
    show_variables(window, qtbot)
    qtbot.keyClick(window, Qt.Key.Key_F, CTRL)
    qtbot.keyClicks(window.bar.filter, "bias")
    qtbot.keyClick(window.bar.filter, Qt.Key.Key_Return)
    assert window.variables.view.hasFocus()
    assert window.bar.filter.text() == "bias"
    qtbot.keyClick(window, Qt.Key.Key_F, CTRL)
    qtbot.keyClick(window.bar.filter, Qt.Key.Key_Escape)
    assert window.variables.view.hasFocus()
    assert window.bar.filter.text() == ""
    qtbot.waitUntil(lambda: not window.bar._typing.isActive())


def test_a_question_mark_can_be_typed_into_the_filter(window: MainWindow, qtbot: QtBot) -> None:
    window.bar.filter.setFocus()
    qtbot.keyClicks(window.bar.filter, "?")
    assert window.bar.filter.text() == "?"
    assert window.findChild(ShortcutSheet) is None
    window.bar.filter.clear()
    qtbot.waitUntil(lambda: not window.bar._typing.isActive())


def test_ctrl_c_copies_the_pane_that_has_the_keyboard(window: MainWindow, qtbot: QtBot) -> None:
    window.show_page("Overview")
    window.setFocus()
    page = window.tabs.page("Overview")
    page.check_button.setFocus()  # type: ignore[attr-defined]
    qtbot.keyClick(page.check_button, Qt.Key.Key_C, CTRL)  # type: ignore[attr-defined]
    text = QGuiApplication.clipboard().text()
    assert text.startswith("up\nA run\n")
    assert "3 snapshots" in text


def test_the_picture_of_a_histogram_is_copied_with_its_bins(
    window: MainWindow, qtbot: QtBot
) -> None:
    from tfinspector.views.inspector.histogram_pane import HistogramPane

    session = window.session
    session.choose([session.choice(session.variables[0])])
    pane = window.inspector.made.page(0)  # type: ignore[union-attr]
    assert isinstance(pane, HistogramPane)
    qtbot.waitUntil(lambda: bool(pane.model.picture.series))
    pane.plot.setFocus()
    qtbot.keyClick(pane.plot, Qt.Key.Key_C, CTRL)
    data = QGuiApplication.clipboard().mimeData()
    assert data.hasImage()
    assert data.text().startswith("from\tto\t")


def test_the_scheme_changes_and_is_remembered(window: MainWindow) -> None:
    window.actions_by_words["Scheme: dark"].trigger()
    assert theme.colours().dark
    assert Preferences().settings.theme == "dark"


def test_the_interpreter_of_the_worker_is_chosen_and_remembered(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[object] = []
    monkeypatch.setattr(window.session.worker, "start", started.append)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("/env/bin/python", ""))
    window.actions_by_words["Choose interpreter"].trigger()
    assert Preferences().settings.worker == ("/env/bin/python",)
    window.actions_by_words["Use own interpreter"].trigger()
    assert Preferences().settings.worker_command == ()
    assert started == [("/env/bin/python",), None]
