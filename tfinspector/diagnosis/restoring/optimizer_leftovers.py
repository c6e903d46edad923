"""M11 and M12 where nothing went wrong: state of training that only one side has.

Left out on purpose it is harmless, and that is said in so many words.
"""

from collections.abc import Iterator

from tfinspector.contents.findings import Finding, Fix, Severity
from tfinspector.contents.restores import State
from tfinspector.contents.variables import Role
from tfinspector.diagnosis.restoring import code
from tfinspector.diagnosis.restoring.case import GOOD, LOST, Case, Cause
from tfinspector.diagnosis.restoring.optimizer_facts import (
    LEAVE_OUT,
    class_in_file,
    class_in_model,
    has_optimizer,
    slot_in,
    unfed_state,
    without_optimizer,
)
from tfinspector.diagnosis.restoring.wording import count, listed, shown

_MISFIT = frozenset({State.SHAPE_MISMATCH, State.DTYPE_MISMATCH})
_EXTRA = frozenset({Role.OPTIMIZER.value, Role.SLOT.value, Role.EMA.value, Role.METRIC.value,
                    Role.COUNTER.value})  # fmt: skip


def find_averages(case: Case) -> Iterator[Cause]:
    """M12: averaged weights lie in the checkpoint, and nothing takes them."""
    averages = [
        p for p in case.open(case.places(LOST)) if case.rows[p].role == Role.EMA.value
    ]  # fmt: skip
    if not averages or not case.fed_weights or case.graph.nodes == ():
        return
    pairs = []
    by_name = {case.rows[p].name: case.rows[p] for p in case.fed_weights}
    for place in averages:
        key = case.rows[place].key
        weight = by_name.get(case.variables[key].slot_of)
        if weight is not None and weight.file_shape == case.rows[place].file_shape:
            pairs.append((weight.model_path, key))
    yield Cause(
        Finding(
            "M12", Severity.INFO,
            f"The checkpoint also holds averages of {count(len(averages), 'weight')}, and the "
            "model gets the raw values of the last step.",
            "It was trained with moving averages (use_ema=True). Evaluation usually wants the "
            "averages: the raw weights restore without a word and score lower. Keras' fit() "
            "makes them equal at its end; a custom loop does not.",
            case.checkpoint.prefix, {"averages": listed(case.rows[p].name for p in averages)},
            Fix("Restore the averages into the weights, or return the optimizer from the factory "
                "and call optimizer.finalize_variable_values(model.trainable_variables).",
                code.assign_all(case, pairs) or without_optimizer(case)),
        ),
        frozenset(averages),
    )  # fmt: skip


def find_unused_state(case: Case) -> Iterator[Cause]:
    """State of training that the model has no use for: harmless where there is no optimizer."""
    lost = [p for p in case.open(case.places(LOST)) if case.rows[p].role in _EXTRA]
    if not lost:
        return
    trained = [p for p in lost if case.is_training_state(p)]
    if trained and has_optimizer(case) and case.open(unfed_state(case)):
        yield _other_kind(case, lost)
        return
    settled = case.open(case.fed_weights) == list(case.fed_weights)  # none is in a wrong place
    complete = settled and case.fed_weights and not (case.unfed_weights or case.places(_MISFIT))
    what = "The optimizer's state" if trained else "State of training in the checkpoint"
    if any(case.rows[p].role == Role.METRIC.value for p in lost) and not trained:
        what = "The metrics' state"
    yield Cause(
        Finding(
            "M11", Severity.INFO,
            ("The weights are complete; " + what[0].lower() + what[1:] if complete else what)
            + " is not used.",
            "Harmless unless you want to train on: TensorFlow warns of each such value at the end "
            "of the program, or assert_consumed() fails. Call expect_partial() to say that it is "
            "meant.",
            case.checkpoint.prefix,
            {"not_used": listed(case.rows[p].name for p in lost)},
            Fix("Say that it is meant.", f"{code.make_model(case)}\n"
                f"{code.restore(case, '.expect_partial()')}"),
        ),
        frozenset(lost),
    )  # fmt: skip


def find_fresh_optimizer(case: Case) -> Iterator[Cause]:
    """The model has an optimizer and the checkpoint has no state for it."""
    unfed = case.open(unfed_state(case))
    if not unfed:
        return
    if any(_is_slot(case, place) for place in case.places(GOOD)):
        yield _more_wanted(case, unfed)
        return
    yield Cause(
        Finding(
            "M11", Severity.INFO,
            f"The checkpoint has no state for {count(len(unfed), 'variable')} of the optimizer: "
            "training would begin afresh.",
            "It was saved without an optimizer, or before its first step.",
            case.checkpoint.prefix, {"without_state": listed(case.names(unfed))},
        ),
        frozenset(unfed),
    )  # fmt: skip


def _is_slot(case: Case, place: int) -> bool:
    """Whether the row is a value that the model's optimizer keeps for a weight."""
    at = case.rows[place].variable
    is_own = at >= 0 and case.is_training_state(place)
    return is_own and bool(slot_in(case.model.variables[at].name))


def _more_wanted(case: Case, unfed: list[int]) -> Cause:
    """The rest of its state came: another class or another option, which keeps more."""
    theirs, mine = class_in_file(case), class_in_model(case)
    is_other = bool(theirs and mine) and theirs.lower() != mine.lower()
    saved = f"{theirs}, which was saved," if is_other else "the one that was saved"
    return Cause(
        Finding(
            "M11", Severity.WARNING if is_other else Severity.INFO,
            f"The model's optimizer{_of(mine)} keeps more than {saved} did: "
            f"{shown(case.names(unfed))} {'begins' if len(unfed) == 1 else 'begin'} afresh.",
            "Everything else of its state is restored, by its place in the list that Keras keeps. "
            "Training goes on, yet not as if it had never stopped.",
            case.checkpoint.prefix,
            {"saved": theirs, "model": mine, "without_state": listed(case.names(unfed))},
            Fix(LEAVE_OUT, without_optimizer(case)),
        ),
        frozenset(unfed),
    )  # fmt: skip


def _other_kind(case: Case, lost: list[int]) -> Cause:
    theirs, mine = class_in_file(case), class_in_model(case)
    return Cause(
        Finding(
            "M11", Severity.WARNING,
            f"The checkpoint's optimizer{_of(theirs)} keeps other state than the model's"
            f"{_of(mine)}: {shown([case.rows[p].name for p in lost])} "
            "is not restored.",
            "The weights are not concerned; training would go on with fresh momenta.",
            case.checkpoint.prefix,
            {"saved": theirs, "model": mine, "not_used": listed(case.rows[p].name for p in lost)},
            Fix(LEAVE_OUT, without_optimizer(case)),
        ),
        frozenset([*lost, *case.open(unfed_state(case))]),
    )  # fmt: skip


def _of(name: str) -> str:
    return f" ({name})" if name else ""
