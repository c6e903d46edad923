"""The page Drift as a person uses it, in the window, on a run that TensorFlow wrote."""

from __future__ import annotations

import csv
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from tests.formats.table_writer import BundleWriter
from tests.looking import session
from tfinspector.contents.drift_metrics import METRICS
from tfinspector.contents.drifts import DriftTable
from tfinspector.engine.comparing.drifting import drift
from tfinspector.engine.jobs import Ticket
from tfinspector.viewmodels.drift.lines import Line, Order
from tfinspector.viewmodels.preferences import Preferences
from tfinspector.viewmodels.session import Session
from tfinspector.views.drift.heat_canvas import LINE
from tfinspector.views.drift.page import DriftPage
from tfinspector.views.drift.tabs import CURVES, DISTRIBUTIONS, FINDINGS, LAYERS, PATH
from tfinspector.views.window.main_window import MainWindow

__all__ = ["session"]

Made = Callable[[str], Path]
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier
LAST = 5


@pytest.fixture
def window(session: Session, qtbot: QtBot) -> Iterator[MainWindow]:
    made = MainWindow(session, Preferences(fresh=True))
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    qtbot.waitUntil(lambda: made.inspector.made is not None, timeout=20_000)
    yield made
    made.close()


def show(window: MainWindow, path: Path, qtbot: QtBot) -> DriftPage:
    """The page in front, with the run at `path` measured."""
    with qtbot.waitSignal(window.session.opened, timeout=30_000):
        window.session.open(str(path))
    window.show_page("Drift")
    page = window.tabs.page("Drift")
    assert isinstance(page, DriftPage)
    model = page.model
    qtbot.waitUntil(lambda: model.table is not None and model.task is None, timeout=30_000)
    window.grab()  # the line that waited is gone, and everything is where it will stay
    return page


@pytest.fixture
def page(window: MainWindow, made: Made, qtbot: QtBot) -> DriftPage:
    return show(window, made("drift.run"), qtbot)


def line_of(page: DriftPage, name: str) -> int:
    assert page.model.heat is not None
    return [line.name for line in page.model.heat.lines].index(name)


def point_of(page: DriftPage, name: str, at: int) -> QPoint:
    """Where the cell is, scrolled into view."""
    line = line_of(page, name)
    page.heat.verticalScrollBar().setValue((line - 1) * LINE)
    return page.heat.rect_of(line, at).center().toPoint()


def click(
    page: DriftPage,
    qtbot: QtBot,
    name: str,
    at: int,
    keys: Qt.KeyboardModifier = NONE,
) -> None:
    qtbot.mouseClick(page.heat.viewport(), LEFT, keys, point_of(page, name, at))
    qtbot.waitUntil(
        lambda: page.model.at == at and not page.model.opened.is_drawing and page.drawn.is_done(),
        timeout=20_000,
    )


def redrawn(page: DriftPage, qtbot: QtBot, act: Callable[[], object]) -> list[Line]:
    """The lines of the heat map that is drawn after `act`."""
    with qtbot.waitSignal(page.model.heat_changed, timeout=20_000):
        act()
    assert page.model.heat is not None
    return list(page.model.heat.lines)


def test_a_single_checkpoint_has_not_moved(window: MainWindow, made: Made, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.session.opened, timeout=30_000):
        window.session.open(str(made("drift.run") / "ckpt-100"))
    window.show_page("Drift")
    assert window.tabs.late("Drift").made is None


def test_a_metric_is_picked(page: DriftPage, qtbot: QtBot) -> None:
    at = [metric.name for metric in METRICS].index("cosine")
    page.controls.what.setCurrentIndex(at)
    redrawn(page, qtbot, lambda: page.controls.what.activated.emit(at))
    assert page.model.heat is not None
    assert page.model.heat.metric.name == "cosine"
    assert "cosine" in page.about.text()
    assert "Against step 100" in page.about.text()
    redrawn(page, qtbot, page.controls.orders[Order.ANYWHERE].trigger)
    lines = redrawn(page, qtbot, page.controls.weights_only.trigger)
    assert "iterations" in [line.name for line in lines]
    lines = redrawn(page, qtbot, page.controls.grouped.trigger)
    assert not any(line.is_group for line in lines)
    redrawn(page, qtbot, lambda: page.controls.reference.activated.emit(1))
    assert "Against the snapshot before" in page.about.text()


def test_a_click_on_a_cell_opens_two_histograms_and_the_ridgeline(
    page: DriftPage, qtbot: QtBot
) -> None:
    click(page, qtbot, "moving/bias", 3)
    both = page.tabs.distributions
    assert both.isVisible()
    assert both.pair.title.text() == "moving/bias"
    assert "step 100" in both.pair.legend.text()
    assert "step 400" in both.pair.legend.text()
    assert len(both.ridge.model.picture.series) == LAST + 1
    assert page.model.session.current_snapshot.endswith("ckpt-400")  # type: ignore[union-attr]
    both.arrangement.setCurrentText("Overlay")
    assert both.ridge.model.options.arrangement == "overlay"
    both.scale.setCurrentText("Symlog")
    assert both.pair.model.options.scale == both.ridge.model.options.scale == "symlog"


@pytest.mark.parametrize("height", [200, 72])
def test_the_name_of_the_highest_line_of_a_ridgeline_is_whole(
    height: int, page: DriftPage, qtbot: QtBot
) -> None:
    click(page, qtbot, "moving/bias", 3)
    plot = page.tabs.distributions.ridge.plot
    plot.setFixedHeight(height)
    qtbot.waitUntil(lambda: bool(plot.height() == height))
    plot.grab()
    names = [each for each in plot._bars if hasattr(each, "textItem")]
    tops = [each.mapRectToScene(each.boundingRect()).top() for each in names]
    margin = names[0].textItem.document().documentMargin()
    assert min(tops) + margin >= plot._box.sceneBoundingRect().top()


def test_a_click_with_ctrl_adds_a_curve(page: DriftPage, qtbot: QtBot) -> None:
    click(page, qtbot, "moving/bias", 3)
    click(page, qtbot, "dead/kernel", 3, CTRL)
    page.tabs.setCurrentIndex(CURVES)
    curves = page.tabs.curves.curves
    assert curves is not None
    assert curves.names == ("moving/bias", "dead/kernel")
    page.tabs.curves.what.setCurrentIndex(0)
    assert page.tabs.curves.curves is not None
    assert page.tabs.curves.curves.title.startswith("Norm")


def test_the_pointer_is_told_the_exact_value(page: DriftPage, qtbot: QtBot) -> None:
    assert page.model.table is not None
    legend = page.readout.text()
    assert "hatched" not in legend or "no number" in legend
    qtbot.mouseMove(page.heat.viewport(), point_of(page, "moving/bias", 2))
    row = page.model.table.row_of("moving/bias")
    assert repr(float(page.model.table.values("relative_l2")[row, 2])) in page.readout.text()


def test_a_name_without_room_is_whole_under_the_pointer(page: DriftPage, qtbot: QtBot) -> None:
    cell = point_of(page, "moving/bias", 2)
    qtbot.mouseMove(page.heat.viewport(), QPoint(40, cell.y()))
    assert page.heat.viewport().toolTip() == "moving/bias"
    qtbot.mouseMove(page.heat.viewport(), cell)
    assert page.heat.viewport().toolTip() == ""


def test_the_keyboard_moves_the_cell_and_opens_it(page: DriftPage, qtbot: QtBot) -> None:
    page.heat.setFocus()
    qtbot.keyClick(page.heat, Qt.Key.Key_Home)
    assert page.heat.cell == (0, LAST)  # the first key brings up the cell, at the current snapshot
    for key, cell in (
        (Qt.Key.Key_Down, (1, LAST)),
        (Qt.Key.Key_Left, (1, LAST - 1)),
        (Qt.Key.Key_Home, (1, 0)),
        (Qt.Key.Key_Up, (0, 0)),
        (Qt.Key.Key_Up, (0, 0)),
        (Qt.Key.Key_Right, (0, 1)),
        (Qt.Key.Key_Down, (1, 1)),
    ):
        qtbot.keyClick(page.heat, key)
        assert page.heat.cell == cell
    qtbot.keyClick(page.heat, Qt.Key.Key_Return)
    assert page.model.heat is not None
    assert page.model.opened.name == page.model.heat.lines[1].name
    qtbot.waitUntil(lambda: page.model.at == 1, timeout=20_000)
    qtbot.keyClick(page.heat, Qt.Key.Key_End)
    assert page.heat.cell == (1, LAST)
    assert page.model.at == 1  # only Enter opens


def test_a_layer_folds_by_its_name_and_by_enter(page: DriftPage, qtbot: QtBot) -> None:
    assert page.model.heat is not None
    before = len(page.model.heat.lines)
    line = line_of(page, "moving")
    name = QPoint(20, round(page.heat.rect_of(line, 0).center().y()))
    press = lambda: qtbot.mouseClick(page.heat.viewport(), LEFT, NONE, name)  # noqa: E731
    assert len(redrawn(page, qtbot, press)) == before - 2
    qtbot.keyClick(page.heat, Qt.Key.Key_Down)
    while page.heat.cell is not None and page.heat.cell[0] != line_of(page, "moving"):
        qtbot.keyClick(page.heat, Qt.Key.Key_Down)
    lines = redrawn(page, qtbot, lambda: qtbot.keyClick(page.heat, Qt.Key.Key_Return))
    assert len(lines) == before
    lines = redrawn(page, qtbot, page.collapse_all)
    assert all(line.is_group or len(line.rows) == 1 for line in lines)
    assert len(redrawn(page, qtbot, page.expand_all)) == before


def test_the_filter_of_the_window_filters_the_lines(
    window: MainWindow, page: DriftPage, qtbot: QtBot
) -> None:
    qtbot.keyClicks(window.bar.filter, "bias")

    def is_drawn() -> bool:
        return page.model.heat is not None and page.model.heat.asked.text == "bias"

    qtbot.waitUntil(is_drawn)
    assert page.isVisible()
    assert page.model.heat is not None
    assert all("bias" in line.name for line in page.model.heat.lines if not line.is_group)
    assert "by the filter" in page.about.text()


def test_play_goes_through_the_run_and_stops_at_its_end(page: DriftPage, qtbot: QtBot) -> None:
    click(page, qtbot, "moving/bias", 2)
    seen: list[tuple[int, str]] = []

    def note() -> None:
        at = page.model.at
        seen.append((at, page.tabs.distributions.pair.model.picture.series[-1].label))

    page.model.opened.pair.picture_changed.connect(note)
    qtbot.mouseClick(page.controls.play, LEFT)
    assert page.player.is_playing
    assert "Stop" in page.controls.play.toolTip()
    qtbot.waitUntil(lambda: not page.player.is_playing, timeout=30_000)
    assert page.model.at == LAST
    assert [at for at, _ in seen] == [3, 4, 5]
    assert [label for _, label in seen] == ["step 400", "step 500", "step 600"]
    page.player.toggle()  # from the end it begins again
    qtbot.waitUntil(lambda: page.model.at == 0, timeout=20_000)
    page.player.toggle()
    assert not page.player.is_playing


def test_playing_waits_for_what_is_being_drawn(page: DriftPage, qtbot: QtBot) -> None:
    click(page, qtbot, "moving/bias", 1)
    is_drawn = threading.Event()
    page.player._is_drawn = is_drawn.is_set
    looks = []
    page.player._beat.timeout.connect(lambda: looks.append(page.model.at))
    page.player.toggle()
    qtbot.waitUntil(lambda: looks.count(2) >= 3, timeout=20_000)
    assert page.model.at == 2
    is_drawn.set()
    qtbot.waitUntil(lambda: page.model.at == 3, timeout=20_000)
    page.player.stop()


def test_leaving_the_page_stops_playing(window: MainWindow, page: DriftPage, qtbot: QtBot) -> None:
    page.model.go_to(0)
    qtbot.waitUntil(lambda: page.model.at == 0, timeout=20_000)
    page.player.toggle()
    window.show_page("Overview")
    assert not page.player.is_playing


def test_a_point_of_a_curve_and_of_the_path_goes_to_its_snapshot(
    window: MainWindow, made: Made, qtbot: QtBot
) -> None:
    page = show(window, made("drift.run"), qtbot)
    click(page, qtbot, "moving/bias", 1)
    for tab, pane, target in ((CURVES, page.tabs.curves, 2), (PATH, page.tabs.path, 0)):
        page.tabs.setCurrentIndex(tab)
        qtbot.waitUntil(page.drawn.is_done)
        plot = pane.plot
        where = plot._box.mapViewToScene(QPointF(*plot._points()[target].tolist()))
        qtbot.mouseMove(plot.viewport(), plot.mapFromScene(where))
        qtbot.mouseClick(plot.viewport(), LEFT, NONE, plot.mapFromScene(where))
        at = plot._snapshot_of(target)
        qtbot.waitUntil(lambda at=at: page.model.at == at, timeout=20_000)
    page.tabs.setCurrentIndex(CURVES)
    qtbot.keyClick(page.tabs.curves.plot, Qt.Key.Key_L)
    assert page.tabs.curves.drawing.is_log


@pytest.fixture
def chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """`chosen("a.png")`: the next file dialog answers with that path."""

    def choose(name: str) -> Path:
        path = tmp_path / name
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
        return path

    return choose


@pytest.mark.parametrize("kind", ["png", "svg", "csv"])
def test_every_picture_is_exported(
    window: MainWindow, made: Made, chosen: Callable[[str], Path], kind: str, qtbot: QtBot
) -> None:
    page = show(window, made("drift.run"), qtbot)
    click(page, qtbot, "moving/bias", 1)
    both = page.tabs.distributions
    exports = {
        "heat": page.controls.export_asked,
        "pair": both.pair.export_asked,
        "ridge": both.ridge.export_asked,
        "curves": page.tabs.curves.export_asked,
        "path": page.tabs.path.export_asked,
    }
    for name, asked in exports.items():
        path = chosen(f"{name}.{kind}")
        asked.emit(kind)
        qtbot.waitUntil(path.exists, timeout=20_000)
        content = path.read_bytes()
        if kind == "png":
            assert not QImage.fromData(content).isNull()
        elif kind == "svg":
            assert b"<svg" in content
            assert b"</svg>" in content
        else:
            rows = list(csv.reader(content.decode().splitlines()))
            assert len(rows) > 3
            assert len({len(row) for row in rows}) == 1


def test_a_place_that_can_not_be_written_is_told(
    page: DriftPage, chosen: Callable[[str], Path], qtbot: QtBot
) -> None:
    path = chosen("nowhere/heat.png")
    page.controls.export_asked.emit("png")
    qtbot.waitUntil(lambda: "Not exported" in page.readout.text())
    assert not path.exists()


def test_the_heat_map_is_copied_as_a_table(page: DriftPage, qtbot: QtBot) -> None:
    with qtbot.waitSignal(QGuiApplication.clipboard().dataChanged):
        page.copy_shown()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0].split("\t")[:4] == ["variable", "role", "dtype", "shape"]
    assert any(line.startswith("moving/kernel\tweight\tfloat32\t") for line in lines)


def test_findings_are_on_the_page_and_in_the_window(window: MainWindow, page: DriftPage) -> None:
    page.tabs.setCurrentIndex(FINDINGS)
    on_page = [card.finding for card in page.tabs.findings.cards]
    assert "D01" in [finding.id for finding in on_page]
    assert str(len(on_page)) in page.tabs.tabText(FINDINGS)
    in_window = [card.finding for card in window.bottom.findings.cards]
    assert all(finding in in_window for finding in on_page)


def test_the_exact_path_is_asked_for_where_a_sample_is_told(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    shape, random = (400, 400), np.random.default_rng(3)
    for step in range(4):
        writer = BundleWriter()
        values = random.standard_normal(shape).astype("float32")
        writer.add("net/kernel", 1, shape, values.tobytes())
        writer.write(tmp_path / f"ckpt-{step}")
    page = show(window, tmp_path, qtbot)
    page.tabs.setCurrentIndex(PATH)
    pane = page.tabs.path
    assert "one in 2 of 160,000" in pane.about.text()
    assert pane.exact.isVisible()
    pane.resize(280, 300)
    assert pane.about.heightForWidth(280) > pane.about.fontMetrics().height() * 1.5, "it wraps"
    pane.exact.click()
    assert not pane.exact.isEnabled()
    qtbot.waitUntil(lambda: "from all 160,000" in pane.about.text(), timeout=30_000)
    assert not pane.exact.isVisible()


def slowly(go_on: threading.Event) -> Callable[..., DriftTable]:
    """Measures only when it may go on; until then it can be cancelled."""

    def measure(sources: object, reference: str, ticket: Ticket, exact: bool) -> DriftTable:
        ticket.report(1, 2, "moving/kernel")
        while not go_on.wait(0.01):
            ticket.check()
        return drift(sources, reference, ticket=ticket)  # type: ignore[arg-type]

    return measure


def test_measuring_is_cancelled_half_way_and_taken_up_again(
    window: MainWindow, made: Made, qtbot: QtBot
) -> None:
    go_on = threading.Event()
    session = window.session
    session.doors = replace(session.doors, drift=slowly(go_on))
    with qtbot.waitSignal(session.opened, timeout=30_000):
        session.open(str(made("drift.run")))
    window.show_page("Drift")
    page = window.tabs.page("Drift")
    assert isinstance(page, DriftPage)
    qtbot.waitUntil(page.waiting.isVisible, timeout=20_000)
    qtbot.mouseClick(page.waiting._button, LEFT)
    assert page.model.is_cancelled
    assert not page.waiting.isVisible()
    assert page.empty.sentence.text() == "Measuring was cancelled."
    go_on.set()
    qtbot.mouseClick(page.empty.button, LEFT)
    qtbot.waitUntil(lambda: page.model.table is not None, timeout=30_000)
    assert page.heat.isVisible()
    go_on.clear()
    first = page.model.table
    page.controls.reference.activated.emit(4)  # a chosen snapshot: measured anew
    qtbot.waitUntil(page.waiting.isVisible, timeout=20_000)
    assert page.heat._is_dim
    qtbot.mouseClick(page.waiting._button, LEFT)
    assert page.model.table is first
    assert page.heat._is_dim
    go_on.set()
    qtbot.mouseClick(page.again, LEFT)
    qtbot.waitUntil(lambda: page.model.table is not first, timeout=30_000)
    assert not page.heat._is_dim
    assert not page.again.isVisible()


def test_a_new_snapshot_arrives_while_training_goes_on(
    window: MainWindow, made: Made, tmp_path: Path, qtbot: QtBot
) -> None:
    run = tmp_path / "run"
    shutil.copytree(made("drift.run"), run)
    page = show(window, run, qtbot)
    click(page, qtbot, "moving/bias", 2)
    first = page.model.table
    assert first is not None
    for part in (".data-00000-of-00001", ".index"):  # the index last, by a rename, as in a save
        shutil.copy(run / f"ckpt-600{part}", run / f".new{part}")
        (run / f".new{part}").rename(run / f"ckpt-700{part}")
    qtbot.waitUntil(lambda: page.model.table is not first, timeout=30_000)
    assert page.model.table is not None
    assert [each.step for each in page.model.table.snapshots][-2:] == [600, 700]
    assert page.model.opened.name == "moving/bias"
    assert page.model.at == 2
    qtbot.waitUntil(lambda: not page.model.opened.is_drawing, timeout=20_000)
    assert len(page.tabs.distributions.ridge.model.picture.series) == 7


def test_closing_the_run_empties_the_page(page: DriftPage, qtbot: QtBot) -> None:
    session = page.model.session
    assert session.current is not None
    session.close(session.current)
    assert page.model.table is None


def test_another_scheme_repaints_the_page(
    window: MainWindow, page: DriftPage, qtbot: QtBot
) -> None:
    from tfinspector.views.theme import Mode

    window.use_scheme(Mode.LIGHT)
    click(page, qtbot, "moving/bias", 2)
    light = page.grab().toImage()
    window.use_scheme(Mode.DARK)
    dark = page.grab().toImage()
    window.use_scheme(Mode.LIGHT)
    assert dark.pixelColor(2, 2).lightness() < 128 < light.pixelColor(2, 2).lightness()


def test_distributions_are_in_front_until_another_tab_is_chosen(page: DriftPage) -> None:
    assert page.tabs.currentIndex() == DISTRIBUTIONS
    assert page.tabs.empty.isVisible()


def test_layers_that_repeat_are_a_matrix_that_opens_and_is_exported(
    window: MainWindow, made: Made, chosen: Callable[[str], Path], qtbot: QtBot
) -> None:
    page = show(window, made("repeated_layers.run"), qtbot)
    page.tabs.setCurrentIndex(LAYERS)
    pane = page.tabs.layers
    qtbot.mouseMove(pane.view, QPoint(1, 1))  # what is still to be laid out is by then
    assert pane.matrix is not None
    assert pane.matrix.layers == ("block_1", "block_2", "block_3")
    kinds = pane.matrix.kinds
    cell = pane.view.rect_of(1, kinds.index("kernel")).center().toPoint()
    qtbot.mouseMove(pane.view, cell)
    assert "block_2/kernel" in pane.readout.text()
    qtbot.mouseClick(pane.view, LEFT, NONE, cell)
    assert page.model.opened.name == "block_2/kernel"
    qtbot.keyClick(pane.view, Qt.Key.Key_Down)
    qtbot.keyClick(pane.view, Qt.Key.Key_Return)
    assert page.model.opened.name == "block_3/kernel"
    for kind in ("png", "svg", "csv"):
        path = chosen(f"layers.{kind}")
        pane.export_asked.emit(kind)
        qtbot.waitUntil(path.exists, timeout=20_000)
    assert path.read_text().splitlines()[0] == ",".join(("layer", *kinds))
    qtbot.waitUntil(lambda: not page.model.opened.is_drawing, timeout=20_000)
