"""The Values tab as a person uses it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QItemSelectionModel, QPointF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from tests.looking import choose, opened, session
from tfinspector.viewmodels.inspector.heat_map import heat_map_of
from tfinspector.viewmodels.inspector.value_slices import whole_view
from tfinspector.viewmodels.inspector.values import Look
from tfinspector.viewmodels.session import Session
from tfinspector.views.inspector.heat_map import colour_table, rgba_of
from tfinspector.views.inspector.values_view import ValuesView

__all__ = ["opened", "session"]


@pytest.fixture
def view(opened: Callable[[str], Session], qtbot: QtBot) -> ValuesView:
    made = ValuesView(opened("run/ckpt-300"))
    qtbot.addWidget(made)
    made.resize(340, 560)
    with qtbot.waitExposed(made):
        made.show()
    return made


def show(view: ValuesView, name: str, qtbot: QtBot) -> None:
    """Choose, paint, and wait for the cells that the painting asked for."""
    choose(view.model._session, f"module/{name}")
    view.grab()
    qtbot.waitUntil(lambda: not view.model.table.is_reading, timeout=20_000)


def heat(view: ValuesView, qtbot: QtBot) -> None:
    qtbot.mouseClick(view.looks[Look.HEAT_MAP], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not view.model.is_stale, timeout=20_000)


def test_before_a_choice_the_tab_teaches(view: ValuesView) -> None:
    assert view.empty.isVisible()
    assert not view.axes.isVisible()


def test_the_table_fills_in(view: ValuesView, qtbot: QtBot) -> None:
    show(view, "conv", qtbot)
    assert view.grid.model().index(0, 1).data() == "1"
    assert view.title.text() == "module/conv"
    assert view.extent.text().startswith("float32, 3 x 4 x 5 x 6")


def test_sliders_move_the_other_axes(view: ValuesView, qtbot: QtBot) -> None:
    show(view, "conv", qtbot)
    assert sorted(view.axes.sliders) == [0, 1]
    view.axes.sliders[1].setValue(2)
    view.grab()
    qtbot.waitUntil(lambda: not view.model.table.is_reading, timeout=20_000)
    assert view.axes.text.text() == "0, 2, :, :"
    assert view.grid.model().index(0, 0).data() == "60"
    view.axes.rows.setCurrentIndex(0)
    view.axes.rows.activated.emit(0)
    assert sorted(view.axes.sliders) == [1, 2]
    assert view.axes.sliders[1].value() == 2


def test_a_slice_is_typed(view: ValuesView, qtbot: QtBot) -> None:
    show(view, "kernel", qtbot)
    view.axes.text.clear()
    qtbot.keyClicks(view.axes.text, "3:5, :4")
    qtbot.keyClick(view.axes.text, Qt.Key.Key_Return)
    assert (view.model.table.rowCount(), view.model.table.columnCount()) == (2, 4)
    assert view.model.table.headerData(0, Qt.Orientation.Vertical) == "3"


def test_a_slice_that_does_not_fit_is_refused_where_it_was_typed(
    view: ValuesView, qtbot: QtBot
) -> None:
    show(view, "kernel", qtbot)
    view.axes.text.setText("500, 0")
    qtbot.keyClick(view.axes.text, Qt.Key.Key_Return)
    assert view.axes.text.property("wrong") is True
    assert "500" in view.about.text()
    assert view.model.table.rowCount() == 40


def test_the_heat_map_names_the_element_under_the_pointer(view: ValuesView, qtbot: QtBot) -> None:
    show(view, "conv", qtbot)
    heat(view, qtbot)
    assert view.heat_map.isVisible()
    QApplication.processEvents()
    place = view.heat_map._box.mapViewToScene(QPointF(2.5, 1.5))
    qtbot.mouseMove(view.heat_map.viewport(), view.heat_map.mapFromScene(place))
    about, place_of_about = view.about.text(), view.about.geometry()
    assert view.readout.text() == "[0, 0, 1, 2]  8.0"
    assert (view.about.text(), view.about.geometry()) == (about, place_of_about)


def test_text_has_a_table_and_no_heat_map(view: ValuesView, qtbot: QtBot) -> None:
    show(view, "words", qtbot)
    assert view.grid.isVisible()
    heat(view, qtbot)
    assert view.empty.isVisible()
    assert "string" in view.empty.sentence.text()


def test_a_selection_is_copied_in_full_precision(view: ValuesView, qtbot: QtBot) -> None:
    show(view, "kernel", qtbot)
    model, selection = view.grid.model(), view.grid.selectionModel()
    for row in (0, 1):
        for column in (0, 1):
            selection.select(model.index(row, column), QItemSelectionModel.SelectionFlag.Select)
    lines = view.grid.selected_text().split("\n")
    tip = model.index(1, 1).data(Qt.ItemDataRole.ToolTipRole)
    assert [len(line.split("\t")) for line in lines] == [2, 2]
    assert lines[1].split("\t")[1] == tip.split("\n")[1]


def test_the_slice_is_copied(view: ValuesView, qtbot: QtBot) -> None:
    show(view, "numbers", qtbot)
    with qtbot.waitSignal(QGuiApplication.clipboard().dataChanged, timeout=20_000):
        qtbot.mouseClick(view.copy, Qt.MouseButton.LeftButton)
    assert len(QGuiApplication.clipboard().text().split("\n")) == 500


def test_what_is_too_big_to_copy_says_so(view: ValuesView, qtbot: QtBot) -> None:
    show(view, "wide", qtbot)
    qtbot.mouseClick(view.copy, Qt.MouseButton.LeftButton)
    assert "too many to copy" in view.about.text()


def test_the_slice_is_exported_where_the_dialog_says(
    view: ValuesView, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    show(view, "conv", qtbot)
    target = str(tmp_path / "conv.npy")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (target, ""))
    view._ask_path("npy")
    qtbot.waitUntil(lambda: Path(target).exists(), timeout=20_000)
    assert np.array_equal(np.load(target), np.arange(30, dtype=np.float32).reshape(5, 6))


def test_signed_colours_have_zero_in_the_middle_and_nan_is_a_hole() -> None:
    values = np.array([[-1.0, 0.0, 1.0], [np.nan, np.inf, -np.inf]])
    rgba = rgba_of(heat_map_of(values, 1, 1, whole_view((2, 3))))
    table = colour_table(True)
    assert np.array_equal(rgba[0, 0], table[0])
    assert np.array_equal(rgba[0, 1], table[128])
    assert np.array_equal(rgba[0, 2], table[255])
    assert rgba[1, 0, 3] == 0
    assert np.array_equal(rgba[1, 1], table[255])
    assert np.array_equal(rgba[1, 2], table[0])
