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
from tfinspector.views.signatures_page import SignaturesPage

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

    page.running.fill_in(0, argument=str(tmp_path / "none.npy"))
    press_run(page, qtbot)
    assert "No such file" in page.calls.outcome.cards[0].finding.title
    choose(page, "count")
    assert page.calls.outcome.cards == [], "another signature has its own outcome"
