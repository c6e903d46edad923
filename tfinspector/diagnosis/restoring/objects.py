"""M15, M16, M18, M20, M21: right names that lead to the wrong objects, and state beside weights."""

from collections.abc import Iterator

from tfinspector.contents.findings import Finding, Fix, Severity
from tfinspector.contents.restores import State
from tfinspector.contents.variables import Role
from tfinspector.diagnosis.matching.states import WHY_OVERWRITTEN
from tfinspector.diagnosis.restoring import code
from tfinspector.diagnosis.restoring.case import LOST, SHARED_HERE, Case, Cause
from tfinspector.diagnosis.restoring.wording import count, listed, shown

_LOOKUPS = (".StringLookup", ".IntegerLookup", ".TextVectorization")
_EMPTY = "NullInitializer"


def find_copies(case: Case) -> Iterator[Cause]:
    """M20: one object in the checkpoint, several in the model; the others stay as they were."""
    copies = _copies(case)
    unfed = [p for p in case.open(case.unfed_weights) if case.rows[p].variable in copies]
    if not unfed:
        return
    paths = [
        (case.model.variables[copies[case.rows[p].variable]].path, case.rows[p].model_path)
        for p in unfed
    ]
    keys = {row.variable: row.key for row in case.rows if row.key and row.variable >= 0}
    pairs = [
        (case.rows[p].model_path, keys[copies[case.rows[p].variable]])
        for p in unfed
        if copies[case.rows[p].variable] in keys
    ]
    first_path, second = paths[0]
    yield Cause(
        Finding(
            "M20", Severity.ERROR,
            f"The checkpoint shares one variable for `{first_path}` and `{second}`; the model has "
            "two, and the second keeps its initial value.",
            "The value goes to the first object that the walk meets. TensorFlow logs "
            "`Inconsistent references when loading the checkpoint`, and no more.",
            case.checkpoint.prefix,
            {"shared": [{"restored": one, "left_out": other} for one, other in paths[:40]]},
            Fix("Share the object in the factory as well, or assign the value to both.",
                _with_restore(case, pairs)),
        ),
        frozenset(unfed),
    )  # fmt: skip


def _copies(case: Case) -> dict[int, int]:
    """Variable of the model that is left out -> the one that gets the shared value.

    TensorFlow's walk stops at an object that it has met before, so beneath a copy of a whole layer
    everything is left out.
    """
    found: dict[int, int] = {}
    queue = [(objects[0], other) for _, objects in case.table.conflicts for other in objects[1:]]
    seen = set(queue)
    for first, other in queue:  # it grows meanwhile
        one, two = case.node(first).variable, case.node(other).variable
        if one >= 0 and two >= 0 and one != two:
            found[two] = one
        children = case.model_children(other)
        for name, child in case.node(first).children:
            pair = child, children.get(name, child)
            if pair[0] != pair[1] and pair not in seen:
                seen.add(pair)
                queue.append(pair)
    return found


def find_merged(case: Case) -> Iterator[Cause]:
    """M20 the other way round: two values in the checkpoint, one variable in the model."""
    dropped = [
        p for p in case.open(case.places(frozenset({State.NOT_ASSIGNED})))
        if case.rows[p].why.startswith(SHARED_HERE) and case.is_weight(p)
    ]  # fmt: skip
    if not dropped:
        return
    row = case.rows[dropped[0]]
    kept = next((each.name for p, each in enumerate(case.rows)
                 if each.variable == row.variable and p not in dropped), "another")  # fmt: skip
    yield Cause(
        Finding(
            "M20", Severity.WARNING,
            f"The model shares one variable where the checkpoint has two values: `{kept}` is "
            f"restored, and `{row.name}` is dropped.",
            "They were two variables when it was saved. The model may behave differently from the "
            "one that was trained.",
            case.checkpoint.prefix,
            {"dropped": listed(case.rows[p].name for p in dropped), "kept": kept},
            Fix("Keep them apart in the factory, as they were when it was saved; if both values "
                "are the same, nothing is lost.",
                f"tfinspector values {case.checkpoint.prefix!r} {row.name!r}"),
        ),
        frozenset(dropped),
    )  # fmt: skip


def find_other_instance(case: Case) -> Iterator[Cause]:
    """M18: a call of the model uses variables other than those that are restored."""
    used = case.model.in_call
    fed = [p for p in case.fed_weights if case.rows[p].variable >= 0]
    if used is None or not fed:
        return
    idle = [p for p in fed if case.rows[p].variable not in used]
    strangers = [
        at for at in used
        if case.model.variables[at].node < 0 and not case.model.variables[at].random_state
    ]  # fmt: skip
    if len(idle) < len(fed) and not (idle and _shadow(case, idle, strangers)):
        return
    what = "none of the restored weights" if len(idle) == len(fed) else (
        f"{len(idle):,} of the restored weights not at all ({shown(case.names(idle))})"
    )  # fmt: skip
    yield Cause(
        Finding(
            "M18", Severity.ERROR,
            f"The model's call uses {what}: it goes through other objects than those it keeps.",
            "The call was traced to see which variables it reads. A layer that is made again, or "
            "kept in a closure, has weights of its own, which stay random.",
            case.model.factory,
            {"restored_but_not_used": listed(case.names(idle)),
             "used_but_out_of_reach": listed(case.model.variables[at].name for at in strangers)},
            Fix("Call the very objects that are attributes of the model; make none twice.",
                _look_code(case)),
        ),
    )  # fmt: skip


def find_overwritten(case: Case) -> Iterator[Cause]:
    """M21: equal to the file after the restore, and something else after a call."""
    changed = [
        p for p in case.places(frozenset({State.VALUE_DIFFERS}))
        if case.rows[p].why == WHY_OVERWRITTEN
    ]  # fmt: skip
    if not changed:
        return
    yield Cause(
        Finding(
            "M21", Severity.ERROR,
            f"{shown(case.names(changed))} {'was' if len(changed) == 1 else 'were'} restored, and "
            "the first call of the model overwrote "
            f"{'it' if len(changed) == 1 else 'them'} again.",
            "Right after the restore the values were those of the file. The call assigns them "
            "anew: an initialiser, load_weights or another restore() runs in it.",
            case.model.factory, {"overwritten": listed(case.names(changed))},
            Fix("Restore after the first call, and take initial assignments out of `call`.",
                f"{code.make_model(case)}\n{code.restore(case)}"),
        ),
        frozenset(changed),
    )  # fmt: skip


def find_altered(case: Case) -> Iterator[Cause]:
    """M21 as well: right after the restore the value is neither the file's nor the old one."""
    changed = case.open(case.places(frozenset({State.VALUE_DIFFERS})))
    if not changed:
        return
    yield Cause(
        Finding(
            "M21", Severity.ERROR,
            f"{shown(case.names(changed))} {'holds' if len(changed) == 1 else 'hold'} something "
            "else than the file after the restore.",
            "The variable was changed between, or its type keeps not all bits of the file's value.",
            case.checkpoint.prefix, {"differs": listed(case.names(changed))},
            Fix("See what assigns to it during or after the restore.",
                f"{code.make_model(case)}\n{code.restore(case)}"),
        ),
        frozenset(changed),
    )  # fmt: skip


def find_empty_vocabulary(case: Case) -> Iterator[Cause]:
    """M15: a lookup layer without a vocabulary; no checkpoint holds it."""
    empty = []
    for number, node in enumerate(case.model.nodes):
        if not node.kind.endswith(_LOOKUPS):
            continue
        inside = case.beneath_model([number])
        if any(_EMPTY in case.node(each).kind for each in inside) and not _gets_table(case, number):
            empty.append(case.model_paths.get(number) or node.name)
    if not empty:
        return
    tables = [p for p in case.places(frozenset({State.NOT_COMPARABLE}) | LOST)
              if case.rows[p].role == Role.LOOKUP.value]  # fmt: skip
    yield Cause(
        Finding(
            "M15", Severity.WARNING,
            f"The lookup layer {shown(empty)} has no vocabulary, and the checkpoint does not hold "
            "it.",
            "Keras keeps the vocabulary of StringLookup, IntegerLookup and TextVectorization out "
            "of checkpoints and .weights.h5 files. The restore is silent; the call then says "
            "`Table not initialized`, or takes every word for [UNK].",
            case.model.factory,
            {"layers": empty, "saved_tables": {
                case.rows[p].name: list(case.rows[p].file_shape or ()) for p in tables}},
            Fix("Give the vocabulary in the factory (the list that was used in training), or save "
                "the model as .keras, which holds it.",
                "layer = keras.layers.StringLookup(vocabulary=VOCABULARY)  # or layer.adapt(data)"),
        ),
    )  # fmt: skip


def find_iterators(case: Case) -> Iterator[Cause]:
    """M16: the position in a data set, which the model does not continue."""
    lost = [p for p in case.open(case.places(LOST)) if case.rows[p].role == Role.ITERATOR.value]
    if not lost:
        return
    yield Cause(
        Finding(
            "M16", Severity.INFO,
            f"The checkpoint holds the position of {count(len(lost), 'data iterator')}, which is "
            "not used.",
            "Weights are not concerned. To go on reading where training stopped, put the iterator "
            "into the checkpoint object.",
            case.checkpoint.prefix, {"iterators": listed(case.rows[p].name for p in lost)},
            Fix("Pass the iterator under the checkpoint's name.",
                f"tf.train.Checkpoint(..., iterator=iter(dataset)).restore("
                f"{case.checkpoint.prefix!r})"),
        ),
        frozenset(lost),
    )  # fmt: skip


def _gets_table(case: Case, layer: int) -> bool:
    """Whether the checkpoint holds entries of a table for this layer (Keras before 2.10 did)."""
    inside = case.beneath_model([layer])
    return any(
        case.rows[place].role == Role.LOOKUP.value and (case.rows[place].file_shape or (0,))[0]
        for node, mine in case.bound.items()
        if mine in inside
        for place in case.rows_at.get(node, ())
    )


def _shadow(case: Case, idle: list[int], strangers: list[int]) -> bool:
    """Whether the call uses variables out of reach that could be twins of the idle ones."""
    shapes = {case.model.variables[at].shape for at in strangers}
    return any(case.rows[p].model_shape in shapes for p in idle)


def _with_restore(case: Case, pairs: list[tuple[str, str]]) -> str:
    assign = code.assign_pairs(case, pairs)
    made = code.make_model(case)
    return assign.replace(made, f"{made}\n{code.restore(case)}", 1)


def _look_code(case: Case) -> str:
    if case.model.returned.value != "bare":
        return ""
    arguments = "sample_inputs()" if case.model.built_by == "sample_inputs" else "batch"
    return (
        f"{code.make_model(case)}\n"
        f"traced = tf.function(model).get_concrete_function({arguments})\n"
        "used = {id(variable) for variable in traced.graph.variables}\n"
        "print([v.name for v in model.variables if id(getattr(v, 'value', v)) not in used])"
    )
