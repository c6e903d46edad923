"""The worker log: its end stays in view, unless a person looks at what is above."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from tfinspector.viewmodels.session import Session
from tfinspector.views.panes.log import LogPane

_LINES = [f"line {number} of what TensorFlow prints" for number in range(200)]


def _pane(session: Session, qtbot: QtBot) -> LogPane:
    pane = LogPane(session)
    qtbot.addWidget(pane)
    pane.resize(600, 160)
    return pane


def test_the_end_is_in_view_when_the_log_is_shown_after_it_grew(
    session: Session, qtbot: QtBot
) -> None:
    pane = _pane(session, qtbot)
    session.worker.logged.emit(_LINES)
    pane.show()
    bar = pane.text.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0 and bar.value() == bar.maximum())


def test_the_log_follows_its_end_after_a_restart_though_something_is_selected(
    session: Session, qtbot: QtBot
) -> None:
    pane = _pane(session, qtbot)
    pane.show()
    session.worker.logged.emit(_LINES)
    bar = pane.text.verticalScrollBar()
    bar.setValue(bar.maximum())
    for line in _LINES:
        session.worker.logged.emit([line])
    assert bar.value() == bar.maximum()


def test_it_stays_where_a_person_scrolled_to(session: Session, qtbot: QtBot) -> None:
    pane = _pane(session, qtbot)
    pane.show()
    session.worker.logged.emit(_LINES)
    bar = pane.text.verticalScrollBar()
    bar.setValue(20)
    session.worker.logged.emit(_LINES)
    assert bar.value() == 20
