"""M02: the same model under another Keras: what Keras 2 calls `kernel`, Keras 3 calls `_kernel`."""

import re
from collections.abc import Iterator

from tfinspector.contents.findings import Finding, Fix, Severity
from tfinspector.contents.restores import Frontier, State
from tfinspector.diagnosis.restoring import code
from tfinspector.diagnosis.restoring.case import Case, Cause
from tfinspector.diagnosis.restoring.wording import WRITE_REPAIRED, count, listed

_NUMBERED = re.compile(r"layer(_with_weights)?-\d+$")
_KERAS3_LISTS = frozenset({"_operations", "_functional", "_layers"})


def find_other_keras(case: Case) -> Iterator[Cause]:
    """Edges at which one Keras's name meets the other's."""
    meetings = [entry for entry in case.table.frontier if _meets(case, entry)]
    if not meetings:
        return
    claims = {
        place
        for entry in meetings
        for place in [*case.lost_beneath(entry.node), *_own(case, entry)]
    }
    lost = [place for place in case.open(case.lost_weights) if place in claims]
    unfed = [place for place in case.open(case.unfed_weights) if place in claims]
    if not lost or not unfed:
        return
    newer = _is_keras3(case)
    theirs, mine = ("Keras 2", "Keras 3") if newer else ("Keras 3", "Keras 2")
    first = meetings[0]
    total = len(case.weights_of_model)
    some = (
        "Biases and the parts of BatchNormalization have the same names in both and are restored, "
        "so TensorFlow's assertions may well pass. "
        if case.fed_weights
        else ""
    )
    yield Cause(
        Finding(
            "M02", Severity.ERROR,
            f"The checkpoint was written by {theirs} and the model is of {mine}, which names "
            f"{len(unfed):,} of its {count(total, 'weight')} differently.",
            f"At `{first.path or '(root)'}` the checkpoint has `{first.edge}`, where the model has "
            f"{_own_names(first)}. {some}Nothing is raised, and those weights stay random.",
            case.checkpoint.prefix,
            {"meetings": [
                {"at": entry.path or "(root)", "checkpoint_has": entry.edge,
                 "model_has": list(entry.offered[:12])} for entry in meetings[:20]],
             "flavours": case.model.flavours, "not_restored": listed(case.names(unfed))},
            _fix(case, newer, lost),
        ),
        frozenset([*lost, *unfed, *_misplaced_state(case)]),
    )  # fmt: skip


def _misplaced_state(case: Case) -> list[int]:
    """Lists of optimizers differ between the two as well."""
    misfits = case.places(frozenset({State.SHAPE_MISMATCH, State.DTYPE_MISMATCH}))
    return [place for place in misfits if case.is_training_state(place)]


def _own(case: Case, entry: Frontier) -> list[int]:
    """Variables of the model behind the other Keras's name for the edge."""
    if _NUMBERED.match(entry.edge) or entry.edge in _KERAS3_LISTS:
        return case.unfed_beneath(entry.model_node)
    children = case.model_children(entry.model_node)
    twins = [children[name] for name in (f"_{entry.edge}", entry.edge[1:]) if name in children]
    return [place for twin in twins for place in case.unfed_beneath(twin)]


def _meets(case: Case, entry: Frontier) -> bool:
    offered = set(entry.offered)
    if entry.model_node < 0 or not _is_keras(case, entry):
        return False
    if _NUMBERED.match(entry.edge):
        return bool(offered & _KERAS3_LISTS)
    if entry.edge in _KERAS3_LISTS:
        return any(_NUMBERED.match(name) for name in offered)
    if entry.edge.startswith("_"):
        return entry.edge[1:] in offered
    return f"_{entry.edge}" in offered


def _is_keras(case: Case, entry: Frontier) -> bool:
    """Whether the object is a layer or model, so that the private name is Keras's own."""
    node = case.node(entry.model_node)
    return (
        node.built is not None or "keras" in node.kind or bool(set(entry.offered) & _KERAS3_LISTS)
    )


def _is_keras3(case: Case) -> bool:
    """Whether the model is of the newer Keras."""
    return any(name.startswith("keras 3") or name == "keras" for name in case.model.flavours)


def _own_names(entry: Frontier) -> str:
    twins = [name for name in (f"_{entry.edge}", entry.edge[1:]) if name in entry.offered]
    lists = [name for name in entry.offered if name in _KERAS3_LISTS]
    names = twins or lists or list(entry.offered)
    return " and ".join(f"`{name}`" for name in names[:2])


def _fix(case: Case, newer: bool, lost: list[int]) -> Fix:
    keys = {case.rows[place].key for place in lost}
    pairs = [(each.path, each.key) for each in case.evidence.renames
             if each.key in keys and not each.transform]  # fmt: skip
    assign = code.assign_all(case, pairs)
    if newer:
        keras2 = (
            "# pip install tf_keras\nimport os\n"
            'os.environ["TF_USE_LEGACY_KERAS"] = "1"  # before TensorFlow is imported'
        )
        return Fix(
            f"{WRITE_REPAIRED} makes a checkpoint under the new names; or assign the "
            "values by map, or stay with Keras 2.",
            assign or f"{keras2}\n# or: {code.command(case)}",
        )
    return Fix(
        f"{WRITE_REPAIRED} makes a checkpoint under the old names; or "
        "build the model with Keras 3 (unset TF_USE_LEGACY_KERAS).",
        assign or code.command(case),
    )
