"""Loading a whole model of Keras from the page Trust: classes that are named, code by consent."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.looking import opened, session
from tests.views.test_trust_page import page, show
from tfinspector.contents.findings import Finding
from tfinspector.contents.reports import LoadReport
from tfinspector.viewmodels.session import Session
from tfinspector.views.trust.keras_load import ConsentDialog
from tfinspector.views.trust.page import TrustPage

__all__ = ["opened", "page", "session"]
_LONG_MS = 180_000
Made = Callable[[str], Path]


def press_load(page: TrustPage, qtbot: QtBot) -> None:
    before = page.loading.result
    qtbot.mouseClick(page.load.load, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(
        lambda: page.loading.task is None and page.loading.result is not before, timeout=_LONG_MS
    )


def asked(page: TrustPage, qtbot: QtBot) -> ConsentDialog:
    qtbot.mouseClick(page.load.load, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.load.dialog is not None, timeout=_LONG_MS)
    assert page.load.dialog is not None
    return page.load.dialog


def test_classes_come_from_the_modules_that_are_named(
    page: TrustPage, session: Session, made: Made, qtbot: QtBot
) -> None:
    place = made("whole_models.whole")
    show(page, session, place / "custom.keras", qtbot)
    section = page.load
    assert section.isVisible()
    assert section.needs.text() == (
        "It needs Scale of classes, Plain of classes, and odd_loss to go on training."
    )
    press_load(page, qtbot)
    assert isinstance(page.loading.result, Finding)
    assert [card.finding.id for card in section.cards] == ["K01"]
    assert section.said.shown[0][1] == "wrong"

    section.modules.setText(str(place / "classes.py"))
    section.modules.textEdited.emit(section.modules.text())
    press_load(page, qtbot)
    report = page.loading.result
    assert isinstance(report, LoadReport), report
    assert report.loaded
    icons = [(icon, words) for icon, _, words in section.said.shown]
    assert icons[0][0] == "proved"
    assert icons[0][1].startswith("Loaded with ")
    count = len(report.variables)
    assert icons[1] == ("proved", f"All {count} variables hold the file's values, bit for bit.")


def test_code_runs_only_after_a_person_said_so_twice(
    page: TrustPage, session: Session, made: Made, qtbot: QtBot, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    trace = tmp_path / "ran"
    monkeypatch.setenv("TRACE", str(trace))
    show(page, session, made("whole_models.with_code") / "code.keras", qtbot)
    dialog = asked(page, qtbot)
    assert dialog.code.could_do == ("In the layer tricky, compiled Python is kept.",)
    assert not dialog.allow.isEnabled()
    assert dialog.refuse.isDefault()
    qtbot.mouseClick(dialog.refuse, Qt.MouseButton.LeftButton)
    assert page.load.dialog is None
    assert page.loading.task is None
    assert page.loading.result is None
    assert not trace.exists()

    dialog = asked(page, qtbot)
    dialog.trusted.setChecked(True)
    qtbot.mouseClick(dialog.allow, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(
        lambda: page.loading.task is None and page.loading.result is not None, timeout=_LONG_MS
    )
    assert isinstance(page.loading.result, LoadReport)
    assert page.loading.result.loaded
    assert trace.exists()
    assert page.load.said.shown[1][1] == "proved"
    qtbot.mouseClick(asked(page, qtbot).refuse, Qt.MouseButton.LeftButton)


def test_what_is_no_whole_model_is_not_offered(
    page: TrustPage, session: Session, made: Made, qtbot: QtBot
) -> None:
    place = made("whole_models.whole")
    show(page, session, place / "custom.weights.h5", qtbot)
    assert not page.load.isVisible()
    show(page, session, place / "plain.keras", qtbot)
    qtbot.waitUntil(page.load.isVisible)
    assert page.load.needs.text() == "It needs no classes but those of Keras."
