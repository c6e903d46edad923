"""The page Trust as a person uses it: on real SavedModels, nothing of which is executed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from tests.looking import opened, session
from tfinspector.contents.findings import Finding, Fix, Severity, Unreadable
from tfinspector.contents.trust import TrustReport
from tfinspector.engine.jobs import Ticket
from tfinspector.engine.opening import OpenSource
from tfinspector.viewmodels.session import Session
from tfinspector.views.trust.page import TrustPage

__all__ = ["opened", "session"]


@pytest.fixture
def page(session: Session, qtbot: QtBot) -> TrustPage:
    made = TrustPage(session)
    qtbot.addWidget(made)
    made.resize(760, 560)
    with qtbot.waitExposed(made):
        made.show()
    return made


def show(page: TrustPage, session: Session, path: Path, qtbot: QtBot) -> None:
    task = session.open(str(path))
    qtbot.waitUntil(lambda: task.state.is_over and page.model.answer is not None, timeout=20_000)


def test_without_a_source_it_says_what_to_open(page: TrustPage) -> None:
    assert page.empty.isVisible()
    assert "SavedModel" in page.empty.sentence.text()


def test_what_reaches_out_is_shown_with_its_callers(
    page: TrustPage, session: Session, made: Callable[[str], Path], qtbot: QtBot
) -> None:
    show(page, session, made("trusting.reaching") / "model", qtbot)
    assert [card.finding.id for card in page.cards] == ["T02", "T03"]
    assert page.verdict.shown[0][1] == "attention"
    row = next(row for row in page.reaching.shown if row[0] == "WriteFile")
    assert row[1:4] == ("writes files", "1", "signature, function")
    assert row[4].startswith("serving_default \N{RIGHTWARDS ARROW} ")
    assert ("WriteFile", "1") in page.operations.shown
    page.copy_shown()
    assert "T03 Calling it runs WriteFile" in QGuiApplication.clipboard().text()


def test_a_checkpoint_holds_values_only_and_its_bytes_are_checked(
    page: TrustPage, opened: Callable[[str], Session], qtbot: QtBot
) -> None:
    opened("run/ckpt-300")
    qtbot.waitUntil(lambda: page.model.answer is not None)
    assert page.verdict.shown == [
        ("info", "muted", "It holds values only: loading them executes nothing of its own.")
    ]
    assert not page.operations.isVisible()
    qtbot.mouseClick(page.bytes.check_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(page.bytes.checked.shown), timeout=20_000)
    assert page.bytes.checked.shown[0][1] == "proved"


def test_a_graph_that_can_not_be_read_is_told(
    page: TrustPage, session: Session, made: Callable[[str], Path], qtbot: QtBot
) -> None:
    gone = Finding("F13", Severity.ERROR, "saved_model.pb is gone.", fix=Fix("Copy it again."))

    def refuse(source: OpenSource, ticket: Ticket | None, known: object) -> TrustReport:
        raise Unreadable(gone)

    session.doors = replace(session.doors, trust=refuse)
    show(page, session, made("trusting.at_loading") / "model", qtbot)
    assert page.verdict.shown == [("error", "wrong", "saved_model.pb is gone.")]
    assert [card.finding for card in page.cards] == [gone]


def test_what_is_intact_of_a_damaged_checkpoint_is_saved(
    page: TrustPage, session: Session, made: Callable[[str], Path], qtbot: QtBot, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    show(page, session, made("cli_cases.damaged") / "bad", qtbot)
    assert not page.bytes.salvage_button.isVisible(), "nothing is known to be damaged yet"
    qtbot.mouseClick(page.bytes.check_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(page.bytes.bad.shown), timeout=20_000)
    [(name, why, snapshot)] = page.bytes.bad.shown
    assert (name, snapshot) == ("a", "bad")
    assert why.startswith("checksum ")
    asked = []

    def choose(parent: object, title: str, proposal: str, kinds: str) -> tuple[str, str]:
        asked.append(proposal)
        return str(tmp_path / "new"), kinds

    monkeypatch.setattr(QFileDialog, "getSaveFileName", choose)
    qtbot.mouseClick(page.bytes.salvage_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(page.bytes.salvaged.shown), timeout=20_000)
    assert asked == [str(made("cli_cases.damaged") / "bad-salvaged")]
    assert page.bytes.salvaged.shown[0][1] == "proved"
    assert page.bytes.salvaged.shown[0][2].endswith("lost: 1.")
    assert page.bytes.lost.shown == [], "what is bad is listed already"
    assert (tmp_path / "new.index").exists()
    page.copy_shown()
    assert "checksum " in QGuiApplication.clipboard().text()
    qtbot.mouseClick(page.bytes.salvage_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.bytes.salvaged.shown[0][1] == "wrong", timeout=20_000)
    assert "is there already" in page.bytes.salvaged.shown[0][2]
