"""Opening, choosing, measuring, closing: what the pages rely on."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from tests.viewmodels.made_up import Worlds, finding, run, statistics, variable
from tfinspector.contents.figures import Statistics, Unmeasured
from tfinspector.contents.findings import Severity, Unreadable
from tfinspector.engine.jobs import Ticket
from tfinspector.viewmodels.doors import Doors
from tfinspector.viewmodels.session import Choice, Session
from tfinspector.viewmodels.tasks import TaskState

Begin = Callable[[Doors], Session]


def test_opening_makes_the_newest_snapshot_current(session: Session) -> None:
    assert [source.source.path for source in session.sources] == ["/made/up"]
    assert session.current is session.sources[0]
    assert session.current_snapshot == "/made/up/ckpt-3"
    assert len(session.variables) == 6


def test_a_path_that_cannot_be_opened_is_a_finding_and_leaves_the_rest_alone(
    session: Session, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(session.refused) as refused:
        task = session.open("/nowhere")
    assert refused.args[0] == "/nowhere"
    assert session.findings[0].title == "There is no checkpoint at /nowhere"
    assert task.state is TaskState.FAILED
    assert len(session.sources) == 1
    session.dismiss("/nowhere")
    assert session.findings == []


def test_opening_the_same_thing_twice_keeps_one(session: Session, qtbot: QtBot) -> None:
    with qtbot.waitSignal(session.opened):
        session.open("/made/up")
    assert len(session.sources) == 1


def test_another_snapshot_is_read_and_then_current(session: Session, qtbot: QtBot) -> None:
    with qtbot.waitSignal(session.current_changed):
        session.set_current(session.current, "/made/up/ckpt-1")
    assert session.current_snapshot == "/made/up/ckpt-1"
    assert session.checkpoint is not None
    assert session.checkpoint.prefix == "/made/up/ckpt-1"


def test_of_two_snapshots_asked_for_quickly_the_last_one_wins(
    session: Session, qtbot: QtBot
) -> None:
    seen = []
    session.current_changed.connect(lambda: seen.append(session.current_snapshot))
    with qtbot.waitSignal(session.current_changed):
        session.set_current(session.current, "/made/up/ckpt-1")
        session.set_current(session.current, "/made/up/ckpt-2")
    qtbot.waitUntil(lambda: not session.tasks.is_busy)
    assert seen == ["/made/up/ckpt-2"]


def test_a_snapshot_that_cannot_be_read_says_so_and_the_last_one_stays(
    session: Session, qtbot: QtBot
) -> None:
    assert session.current is not None
    session.current.broken.add("/made/up/ckpt-1")  # type: ignore[attr-defined]
    with qtbot.waitSignal(session.refused):
        session.set_current(session.current, "/made/up/ckpt-1")
    assert session.current_snapshot == "/made/up/ckpt-3"
    assert "cut off" in session.findings[0].title


def test_every_variable_gets_figures_or_a_reason(session: Session, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: len(session.known()) == 6)
    by_name = {v.name: session.statistics(session.choice(v)) for v in session.variables}
    assert isinstance(by_name.pop("broken"), Unmeasured)
    assert all(isinstance(figures, Statistics) for figures in by_name.values())


def test_what_is_chosen_is_measured_first_then_what_is_in_view(begin: Begin, qtbot: QtBot) -> None:
    from tests.viewmodels.made_up import variable

    many = [variable(f"v{n}") for n in range(1000)]
    world = Worlds(run("/many", (1,), many))
    world.measuring_gate.clear()
    session = begin(world.doors())
    with qtbot.waitSignal(session.current_changed):
        session.open("/many")
    session.queue.look_at([session.choice(many[n]) for n in range(500, 520)])
    session.choose([session.choice(many[900])])
    qtbot.waitUntil(lambda: "v900" in world.asked)
    with qtbot.waitSignal(session.queue.settled):
        world.measuring_gate.set()
    begun_before = 2 * 64  # the slow lane may be in its second portion
    place = {name: at for at, name in enumerate(world.order)}
    assert len(place) == 1000
    assert place["v900"] <= begun_before
    assert place["v510"] <= begun_before + 21


def test_figures_that_are_asked_for_come_with_a_signal(begin: Begin, qtbot: QtBot) -> None:
    world = Worlds(run("/run", (1, 2)))
    session = begin(world.doors())
    with qtbot.waitSignal(session.current_changed):
        session.open("/run")
    other = Choice(session.sources[0], "/run/ckpt-1", session.variables[0])
    assert session.statistics(other) is None

    def has_other(choices: list[Choice]) -> bool:
        return other in choices

    with qtbot.waitSignal(session.measured, check_params_cb=has_other):
        pass
    assert isinstance(session.statistics(other), Statistics)


def test_measuring_can_be_paused_and_goes_on(begin: Begin, qtbot: QtBot) -> None:
    world = Worlds(run("/run", (1,)))
    world.measuring_gate.clear()
    session = begin(world.doors())
    with qtbot.waitSignal(session.current_changed):
        session.open("/run")
    session.queue.pause()
    world.measuring_gate.set()
    qtbot.waitUntil(lambda: not session.queue.is_busy)
    assert session.known() == {}
    with qtbot.waitSignal(session.queue.settled):
        session.queue.resume()
    assert len(session.known()) == 6


def test_measuring_goes_on_behind_thousands_that_are_measured(begin: Begin, qtbot: QtBot) -> None:
    many = [variable(f"w_{at}") for at in range(2500)]
    session = begin(Worlds(run("/run", (1,), many)).doors())
    paused: list[int] = []

    def pause(_: object) -> None:
        if len(session.known()) > 1500 and not paused:
            paused.append(len(session.known()))
            session.queue.pause()

    session.measured.connect(pause)
    session.open("/run")
    qtbot.waitUntil(lambda: bool(paused))
    session.queue.resume()
    qtbot.waitUntil(lambda: len(session.known()) == 2500)


def test_a_reader_that_breaks_becomes_the_reason_in_the_row(begin: Begin, qtbot: QtBot) -> None:
    def breaks(*_: object) -> None:
        raise RuntimeError("boom")

    world = Worlds(run("/run", (1,)))
    session = begin(world.doors(measure_all=breaks))
    with qtbot.waitSignal(session.queue.settled):
        session.open("/run")
    reasons = {f.reason for f in session.known().values() if isinstance(f, Unmeasured)}
    assert len(reasons) == 1
    assert "boom" in reasons.pop()


def test_closing_forgets_what_was_chosen_and_what_was_known(session: Session, qtbot: QtBot) -> None:
    with qtbot.waitSignal(session.current_changed):
        session.open("/other")
    first, second = session.sources
    session.choose([Choice(first, "/made/up/ckpt-3", session.variables[0])])
    session.close(first)
    assert session.chosen == ()
    assert session.sources == [second]
    assert session.current is second
    session.close(second)
    assert session.current is None
    assert session.variables == ()


def test_closing_drops_an_opening_snapshot(session: Session, qtbot: QtBot) -> None:
    source = session.current
    assert source is not None
    session.set_current(source, "/made/up/ckpt-1")
    session.close(source)
    qtbot.waitUntil(lambda: not session.tasks.is_busy)
    assert session.current is None


def test_reloading_keeps_snapshot_and_choice(session: Session, qtbot: QtBot) -> None:
    with qtbot.waitSignal(session.current_changed):
        session.set_current(session.current, "/made/up/ckpt-2")
    session.choose([session.choice(session.variables[1])])
    old = session.current
    with qtbot.waitSignal(session.current_changed):
        session.reload()
    assert session.current is not old
    assert session.current_snapshot == "/made/up/ckpt-2"
    assert [c.variable.name for c in session.chosen] == ["model/dense_2/kernel"]
    assert session.chosen[0].source is session.current


def test_findings_of_all_sources_and_of_one(begin: Begin, qtbot: QtBot) -> None:
    warned = run("/a", (1,), findings=(finding("F01", "from its index", Severity.INFO),))
    session = begin(Worlds(warned, run("/b", (1,))).doors())
    for path in ("/a", "/b"):
        with qtbot.waitSignal(session.current_changed):
            session.open(path)
    assert [f.id for f in session.findings] == ["F01"]
    assert session.told()[0][0] == "/a"
    assert session.findings_of(session.sources[1]) == []


def test_a_job_that_is_superseded_delivers_nothing(session: Session, qtbot: QtBot) -> None:
    gate, got = threading.Event(), []
    session.run("old", lambda _: gate.wait(5), lambda _: got.append("old"), key="one")
    with qtbot.waitSignal(session.tasks.changed):
        session.run("new", lambda _: gate.wait(5), lambda _: got.append("new"), key="one")
    gate.set()
    qtbot.waitUntil(lambda: got == ["new"])
    qtbot.waitUntil(lambda: not session.tasks.is_busy)
    assert got == ["new"]


def test_a_mistake_of_our_own_is_a_finding_with_the_traceback(
    session: Session, qtbot: QtBot
) -> None:
    told: list[object] = []
    with qtbot.waitSignal(session.tasks.failed):
        session.run("divide", lambda _: 1 / 0, None, told.append)
    assert "ZeroDivisionError" in told[0].title  # type: ignore[attr-defined]
    assert "test_session" in str(told[0].evidence["traceback"])  # type: ignore[attr-defined]


@pytest.mark.parametrize("nan", [0, 3])
def test_statistics_made_by_hand_are_sound(nan: int) -> None:
    assert statistics(12, nan).finite == 12 - nan


def test_a_failure_that_nobody_tells_is_a_finding_until_a_retry_succeeds(
    session: Session, qtbot: QtBot
) -> None:
    answers = iter([ValueError("not yet"), None])

    def job(_: object) -> None:
        answer = next(answers)
        if answer:
            raise answer

    with qtbot.waitSignal(session.tasks.failed):
        task = session.run("Count", job)
    assert "not yet" in session.findings[0].title
    with qtbot.waitSignal(session.tasks.succeeded):
        task.retry()
    assert session.findings == []


def test_a_folder_of_several_sources_opens_all_of_them(begin: Begin, qtbot: QtBot) -> None:
    world = Worlds(run("/demo/run", (1, 2)), run("/demo/other", (5,)))

    def open_source(path: str, ticket: Ticket) -> object:
        if path == "/demo":
            inside = ("/demo/run", "/demo/gone", "/demo/other")
            raise Unreadable(finding("F03", "demo holds 3 runs"), inside)
        return world.open_source(path, ticket)

    session = begin(world.doors(open_source=open_source))
    with qtbot.waitSignal(session.current_changed):
        session.open("/demo")
    assert [source.source.path for source in session.sources] == ["/demo/run", "/demo/other"]
    assert session.current is session.sources[0]
    assert [f.title for f in session.findings] == ["There is no checkpoint at /demo/gone"]
