"""What a person decides about rename suggestions."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from tests.viewmodels.made_up_restores import RENAMES, model
from tfinspector.contents.restores import Rename
from tfinspector.viewmodels.restore.renames import BY_HAND, Decision, RenameColumn, RenameList

PLACES = ("model/middle/_kernel", "model/out/_kernel", "model/free/_kernel")


@pytest.fixture
def renames(qtbot: QtBot) -> RenameList:
    made = RenameList()
    made.propose(RENAMES, model(PLACES))
    return made


def test_nothing_is_accepted_by_itself(renames: RenameList) -> None:
    assert renames.accepted == ()
    assert renames.count(Decision.OPEN) == 2


def test_accepting_all_above_leaves_what_changes_values(renames: RenameList) -> None:
    assert renames.accept_above(0.3) == 1
    assert renames.accepted == RENAMES[:1]
    renames.decide([1], Decision.ACCEPTED)
    assert renames.accepted == RENAMES


def test_the_threshold_counts(renames: RenameList) -> None:
    renames.accept_above(0.95)
    assert renames.accepted == ()


def test_a_rule_is_accepted_as_a_whole(renames: RenameList) -> None:
    assert renames.rules == [("one left", 1)]
    renames.accept_rule("one left")
    assert renames.accepted == RENAMES[:1]
    assert renames.rules == []


def test_a_guess_among_equals_is_accepted_by_itself_only(renames: RenameList) -> None:
    guess = RENAMES[0]._replace(confidence=0.5, alternatives=("model/free/_kernel",))
    renames.propose([guess], model(PLACES))
    assert renames.rules == []
    assert renames.accept_above(0.3) == 1
    renames.accept_rule("one left")
    assert renames.accepted == ()
    renames.decide([0], Decision.ACCEPTED)
    assert renames.accepted == (guess,)


def test_a_pair_is_sent_elsewhere_only_where_there_is_a_place(renames: RenameList) -> None:
    index = renames.index(0, RenameColumn.TO)
    assert not renames.setData(index, "model/nowhere")
    assert renames.setData(index, "model/free/_kernel")
    assert renames.accepted[0].path == "model/free/_kernel"
    assert renames.accepted[0].why == BY_HAND


def test_one_place_takes_one_key(renames: RenameList) -> None:
    renames.decide([0], Decision.ACCEPTED)
    renames.send_to(1, RENAMES[0].path)
    assert [pair.decision for pair in renames.pairs] == [Decision.REJECTED, Decision.ACCEPTED]


def test_decisions_survive_the_next_report(renames: RenameList) -> None:
    renames.decide([0], Decision.ACCEPTED)
    renames.decide([1], Decision.REJECTED)
    renames.propose(RENAMES[1:], model(PLACES))
    assert renames.accepted == RENAMES[:1]
    assert renames.count(Decision.REJECTED) == 1
    renames.forget()
    assert renames.pairs == []


def test_a_loaded_map_counts_as_accepted_and_replaces(renames: RenameList) -> None:
    renames.decide([0], Decision.ACCEPTED)
    loaded = Rename(RENAMES[1].key, RENAMES[1].name, RENAMES[0].path, 1.0, "from a map")
    renames.take_map([loaded])
    assert renames.accepted == (loaded,)


def test_the_change_is_written_out(renames: RenameList) -> None:
    assert renames.index(1, RenameColumn.CHANGE).data() == "transpose (1, 0)"
    assert renames.index(0, RenameColumn.CONFIDENCE).data() == "93"
