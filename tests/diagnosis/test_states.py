"""What is proved after a restore, and what is never called restored."""

from __future__ import annotations

from tests.diagnosis.graphs import checkpoint, model
from tfinspector.contents.models import ModelDescription, ModelVariable
from tfinspector.contents.restores import MatchTable, Outcome, Row, State
from tfinspector.contents.variables import Role
from tfinspector.diagnosis.matching import states
from tfinspector.diagnosis.matching.match_table import match
from tfinspector.diagnosis.matching.states import (
    COUNTER,
    outcome_of,
    parameters_of,
    prove,
    prove_again,
)

EDGES = {0: {"a": 1, "b": 2, "save_counter": 3}}


def given() -> tuple[MatchTable, ModelDescription]:
    file = checkpoint(EDGES, {1: (2, 3), 2: (4,), 3: ()}, roles={3: Role.COUNTER})
    mine = model({0: {"a": 1, "b": 2}}, {1: (2, 3), 2: (4,)})
    fresh = tuple(each._replace(initial=f"initial{at}") for at, each in enumerate(mine.variables))
    mine = ModelDescription(
        mine.factory, mine.returned, mine.nodes, fresh, "", (), {}, mine.interpreter
    )
    return match(file, mine), mine


def told(rows: tuple[Row, ...]) -> list[State]:
    return [row.state for row in rows]


def test_restored_only_where_equal() -> None:
    table, mine = given()
    stored = {"n1": "A", "n2": "B", "n3": "C"}
    rows = prove(table, mine, {0: "A", 1: "B", COUNTER: "C"}, stored)
    assert told(rows) == [State.RESTORED] * 3
    assert outcome_of(rows, mine) is Outcome.RESTORED
    assert parameters_of(rows, mine) == (10, 10)
    rows = prove(table, mine, {0: "other", 1: "initial1"}, stored)
    assert told(rows) == [State.VALUE_DIFFERS, State.NOT_ASSIGNED, State.NOT_COMPARABLE]
    assert outcome_of(rows, mine) is Outcome.NOTHING
    assert parameters_of(rows, mine) == (0, 10)


def test_what_was_not_hashed_is_not_proved() -> None:
    table, mine = given()
    assert State.RESTORED not in told(prove(table, mine, {}, {}))
    assert State.RESTORED not in told(prove(table, mine, {0: "A"}, {"n2": "B"}))
    assert State.RESTORED not in told(prove(table, mine, {0: "", 1: ""}, {"n1": "", "n2": ""}))


def test_half_is_partial() -> None:
    table, mine = given()
    rows = prove(table, mine, {0: "A", 1: "x"}, {"n1": "A", "n2": "B"})
    assert outcome_of(rows, mine) is Outcome.PARTIAL
    assert parameters_of(rows, mine) == (6, 10)


def test_the_first_call_may_undo_it() -> None:
    table, mine = given()
    stored = {"n1": "A", "n2": "B"}
    rows = prove(table, mine, {0: "A", 1: "B"}, stored)
    again = prove_again(rows, mine, {0: "A", 1: "fresh"}, stored)
    assert told(again)[:2] == [State.RESTORED, State.VALUE_DIFFERS]
    assert again[1].why == states.WHY_OVERWRITTEN


def test_a_counter_may_count() -> None:
    count = ModelVariable("calls", "calls", (), 1, "int64", (), "CPU:0", False)
    mine = model({0: {"a": 1}}, {1: ()})
    mine = ModelDescription(
        mine.factory, mine.returned, mine.nodes, (count,), "", (), {}, mine.interpreter
    )
    file = checkpoint({0: {"a": 1}}, {1: ()}, dtypes={1: "int64"})
    rows = prove(match(file, mine), mine, {0: "A"}, {"n1": "A"})
    [row] = prove_again(rows, mine, {0: "B"}, {"n1": "A"})
    assert (row.state, row.why) == (State.RESTORED, states.WHY_COUNTED)


def test_equal_values_of_a_shared_variable_are_both_restored() -> None:
    file = checkpoint({0: {"a": 1, "b": 2}}, {1: (1,), 2: (1,)})
    mine = model({0: {"a": 1, "b": 1}}, {1: (1,)})
    table = match(file, mine)
    assert told(prove(table, mine, {0: "A"}, {"n1": "A", "n2": "A"})) == [State.RESTORED] * 2
    rows = prove(table, mine, {0: "A"}, {"n1": "A", "n2": "B"})
    assert told(rows) == [State.RESTORED, State.NOT_ASSIGNED]
    assert outcome_of(rows, mine) is Outcome.PARTIAL


def test_an_optimizer_left_out_is_no_shortcoming() -> None:
    file = checkpoint(
        {0: {"a": 1, "opt": 2}, 2: {"_iterations": 3}}, {1: (1,), 3: ()},
        roles={3: Role.OPTIMIZER},
    )  # fmt: skip
    mine = model({0: {"a": 1}}, {1: (1,)})
    assert outcome_of(match(file, mine).rows, mine) is Outcome.RESTORED


def test_a_complete_model_may_be_a_part_of_what_was_saved() -> None:
    file = checkpoint({0: {"a": 1, "b": 2, "c": 3}}, {1: (1,), 2: (1,), 3: (1,)})
    mine = model({0: {"a": 1, "b": 2}}, {1: (1,), 2: (1,)})
    assert outcome_of(match(file, mine).rows, mine) is Outcome.RESTORED
    other = model({0: {"a": 1, "x": 2}}, {1: (1,), 2: (1,)})
    assert outcome_of(match(file, other).rows, other) is Outcome.PARTIAL
    stranger = model({0: {"x": 1}}, {1: (1,)})
    assert outcome_of(match(file, stranger).rows, stranger) is Outcome.NOTHING


def test_averages_that_only_the_file_has_are_no_shortcoming() -> None:
    file = checkpoint(
        {0: {"a": 1, "opt": 2}, 2: {"average": 3, "m": 4}}, {1: (1,), 3: (1,), 4: (1,)},
        roles={3: Role.EMA, 4: Role.SLOT},
    )  # fmt: skip
    mine = model({0: {"a": 1}}, {1: (1,)})
    assert outcome_of(match(file, mine).rows, mine) is Outcome.RESTORED
    both = model({0: {"a": 1, "b": 2}}, {1: (1,), 2: (1,)})
    assert outcome_of(match(file, both).rows, both) is Outcome.PARTIAL


def test_what_only_the_file_has_does_not_count_for_an_optimizer_alone() -> None:
    file = checkpoint(
        {0: {"opt": 1}, 1: {"rate": 2, "average": 3}}, {2: (), 3: (1,)},
        roles={2: Role.OPTIMIZER, 3: Role.EMA},
    )  # fmt: skip
    mine = model({0: {"opt": 1}, 1: {"rate": 2}}, {2: ()})
    rows = tuple(row._replace(role=Role.OPTIMIZER.value) if row.variable >= 0 else row
                 for row in match(file, mine).rows)  # fmt: skip
    assert outcome_of(rows, mine) is Outcome.RESTORED


def test_random_state_and_tables_do_not_count() -> None:
    seed = ModelVariable("seed", "", (), -1, "uint32", (2,), "CPU:0", False, random_state=True)
    file = checkpoint({0: {"a": 1}}, {1: (3,)})
    mine = model({0: {"a": 1}}, {1: (3,)}, unreachable=(seed,))
    rows = match(file, mine).rows
    assert outcome_of(rows, mine) is Outcome.RESTORED
    assert parameters_of(rows, mine) == (3, 3)


def test_nothing_touched_is_nothing_matched() -> None:
    table, _ = given()
    rows = states.untouched(table.rows, "because")
    assert not any(row.fits for row in rows)
    assert {row.why for row in rows} == {"because"}
