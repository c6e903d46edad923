"""The Details tab: copy buttons, links, problems."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from tests.looking import choose, opened, session
from tfinspector.viewmodels.session import Session
from tfinspector.views.inspector.details_view import DetailRow, DetailsView

__all__ = ["opened", "session"]


@pytest.fixture
def view(session: Session, qtbot: QtBot) -> DetailsView:
    made = DetailsView(session)
    qtbot.addWidget(made)
    made.resize(340, 560)
    with qtbot.waitExposed(made):
        made.show()
    return made


def row(view: DetailsView, label: str, qtbot: QtBot) -> DetailRow:
    qtbot.waitUntil(lambda: any(r.row.label == label for r in view.rows), timeout=20_000)
    return next(r for r in view.rows if r.row.label == label)


def test_before_a_choice_the_tab_teaches(view: DetailsView) -> None:
    assert view.empty.isVisible()
    assert view.rows == []


def test_each_fact_is_copied_exactly(
    view: DetailsView, opened: Callable[[str], Session], qtbot: QtBot
) -> None:
    choose(opened("run/ckpt-300"), "module/kernel")
    shard = row(view, "Shard", qtbot)
    assert "/" not in shard.row.text
    qtbot.mouseClick(shard.copy, Qt.MouseButton.LeftButton)
    assert Path(QGuiApplication.clipboard().text()).exists()
    qtbot.mouseClick(view.copy_all, Qt.MouseButton.LeftButton)
    assert "module/kernel/.ATTRIBUTES/VARIABLE_VALUE" in QGuiApplication.clipboard().text()


def test_a_link_chooses_the_variable_it_names(
    view: DetailsView, session: Session, made: Callable[[str], Path], qtbot: QtBot
) -> None:
    with qtbot.waitSignal(session.current_changed, timeout=20_000):
        session.open(str(made("pictures.optimized") / "run" / "ckpt-8"))
    slot = next(v for v in session.variables if v.slot_of)
    session.choose([session.choice(slot)])
    link = row(view, f"Slot “{slot.slot_name}” of", qtbot)
    with qtbot.waitSignal(session.chosen_changed, timeout=20_000):
        qtbot.mouseClick(link.value, Qt.MouseButton.LeftButton)
    assert view.title.text() == slot.slot_of


def test_a_variable_that_cannot_be_read_says_why(
    view: DetailsView,
    session: Session,
    made: Callable[[str], Path],
    tmp_path: Path,
    qtbot: QtBot,
) -> None:
    source = made("pictures.run") / "run"
    (tmp_path / "ckpt-300.index").write_bytes((source / "ckpt-300.index").read_bytes())
    with qtbot.waitSignal(session.current_changed, timeout=20_000):
        session.open(str(tmp_path / "ckpt-300"))
    choose(session, "module/kernel")
    figures = row(view, "None", qtbot)
    assert "missing" in figures.row.text
