"""Whether a model holds again what it held: told of variables, not of every key that led to one."""

from __future__ import annotations

import pytest

from tests.diagnosis.made_up_models import model_of
from tfinspector.contents.restores import Outcome, RestoreReport, Row, State
from tfinspector.engine.restoring.proving import lost_values


def _report(*rows: Row) -> RestoreReport:
    model = model_of({"rate": (), "steps": ()})
    return RestoreReport(Outcome.PARTIAL, False, "a", "a", model, None, rows, (), ())


def _row(state: State, key: str, variable: int) -> Row:
    path = ("rate", "steps")[variable]
    return Row(state, key, key, variable, path, (), (), "float32", "float32")


@pytest.mark.parametrize("second", [State.NOT_ASSIGNED, State.VALUE_DIFFERS])
def test_a_second_key_of_a_proved_variable_is_no_loss(second: State) -> None:
    """Keras 2 numbers an optimizer's variables otherwise: a slot comes upon the learning rate."""
    held = {0: "a", 1: "b"}
    rows = _row(State.RESTORED, "rate", 0), _row(second, "list/1", 0)
    assert lost_values(_report(*rows), _report(*rows), held, held) == []
    alone = _report(rows[1])
    assert lost_values(alone, alone, held, held) == ["rate"]
    assert lost_values(_report(*rows), _report(*rows), held, held | {0: "c"}) == ["rate"]
