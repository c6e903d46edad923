"""How each state of a variable in a restore is shown: icon, colour, word, and what it means."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from tfinspector.contents.restores import Outcome, RestoreReport, Row, State
from tfinspector.contents.variables import Role


class Foretold(StrEnum):
    """What a dry run says of a variable that both sides fit."""

    RESTORED = "would be restored"


STATES: tuple[State | Foretold, ...] = (State.RESTORED, Foretold.RESTORED, *tuple(State)[1:])
"""The kinds of rows, in the order in which they are shown."""


class Sign(NamedTuple):
    """`icon` of `resources/icons`, `role` of the theme's colours, `word` in sentence case."""

    icon: str
    role: str
    word: str


SIGNS: dict[State | Foretold, Sign] = {
    State.RESTORED: Sign("proved", "proved", "restored"),
    Foretold.RESTORED: Sign("matched", "text", Foretold.RESTORED.value),
    State.MISSING_IN_MODEL: Sign("missing", "attention", "missing in model"),
    State.MISSING_IN_CHECKPOINT: Sign("missing", "wrong", "missing in file"),
    State.SHAPE_MISMATCH: Sign("mismatch", "wrong", "shape differs"),
    State.DTYPE_MISMATCH: Sign("mismatch", "wrong", "dtype differs"),
    State.NOT_BUILT: Sign("waiting", "attention", "not built"),
    State.NOT_ASSIGNED: Sign("error", "wrong", "not assigned"),
    State.VALUE_DIFFERS: Sign("mismatch", "wrong", "value differs"),
    State.UNREACHABLE: Sign("unlinked", "attention", "unreachable"),
    State.NOT_COMPARABLE: Sign("info", "muted", "not comparable"),
}

MEANINGS: dict[State | Foretold, str] = {
    State.RESTORED: "Its value in the model was compared with the bytes in the file: equal",
    Foretold.RESTORED: "Both sides fit; a restore would assign it",
    State.MISSING_IN_MODEL: "The file has it, the model has no place for it",
    State.MISSING_IN_CHECKPOINT: "The model has it, the file has no value for it",
    State.SHAPE_MISMATCH: "Both sides have it, with different shapes",
    State.DTYPE_MISMATCH: "Both sides have it, with different types",
    State.NOT_BUILT: "It waits for a part of the model that has no variables yet",
    State.NOT_ASSIGNED: "It has a counterpart, yet was not given its value",
    State.VALUE_DIFFERS: "It does not hold what the file holds",
    State.UNREACHABLE: "A variable of the model that no checkpoint of this object can hold",
    State.NOT_COMPARABLE: "Tables, iterators and counters have no value to compare",
}

_GRAVITY = {"proved": 0, "text": 1, "muted": 2, "attention": 3, "wrong": 4}
_OF_TRAINING = frozenset({Role.OPTIMIZER, Role.SLOT, Role.COUNTER, Role.METRIC})
_LEFT_OUT = frozenset({State.MISSING_IN_MODEL, State.MISSING_IN_CHECKPOINT, State.NOT_BUILT})


def kind(row: Row) -> State | Foretold:
    """What it is shown as: its state, or what is foretold of it."""
    return Foretold.RESTORED if row.fits else row.state


def sign(row: Row, outcome: Outcome) -> Sign:
    """How `row` is shown.

    What only training needs may be left out, and what was held back because the restore was
    stopped is a consequence: both are told without alarm.
    """
    made = SIGNS[kind(row)]
    if row.state in _LEFT_OUT and row.role in _OF_TRAINING:
        return made._replace(role="muted")
    if row.state is State.UNREACHABLE and row.why and not _is_alarm(row):
        return made._replace(role="muted")
    if row.state is State.NOT_ASSIGNED and not row.fits and outcome is Outcome.FAILED:
        return Sign("waiting", "muted", "held back")
    return made


def gravity(made: Sign) -> int:
    """How much it matters, 0 (proved) to 4 (wrong)."""
    return _GRAVITY[made.role]


def gravest(numbers: int) -> str:
    """The colour role of a gravity."""
    return next(role for role, gravity in _GRAVITY.items() if gravity == numbers)


def _is_alarm(row: Row) -> bool:
    """State of random numbers is unreachable by design; its reason says so."""
    return "random" not in row.why.lower()


def tally(report: RestoreReport) -> tuple[int, int]:
    """(proved or foretold, all) of the model's variables that a checkpoint can hold."""
    model = report.model
    if model is None:
        return 0, 0
    good = {
        row.variable for row in report.rows if row.variable >= 0 and row.expected is State.RESTORED
    }
    counted = [at for at, each in enumerate(model.variables) if not each.random_state]
    return len(good.intersection(counted)), len(counted)
