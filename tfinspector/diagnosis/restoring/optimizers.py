"""M11, and M12 and M06 where an optimizer is concerned: state of training that does not fit.

Of another class, under another name or of the old kind it is lost or, by position, goes into the
wrong places. What was only left out is told in `optimizer_leftovers`.
"""

from collections.abc import Iterator

from tfinspector.contents.findings import Finding, Fix, Severity
from tfinspector.contents.restores import State
from tfinspector.diagnosis.matching.roles import is_optimizer
from tfinspector.diagnosis.restoring import code
from tfinspector.diagnosis.restoring.case import GOOD, LOST, UNFED, Case, Cause
from tfinspector.diagnosis.restoring.grafts import find_grafts
from tfinspector.diagnosis.restoring.optimizer_facts import (
    LEAVE_OUT,
    averages_in_file,
    build_optimizer,
    class_in_file,
    class_in_model,
    has_optimizer,
    has_rate,
    keeps_averages,
    lost_state,
    slot_in,
    takes_slots,
    unfed_state,
    without_optimizer,
    wrapped_on_one_side,
)
from tfinspector.diagnosis.restoring.wording import count, listed, shape

_MISFIT = frozenset({State.SHAPE_MISMATCH, State.DTYPE_MISMATCH})


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
            Fix(LEAVE_OUT, without_optimizer(case)),
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
            Fix(LEAVE_OUT, without_optimizer(case)),
        ),
        frozenset(place for place, _, _ in wrong),
    )  # fmt: skip


def find_legacy_optimizer(case: Case) -> Iterator[Cause]:
    """Slot variables of optimizers before Keras 2.11, and a model with one of today's."""
    lost = [p for p in case.open(lost_state(case)) if _is_legacy(case, p)]
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
    lost, unfed = case.open(lost_state(case)), case.open(unfed_state(case))
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


def _training(case: Case) -> list[int]:
    """All rows of optimizers that are not as they should be."""
    states = LOST | UNFED | _MISFIT | {State.NOT_ASSIGNED}
    return [p for p in case.places(frozenset(states)) if case.is_training_state(p)]


def _is_legacy(case: Case, place: int) -> bool:
    return ".OPTIMIZER_SLOT" in case.rows[place].key
