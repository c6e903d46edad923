"""The bridge between the window's thread and its pools, and who waits for whom."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import QObject, QTimer
from pytestqt.qtbot import QtBot

from tfinspector.contents.findings import Cancelled
from tfinspector.viewmodels import courtesy
from tfinspector.viewmodels.courtesy import Courtesy, PoliteTicket
from tfinspector.viewmodels.jobs import Courier, Pool


def test_the_window_has_a_turn_between_two_results(qtbot: QtBot) -> None:
    parent = QObject()
    courier, turns = Courier(parent), [0]
    each_turn = QTimer(parent, interval=0)
    each_turn.timeout.connect(lambda: turns.append(turns[-1] + 1))
    each_turn.start()
    came: list[int] = []
    for _ in range(3):
        courier.post(lambda: came.append(turns[-1]))
    qtbot.waitUntil(lambda: len(came) == 3)
    each_turn.stop()
    assert came[0] < came[1] < came[2]


def test_results_keep_their_order_from_any_thread(qtbot: QtBot) -> None:
    courier = Courier()
    came: list[int] = []

    def post() -> None:
        for number in range(20):
            courier.post(lambda number=number: came.append(number))  # type: ignore[misc]

    thread = threading.Thread(target=post)
    thread.start()
    qtbot.waitUntil(lambda: len(came) == 20)
    thread.join()
    assert came == list(range(20))


def test_a_job_begins_when_the_window_has_had_its_turn(qtbot: QtBot) -> None:
    pool, ran = Pool(1), threading.Event()
    pool.start(ran.set)
    assert pool.close()
    assert not ran.is_set()
    pool.start(ran.set)
    qtbot.waitUntil(ran.is_set)
    assert pool.close()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time of `courtesy`; a nap takes as long as it says."""
    now = [10.0]
    monkeypatch.setattr(courtesy, "perf_counter", lambda: now[0])
    monkeypatch.setattr(courtesy, "sleep", lambda seconds: now.__setitem__(0, now[0] + seconds))
    return now


def test_a_job_waits_until_the_window_is_quiet(clock: list[float]) -> None:
    window = Courtesy()
    window.give_way()
    assert clock == [10.0]
    window.at_work()
    window.give_way()
    assert 10.002 <= clock[0] <= 10.005
    quiet_since = clock[0]
    window.give_way()
    assert clock[0] == quiet_since


def test_a_window_that_is_never_quiet_does_not_stop_jobs(
    clock: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    window = Courtesy()

    def nap(seconds: float) -> None:
        clock[0] += seconds
        window.at_work()

    monkeypatch.setattr(courtesy, "sleep", nap)
    window.at_work()
    window.give_way()
    assert clock[0] < 10.1


def test_a_job_waits_for_what_the_window_waits_for(
    clock: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    window, naps = Courtesy(), list[float]()
    began, may_end = threading.Event(), threading.Event()

    def read() -> None:
        with window.awaited(), window.awaited():
            window.give_way()  # never for itself
            began.set()
            may_end.wait(10)

    def nap(seconds: float) -> None:
        naps.append(seconds)
        clock[0] += seconds
        if len(naps) == 3:
            may_end.set()
            reading.join()

    monkeypatch.setattr(courtesy, "sleep", nap)
    reading = threading.Thread(target=read)
    reading.start()
    assert began.wait(10)
    window.give_way()
    assert len(naps) == 3
    window.give_way()
    assert len(naps) == 3


def test_safe_points_give_way_and_cancel(
    clock: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(courtesy, "window", Courtesy())
    ticket = PoliteTicket()
    courtesy.window.at_work()
    ticket.report(1, 2, "half")
    assert clock[0] > 10.002
    ticket.cancel()
    with pytest.raises(Cancelled):
        ticket.check()
