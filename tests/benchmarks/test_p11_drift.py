"""P11 on the page Drift: a run of 200 snapshots with 10,000 variables is shown, sorted, hovered."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from tests.benchmarks.heart import TARGET_MS
from tests.benchmarks.targets import is_near
from tests.benchmarks.test_p11_blocking import Blocks
from tests.conftest_qt import begin, nothing_dangles, own_folders
from tests.viewmodels.made_up import Worlds, run, variable
from tfinspector.contents.drift_metrics import ERRORS, OWN_FIGURES, PAIR_FIGURES, Reference
from tfinspector.contents.drifts import DriftRow, DriftTable, Floats
from tfinspector.contents.sources import Source
from tfinspector.viewmodels.doors import Doors
from tfinspector.viewmodels.drift.lines import Order
from tfinspector.viewmodels.jobs import share_fairly
from tfinspector.viewmodels.session import Session
from tfinspector.views.drift.page import DriftPage
from tfinspector.views.drift.tabs import CURVES, LAYERS

__all__ = ["begin", "nothing_dangles", "own_folders"]

_VARIABLES, _SNAPSHOTS = 10_000, 200
_KINDS = ("query/kernel", "query/bias", "key/kernel", "key/bias", "output/kernel")


def table_of(source: Source) -> DriftTable:
    """Figures of every variable at every snapshot; one array stands for all figures of a kind."""
    assert source.checkpoint is not None
    count = len(source.snapshots)
    rows = tuple(
        DriftRow(each.name, each.role, True, each.dtype, each.shape, (each.key,) * count,
                 (each.name,) * count)
        for each in source.checkpoint.variables
    )  # fmt: skip
    shape = len(rows), count
    random = np.random.default_rng(3)
    spread: Floats = np.exp(3 * random.standard_normal(shape))
    spread[:, 0] = 0
    none, there = np.zeros(shape), np.ones(shape, dtype=bool)
    own = dict.fromkeys(OWN_FIGURES, spread) | dict.fromkeys(("nan", "posinf", "neginf"), none)
    pairs = dict.fromkeys((*PAIR_FIGURES, *ERRORS.values()), spread)
    chained = there.copy()
    chained[:, 0] = False
    return DriftTable(
        source.snapshots, rows, 0, Reference.FIRST, there, own, pairs, pairs, there, chained,
        1e-6, {},
    )  # fmt: skip


@pytest.mark.benchmark_target
@pytest.mark.qt_log_ignore("does not support propagateSizeHints")
def test_a_large_run_never_holds_the_window_up(
    begin: Callable[[Doors], Session], qtbot: QtBot, capsys: pytest.CaptureFixture[str]
) -> None:
    share_fairly()
    names = [
        f"model/block_{at // len(_KINDS)}/{_KINDS[at % len(_KINDS)]}" for at in range(_VARIABLES)
    ]
    made = run("/made/up", range(_SNAPSHOTS), [variable(name) for name in names])
    table = table_of(made.source)
    session = begin(Worlds(made).doors(drift=lambda sources, reference, ticket, is_exact: table))
    session.queue.pause()
    page = DriftPage(session)
    qtbot.addWidget(page)
    page.resize(900, 800)
    page.show()
    model, blocks = page.model, Blocks(qtbot)
    drawn: list[int] = []
    model.heat_changed.connect(lambda: drawn.append(len(drawn)))

    def step(what: str, act: Callable[[], object]) -> None:
        before = len(drawn)
        blocks.until(what, act, lambda: len(drawn) > before and not session.tasks.is_busy)

    def hover() -> None:
        for y in range(10, 200, 10):
            qtbot.mouseMove(page.heat.viewport(), QPoint(400, y))

    for tab in (LAYERS, CURVES):
        page.tabs.setCurrentIndex(tab)
        blocks.until("opening", lambda: session.open("/made/up"), lambda: model.heat is not None)
        for order in reversed(Order):
            step(f"sorting {order}", lambda order=order: model.ask(order=order))  # type: ignore[misc]
        for metric in ("norm", "norm_change", "cosine", "relative_l2"):
            step(f"metric {metric}", lambda metric=metric: model.ask(metric=metric))  # type: ignore[misc]
            blocks.until(f"hovering {metric}", hover, lambda: True)
        step("reference", lambda: model.refer_to(Reference.PREVIOUS))
        step("reference", lambda: model.refer_to(Reference.FIRST))
        for text in ("query", "qu 12", ""):
            step("filtering", lambda text=text: page.set_filter(text))  # type: ignore[misc]
        step("folding all", page.collapse_all)
        step("unfolding all", page.expand_all)
        step("grouping", lambda: model.ask(grouped=False))
        step("grouping", lambda: model.ask(grouped=True))
        for at in (3, 150, 199):
            blocks.until("another snapshot", lambda at=at: model.go_to(at),  # type: ignore[misc]
                         lambda at=at: model.at == at)  # type: ignore[misc]  # fmt: skip
        blocks.until("opening a cell", lambda: model.open_cell(7, 5), lambda: model.at == 5)
        blocks.until("a key", lambda: qtbot.keyClick(page.heat, Qt.Key.Key_Down), lambda: True)
        blocks.until("closing", lambda: session.close(session.sources[0]), lambda: not model.heat)
    blocks.say(capsys)
    assert is_near(max(blocks.took.values()), TARGET_MS, at_most=True)
