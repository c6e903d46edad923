"""The window as a person uses it: open, look, filter, choose, copy, close, come back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from tests.viewmodels.made_up import VARIABLES, Worlds, finding, run
from tfinspector.contents.checks import CheckReport
from tfinspector.contents.findings import Severity
from tfinspector.contents.variables import Role
from tfinspector.viewmodels.doors import Doors
from tfinspector.viewmodels.preferences import Preferences
from tfinspector.viewmodels.session import Session
from tfinspector.viewmodels.variables.columns import Column
from tfinspector.views.overview.page import OverviewPage
from tfinspector.views.theme import colours
from tfinspector.views.variables.page import VariablesPage
from tfinspector.views.window import dropping
from tfinspector.views.window.main_window import MainWindow

Open = Callable[..., MainWindow]


@pytest.fixture
def show(qtbot: QtBot) -> Iterator[Callable[[Session], MainWindow]]:
    """`show(session)`: a window at 1280 x 720, closed after the test."""
    windows: list[MainWindow] = []

    def make(session: Session) -> MainWindow:
        window = MainWindow(session, Preferences())
        windows.append(window)
        qtbot.addWidget(window)
        with qtbot.waitExposed(window):
            window.show()
        qtbot.waitUntil(lambda: window.inspector.made is not None)
        return window

    yield make
    for window in windows:
        window.close()


@pytest.fixture
def window(show: Callable[[Session], MainWindow], session: Session, qtbot: QtBot) -> MainWindow:
    """The window with /made/up open on its variables page."""
    made = show(session)
    made.show_page("Variables")
    page = made.variables
    qtbot.waitUntil(lambda: page.table.content is not None and page.isVisible())
    return made


def page_of(window: MainWindow) -> VariablesPage:
    return window.variables


def paths(window: MainWindow) -> list[str]:
    table = window.variables.table
    return [table.path(row) for row in range(table.rowCount())]


def click_row(window: MainWindow, qtbot: QtBot, path: str, keys: Qt.KeyboardModifier) -> None:
    view = window.variables.view
    rect = view.visualRect(view.table.index(paths(window).index(path), Column.SHAPE))
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, keys, rect.center())


NONE, CTRL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier


def test_an_empty_window_teaches_and_makes_the_demo(
    begin: Callable[[Doors], Session], show: Callable[[Session], MainWindow], qtbot: QtBot
) -> None:
    def make_demo(directory: str, ticket: object) -> Path:
        return Path("/made/up")

    world = Worlds(run())
    session = begin(world.doors(make_demo=make_demo))
    window = show(session)
    assert "make the demo run" in window.empty.sentence.text()
    with qtbot.waitSignal(session.opened):
        qtbot.mouseClick(window.empty.button, Qt.MouseButton.LeftButton)
    assert window.tabs.isVisible()
    assert window.windowTitle() == "up – tfinspector"


def test_choosing_rows_feeds_the_inspector(window: MainWindow, qtbot: QtBot) -> None:
    click_row(window, qtbot, "model/dense_2/kernel", NONE)
    click_row(window, qtbot, "model/dense_2/bias", CTRL)
    assert {c.variable.name for c in window.session.chosen} == {
        "model/dense_2/kernel",
        "model/dense_2/bias",
    }


def test_what_another_page_chooses_is_shown_here(window: MainWindow) -> None:
    window.variables.table.collapse_all()
    window.session.choose([window.session.choice(VARIABLES[3])])
    view, table = window.variables.view, window.variables.table
    assert [table.path(row) for row in view.selected_rows()] == ["optimizer/m/dense_2/kernel"]
    window.session.choose([])
    assert view.selected_rows() == []


def test_the_chevron_the_double_click_and_the_arrows_open_groups(
    window: MainWindow, qtbot: QtBot
) -> None:
    view, table = window.variables.view, window.variables.table
    at = paths(window).index("model")
    rect = view.visualRect(table.index(at, Column.NAME))
    on_chevron = QPoint(rect.left() + 10, rect.center().y())
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, NONE, on_chevron)
    assert "model/dense_2" not in paths(window)
    qtbot.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, NONE, rect.center())
    assert "model/dense_2" in paths(window)
    view.selectRow(at)
    qtbot.keyClick(view, Qt.Key.Key_Left)
    assert "model/dense_2" not in paths(window)
    qtbot.keyClick(view, Qt.Key.Key_Right)
    qtbot.keyClick(view, Qt.Key.Key_Right)
    assert table.path(view.currentIndex().row()) == "model/dense_2"
    qtbot.keyClick(view, Qt.Key.Key_Left)
    qtbot.keyClick(view, Qt.Key.Key_Left)
    assert table.path(view.currentIndex().row()) == "model"


def test_typing_into_the_filter_field(window: MainWindow, qtbot: QtBot) -> None:
    window.show_page("Overview")
    qtbot.keyClick(window, Qt.Key.Key_F, CTRL)
    assert window.bar.filter.hasFocus()
    with qtbot.waitSignal(window.variables.table.arranged):
        qtbot.keyClicks(window.bar.filter, "bias")
    qtbot.waitUntil(lambda: paths(window)[-1:] == ["model/dense_2/bias"])
    assert window.variables.isVisible()


def test_a_bad_filter_is_explained_where_it_is_typed(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClicks(window.bar.filter, "dtyp:float32")
    qtbot.waitUntil(window.variables._problem.isVisible)
    assert window.variables._problem.text() == 'There is no field "dtyp". Did you mean dtype?'
    assert window.bar.filter.property("wrong") is True
    assert len(paths(window)) == 12
    window.bar.filter.clear()
    qtbot.waitUntil(lambda: window.bar.filter.property("wrong") is False)


def test_when_nothing_passes_one_button_shows_all(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClicks(window.bar.filter, "nothing_like_it")
    empty = window.variables._empty
    qtbot.waitUntil(empty.isVisible)
    assert empty.sentence.text() == "No variable passes the filter and the role switch."
    qtbot.mouseClick(empty.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(paths(window)) == 12)


def test_the_role_switch_says_what_it_hides_and_is_remembered(
    window: MainWindow, show: Callable[[Session], MainWindow], qtbot: QtBot
) -> None:
    page = window.variables
    with qtbot.waitSignal(page.table.arranged):
        qtbot.mouseClick(page.roles.button(Role.SLOT), Qt.MouseButton.LeftButton)
    assert page._hidden.text() == "· 1 hidden: slot"
    assert "optimizer/m/dense_2/kernel" not in paths(window)
    again = show(window.session)
    again.show_page("Variables")
    assert again.variables.roles.hidden == {Role.SLOT}


def test_measuring_is_paused_and_resumed_where_it_is_shown(
    begin: Callable[[Doors], Session], show: Callable[[Session], MainWindow], qtbot: QtBot
) -> None:
    world = Worlds(run())
    world.measuring_gate.clear()
    session = begin(world.doors())
    window = show(session)
    window.show_page("Variables")
    page = window.variables
    with qtbot.waitSignal(page.table.planted):
        session.open("/made/up")
    qtbot.mouseClick(page._pause, Qt.MouseButton.LeftButton)
    assert page._progress.text() == "0 of 6 measured, paused"
    world.measuring_gate.set()
    qtbot.mouseClick(page._pause, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(session.known()) == 6)
    assert not page._pause.isVisible()


def test_copying_what_is_chosen(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: len(window.session.known()) == len(VARIABLES))
    click_row(window, qtbot, "model/dense_2/bias", NONE)
    qtbot.keyClick(window.variables.view, Qt.Key.Key_C, CTRL)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("Name\tShape\tDtype\tParameters")
    assert lines[1].startswith("model/dense_2/bias\t64\tfloat32\t64\t256\tweight\t-1.0\t1.0")


def test_the_menu_of_a_row_copies_path_and_key(window: MainWindow) -> None:
    menu = window.variables.menu(paths(window).index("model/dense_2/bias"))
    actions = {action.text(): action for action in menu.actions()}
    actions["Copy path"].trigger()
    assert QGuiApplication.clipboard().text() == "model/dense_2/bias"
    actions["Copy key"].trigger()
    assert QGuiApplication.clipboard().text() == VARIABLES[2].key
    assert actions["Export values as NPY"].isEnabled()
    broken = window.variables.menu(paths(window).index("broken"))
    assert not {a.text(): a for a in broken.actions()}["Export values as NPY"].isEnabled()
    menu.deleteLater()
    broken.deleteLater()


def test_walking_through_the_snapshots_of_a_run(window: MainWindow, qtbot: QtBot) -> None:
    snapshots = window.bar.snapshots
    assert snapshots.isVisible()
    assert not snapshots.forth.isEnabled()
    with qtbot.waitSignal(window.session.current_changed):
        qtbot.mouseClick(snapshots.back, Qt.MouseButton.LeftButton)
    assert window.session.current_snapshot == "/made/up/ckpt-2"
    assert snapshots._label.text() == "step 2"


def test_another_snapshot_keeps_the_chosen_variable(window: MainWindow, qtbot: QtBot) -> None:
    click_row(window, qtbot, "model/dense_2/bias", NONE)
    with qtbot.waitSignal(window.variables.table.planted):
        window.session.set_current(window.session.current, "/made/up/ckpt-1")
    chosen = window.session.chosen
    assert [(c.variable.name, c.snapshot) for c in chosen] == [
        ("model/dense_2/bias", "/made/up/ckpt-1")
    ]
    assert len(window.variables.view.selected_rows()) == 1


def test_reload_keeps_expansion_and_selection(window: MainWindow, qtbot: QtBot) -> None:
    window.variables.table.toggle(paths(window).index("optimizer"))
    click_row(window, qtbot, "model/dense_2/bias", NONE)
    before = paths(window)
    with qtbot.waitSignal(window.variables.table.planted):
        qtbot.keyClick(window, Qt.Key.Key_F5)
    assert paths(window) == before
    assert [c.variable.name for c in window.session.chosen] == ["model/dense_2/bias"]
    assert window.session.chosen[0].source is window.session.current


def test_sources_open_close_and_move(window: MainWindow, qtbot: QtBot) -> None:
    tree, model = window.sources.tree, window.sources.model
    with qtbot.waitSignal(window.session.current_changed):
        window.session.open("/other")
    assert model.rowCount() == 2
    first = model.index(0, 0)
    with qtbot.waitSignal(window.session.current_changed):
        tree.setCurrentIndex(model.index(0, 0, first))
    assert window.session.current_snapshot == "/made/up/ckpt-1"
    tree.setFocus()
    qtbot.keyClick(tree, Qt.Key.Key_Delete)
    assert [s.source.path for s in window.session.sources] == ["/other"]
    qtbot.keyClick(window, Qt.Key.Key_W, CTRL)
    assert window.session.sources == []
    assert window.empty.isVisible()


def test_dropping_files_opens_them(window: MainWindow, qtbot: QtBot) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile("/other"), QUrl.fromLocalFile("/other")])
    left, copied = Qt.MouseButton.LeftButton, Qt.DropAction.CopyAction
    enter = QDragEnterEvent(QPoint(9, 9), copied, mime, left, NONE)
    QCoreApplication.sendEvent(window, enter)
    assert enter.isAccepted()
    assert window.findChild(dropping._Veil).isVisible()  # type: ignore[union-attr]
    drop = QDropEvent(QPointF(9, 9), copied, mime, left, NONE)
    with qtbot.waitSignal(window.session.opened):
        QCoreApplication.sendEvent(window, drop)
    assert drop.isAccepted()
    assert not window.findChild(dropping._Veil).isVisible()  # type: ignore[union-attr]
    assert len(window.session.sources) == 2


def test_what_cannot_be_opened_is_a_card_and_a_task_with_retry(
    window: MainWindow, world: Worlds, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(window.session.refused):
        window.session.open("/late")
    card = window.bottom.findings.cards[0]
    assert card.finding.title == "There is no checkpoint at /late"
    code = next(b for b in card.findChildren(QToolButton) if b.text() == "Copy")
    qtbot.mouseClick(code, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "save()"
    assert window.bottom.tabText(0) == "Findings · 1 error"
    world.sources["/late"] = run("/late", (1,))
    line = window.bottom.tasks.lines[0]
    assert line.button.text() == "Retry"
    with qtbot.waitSignal(window.session.opened):
        line.button.click()
    assert window.bottom.tabText(0) == "Findings"


def test_a_slow_opening_can_be_cancelled_where_it_is_shown(
    window: MainWindow, world: Worlds, qtbot: QtBot
) -> None:
    world.gate.clear()
    window.session.open("/other")
    line = window.bottom.tasks.lines[0]
    assert line.button.text() == "Cancel"
    qtbot.waitUntil(lambda: window.bottom.tabText(1) == "Tasks · 1 running")
    line.button.click()
    assert window.bottom.tabText(1) == "Tasks"
    world.gate.set()
    qtbot.waitUntil(lambda: not window.session.tasks.is_busy)
    assert len(window.session.sources) == 1
    window.bottom.setCurrentWidget(window.bottom.tasks)
    with qtbot.waitSignal(window.session.opened):
        line.button.click()


def test_findings_are_sorted_and_counted(
    begin: Callable[[Doors], Session], show: Callable[[Session], MainWindow], qtbot: QtBot
) -> None:
    found = (
        finding("F01", "a note", Severity.INFO),
        finding("F05", "an error"),
        finding("F02", "a warning", Severity.WARNING),
    )
    session = begin(Worlds(run(findings=found)).doors())
    window = show(session)
    with qtbot.waitSignal(session.opened):
        session.open("/made/up")
    assert [card.finding.title for card in window.bottom.findings.cards] == [
        "an error",
        "a warning",
        "a note",
    ]
    assert window.bottom.tabText(0) == "Findings · 1 error, 1 warning, 1 note"


def test_recent_paths_and_sizes_come_back(
    window: MainWindow, show: Callable[[Session], MainWindow], qtbot: QtBot
) -> None:
    window.resize(800, 600)  # the offscreen screen has no more
    qtbot.waitUntil(lambda: window._splitters["across"].width() == 800)
    window._splitters["across"].setSizes([150, 406, 242])
    window.variables.view.setColumnWidth(Column.NAME, 333)
    window.close()
    again = show(window.session)
    assert again.tabs.tabText(again.tabs.currentIndex()) == "Variables"
    assert again._splitters["across"].sizes()[::2] == [150, 242]
    assert again.variables.view.columnWidth(Column.NAME) == 333
    with qtbot.waitSignal(window.session.opened):
        window.session.open("/other")
    assert again.bar.recent.menu().actions()[0].toolTip() == "/other"


@pytest.mark.parametrize("size", [(1280, 720), (1440, 900)])
def test_everything_fits(window: MainWindow, size: tuple[int, int], qtbot: QtBot) -> None:
    window.resize(*size)
    qtbot.waitUntil(lambda: window.width() == size[0])
    assert window.minimumSizeHint().width() <= 1280
    assert window.minimumSizeHint().height() <= 720
    bar = window.bar
    right = bar.worker.mapTo(window, QPoint(bar.worker.width(), 0)).x()
    assert right <= window.width()
    assert window.variables.view.viewport().height() > 300


def test_the_log_is_bounded_and_copied(window: MainWindow, qtbot: QtBot) -> None:
    worker = window.session.worker
    with qtbot.waitSignal(worker.logged):
        for number in range(6000):
            worker._note(f"line {number}")
        worker._hand_over()
    assert window.bottom.log.text.blockCount() == 5000
    window.bottom.log.copy_shown()
    assert QGuiApplication.clipboard().text().endswith("line 5999")


def test_findings_of_the_current_source_come_first(
    begin: Callable[[Doors], Session], show: Callable[[Session], MainWindow], qtbot: QtBot
) -> None:
    mild = run("/mild", (1,), findings=(finding("F02", "a warning", Severity.WARNING),))
    bad = run("/bad", (1,), findings=(finding("F05", "an error"),))
    session = begin(Worlds(mild, bad).doors())
    window = show(session)
    tasks = session.open_several(["/mild", "/bad"])
    qtbot.waitUntil(lambda: all(task.state.is_over for task in tasks))
    assert session.current is session.sources[0]

    def titles() -> list[str]:
        return [card.finding.title for card in window.bottom.findings.cards]

    assert titles() == ["a warning", "an error"]
    session.set_current(session.sources[1])
    assert titles() == ["an error", "a warning"]


def test_a_source_with_an_error_is_marked_in_its_row(
    begin: Callable[[Doors], Session], show: Callable[[Session], MainWindow], qtbot: QtBot
) -> None:
    bad = run("/bad", (1,), findings=(finding("F05", "an error"),))
    session = begin(Worlds(bad, run("/good", (1,))).doors())
    window = show(session)
    tasks = session.open_several(["/bad", "/good"])
    qtbot.waitUntil(lambda: all(task.state.is_over for task in tasks))
    tree = window.sources.tree
    image = tree.viewport().grab().toImage()
    wrong = QColor(colours().wrong)

    def reds(row: int) -> int:
        rect = tree.visualRect(window.sources.model.index(row, 0))
        return sum(
            image.pixelColor(x, y) == wrong
            for x in range(rect.right() - 30, rect.right())
            for y in range(rect.top(), rect.bottom())
        )

    assert reds(0) > 0
    assert reds(1) == 0


def test_all_bytes_are_checked_from_the_overview(
    begin: Callable[[Doors], Session], show: Callable[[Session], MainWindow], qtbot: QtBot
) -> None:
    report = CheckReport((), 6, ())
    session = begin(Worlds(run("/a", (1,))).doors(check=lambda source, ticket: report))
    window = show(session)
    with qtbot.waitSignal(session.opened):
        session.open("/a")
    window.show_page("Overview")
    page = window.findChild(OverviewPage)
    assert page is not None
    qtbot.waitUntil(page.check_button.isVisible)
    qtbot.mouseClick(page.check_button, Qt.MouseButton.LeftButton)
    assert not page.check_button.isVisible()
    qtbot.waitUntil(lambda: len(page.verdict.shown) == 2)
    assert page.verdict.shown[1] == ("proved", "proved", "All 6 checksums hold.")
    assert page.check_button.isVisible()
