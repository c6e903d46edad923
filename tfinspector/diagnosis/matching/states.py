"""From a match to proved states: what each variable holds after a restore, against the file.

"restored" is only ever said where the value in the model hashes to what lies in the file.
"""

from collections.abc import Iterable, Mapping, Sequence
from math import prod

from tfinspector.contents.models import ModelDescription, ModelVariable
from tfinspector.contents.restores import MatchTable, Outcome, Row, State
from tfinspector.contents.variables import Role

COUNTER = -1  # stands for the checkpoint's own save counter among the variables
WHY_NO_HASH = "Its value could not be read back."
WHY_INITIAL = "It still holds what it held before the restore."
WHY_DIFFERS = "It holds something else than the file."
WHY_OVERWRITTEN = "The restore gave it the file's value, but the first call gave it another one."
WHY_STOPPED = "Nothing was restored: TensorFlow would have stopped half-way."
WHY_FAILED = "The restore raised an error; what it had overwritten was rolled back."
WHY_DAMAGED = "Nothing was restored: the file is damaged."
WHY_LOST = "The worker ended before the restore was done."
WHY_COUNTED = "The call changed it after the restore, as a counter does."
_REFUSED = frozenset({State.SHAPE_MISMATCH, State.DTYPE_MISMATCH})


def prove(
    table: MatchTable,
    description: ModelDescription,
    hashes_after: Mapping[int, str],
    file_hashes: Mapping[str, str],
) -> tuple[Row, ...]:
    """The rows of `table` with the states that the values prove.

    `hashes_after` has the SHA-256 of each variable of the model (`COUNTER` for the checkpoint's
    save counter), `file_hashes` that of each key; what could not be read is not in them.
    """
    return tuple([_proved(row, description, hashes_after, file_hashes) for row in table.rows])


def prove_again(
    rows: Sequence[Row],
    description: ModelDescription,
    hashes_after: Mapping[int, str],
    file_hashes: Mapping[str, str],
) -> tuple[Row, ...]:
    """The same once more after a call of the model: what was overwritten meanwhile is told."""
    return tuple([_still(row, description, hashes_after, file_hashes) for row in rows])


def untouched(rows: Iterable[Row], why: str) -> tuple[Row, ...]:
    """The rows of a restore that did not happen, or that was rolled back."""
    return tuple([row._replace(why=why, fits=False) if row.fits else row for row in rows])


def refused(rows: Iterable[Row]) -> tuple[Row, ...]:
    """The pairs at which TensorFlow's restore would raise, some variables already overwritten."""
    return tuple([row for row in rows if row.state in _REFUSED])


def outcome_of(rows: Sequence[Row], model: ModelDescription) -> Outcome:
    """How it went, by the weights of both sides; by all of the model where there are no weights.

    Of the rows of a match: how a restore is foretold to go.

    An optimizer's state that only one side has is no shortcoming: training was left out. So are
    averages of the weights that only the file has, and weights that only the file has where the
    model is complete: it is a part of what was saved.
    """
    telling = [row for row in rows if _counts(row, model)]
    counted = [row for row in telling if _is_weight(row)]
    own = [row for row in counted if row.state is not State.MISSING_IN_MODEL]
    if own and all(_is_good(row) for row in own):
        counted = own
    counted = counted or [row for row in telling if row.variable >= 0]
    good = sum(map(_is_good, counted))
    if not good:
        return Outcome.NOTHING
    return Outcome.RESTORED if good == len(counted) else Outcome.PARTIAL


def parameters_of(rows: Sequence[Row], model: ModelDescription) -> tuple[int, int]:
    """Elements of the model's weights: how many are proved (or foretold), and all of them."""
    weights = {row.variable for row in rows if row.variable >= 0 and row.role in _WEIGHTS}
    good = {row.variable for row in rows if _is_good(row)}
    sizes = {at: _size(model.variables[at]) for at in weights}
    return sum(sizes[at] for at in weights & good), sum(sizes.values())


_WEIGHTS = frozenset({Role.WEIGHT.value, Role.EMA.value})


def _is_good(row: Row) -> bool:
    return row.expected is State.RESTORED


def _is_weight(row: Row) -> bool:
    return row.role in _WEIGHTS and (row.variable >= 0 or row.role == Role.WEIGHT.value)


def _counts(row: Row, model: ModelDescription) -> bool:
    """Whether the row says something about success: counters, tables, random state do not."""
    if row.state is State.NOT_COMPARABLE or row.role == Role.COUNTER.value:
        return False
    return row.variable < 0 or not model.variables[row.variable].random_state


def _size(variable: ModelVariable) -> int:
    if variable.dtype == "string":
        return 0
    return prod(each or 0 for each in variable.shape or ())


def _proved(
    row: Row, model: ModelDescription, after: Mapping[int, str], stored: Mapping[str, str]
) -> Row:
    if row.fits:
        return _judge(row._replace(fits=False), model, after.get(row.variable), stored.get(row.key))
    if row.state is not State.NOT_ASSIGNED or row.key not in stored:
        return row
    # Two keys for one variable of the model: the values may well be the same.
    is_equal = after.get(row.variable) == stored[row.key]
    return row._replace(state=State.RESTORED) if is_equal else row


def _judge(row: Row, model: ModelDescription, held: str | None, stored: str | None) -> Row:
    if held and held == stored:
        return row._replace(state=State.RESTORED, why="")
    if row.variable < 0:
        return row._replace(state=State.NOT_COMPARABLE)
    if held and held == model.variables[row.variable].initial:
        return row._replace(state=State.NOT_ASSIGNED, why=WHY_INITIAL)
    if not held or not stored:
        return row._replace(state=State.NOT_COMPARABLE, why=WHY_NO_HASH)
    return row._replace(state=State.VALUE_DIFFERS, why=WHY_DIFFERS)


def _still(
    row: Row, model: ModelDescription, after: Mapping[int, str], stored: Mapping[str, str]
) -> Row:
    if row.state is not State.RESTORED or row.variable not in after or row.key not in stored:
        return row
    if after[row.variable] == stored[row.key]:
        return row
    mine = model.variables[row.variable]
    if not mine.trainable and mine.shape == () and mine.dtype in ("int64", "int32"):
        return row._replace(why=WHY_COUNTED)
    return row._replace(state=State.VALUE_DIFFERS, why=WHY_OVERWRITTEN)
