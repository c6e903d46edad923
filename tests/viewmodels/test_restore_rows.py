"""The match table as arrays and as a Qt model: names, states, counts, filter, order."""

from __future__ import annotations

import time

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from tests.viewmodels.made_up import VARIABLES
from tests.viewmodels.made_up_restores import ROWS, report, row
from tfinspector.contents.restores import Outcome, State
from tfinspector.viewmodels.restore.rows import MatchColumn, MatchRows, names_of, prepare
from tfinspector.viewmodels.restore.states import MEANINGS, SIGNS, STATES, Foretold, sign
from tfinspector.viewmodels.restore.table import MatchTableModel
from tfinspector.viewmodels.session import Session
from tfinspector.viewmodels.variables.answers import Ask
from tfinspector.viewmodels.variables.filter import parse_filter
from tfinspector.viewmodels.variables.flat_rows import Wish
from tfinspector.viewmodels.variables.state_table import Cell


@pytest.fixture
def rows() -> MatchRows:
    return prepare(report(), VARIABLES)


@pytest.fixture
def table(session: Session, rows: MatchRows) -> MatchTableModel:
    made = MatchTableModel(session)
    made.show_rows(rows)
    return made


def shown(content: MatchRows) -> list[str]:
    return [content.forest.path(node) for node in content.rows.tolist()]


def test_every_state_has_a_sign_and_a_meaning() -> None:
    assert set(SIGNS) == set(MEANINGS) == set(STATES) == {*State, Foretold.RESTORED}


def test_only_what_was_proved_is_green() -> None:
    green = {
        state for state in State for outcome in Outcome
        if sign(row(state, "a", 0, "a"), outcome).role == "proved"
    }  # fmt: skip
    assert green == {State.RESTORED}


def test_what_only_training_needs_is_no_alarm() -> None:
    assert sign(row(State.MISSING_IN_MODEL, "m", role="slot"), Outcome.RESTORED).role == "muted"
    assert sign(row(State.MISSING_IN_MODEL, "m"), Outcome.PARTIAL).role == "attention"
    unreachable = row(State.UNREACHABLE, "u", 0)
    assert sign(unreachable, Outcome.PARTIAL).role == "attention"
    assert (
        sign(unreachable._replace(why="State of random numbers."), Outcome.RESTORED).role == "muted"
    )


def test_held_back_is_not_wrong_but_not_assigned_is() -> None:
    lost = row(State.NOT_ASSIGNED, "a", 0, "a")
    assert sign(lost, Outcome.FAILED).word == "held back"
    assert sign(lost, Outcome.PARTIAL).role == "wrong"


def test_what_only_the_model_has_is_named_like_the_file(rows: MatchRows) -> None:
    assert names_of(ROWS)[-1] == "model/middle/kernel"
    short = (
        row(State.RESTORED, "hidden_1/kernel", 0, "model/hidden_1/_kernel"),
        row(State.MISSING_IN_CHECKPOINT, "renamed_net/hidden_2/kernel", 1, "model/middle/_kernel"),
    )
    assert names_of(short)[1] == "middle/kernel"


def test_groups_with_something_to_look_at_are_open(rows: MatchRows) -> None:
    assert shown(rows) == [
        "model", "model/dense_2", "model/dense_10", "model/dense_10/kernel", "model/middle",
        "model/middle/kernel", "model/out", "model/out/kernel", "optimizer",
    ]  # fmt: skip


def test_groups_count_what_is_good_and_wear_the_gravest_colour(table: MatchTableModel) -> None:
    def state(line: int) -> tuple[str, str]:
        index = table.index(line, MatchColumn.STATE)
        return index.data(), index.data(Cell.SIGN).role

    assert state(0) == ("2 of 5", "wrong")
    assert state(1) == ("2 of 2", "proved")
    assert state(8) == ("0 of 1", "muted")


def test_both_sides_of_a_mismatch_are_marked(table: MatchTableModel) -> None:
    cells = [table.index(7, column) for column in MatchColumn]
    assert cells[MatchColumn.FILE_SHAPE].data() == "4 x 3"
    assert cells[MatchColumn.MODEL_SHAPE].data() == "4 x 5"
    marked = [column for column in MatchColumn if cells[column].data(Ask.PROBLEM)]
    assert marked == [MatchColumn.FILE_SHAPE, MatchColumn.MODEL_SHAPE]


def test_a_side_that_is_not_there_is_empty(table: MatchTableModel) -> None:
    assert table.index(3, MatchColumn.MODEL_SHAPE).data() == ""
    assert table.index(3, MatchColumn.MODEL_DTYPE).data() == ""
    assert table.index(5, MatchColumn.FILE_SHAPE).data() == ""
    assert table.index(5, MatchColumn.KEY).data() == ""
    assert table.index(5, MatchColumn.MODEL_PATH).data() == "model/middle/_kernel"


def test_states_are_hidden_and_filters_are_those_of_the_variables(rows: MatchRows) -> None:
    wish = Wish(hidden=frozenset({State.RESTORED, State.MISSING_IN_MODEL}))
    rows.take(wish.arrange(rows))
    assert shown(rows) == [
        "model",
        "model/middle",
        "model/middle/kernel",
        "model/out",
        "model/out/kernel",
    ]
    rows.take(Wish(filter=parse_filter("role:slot")).arrange(rows))
    assert shown(rows)[-1] == "optimizer/m/dense_2/kernel"
    assert len(shown(rows)) == 4


def test_sorting_by_state_brings_the_gravest_first(rows: MatchRows) -> None:
    rows.take(Wish(sorted_by=MatchColumn.STATE, descending=True).arrange(rows))
    assert (
        shown(rows)[:3] == ["model", "model/out", "model/out/kernel"] or "middle" in shown(rows)[1]
    )
    assert shown(rows)[-1] == "optimizer"


def test_a_filter_that_makes_no_sense_says_so(table: MatchTableModel) -> None:
    before = table.rowCount()
    table.set_filter("size>")
    assert "needs a value" in table.filter_problem
    assert table.rowCount() == before


def test_filtering_keeps_the_choice(table: MatchTableModel, qtbot: QtBot) -> None:
    assert [each.name for each in table.variables([3])] == ["model/dense_10/kernel"]
    assert {each.name for each in table.variables([0])} == {
        "model/dense_2/kernel", "model/dense_2/bias", "model/dense_10/kernel",
    }  # fmt: skip
    with qtbot.waitSignal(table.arranged):
        table.set_filter("middle")
    assert table.path(table.rowCount() - 1) == "model/middle/kernel"


def test_revealing_opens_the_groups_above(table: MatchTableModel) -> None:
    line = table.reveal(ROWS[3].key)
    assert table.path(line) == "optimizer/m/dense_2/kernel"
    assert table.reveal("no such key") == -1


def test_rows_are_copied_in_full(table: MatchTableModel) -> None:
    lines = table.text([]).splitlines()
    assert lines[0].startswith("Name\tState\tFile shape")
    assert lines[1].startswith("model/dense_10/kernel\tmissing_in_model\t4 x 3\t\tfloat32")
    assert len(table.text([5]).splitlines()) == 2


def test_a_hundred_thousand_rows_expand_at_once() -> None:
    many = tuple(
        row(
            State.RESTORED,
            f"model/block_{at // 10}/w_{at % 10}",
            at,
            f"model/block_{at // 10}/w_{at % 10}",
        )
        for at in range(100_000)
    )
    rows = prepare(report(many, renames=()), ())
    rows.expanded[:] = True
    started = time.perf_counter()
    rows.refresh()
    took = time.perf_counter() - started
    assert len(rows.rows) == 110_001
    assert rows.tally(int(np.flatnonzero(rows.forest.parent < 0)[0])) == (100_000, 100_000)
    assert took < 1
