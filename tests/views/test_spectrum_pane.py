"""The Spectrum tab as a person uses it: nothing is computed before the button is pressed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from tests.looking import choice_of, choose, opened, session
from tfinspector.contents import numbers
from tfinspector.contents.findings import Finding, Fix, Severity, Unreadable
from tfinspector.engine.jobs import Ticket
from tfinspector.viewmodels.session import Session
from tfinspector.views.inspector.spectrum_pane import SpectrumPane

__all__ = ["opened", "session"]
Made = Callable[[str], Path]


@pytest.fixture
def pane(session: Session, qtbot: QtBot) -> SpectrumPane:
    made = SpectrumPane(session)
    qtbot.addWidget(made)
    made.resize(360, 560)
    with qtbot.waitExposed(made):
        made.show()
    return made


@pytest.fixture
def ready(session: Session, made: Made, qtbot: QtBot) -> Session:
    """The run of `makers/drift` is open."""
    task = session.open(str(made("drift.run")))
    qtbot.waitUntil(lambda: task.state.is_over, timeout=20_000)
    return session


def compute(pane: SpectrumPane, qtbot: QtBot) -> None:
    assert pane.empty.button.text() == "Compute"
    qtbot.mouseClick(pane.empty.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not pane.model.is_missing, timeout=20_000)


def values_of(session: Session, name: str, snapshot: str | None = None) -> np.ndarray[Any, Any]:
    choice = choice_of(session, name, snapshot)
    stored = choice.source.reader(choice.snapshot).read(choice.variable.key)
    matrix = stored.astype(np.float64).reshape(-1, stored.shape[-1])
    return np.linalg.svd(matrix, compute_uv=False)


def test_without_a_matrix_it_says_why(pane: SpectrumPane, ready: Session, qtbot: QtBot) -> None:
    assert "Choose a matrix" in pane.empty.sentence.text()
    choose(ready, "frozen/bias")
    assert pane.empty.sentence.text() == "frozen/bias has no spectrum: it is no matrix."
    assert not pane.empty.button.isVisible()


def test_a_matrix_is_computed_when_asked(pane: SpectrumPane, ready: Session, qtbot: QtBot) -> None:
    choose(ready, "frozen/kernel")
    assert not pane.plot.isVisible()
    compute(pane, qtbot)
    assert pane.plot.isVisible()
    true = values_of(ready, "frozen/kernel")
    [line] = pane.model.lines
    assert line.spectrum.values == pytest.approx(true, abs=1e-12)
    assert pane.figures.shown[0][1] == numbers.four(float(true[0]))
    assert pane.notes.text().startswith("8 singular values, ±")
    pane.copy_shown()
    copied = QGuiApplication.clipboard().text().split()
    assert [float(each) for each in copied[3::2]] == pytest.approx(true.tolist(), abs=1e-12)
    choose(ready, "frozen/bias")
    choose(ready, "frozen/kernel")
    assert pane.plot.isVisible()
    assert pane.model.task is None


def test_a_convolution_is_taken_as_a_matrix(
    pane: SpectrumPane, opened: Callable[[str], Session], qtbot: QtBot
) -> None:
    session = opened("run/ckpt-300")
    choose(session, "module/conv")
    compute(pane, qtbot)
    [line] = pane.model.lines
    assert line.spectrum.values == pytest.approx(values_of(session, "module/conv"), abs=1e-9)
    axes = numbers.shape(session.chosen[0].variable.shape)
    assert f"{axes} taken as {line.spectrum.rows} x " in pane.extent.text()


def test_along_the_run_with_a_snapshot_that_holds_nan(
    pane: SpectrumPane, ready: Session, qtbot: QtBot
) -> None:
    choose(ready, "moving/kernel")
    compute(pane, qtbot)
    assert pane.model.lines == []
    assert "it holds NaN or infinity." in pane.notes.text()
    pane.along.setChecked(True)
    compute(pane, qtbot)
    labels = [line.label for line in pane.model.lines]
    assert labels == [f"step {step}00" for step in range(1, 5)]
    assert ready.current is not None
    for line, snapshot in zip(pane.model.lines, ready.current.source.snapshots, strict=False):
        true = values_of(ready, "moving/kernel", snapshot.path)
        assert line.spectrum.values == pytest.approx(true, abs=1e-9)
    assert [row[0] for row in pane.figures.shown] == labels
    for step in (500, 600):
        assert f"step {step}: it holds NaN or infinity." in pane.notes.text()


def test_the_pointer_tells_a_value(pane: SpectrumPane, ready: Session, qtbot: QtBot) -> None:
    choose(ready, "frozen/kernel")
    compute(pane, qtbot)
    box = pane.plot.getItem(0, 0).getViewBox()
    at = box.mapViewToScene(QPointF(2, box.viewRange()[1][0]))
    pane.plot._on_moved(at)
    second = values_of(ready, "frozen/kernel")[1]
    assert pane.readout.text() == f"No. 2: {numbers.four(float(second))}"
    pane.plot._on_moved(QPointF(-50, -50))
    assert pane.readout.text().startswith("Wheel zooms")


def test_cancel_and_failure_leave_the_button(
    pane: SpectrumPane, ready: Session, qtbot: QtBot
) -> None:
    doors, has_begun = ready.doors, threading.Event()

    def slow(source: Any, snapshot: Any, variable: Any, ticket: Ticket) -> Any:
        has_begun.set()
        while True:
            ticket.check()

    def refuse(*_: object) -> Any:
        raise Unreadable(Finding("F05", Severity.ERROR, "It is gone.", fix=Fix("Copy it.")))

    choose(ready, "frozen/kernel")
    ready.doors = replace(doors, spectrum=slow)
    qtbot.mouseClick(pane.empty.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(has_begun.is_set, timeout=20_000)
    qtbot.waitUntil(pane.waiting.isVisible)
    pane.waiting.cancelled.emit()
    assert pane.empty.button.isVisible()
    ready.doors = replace(doors, spectrum=refuse)
    qtbot.mouseClick(pane.empty.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "It is gone." in pane.notes.text(), timeout=20_000)
    ready.doors = doors
    compute(pane, qtbot)
    assert pane.plot.isVisible()


def test_what_was_closed_is_forgotten(
    pane: SpectrumPane, ready: Session, made: Made, qtbot: QtBot
) -> None:
    choose(ready, "frozen/kernel")
    compute(pane, qtbot)
    assert ready.current is not None
    ready.close(ready.current)
    assert pane.model.lines == []
    task = ready.open(str(made("drift.run")))
    qtbot.waitUntil(lambda: task.state.is_over, timeout=20_000)
    choose(ready, "frozen/kernel")
    assert pane.empty.button.text() == "Compute"
    assert pane.model.is_missing
