"""What a repaired checkpoint has of its source, and what it has not: each told with its reason.

Only what was proved goes into it. A weight that nothing in the source fits is left out, so that it
keeps the initial value that the user's own program gives it.
"""

import os
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from tfinspector.contents import numbers
from tfinspector.contents.findings import Finding, Fix, Severity
from tfinspector.contents.models import ModelDescription, ModelVariable, Returned
from tfinspector.contents.restores import Attachment, Rename, RestoreReport, Row, State
from tfinspector.contents.variables import Role
from tfinspector.diagnosis.restoring.saved_models import listed_twice

ABOUT_WRITING = frozenset({"M32", "M36", "M37", "M38"})
_SHOWN = 5
_MISFIT = frozenset({State.SHAPE_MISMATCH, State.DTYPE_MISMATCH})
_UNFILLED = _MISFIT | {State.MISSING_IN_CHECKPOINT, State.NOT_ASSIGNED}
_WEIGHTS = frozenset({Role.WEIGHT.value, Role.EMA.value, Role.OTHER.value})
_TRAINING = frozenset({Role.OPTIMIZER.value, Role.SLOT.value})
_KINDS = {
    Role.SLOT.value: "state of the optimizer", Role.OPTIMIZER.value: "state of the optimizer",
    Role.METRIC.value: "metrics", Role.COUNTER.value: "counters", Role.EMA.value: "averages",
}  # fmt: skip
_CHANGES = {
    "transpose": "transposed", "reshape": "reshaped", "cast": "cast", "part": "put together",
    "slice": "cut or filled up",
}  # fmt: skip


def left_out(filled: RestoreReport) -> tuple[Row, ...]:
    """The model's weights that nothing in the source fits."""
    assert filled.model is not None
    proved = {row.variable for row in filled.rows if row.state is State.RESTORED}
    once: dict[int, Row] = {}
    for row in filled.rows:
        if row.variable in proved or row.state not in _UNFILLED or row.role not in _WEIGHTS:
            continue
        if row.variable >= 0 and _is_in_files(filled.model, row.variable):
            once.setdefault(row.variable, row)
    return tuple(once.values())


def tell_left_out(filled: RestoreReport, prefix: str, place: Attachment) -> list[Finding]:
    """M32: weights of the model that the new file does not have, and why."""
    rows = left_out(filled)
    if not rows or filled.model is None:
        return []
    one = len(rows) == 1
    names = [row.model_path or row.name for row in rows]
    return [
        Finding(
            "M32", Severity.WARNING,
            f"{numbers.counted(len(rows), 'weight')} of the model {'is' if one else 'are'} not in "
            f"{os.path.basename(prefix)}, because nothing in the source fits: "
            f"{_listed([_with_reason(row) for row in rows])}.",
            f"{'It keeps' if one else 'They keep'} the initial value that your program gives"
            f"{'' if one else ' them'}. All the rest restores by your ordinary call, with "
            "expect_partial(): assert_consumed() would miss what is left out.",
            where=prefix,
            evidence={"variables": names, "reasons": [_reason(row) for row in rows]},
            fix=Fix(
                "Restore it so, and train what is left out; or accept or add a pair for it.",
                f"{_checkpoint(filled.model, place)}.restore({prefix!r}).expect_partial()",
            ),
        )
    ]  # fmt: skip


def tell_not_carried(filled: RestoreReport) -> list[Finding]:
    """M36: values of the source that the new file does not have, each for a reason."""
    taken = {row.key for row in filled.rows if row.state is State.RESTORED}
    has = taken | listed_twice([row.key for row in filled.rows])
    rows = [
        row for row in filled.rows
        if row.key and row.key not in has and row.state is not State.NOT_COMPARABLE
        and not (row.variable >= 0 and row.role in _WEIGHTS and row.state in _MISFIT)
    ]  # fmt: skip
    rows = list({row.key: row for row in rows}.values())
    if not rows:
        return []
    kinds = Counter(_KINDS.get(row.role, "weights") for row in rows)
    told = ", ".join(f"{kind} ({numbers.whole(count)})" for kind, count in kinds.items())
    whys = list(dict.fromkeys(row.why or "The model has no place for it." for row in rows))
    return [
        Finding(
            "M36", Severity.INFO,
            f"{numbers.counted(len(rows), 'value of the source is', 'values of the source are')} "
            f"not in the new file: {told}.",
            " ".join(whys[:_SHOWN]),
            where=filled.prefix,
            evidence={"keys": [row.key for row in rows], "kinds": dict(kinds)},
            fix=Fix(
                "What the model has no place for is carried over once the factory returns what "
                "holds it, too (an optimizer: a tuple of model and optimizer, or a dict)."
            ),
        )
    ]  # fmt: skip


def tell_fresh_state(filled: RestoreReport) -> list[Finding]:
    """M37: state of the optimizer that nothing in the source filled."""
    proved = {row.variable for row in filled.rows if row.state is State.RESTORED}
    at = {
        row.variable for row in filled.rows
        if row.variable >= 0 and row.role in _TRAINING and row.variable not in proved
    }  # fmt: skip
    if not at or filled.model is None:
        return []
    names = [filled.model.variables[each].path or filled.model.variables[each].name for each in at]
    return [
        Finding(
            "M37", Severity.INFO,
            f"{numbers.counted(len(at), 'variable')} of the optimizer in the new file "
            f"{'is' if len(at) == 1 else 'are'} as the factory made them, for the source has no "
            "state that belongs there.",
            where=filled.prefix, evidence={"variables": names},
        )
    ]  # fmt: skip


def tell_changed(renames: Iterable[Rename], report: RestoreReport) -> list[Finding]:
    """M38: what becomes of values on their way, where they are not as they were in the source."""
    assert report.model is not None
    theirs = {row.key: row for row in report.rows if row.key}
    mine = {
        path: each for each in report.model.variables for path in (each.name, *each.paths) if path
    }
    changed = [
        _Change(each, theirs[each.key], mine[each.path])
        for each in renames
        if each.transform and each.key in theirs and each.path in mine
    ]
    if not changed:
        return []
    kinds = Counter(each.rename.transform for each in changed)
    told = " and ".join(
        f"{numbers.counted(count, 'value is', 'values are')} {_CHANGES.get(kind, kind)}"
        for kind, count in kinds.items()
    )
    casts = dict.fromkeys(each.rounding for each in changed)
    return [
        Finding(
            "M38", Severity.INFO,
            f"{told} on the way: {_listed([each.words for each in changed])}.",
            " ".join(each for each in casts if each),
            where=report.prefix,
            evidence={
                "changed": [
                    {"from": each.key, "to": each.path, "transform": each.transform}
                    for each, _, _ in changed
                ]
            },
        )
    ]  # fmt: skip


class _Change(NamedTuple):
    rename: Rename
    theirs: Row
    mine: ModelVariable

    @property
    def words(self) -> str:
        name = self.mine.path or self.mine.name
        if self.rename.transform == "cast":
            return f"{name} ({self.theirs.file_dtype} to {self.mine.dtype})"
        shapes = numbers.shape(self.theirs.file_shape), numbers.shape(self.mine.shape)
        return f"{name} ({shapes[0]} to {shapes[1]})"

    @property
    def rounding(self) -> str:
        """What a cast does to the values at worst, "" where there is none."""
        theirs, mine = self.theirs.file_dtype, self.mine.dtype
        if theirs == mine:
            return ""
        import ml_dtypes  # only such types need it

        try:
            one, other = ml_dtypes.finfo(theirs), ml_dtypes.finfo(mine)
        except ValueError:  # whole numbers: what does not fit is refused
            return f"{theirs} becomes {mine}: every number stays the same."
        if float(other.eps) <= float(one.eps) and float(other.max) >= float(one.max):
            return f"{theirs} becomes {mine}: every number stays the same."
        return (
            f"{theirs} becomes {mine}: each is rounded by at most {float(other.eps) / 2:.2g} of it."
        )


def _checkpoint(model: ModelDescription, place: Attachment) -> str:
    """The user's own, in Python."""
    if model.returned is Returned.CHECKPOINT:
        return "checkpoint"
    names = [name for name, _ in model.nodes[0].children if name != "save_counter"]
    if model.returned is Returned.BARE:
        names = [place.name] if place.name else []
    parts = ", ".join(f"{name}={name if len(names) > 1 else 'model'}" for name in names)
    return f"tf.train.Checkpoint({parts or 'model'})"


def _is_in_files(model: ModelDescription, at: int) -> bool:
    mine = model.variables[at]
    return mine.node >= 0 and not mine.random_state and ".metrics." not in mine.owner


def _reason(row: Row) -> str:
    if row.state is State.SHAPE_MISMATCH:
        shapes = numbers.shape(row.file_shape), numbers.shape(row.model_shape)
        return f"{shapes[0]} in the source, {shapes[1]} in the model"
    if row.state is State.DTYPE_MISMATCH:
        return f"{row.file_dtype} in the source, {row.model_dtype} in the model"
    return "not in the source" if row.state is State.MISSING_IN_CHECKPOINT else row.why.rstrip(".")


def _with_reason(row: Row) -> str:
    return f"{row.model_path or row.name} ({_reason(row)})"


def _listed(names: Sequence[str]) -> str:
    more = f" and {numbers.whole(len(names) - _SHOWN)} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
