"""The Signatures page as a person uses it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from tests.looking import opened, session
from tfinspector.contents.findings import Severity
from tfinspector.viewmodels.session import Session
from tfinspector.views.signatures.page import SignaturesPage
from tfinspector.views.widgets.finding_card import SIGNS

__all__ = ["opened", "session"]


@pytest.fixture
def page(session: Session, qtbot: QtBot) -> SignaturesPage:
    made = SignaturesPage(session)
    qtbot.addWidget(made)
    made.resize(704, 560)
    with qtbot.waitExposed(made):
        made.show()
    return made


def choose(page: SignaturesPage, name: str) -> None:
    item = page.list.findItems(name, Qt.MatchFlag.MatchExactly)[0]
    page.list.setCurrentItem(item)
    QApplication.processEvents()  # a layout shows what was added to it with the next event


def told(page: SignaturesPage) -> list[str]:
    return [label.text() for label in page.card.findChildren(QLabel) if label.isVisible()]


def test_a_checkpoint_says_why_there_is_nothing(
    page: SignaturesPage, opened: Callable[[str], Session]
) -> None:
    assert page.empty.sentence.text() == "Open a SavedModel to see how to call it."
    opened("run/ckpt-300")
    assert page.empty.isVisible()
    assert page.empty.sentence.text().startswith("Only a SavedModel has signatures. ")


def test_beside_the_list_the_form_is_whole(
    page: SignaturesPage, opened: Callable[[str], Session]
) -> None:
    opened("model")
    choose(page, "serving_default")
    page.resize(610, 560)
    QApplication.processEvents()
    assert page.list.y() == page.card.y(), "side by side"
    assert page.card.horizontalScrollBar().maximum() == 0
    assert page.list.horizontalScrollBar().maximum() == 0


def test_a_signature_shows_types_shapes_and_code(
    page: SignaturesPage, opened: Callable[[str], Session]
) -> None:
    opened("model")
    choose(page, "serving_default")
    words = told(page)
    assert "? x 4" in words
    assert "float32" in words
    assert 'loaded.signatures["serving_default"]' in page.card.code.toPlainText()


def test_a_function_shows_its_call_forms(
    page: SignaturesPage, opened: Callable[[str], Session]
) -> None:
    opened("model")
    choose(page, "score")
    words = told(page)
    assert "Call form 2" in words
    assert any("doubled=True" in text for text in words)
    assert "loaded.score" in page.card.code.toPlainText()


def test_the_code_is_copied(
    page: SignaturesPage, opened: Callable[[str], Session], qtbot: QtBot
) -> None:
    opened("model")
    choose(page, "count")
    qtbot.mouseClick(page.card.copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == page.model.code


def test_headings_cannot_be_chosen_and_the_root_is_told_about(
    page: SignaturesPage, opened: Callable[[str], Session]
) -> None:
    session = opened("model")
    heading = page.list.item(0)
    assert heading.text() == "Signatures (serve)"
    assert heading.flags() == Qt.ItemFlag.NoItemFlags
    assert session.current is not None
    findings = session.findings_of(session.current)
    told = [finding for finding in findings if finding.title == page.root.shown[0][2]]
    severity = told[0].severity if told else Severity.INFO
    assert page.root.shown[0][0] == SIGNS[severity][0], "elsewhere it is shown as another sign"


def test_load_waits_for_the_worker_and_says_so(
    page: SignaturesPage, opened: Callable[[str], Session]
) -> None:
    opened("model")
    assert not page.load.isEnabled()
    assert "not ready" in page.load.toolTip()


def test_another_model_with_fewer_entries_takes_the_place_of_the_first(
    page: SignaturesPage, session: Session, made: Callable[[str], Path], qtbot: QtBot
) -> None:
    for part in ("everything", "only_call", "everything"):
        task = session.open(str(made(f"saved_models.{part}") / "model"))
        qtbot.waitUntil(lambda task=task: bool(task.state.is_over), timeout=20_000)
        page.list.setCurrentRow(page.list.count() - 1)
        assert page.model.chosen is page.model.entries[-1]
    page.resize(500, 600)
    assert page.list.width() == page.card.width(), "where there is little room, one above the other"
