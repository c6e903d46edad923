"""M11, and M12 and M06 where an optimizer is concerned: state of training that does not fit.

Left out on purpose it is harmless, and that is said in so many words; of another class, under
another name or of the old kind it is lost or, by position, goes into the wrong places.
"""

from collections.abc import Iterator

from tfinspector.contents.findings import Finding, Fix, Severity
from tfinspector.contents.restores import State
from tfinspector.contents.variables import Role
from tfinspector.diagnosis.matching.roles import is_optimizer
from tfinspector.diagnosis.restoring import code
from tfinspector.diagnosis.restoring.case import GOOD, LOST, UNFED, Case, Cause
from tfinspector.diagnosis.restoring.grafts import find_grafts
from tfinspector.diagnosis.restoring.optimizer_facts import (
    averages_in_file,
    build_optimizer,
    class_in_file,
    class_in_model,
    has_optimizer,
    has_rate,
    keeps_averages,
    slot_in,
    takes_slots,
    without_optimizer,
    wrapped_on_one_side,
)
from tfinspector.diagnosis.restoring.wording import count, listed, shape, shown

_MISFIT = frozenset({State.SHAPE_MISMATCH, State.DTYPE_MISMATCH})
_EXTRA = frozenset({Role.OPTIMIZER.value, Role.SLOT.value, Role.EMA.value, Role.METRIC.value,
                    Role.COUNTER.value})  # fmt: skip
_LEAVE_OUT = "Leave the optimizer out of the checkpoint object, or make the one that was saved."


def find_other_optimizer(case: Case) -> Iterator[Cause]:
    """Values in `optimizer/_variables` go by position: another class takes them for others."""
    misfits = [p for p in case.open(case.places(_MISFIT)) if case.is_training_state(p)]
    if not misfits or any(case.is_weight(p) for p in case.places(_MISFIT)):
        return
    theirs, mine = class_in_file(case), class_in_model(case)
    averages = averages_in_file(case) and not keeps_averages(case)
    row = case.rows[misfits[0]]
    wrapper = wrapped_on_one_side(case)
    if wrapper:
        title = f"The optimizer was saved {wrapper[0]}, and the model's is {wrapper[1]}."
    elif averages:
        title = "The optimizer was saved with averages of the weights (use_ema=True), and the " \
                "model's optimizer keeps none, so its list is shifted."  # fmt: skip
    elif theirs and mine and theirs.lower() != mine.lower():
        title = f"The checkpoint holds the state of {theirs}, and the model's optimizer is {mine}."
    elif has_rate(case, in_file=True) != has_rate(case, in_file=False):
        words = ("a schedule of the learning rate", "a constant learning rate")
        was, now = words if not has_rate(case, in_file=True) else words[::-1]
        title = f"The optimizer was saved with {was}, and the model's has {now}, so its list is " \
                "shifted by one."  # fmt: skip
    else:
        title = "The optimizer's state does not fit the model's optimizer: its list is another one."
    yield Cause(
        Finding(
            "M11" if wrapper else "M12" if averages else "M06", Severity.ERROR, title,
            "Optimizers of Keras save a plain list. By position, "
            f"{shape(row.file_shape)} ({row.name}) would go into {shape(row.model_shape)} "
            f"(`{row.model_path}`), and TensorFlow raises, with the model half-restored.",
            case.checkpoint.prefix,
            {"saved": theirs, "model": mine, "misfits": [
                {"file": case.rows[p].name, "file_shape": list(case.rows[p].file_shape or ()),
                 "model": case.rows[p].model_path,
                 "model_shape": list(case.rows[p].model_shape or ())} for p in misfits[:40]]},
            Fix(_LEAVE_OUT, without_optimizer(case)),
        ),
        frozenset(_training(case)),
    )  # fmt: skip


def find_swapped_slots(case: Case) -> Iterator[Cause]:
    """M06 without a sound: another class's list of the same length, whose shapes happen to fit."""
    wrong = []
    if any(case.is_training_state(place) for place in case.places(_MISFIT)):
        return
    for place in case.places(GOOD):
        row = case.rows[place]
        if row.variable < 0 or not case.is_training_state(place):
            continue
        theirs = slot_in(case.variables[row.key].full_name)
        mine = slot_in(case.model.variables[row.variable].name)
        if theirs and mine and theirs != mine:
            wrong.append((place, theirs, mine))
    if not wrong:
        return
    place, there, here = wrong[0]
    saved, own = class_in_file(case), class_in_model(case)
    yield Cause(
        Finding(
            "M06", Severity.WARNING,
            f"The optimizer's state is that of {saved or 'another optimizer'}: by position, "
            f"{count(len(wrong), 'value')} of it would be taken for something else by "
            f"{own or 'the optimizer'}.",
            f"Optimizers of Keras save a plain list. All shapes fit, so nothing is raised, but "
            f"`{case.rows[place].name}` is a {there}, and goes into a {here}. The weights are not "
            "concerned.",
            case.checkpoint.prefix,
            {"saved": saved, "model": own,
             "swapped": [{"key": case.rows[p].key, "is": one, "taken_for": other}
                         for p, one, other in wrong[:40]]},
            Fix(_LEAVE_OUT, without_optimizer(case)),
        ),
        frozenset(place for place, _, _ in wrong),
    )  # fmt: skip


def find_legacy_optimizer(case: Case) -> Iterator[Cause]:
    """Slot variables of optimizers before Keras 2.11, and a model with one of today's."""
    lost = [p for p in case.open(_lost(case)) if _is_legacy(case, p)]
    if not lost or not has_optimizer(case) or takes_slots(case):
        return
    mine = class_in_model(case)
    yield Cause(
        Finding(
            "M11", Severity.WARNING,
            f"The optimizer's state is of the old kind (before Keras 2.11), which {mine or 'it'} "
            "can't take: training would begin with fresh momenta.",
            "The weights are not concerned. Old optimizers keep slot variables beside each weight; "
            "today's keep lists. Keras 2.11 to 2.15 raise `restore a checkpoint from a legacy "
            "Keras optimizer`; Keras 3 passes over it silently.",
            case.checkpoint.prefix,
            {"slots": listed(case.rows[p].name for p in lost), "model": mine},
            Fix("Go on with fresh momenta (restore the model alone), or train on with "
                "tf_keras.optimizers.legacy.", without_optimizer(case)),
        ),
        frozenset(_training(case)),
    )  # fmt: skip


def find_renamed_optimizer(case: Case) -> Iterator[Cause]:
    """An optimizer that has another name in the checkpoint."""
    lost, unfed = case.open(_lost(case)), case.open(_unfed(case))
    grafts = [
        graft for graft in find_grafts(case, lost, unfed, into_optimizers=True)
        if is_optimizer(case.node(graft.mine).kind)
    ]  # fmt: skip
    if not grafts:
        return
    places = {
        case.file_paths.get(graft.node, ""): code.reach(case, case.model_paths.get(graft.mine, ""))
        for graft in grafts
    }
    first = grafts[0]
    theirs, mine = case.file_paths.get(first.node, ""), case.model_paths.get(first.mine, "")
    needed = code.needs_at(*places.values())
    lines = [code.make_model(case)]
    lines += [f"root = {code.root_of(case)}", needed] if needed else []
    lines += [code.restore(case), f"{code.graft_expression(places)}.restore("
              f"{case.checkpoint.prefix!r})"]  # fmt: skip
    yield Cause(
        Finding(
            "M11", Severity.WARNING,
            f"The optimizer `{mine}` is called `{theirs}` in the checkpoint, so its state is not "
            "restored.",
            "Training would go on with fresh momenta and a step count of 0.",
            case.checkpoint.prefix, {"checkpoint": theirs, "model": mine},
            Fix("Use the checkpoint's name.", "\n".join(lines)),
        ),
        frozenset([*lost, *unfed]),
    )  # fmt: skip


def find_unbuilt_optimizer(case: Case) -> Iterator[Cause]:
    """An optimizer that makes its variables at its first step."""
    waiting = [
        p for p in case.open(case.places(frozenset({State.NOT_BUILT}))) if case.is_training_state(p)
    ]  # fmt: skip
    if not waiting:
        return
    name = next((path for number, path in case.model_paths.items()
                 if is_optimizer(case.node(number).kind)), "optimizer")  # fmt: skip
    yield Cause(
        Finding(
            "M11", Severity.WARNING,
            f"The optimizer `{name}` has no variables yet, so {count(len(waiting), 'value')} of "
            "its state have nowhere to go.",
            "It makes them at its first step, and TensorFlow keeps the values back until then; "
            "assert_consumed() fails meanwhile.",
            case.model.factory, {"waiting": listed(case.rows[p].name for p in waiting)},
            Fix("Build it before the restore.", build_optimizer(case, name)),
        ),
        frozenset(waiting),
    )  # fmt: skip


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
    if trained and has_optimizer(case) and case.open(_unfed(case)):
        yield _other_kind(case, lost)
        return
    complete = not case.unfed_weights and case.fed_weights and not case.places(_MISFIT)
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
    unfed = case.open(_unfed(case))
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
            Fix(_LEAVE_OUT, without_optimizer(case)),
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
            Fix(_LEAVE_OUT, without_optimizer(case)),
        ),
        frozenset([*lost, *case.open(_unfed(case))]),
    )  # fmt: skip


def _of(name: str) -> str:
    return f" ({name})" if name else ""


def _lost(case: Case) -> list[int]:
    return [p for p in case.places(LOST) if case.is_training_state(p)]


def _unfed(case: Case) -> list[int]:
    return [p for p in case.places(UNFED) if case.is_training_state(p)]


def _training(case: Case) -> list[int]:
    """All rows of optimizers that are not as they should be."""
    states = LOST | UNFED | _MISFIT | {State.NOT_ASSIGNED}
    return [p for p in case.places(frozenset(states)) if case.is_training_state(p)]


def _is_legacy(case: Case, place: int) -> bool:
    return ".OPTIMIZER_SLOT" in case.rows[place].key
