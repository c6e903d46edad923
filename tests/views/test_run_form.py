"""The form that calls a signature, as a person uses it, with the real TensorFlow."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.looking import opened, session
from tests.views.test_signatures_page import choose, page
from tfinspector.contents.calls import CallReport, InputKind
from tfinspector.contents.reports import WorkerState
from tfinspector.viewmodels.session import Session
from tfinspector.views.signatures.page import SignaturesPage

__all__ = ["opened", "page", "session"]
_LONG_MS = 180_000


@pytest.fixture
def ready(page: SignaturesPage, opened: Callable[[str], Session], qtbot: QtBot) -> SignaturesPage:
    """The page on a model, with a worker that can be asked."""
    session = opened("model")
    session.worker.start()
    qtbot.waitUntil(lambda: session.worker.state is WorkerState.READY, timeout=_LONG_MS)
    choose(page, "serving_default")
    return page


def press_run(page: SignaturesPage, qtbot: QtBot) -> None:
    qtbot.mouseClick(page.calls.form.run, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.running.task is None, timeout=_LONG_MS)


def test_without_a_worker_it_says_why(
    page: SignaturesPage, opened: Callable[[str], Session]
) -> None:
    opened("model")
    choose(page, "serving_default")
    assert not page.calls.form.run.isEnabled()
    assert page.calls.form.problem.isVisible()
    assert page.calls.form.problem.text() == page.calls.form.run.toolTip()
    assert not page.calls.outcome.table.isVisible()
    assert not page.calls.outcome.save.isVisible()


def test_a_line_for_each_input_with_what_it_needs(
    page: SignaturesPage, opened: Callable[[str], Session]
) -> None:
    opened("model")
    choose(page, "serving_default")
    [row] = page.calls.form.rows
    assert (row.name.text(), row.type.text()) == ("x", "float32, ? x 4")
    assert row.sizes.isVisible()
    assert not row.argument.isVisible()
    row.kind.setCurrentIndex(row.kind.findText("Array file"))
    row.kind.activated.emit(row.kind.currentIndex())
    assert page.running.lines[0].kind is InputKind.FILE
    assert row.argument.isVisible()
    assert row.browse.isVisible()
    assert not row.sizes.isVisible()


def test_a_call_its_outputs_and_what_is_wrong_with_another(
    ready: SignaturesPage, session: Session, tmp_path: Path, qtbot: QtBot
) -> None:
    page = ready
    [row] = page.calls.form.rows
    row.sizes.setText("3")
    row.sizes.textEdited.emit("3")
    page.calls.form.repeat.setValue(4)
    press_run(page, qtbot)
    report = page.running.result
    assert isinstance(report, CallReport)
    assert page.calls.outcome.said.text().startswith("Took ")
    assert "the median of 4 calls" in page.calls.outcome.said.text()
    table = page.calls.outcome.table
    assert [table.item(0, column).text() for column in range(3)] == ["score", "float32", "3 x 2"]
    [choice] = session.chosen
    assert choice.variable.name == "score", "the inspector shows its histogram and values"

    task = page.running.save(str(tmp_path / "out"))
    assert task is not None
    qtbot.waitUntil(lambda: task.state.is_over, timeout=_LONG_MS)
    saved = np.load(tmp_path / "out" / "score.npy")
    np.testing.assert_array_equal(saved, report.outputs[0].values)

    np.save(tmp_path / "wide.npy", np.zeros((2, 7)))
    page.running.fill_in(0, kind=InputKind.FILE, argument=str(tmp_path / "wide.npy"))
    press_run(page, qtbot)
    [card] = page.calls.outcome.cards
    assert card.finding.id == "S06"
    assert "float64 [2 x 7]" in card.finding.title
    assert not table.isVisible()

    row.kind.setCurrentIndex(row.kind.findText("Typed values"))
    row.kind.activated.emit(row.kind.currentIndex())
    assert row.values.isVisible()
    assert not row.argument.isVisible()
    row.values.setPlainText("1, 2, 3, 4\n5, 6, 7, 8")
    press_run(page, qtbot)
    report = page.running.result
    assert isinstance(report, CallReport)
    assert report.outputs[0].shape == (2, 2)

    page.running.fill_in(0, kind=InputKind.FILE, argument=str(tmp_path / "none.npy"))
    press_run(page, qtbot)
    assert "No such file" in page.calls.outcome.cards[0].finding.title
    choose(page, "count")
    assert page.calls.outcome.cards == [], "another signature has its own outcome"


def test_the_call_form_of_a_function_is_chosen(
    page: SignaturesPage, session: Session, made: Callable[[str], Path], qtbot: QtBot
) -> None:
    session.worker.start()
    with qtbot.waitSignal(session.opened, timeout=_LONG_MS):
        session.open(str(made("calls.forms") / "model"))
    qtbot.waitUntil(lambda: session.worker.state is WorkerState.READY, timeout=_LONG_MS)
    choose(page, "__call__")
    form = page.calls.form
    assert form.form.isVisible()
    texts = [form.form.box.itemText(at) for at in range(form.form.box.count())]
    assert texts[0] == "1: x: float32[2, 3], training=True"
    assert form.form.box.currentIndex() == 1, "the usual one is not that for training"
    assert "training=False" in page.card.code.toPlainText()
    press_run(page, qtbot)
    report = page.running.result
    assert isinstance(report, CallReport)
    assert {one.name: one.shape for one in report.outputs}["y"] == (2, 3)

    form.form.box.setCurrentIndex(2)
    form.form.box.activated.emit(2)
    assert form.rows[0].type.text() == "float32, 2 x 3 x 4"
    assert page.running.result is None, "another form has its own outcome"
    press_run(page, qtbot)
    report = page.running.result
    assert isinstance(report, CallReport)
    assert {one.name: one.shape for one in report.outputs}["y"] == (2, 3, 4)

    choose(page, "nested")
    assert [row.name.text() for row in form.rows] == [
        "features/a", "features/deep/b/0", "pair/0", "pair/1",
    ]  # fmt: skip
    press_run(page, qtbot)
    assert isinstance(page.running.result, CallReport)
    assert page.running.result.done
