"""The Histogram tab as a person uses it: gestures, read-out, controls, both schemes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.looking import choice_of, choose, opened, session
from tfinspector.contents.figures import Scale
from tfinspector.viewmodels.inspector.histogram_picture import (
    Arrangement,
    Heights,
    RangeRule,
    Spread,
)
from tfinspector.viewmodels.session import Session
from tfinspector.views import theme
from tfinspector.views.dressing import apply
from tfinspector.views.inspector.histogram_controls import CHOICES
from tfinspector.views.inspector.histogram_pane import HistogramPane

__all__ = ["opened", "session"]


@pytest.fixture
def pane(opened: Callable[[str], Session], qtbot: QtBot) -> HistogramPane:
    made = HistogramPane(opened("run"))
    qtbot.addWidget(made)
    made.resize(340, 560)
    with qtbot.waitExposed(made):
        made.show()
    return made


def show(pane: HistogramPane, qtbot: QtBot, *names: str) -> None:
    choose(pane.model._session, *(f"module/{name}" for name in names))
    settle(pane, qtbot)
    pane.grab()  # gestures are about what has been painted


def settle(pane: HistogramPane, qtbot: QtBot) -> None:
    model = pane.model
    qtbot.waitUntil(lambda: not model.is_waiting and not model._settle.isActive(), timeout=20_000)


def pick(pane: HistogramPane, field: str, value: Any) -> None:
    """Choose in a combo as a person does."""
    combo = pane.controls.combos[field]
    index = list(CHOICES[field][1]).index(value)
    combo.setCurrentIndex(index)
    combo.activated.emit(index)


def wheel(pane: HistogramPane, steps: int) -> None:
    view = pane.plot.viewport()
    centre = QPointF(view.rect().center())
    event = QWheelEvent(
        centre, view.mapToGlobal(centre), QPoint(), QPoint(0, 120 * steps),
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase,
        False,
    )  # fmt: skip
    QApplication.sendEvent(view, event)


def test_before_a_choice_the_pane_teaches(pane: HistogramPane) -> None:
    assert pane.empty.isVisible()
    assert "Choose a variable" in pane.empty.sentence.text()
    assert not pane.controls.isVisible()


def test_a_choice_is_drawn_with_its_words(pane: HistogramPane, qtbot: QtBot) -> None:
    show(pane, qtbot, "spoiled")
    assert pane.plot.isVisible()
    assert pane.title.text() == "module/spoiled"
    assert pane.extent.text() == "step 300, 400 values"
    assert " outside" in pane.about.text()
    assert "NaN 5" in pane.specials.accessibleName()
    assert len(pane.plot._bars) == 1


def test_what_has_no_bars_says_why(pane: HistogramPane, qtbot: QtBot) -> None:
    show(pane, qtbot, "words")
    assert pane.empty.isVisible()
    assert "string" in pane.empty.sentence.text()
    assert not pane.controls.export.isEnabled()


def test_the_wheel_zooms_and_a_double_click_fits(pane: HistogramPane, qtbot: QtBot) -> None:
    show(pane, qtbot, "kernel")
    before = pane.plot.view_range
    wheel(pane, 3)
    low, high = pane.plot.view_range
    assert before[0] < low < high < before[1]
    assert pane.model.is_zoomed
    settle(pane, qtbot)
    assert pane.about.text().startswith("Zoomed, ")
    assert pane.plot.view_range == pytest.approx((low, high))
    assert pane.model.picture.edges[0] == pytest.approx(low)
    qtbot.mouseDClick(pane.plot.viewport(), Qt.MouseButton.LeftButton)
    assert not pane.model.is_zoomed
    assert pane.plot.view_range == pytest.approx(before)


def test_a_drag_pans(pane: HistogramPane, qtbot: QtBot) -> None:
    show(pane, qtbot, "kernel")
    view = pane.plot.viewport()
    start = view.rect().center()
    low, high = pane.plot.view_range
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=start)
    for step in range(1, 6):
        qtbot.mouseMove(view, start + QPoint(12 * step, 0))
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=start + QPoint(60, 0))
    moved = pane.plot.view_range
    assert moved[0] < low
    assert moved[1] - moved[0] == pytest.approx(high - low)


def test_l_toggles_log_heights(pane: HistogramPane, qtbot: QtBot) -> None:
    show(pane, qtbot, "kernel")
    qtbot.keyClick(pane.plot, Qt.Key.Key_L)
    assert pane.controls.combos["heights"].currentText() == "Log count"
    assert pane.heights.text() == "Values per bin, log"
    qtbot.keyClick(pane.plot, Qt.Key.Key_L)
    assert pane.model.options.heights is Heights.COUNT


def test_the_readout_follows_the_pointer_and_the_arrows(pane: HistogramPane, qtbot: QtBot) -> None:
    show(pane, qtbot, "numbers")
    picture = pane.model.picture
    place = pane.plot._box.mapViewToScene(QPointF(0.0, 20.0))
    qtbot.mouseMove(pane.plot.viewport(), pane.plot.mapFromScene(place))
    qtbot.waitUntil(lambda: ":" in pane.readout.text())
    at = int(0.0 - picture.edges[0])
    count = int(picture.series[0].histogram.counts[at])
    assert pane.readout.text().startswith(f"−0.5 to 0.5:  {count}  (")
    qtbot.keyClick(pane.plot, Qt.Key.Key_Right)
    assert pane.readout.text().startswith("0.5 to 1.5:")
    qtbot.keyClick(pane.plot, Qt.Key.Key_Left)
    assert pane.readout.text().startswith("−0.5 to 0.5:")


def test_controls_change_the_picture(pane: HistogramPane, qtbot: QtBot) -> None:
    show(pane, qtbot, "spoiled")
    pick(pane, "scale", Scale.SYMLOG)
    assert pane.model.picture.axis.scale is Scale.SYMLOG
    pick(pane, "scale", Scale.LINEAR)
    pick(pane, "rule", RangeRule.FULL)
    assert "0 outside" in pane.about.text()
    pane.controls.bins.setValue(10)
    assert len(pane.model.picture.edges) == 11


def test_a_range_by_hand_starts_with_what_is_seen(pane: HistogramPane, qtbot: QtBot) -> None:
    show(pane, qtbot, "kernel")
    edges = pane.model.picture.edges
    pick(pane, "rule", RangeRule.BY_HAND)
    assert pane.controls.low.isVisible()
    assert float(pane.controls.low.text()) == pytest.approx(edges[0], rel=1e-5)
    pane.controls.low.setText("-0.25")
    pane.controls.low.editingFinished.emit()
    assert pane.model.picture.edges[0] == -0.25
    pane.controls.high.setText("-0.5")
    pane.controls.high.editingFinished.emit()
    assert pane.controls.high.property("wrong") is True
    assert pane.model.picture.edges[0] == -0.25


def test_snapshots_are_overlaid_or_set_off_with_labels(pane: HistogramPane, qtbot: QtBot) -> None:
    session = pane.model._session
    assert session.current is not None
    paths = [snapshot.path for snapshot in session.current.source.snapshots]
    session.choose([choice_of(session, "module/kernel", path) for path in paths])
    settle(pane, qtbot)
    assert pane.controls.combos["arrangement"].isVisible()
    assert len(pane.plot._bars) == 3
    pick(pane, "arrangement", Arrangement.OFFSET)
    texts = [item.textItem.toPlainText() for item in pane.plot._bars if hasattr(item, "textItem")]
    labels = [text for text in texts if text]
    assert sorted(labels) == ["step 100", "step 200", "step 300"]
    assert "step 100" in pane.specials.accessibleName()


def test_a_run_is_drawn_as_a_ridgeline(pane: HistogramPane, qtbot: QtBot) -> None:
    show(pane, qtbot, "kernel")
    pick(pane, "spread", Spread.OVER_RUN)
    settle(pane, qtbot)
    picture = pane.model.picture
    assert [series.label for series in picture.series] == ["step 100", "step 200", "step 300"]
    assert picture.title == "module/kernel, 3 snapshots, 3,600 values"
    assert picture.options.arrangement is Arrangement.OFFSET
    qtbot.keyClick(pane.plot, Qt.Key.Key_Right)
    told = [label.textItem.toPlainText() for label in pane.plot._ridge_counts]
    assert told == [f"{series.histogram.counts[32]:.0f}" for series in picture.series]
    stds = [series.statistics.std for series in picture.series]
    assert stds == pytest.approx([stds[0], 2 * stds[0], 3 * stds[0]], rel=1e-4)
    pick(pane, "spread", Spread.FIRST_TOO)
    settle(pane, qtbot)
    labels = [series.label for series in pane.model.picture.series]
    assert labels == ["step 100", "step 300"]
    assert pane.model.picture.options.arrangement is Arrangement.OVERLAY


def test_the_exact_count_shows_in_the_pane_and_can_be_cancelled(
    pane: HistogramPane, qtbot: QtBot
) -> None:
    show(pane, qtbot, "kernel")
    begun = []

    def cancel_as_it_begins() -> None:
        if pane.model.task and not begun:
            begun.append(pane.model.task)
            pane.waiting.cancelled.emit()

    pane.model.waiting_changed.connect(cancel_as_it_begins)
    pane.model.zoom(0.1, 0.11)
    qtbot.waitUntil(lambda: bool(begun), timeout=20_000)
    settle(pane, qtbot)
    assert pane.model.task is None
    assert pane.plot.isVisible()
    assert "within" in pane.about.text()


@pytest.mark.parametrize("mode", [theme.Mode.LIGHT, theme.Mode.DARK])
def test_both_schemes_are_drawn_in_their_colours(
    mode: theme.Mode, pane: HistogramPane, qtbot: QtBot
) -> None:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    show(pane, qtbot, "kernel")
    apply(application, mode)
    QApplication.processEvents()
    image = pane.plot.grab().toImage()
    surface = theme.colours().surface
    assert image.pixelColor(image.width() - 2, 2).name() == surface
    assert len({image.pixel(x, image.height() // 2) for x in range(image.width())}) > 3
