"""Several sources put together as one run, by hand: in the sources pane and by dropping files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.looking import session
from tfinspector.contents.sources import SourceKind
from tfinspector.viewmodels.preferences import Preferences
from tfinspector.viewmodels.session import Session
from tfinspector.viewmodels.sources.model import SourceAsk
from tfinspector.views.drift.page import DriftPage
from tfinspector.views.window.main_window import MainWindow

__all__ = ["session"]

Made = Callable[[str], Path]
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def window(session: Session, qtbot: QtBot) -> Iterator[MainWindow]:
    made = MainWindow(session, Preferences(fresh=True))
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    qtbot.waitUntil(lambda: made.inspector.made is not None, timeout=20_000)
    yield made
    made.close()


@pytest.fixture
def three(window: MainWindow, made: Made, qtbot: QtBot) -> MainWindow:
    """With the checkpoints of steps 500, 100 and 300 open, one by one."""
    paths = [str(made("drift.run") / f"ckpt-{step}") for step in (500, 100, 300)]
    window.session.open_several(paths)
    qtbot.waitUntil(lambda: len(window.session.sources) == 3, timeout=30_000)
    qtbot.waitUntil(lambda: not window.session.tasks.is_busy, timeout=30_000)
    return window


def names(window: MainWindow, at: int = -1) -> list[str]:
    """The snapshots of a source, as the pane lists them."""
    model = window.sources.model
    top = model.index(at % model.rowCount(), 0)
    return [model.index(row, 0, top).data() for row in range(model.rowCount(top))]


def click(window: MainWindow, at: int, keys: Qt.KeyboardModifier, qtbot: QtBot) -> None:
    tree = window.sources.tree
    where = tree.visualRect(window.sources.model.index(at, 0)).center()
    qtbot.mouseClick(tree.viewport(), LEFT, keys, where)


def put_together(window: MainWindow, qtbot: QtBot) -> None:
    """The three of them, all at once."""
    with qtbot.waitSignal(window.session.opened, timeout=30_000):
        window.actions_by_words["Put together as a run"].trigger()


def drop(target: QWidget, paths: list[Path], keys: Qt.KeyboardModifier, at: QPointF) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    copied = Qt.DropAction.CopyAction
    for event in (
        QDragEnterEvent(at.toPoint(), copied, mime, LEFT, keys),
        QDragMoveEvent(at.toPoint(), copied, mime, LEFT, keys),
        QDropEvent(at, copied, mime, LEFT, keys),
    ):
        QCoreApplication.sendEvent(target, event)


def test_chosen_sources_become_one_run_with_a_step_axis(three: MainWindow, qtbot: QtBot) -> None:
    session, shown = three.session, three.session.current
    click(three, 0, NONE, qtbot)
    click(three, 2, CTRL, qtbot)
    assert session.current is shown, "choosing several shows none of them"
    index = three.sources.model.index(2, 0)
    actions = {each.text(): each for each in three.sources.menu(index).actions()}
    with qtbot.waitSignal(session.opened, timeout=30_000):
        actions["Put together as a run"].trigger()
    run = session.sources[-1]
    assert run.source.kind is SourceKind.RUN
    assert names(three) == ["ckpt-300", "ckpt-500"]
    assert session.current is run
    row = three.sources.model.index(3, 0)
    assert row.data() == "ckpt-500 + ckpt-300"
    assert row.data(SourceAsk.DETAIL) == "run, 2"
    tip = row.data(Qt.ItemDataRole.ToolTipRole)
    assert "put together by hand, in the order of the steps in their names" in tip
    assert str(shown.source.path) in tip  # type: ignore[union-attr]
    assert not any(" + " in path for path in three.preferences.settings.recent)


def test_without_a_choice_all_that_is_open_is_put_together_and_drifts(
    three: MainWindow, qtbot: QtBot
) -> None:
    put_together(three, qtbot)
    assert names(three) == ["ckpt-100", "ckpt-300", "ckpt-500"]
    three.show_page("Drift")
    page = three.tabs.page("Drift")
    assert isinstance(page, DriftPage)
    qtbot.waitUntil(lambda: page.model.table is not None, timeout=30_000)
    assert page.model.table is not None
    assert [each.step for each in page.model.table.snapshots] == [100, 300, 500]


def test_snapshots_are_moved_and_taken_out(three: MainWindow, qtbot: QtBot) -> None:
    put_together(three, qtbot)
    tree, model = three.sources.tree, three.sources.model
    tree.setFocus()
    assert tree.currentIndex().data() == "ckpt-500", "the newest is what is shown first"
    with qtbot.waitSignal(three.session.opened, timeout=30_000):
        qtbot.keyClick(tree, Qt.Key.Key_Up, CTRL | SHIFT)
    assert names(three) == ["ckpt-100", "ckpt-500", "ckpt-300"]
    assert "in the order given" in three.session.sources[3].source.taken_for
    assert three.session.current_snapshot.endswith("ckpt-500")  # type: ignore[union-attr]
    with qtbot.waitSignal(three.session.sources_changed, timeout=30_000):
        three.session.reload()
    qtbot.waitUntil(lambda: not three.session.tasks.is_busy, timeout=30_000)
    assert names(three) == ["ckpt-100", "ckpt-500", "ckpt-300"], "as it was put, read again"
    with qtbot.waitSignal(three.session.opened, timeout=30_000):
        qtbot.keyClick(tree, Qt.Key.Key_Delete)
    assert names(three) == ["ckpt-100", "ckpt-300"]
    assert len(three.session.sources) == 4
    tree.setCurrentIndex(model.index(3, 0))
    qtbot.keyClick(tree, Qt.Key.Key_Delete)
    assert len(three.session.sources) == 3


def test_the_first_has_no_place_above(three: MainWindow, qtbot: QtBot) -> None:
    put_together(three, qtbot)
    model = three.sources.model
    first = model.index(0, 0, model.index(3, 0))
    actions = {each.text(): each for each in three.sources.menu(first).actions()}
    assert not actions["Move up"].isEnabled()
    assert actions["Move down"].isEnabled()
    with qtbot.waitSignal(three.session.opened, timeout=30_000):
        actions["Take out of the run"].trigger()
    assert names(three) == ["ckpt-300", "ckpt-500"]
    single = {each.text() for each in three.sources.menu(model.index(0, 0)).actions()}
    assert not {"Move up", "Take out of the run"} & single


def test_files_dropped_with_shift_are_one_run(window: MainWindow, made: Made, qtbot: QtBot) -> None:
    paths = [made("drift.run") / f"ckpt-{step}.index" for step in (200, 100)]
    with qtbot.waitSignal(window.session.opened, timeout=30_000):
        drop(window, paths, SHIFT, QPointF(9, 9))
    assert len(window.session.sources) == 1
    assert names(window) == ["ckpt-100", "ckpt-200"]


def test_what_is_dropped_on_a_source_is_put_together_with_it(
    three: MainWindow, made: Made, qtbot: QtBot
) -> None:
    tree, model = three.sources.tree, three.sources.model
    target = QPointF(tree.visualRect(model.index(0, 0)).center())
    other = made("drift.run") / "ckpt-600.index"
    with qtbot.waitSignal(three.session.opened, timeout=30_000):
        drop(tree.viewport(), [other], NONE, target)
    assert names(three) == ["ckpt-500", "ckpt-600"]
    assert len(three.session.sources) == 4
    onto_run = QPointF(tree.visualRect(model.index(3, 0)).center())
    dragged = model.mimeData([model.index(1, 0)])
    assert [url.toLocalFile() for url in dragged.urls()] == [str(made("drift.run") / "ckpt-100")]
    with qtbot.waitSignal(three.session.opened, timeout=30_000):
        drop(tree.viewport(), [made("drift.run") / "ckpt-100"], NONE, onto_run)
    assert names(three) == ["ckpt-100", "ckpt-500", "ckpt-600"]
    assert len(three.session.sources) == 4, "a run that was put together grows"
    nothing = Qt.DropAction.CopyAction
    assert not model.canDropMimeData(dragged, nothing, -1, -1, model.index(3, 0))
    assert not model.canDropMimeData(dragged, nothing, -1, -1, model.index(0, 0, model.index(3, 0)))


def test_what_can_not_be_put_together_is_told(
    window: MainWindow, made: Made, tmp_path: Path, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(window.session.refused, timeout=30_000):
        window.session.put_together([str(made("drift.run") / "ckpt-100"), str(tmp_path / "gone")])
    assert window.session.sources == []
    assert "gone" in window.session.findings[0].title


def test_several_paths_are_copied_and_several_sources_closed(
    three: MainWindow, qtbot: QtBot
) -> None:
    click(three, 1, NONE, qtbot)
    click(three, 2, SHIFT, qtbot)
    index = three.sources.model.index(1, 0)
    actions = {each.text(): each for each in three.sources.menu(index).actions()}
    actions["Copy 2 paths"].trigger()
    copied = QGuiApplication.clipboard().text().splitlines()
    assert [path.rpartition("/")[2] for path in copied] == ["ckpt-100", "ckpt-300"]
    qtbot.keyClick(three.sources.tree, Qt.Key.Key_Delete)
    assert [each.source.path[-8:] for each in three.session.sources] == ["ckpt-500"]


def test_folded_runs_and_chosen_rows_stay_so_when_it_is_read_again(
    window: MainWindow, made: Made, qtbot: QtBot
) -> None:
    window.session.open_several([str(made("drift.run")), str(made("pictures.run") / "run")])
    qtbot.waitUntil(lambda: len(window.session.sources) == 2, timeout=30_000)
    tree, model = window.sources.tree, window.sources.model
    tree.collapse(model.index(0, 0))
    click(window, 0, NONE, qtbot)
    click(window, 1, CTRL, qtbot)
    with qtbot.waitSignals([window.session.opened] * 2, timeout=30_000):
        window.session.reload()
    assert not tree.isExpanded(model.index(0, 0))
    assert tree.isExpanded(model.index(1, 0))
    assert [index.row() for index in tree.chosen()] == [0, 1]
