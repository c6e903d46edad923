"""Verify on the page Signatures, as a person uses it, with the real TensorFlow."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from tests.looking import session
from tests.views.test_signatures_page import choose, page
from tfinspector.contents.calls import InputKind
from tfinspector.contents.verifications import VerifyReport
from tfinspector.viewmodels.preferences import Preferences
from tfinspector.viewmodels.session import Session
from tfinspector.viewmodels.verify.form import VerifyKind
from tfinspector.viewmodels.verify.words import text_of
from tfinspector.views.signatures.page import SignaturesPage

__all__ = ["page", "session"]
_LONG_MS = 180_000
Pair = Callable[..., Path]


@pytest.fixture
def pair(session: Session, made: Callable[[str], Path], qtbot: QtBot) -> Pair:
    """`pair("checkpoints/exported-1", "exported")`: opens them; the last one is current."""

    def open_them(*parts: str) -> Path:
        place = made("calls.pair")
        for part in parts:
            task = session.open(str(place / part))
            qtbot.waitUntil(lambda task=task: bool(task.state.is_over), timeout=20_000)
            assert task.finding is None
        return place

    return open_them


def verify(page: SignaturesPage, qtbot: QtBot) -> VerifyReport:
    assert not page.verifying.why_not
    qtbot.mouseClick(page.calls.verify_form.verify, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.verifying.task is None, timeout=_LONG_MS)
    report = page.verifying.result
    assert isinstance(report, VerifyReport), report
    return report


def test_the_check_of_a_tutorial_is_one_click(
    page: SignaturesPage, pair: Pair, qtbot: QtBot
) -> None:
    place = pair("checkpoints/exported-1", "exported")
    preferences = Preferences(fresh=True)
    preferences.set_restore(
        str(place / "exported"), {"factory": f"{place / 'factory.py'}:build", "partial": "True"}
    )
    page.recall(preferences)
    choose(page, "serving_default")
    qtbot.mouseClick(page.calls.switch["Verify"], Qt.MouseButton.LeftButton)
    form, outcome = page.calls.verify_form, page.calls.verify_outcome
    assert form.factory.text().endswith("factory.py:build"), "as the page Restore has it"
    assert form.b.currentText() == "exported-1"
    assert not page.calls.outcome.isVisible()

    report = verify(page, qtbot)
    [(icon, role, words)] = outcome.verdict.shown
    assert report.outputs[0].close
    if report.equal:
        assert (icon, role) == ("proved", "proved")
        assert "tf.reduce_all(tf.equal(a, b)) is True" in words
    else:
        assert (icon, role) == ("info", "attention")
        assert "tf.reduce_all(tf.equal(a, b)) is False" in words
    assert {row[0] for row in outcome.table.shown} == {"output_0", "output_1"}
    assert "tf.reduce_all(tf.equal(a, b))" in page.card.code.toPlainText()
    page.calls.switch["Run"].click()
    assert "tf.equal" not in page.card.code.toPlainText()
    page.calls.switch["Verify"].click()
    kept = preferences.restore_of(str(place / "exported"))
    assert (kept["factory"], kept["partial"]) == (f"{place / 'factory.py'}:build", "True")

    form.tolerance.setText("1e-5")
    form.tolerance.textEdited.emit("1e-5")
    assert verify(page, qtbot).equal
    assert outcome.verdict.shown[0][1] == "proved"
    qtbot.mouseClick(outcome.copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == text_of(page.verifying.result)
    form.tolerance.setText("much")
    form.tolerance.textEdited.emit("much")
    assert form.problem.isVisible()
    assert "1e-5" in form.problem.text()


def test_a_model_with_other_values_is_told_apart(
    page: SignaturesPage, pair: Pair, qtbot: QtBot
) -> None:
    place = pair("checkpoints/other-1", "other", "exported")
    choose(page, "serving_default")
    page.calls.switch["Verify"].click()
    page.running.fill_in(0, kind=InputKind.ONES, sizes="3")
    page.verifying.fill_in(factory=f"{place / 'factory.py'}:build")
    report = verify(page, qtbot)
    assert [one.origin for one in report.given] == ["ones", "random"]
    assert report.given[0].shape[0] == 3
    outcome = page.calls.verify_outcome
    assert outcome.verdict.shown[0][:2] == ("error", "wrong")
    assert outcome.cards[0].finding.id in ("R04", "S06")

    page.verifying.ask(kind=VerifyKind.MODEL)
    assert page.verifying.asked.b is not None
    assert page.verifying.asked.b.label == "other"
    assert page.verifying.result is None, "another comparison has its own outcome"


def test_the_cpu_split_in_two_stands_in_for_another_device(
    page: SignaturesPage, pair: Pair, qtbot: QtBot
) -> None:
    pair("exported")
    choose(page, "serving_default")
    page.calls.switch["Verify"].click()
    page.verifying.ask(kind=VerifyKind.DEVICE)
    form = page.calls.verify_form
    assert form.device.isVisible()
    assert not form.factory.isVisible()
    assert page.verifying.asked.device == "CPU:1"
    report = verify(page, qtbot)
    assert report.devices == ("CPU:0", "CPU:1")
    assert report.equal
    assert {row[0] for row in page.calls.verify_outcome.table.shown} == {
        "output_0 on CPU:1", "output_1 on CPU:1",
    }  # fmt: skip


def test_two_snapshots_of_a_run_through_the_factory(
    page: SignaturesPage, pair: Pair, qtbot: QtBot
) -> None:
    place = pair("checkpoints/exported-1", "checkpoints/other-1")
    assert page.calls.verify_form.isVisible()
    assert not page.list.isVisible()
    assert not page.calls.switch["Run"].isVisible()
    assert page.root.shown[0][2].startswith("Only a SavedModel has signatures. ")
    assert not page.card.code.isVisible(), "there is nothing to write yet"
    page.verifying.fill_in(factory=f"{place / 'factory.py'}:build")
    a, b = page.verifying.others
    page.verifying.ask(a=a, b=a)
    assert "one and the same" in page.verifying.why_not
    page.verifying.ask(a=a, b=b)
    report = verify(page, qtbot)
    assert len(report.restores) == 2
    changes = [each.max_rel for each in report.outputs]
    assert changes == sorted(changes, reverse=True)
    assert page.calls.verify_outcome.verdict.shown[0][1] == "wrong"
    assert page.card.code.isVisible()
