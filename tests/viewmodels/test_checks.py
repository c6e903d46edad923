"""Checking all bytes as a task: what it says, what it adds to the findings, how it is stopped."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from tests.viewmodels.made_up import Worlds, finding, run
from tfinspector.contents.checks import BadTensor, CheckReport
from tfinspector.contents.findings import Finding, Unreadable
from tfinspector.engine.jobs import Ticket
from tfinspector.viewmodels.doors import Doors
from tfinspector.viewmodels.overview import OverviewModel, check_words
from tfinspector.viewmodels.session import Session
from tfinspector.viewmodels.tasks import TaskState

Begin = Callable[[Doors], Session]
NOTED = finding("F01", "known before")
BROKEN = finding("F20", "2 tensors are not what was saved")


def opened(begin: Begin, qtbot: QtBot, check: object) -> Session:
    session = begin(Worlds(run("/a", (1,), findings=(NOTED,))).doors(check=check))
    with qtbot.waitSignal(session.opened):
        session.open("/a")
    return session


def test_what_a_check_found_joins_the_findings_once(begin: Begin, qtbot: QtBot) -> None:
    bad = (BadTensor("w", "w", 1, 2),)
    session = opened(begin, qtbot, lambda s, t: CheckReport((BROKEN, NOTED), 6, bad))
    source, overview = session.sources[0], OverviewModel(session, session)
    assert overview.can_check
    assert overview.check_words is None
    overview.check()
    assert not overview.can_check
    assert overview.checking is not None
    qtbot.waitUntil(lambda: overview.checking is None)
    assert session.findings_of(source) == [NOTED, BROKEN]
    assert overview.check_words is not None
    assert overview.check_words.words.startswith("1 of 6 tensors are not")
    with qtbot.waitSignal(session.opened):
        session.reload()
    assert session.findings_of(session.sources[0]) == [NOTED]
    assert overview.check_words is None


def test_a_check_that_is_cancelled_says_nothing(begin: Begin, qtbot: QtBot) -> None:
    begun = threading.Event()

    def check(source: object, ticket: Ticket) -> CheckReport:
        ticket.report(1, 4, "Checking")
        begun.set()
        while True:
            ticket.check()

    session = opened(begin, qtbot, check)
    overview = OverviewModel(session, session)
    overview.check()
    task = overview.checking
    assert task is not None
    qtbot.waitUntil(lambda: begun.is_set() and task.progress is not None)
    overview.cancel_check()
    assert task.state is TaskState.CANCELLED
    assert overview.check_words is None
    assert overview.can_check


def test_a_check_that_fails_is_a_finding(begin: Begin, qtbot: QtBot) -> None:
    def check(source: object, ticket: Ticket) -> CheckReport:
        raise Unreadable(BROKEN)

    session = opened(begin, qtbot, check)
    session.checks.run(session.sources[0])
    qtbot.waitUntil(lambda: session.checks.report(session.sources[0]) is not None)
    assert session.findings == [NOTED, BROKEN]


@pytest.mark.parametrize(
    ("report", "words", "role"),
    [
        (CheckReport((), 1234, ()), "All 1,234 checksums hold.", "proved"),
        (CheckReport((), 1, ()), "The one checksum holds.", "proved"),
        (CheckReport((), 0, ()), "There was no checksum to check.", "muted"),
        (BROKEN, f"The bytes could not be checked: {BROKEN.title}", "wrong"),
    ],
)
def test_the_words(report: CheckReport | Finding, words: str, role: str) -> None:
    told = check_words(report)
    assert (told.words, told.role) == (words, role)


def test_the_end_is_told_after_the_result_was_handed_over(session: Session, qtbot: QtBot) -> None:
    told: list[str] = []
    task = session.run("one", lambda _: 1, lambda _: told.append("done"))
    task.ended.connect(lambda: told.append("ended"))

    def fail(ticket: Ticket) -> None:
        raise Unreadable(BROKEN)

    failing = session.run("two", fail, None, lambda _: told.append("failed"))
    failing.ended.connect(lambda: told.append("told"))
    qtbot.waitUntil(lambda: len(told) == 4)
    assert [each for each in told if each in ("done", "ended")] == ["done", "ended"]
    assert [each for each in told if each in ("failed", "told")] == ["failed", "told"]
