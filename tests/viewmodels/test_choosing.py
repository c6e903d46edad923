"""What stays chosen through a reload and from one source to another."""

from __future__ import annotations

import threading
from collections.abc import Callable

from pytestqt.qtbot import QtBot

from tests.viewmodels.made_up import VARIABLES, Worlds, run, variable
from tfinspector.viewmodels.doors import Doors
from tfinspector.viewmodels.inspector.histogram import HistogramModel
from tfinspector.viewmodels.session import Choice, Session

Begin = Callable[[Doors], Session]


def reloaded(session: Session, qtbot: QtBot) -> None:
    with qtbot.waitSignal(session.opened):
        session.reload()


def show(session: Session, path: str) -> None:
    source = next(each for each in session.sources if each.source.path == path)
    session.set_current(source)
    assert session.current is source


def test_a_variable_that_vanished_leaves_the_choice_and_nothing_waits(
    session: Session, world: Worlds, qtbot: QtBot
) -> None:
    histogram = HistogramModel(session, session)
    session.choose([session.choice(VARIABLES[0])])
    qtbot.waitUntil(lambda: not histogram.is_waiting)
    world.sources["/made/up"] = run("/made/up", (4,), VARIABLES[1:])
    reloaded(session, qtbot)
    assert session.chosen == ()
    assert not histogram.is_waiting
    assert histogram.picture.series == ()


def test_a_snapshot_that_vanished_gives_way_to_the_newest(
    session: Session, world: Worlds, qtbot: QtBot
) -> None:
    source = session.sources[0]
    session.choose([Choice(source, "/made/up/ckpt-1", VARIABLES[0])])
    world.sources["/made/up"] = run("/made/up", (3, 4))
    reloaded(session, qtbot)
    assert [(c.snapshot, c.variable.name) for c in session.chosen] == [
        ("/made/up/ckpt-4", VARIABLES[0].name)
    ]
    qtbot.waitUntil(lambda: session.statistics(session.chosen[0]) is not None)


def test_a_variable_with_the_same_key_but_another_name_stays(
    session: Session, world: Worlds, qtbot: QtBot
) -> None:
    session.choose([session.choice(VARIABLES[0])])
    renamed = variable("other/name", (64, 3), key=VARIABLES[0].key)
    world.sources["/made/up"] = run("/made/up", (9,), [renamed])
    reloaded(session, qtbot)
    assert [c.variable.name for c in session.chosen] == ["other/name"]


def test_what_is_chosen_follows_the_current_source(begin: Begin, qtbot: QtBot) -> None:
    optimizer = VARIABLES[4]
    world = Worlds(
        run("/a", (1,)), run("/b", (2,)), run("/c", (3,), [optimizer, variable("w")]),
        run("/none", (4,), ()),
    )  # fmt: skip
    session = begin(world.doors())
    tasks = session.open_several(["/a", "/b", "/c", "/none"])
    qtbot.waitUntil(lambda: all(task.state.is_over for task in tasks))
    show(session, "/a")
    session.choose([session.choice(VARIABLES[2])])
    show(session, "/b")
    assert [(c.source.source.path, c.variable.name) for c in session.chosen] == [
        ("/b", VARIABLES[2].name)
    ]
    show(session, "/c")
    assert [(c.source, c.variable.name) for c in session.chosen] == [(session.current, "w")]
    show(session, "/none")
    assert session.chosen == ()


def test_sources_stand_in_the_order_asked_for_and_the_first_is_current(
    begin: Begin, qtbot: QtBot
) -> None:
    world, gate = Worlds(run("/slow", (1,)), run("/quick", (2,))), threading.Event()

    def open_source(path: str, ticket: object) -> object:
        while path == "/slow" and not gate.wait(0.01):
            ticket.check()  # type: ignore[attr-defined]
        return world.open_source(path, ticket)  # type: ignore[arg-type]

    session = begin(world.doors(open_source=open_source))
    with qtbot.waitSignal(session.opened):
        session.open_several(["/slow", "/quick"])
    assert session.current is not None
    assert session.current.source.path == "/quick"
    with qtbot.waitSignal(session.opened):
        gate.set()
    assert [each.source.path for each in session.sources] == ["/slow", "/quick"]
    assert session.current is session.sources[0]


def test_a_source_that_comes_late_does_not_take_the_place_of_what_was_chosen_meanwhile(
    begin: Begin, qtbot: QtBot
) -> None:
    world = Worlds(run("/slow", (1,)), run("/quick", (2,)), run("/mine", (3,)))
    gate = threading.Event()

    def open_source(path: str, ticket: object) -> object:
        while path == "/slow" and not gate.wait(0.01):
            ticket.check()  # type: ignore[attr-defined]
        return world.open_source(path, ticket)  # type: ignore[arg-type]

    session = begin(world.doors(open_source=open_source))
    with qtbot.waitSignal(session.opened):
        session.open_several(["/slow", "/quick"])
    with qtbot.waitSignal(session.opened):
        session.open("/mine")
    with qtbot.waitSignal(session.opened):
        gate.set()
    assert [each.source.path for each in session.sources] == ["/slow", "/quick", "/mine"]
    assert session.current is session.sources[2]
