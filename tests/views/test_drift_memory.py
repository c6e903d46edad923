"""How a run is looked at on the page Drift is the same at the next start."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tfinspector.contents.drift_metrics import METRICS, Reference
from tfinspector.viewmodels.drift.colours import Colouring
from tfinspector.viewmodels.drift.lines import Asked, Order
from tfinspector.viewmodels.drift.memory import asked_of, looks_of
from tfinspector.viewmodels.preferences import Preferences
from tfinspector.viewmodels.session import Session
from tfinspector.views.drift.page import DriftPage
from tfinspector.views.drift.tabs import CURVES, DISTRIBUTIONS
from tfinspector.views.window.main_window import MainWindow

Made = Callable[[str], Path]
Start = Callable[[Path], DriftPage]


@pytest.fixture
def start(qtbot: QtBot) -> Iterator[Start]:
    """`start(run)`: a window of a new start, with the page Drift of that run in front."""
    begun: list[tuple[Session, MainWindow]] = []

    def begin(path: Path) -> DriftPage:
        session = Session()
        window = MainWindow(session, Preferences())
        begun.append((session, window))
        qtbot.addWidget(window)
        with qtbot.waitExposed(window):
            window.show()
        window.show_page("Drift")
        session.open(str(path))
        qtbot.waitUntil(lambda: session.current is not None, timeout=30_000)
        page = window.tabs.page("Drift")
        assert isinstance(page, DriftPage)
        qtbot.waitUntil(lambda: page.model.heat is not None, timeout=30_000)
        qtbot.waitUntil(lambda: not page.model.opened.is_drawing, timeout=30_000)
        return page

    yield begin
    for session, window in begun:
        window.close()
        assert session.shut_down()
        session.deleteLater()


def test_the_next_start_shows_the_run_as_it_was_left(
    start: Start, made: Made, qtbot: QtBot
) -> None:
    page = start(made("drift.run"))
    model = page.model
    assert model.table is not None
    model.ask(metric="cosine", order=Order.NEWEST, grouped=False, weights_only=False,
              colouring=Colouring.LINEAR, is_robust=False)  # fmt: skip
    model.refer_to(model.table.snapshots[2].path)
    qtbot.waitUntil(lambda: model.table is not None and model.table.anchor == 2, timeout=30_000)
    model.open_cell(model.table.row_of("moving/bias"), 3)
    qtbot.waitUntil(lambda: model.at == 3, timeout=20_000)
    with qtbot.waitSignal(model.session.chosen_changed):
        model.open_cell(model.table.row_of("dead/kernel"), 3, add=True)
    page.tabs.setCurrentIndex(CURVES)
    page.tabs.curves.what.setCurrentText("Norm")
    page.tabs.distributions.scale.setCurrentText("Symlog")
    page.tabs.distributions.arrangement.setCurrentText("Overlay")
    left, chosen = model.asked, model.chosen_names
    page.window().close()

    again = start(made("drift.run"))
    assert again.model.asked == left
    assert again.model.table is not None
    assert again.model.table.anchor == 2
    assert again.model.opened.name == "dead/kernel"
    qtbot.waitUntil(lambda: again.model.chosen_names == chosen)
    assert again.tabs.currentIndex() == CURVES
    assert again.tabs.curves.curves is not None
    assert again.tabs.curves.curves.title.startswith("Norm")
    assert again.tabs.distributions.scale.currentText() == "Symlog"
    assert again.tabs.distributions.ridge.model.options.arrangement == "overlay"
    assert again.controls.what.currentText() == "cosine similarity"
    assert again.controls.colourings[Colouring.LINEAR].isChecked()


def test_another_run_takes_over_how_to_look_but_not_at_what(
    start: Start, made: Made, qtbot: QtBot
) -> None:
    page = start(made("drift.run"))
    model = page.model
    assert model.table is not None
    model.ask(metric="norm")
    model.refer_to(Reference.PREVIOUS)
    with qtbot.waitSignal(model.session.chosen_changed):
        model.open_cell(model.table.row_of("moving/bias"), 3)
    page.window().close()
    other = start(made("pictures.run") / "run")
    assert other.model.asked == Asked(metric="norm")
    assert other.model.opened.name == ""
    assert other.tabs.currentIndex() == DISTRIBUTIONS


@pytest.mark.parametrize("metric", [metric.name for metric in METRICS])
@pytest.mark.parametrize("order", Order)
def test_what_is_asked_is_kept_in_words(metric: str, order: Order) -> None:
    asked = Asked(metric, order=order, grouped=False, is_robust=False, colouring=Colouring.LOG)
    assert asked_of(looks_of(asked), Asked()) == asked


def test_words_without_sense_change_nothing() -> None:
    odd = {"metric": "luck", "order": "chaos", "colouring": "neon"}
    assert asked_of(odd, Asked()) == Asked()
    assert asked_of({}, Asked(grouped=False)) == Asked(grouped=False)
