"""Whose value each slot variable of an optimizer is, and what it is for: on both sides.

Old Keras hangs a slot on its variable (`w/.OPTIMIZER_SLOT/optimizer/m`), TensorFlow 1 calls it
`w/Adam`, Keras 2.11 and later list all in `_variables`, Keras 3 in `_momentums` too. TensorFlow
restores such a list by position, whatever it holds; the owner and the name tell what is meant.
"""

from collections.abc import Collection, Iterable

from tfinspector.contents.checkpoints import Checkpoint
from tfinspector.contents.models import ModelDescription, ModelNode
from tfinspector.contents.restores import Row
from tfinspector.contents.variables import Role
from tfinspector.diagnosis.matching.roles import is_optimizer

Slots = dict[tuple[int, str], int]
_TRAINED = "_trainable_variables"
_NAMES = {
    "adam": "m", "adam_1": "v", "first_moment": "m", "second_moment": "v", "rmsprop": "rms",
    "rmsprop_1": "momentum", "vhat": "velocity_hat", "mg": "average_gradient",
    "adagrad": "accumulator", "accum_grad": "accumulated_grad",
    "accum_var": "accumulated_delta_var", "u": "norm",
}  # fmt: skip
_OF_ADAM = {"momentum": "m", "velocity": "v"}


def slots_of_model(model: ModelDescription) -> Slots:
    """The model's slots: (the variable whose value it is, its name) -> the slot variable."""
    nodes = model.nodes
    found: Slots = {}
    for node in nodes:
        kept = {slot.name for slot in node.slots}
        for original, name, slot in node.slots:
            at = nodes[slot].variable
            if at >= 0:
                meaning = _meaning(name, kept, model.variables[at].name)
                found[nodes[original].variable, meaning] = at
        if is_optimizer(node.kind):
            found |= _in_lists(model, node)
    return found


def misplaced(
    checkpoint: Checkpoint, model: ModelDescription, rows: Iterable[Row]
) -> frozenset[str]:
    """Keys of an optimizer that its list, by position, brings to the place of something else.

    Another class of optimizer, another set of trained weights, averages kept on one side only: all
    shift the list, and some of what then fits is only there by chance.
    """
    slots = slots_of_model(model)
    if not slots:
        return frozenset()
    means = {at: meaning for meaning, at in slots.items()}
    rows = [row for row in rows if row.key and row.variable >= 0]
    goes = {row.key: row.variable for row in rows}
    known = {each.key: each for each in checkpoint.variables}
    keys = {each.name: each.key for each in checkpoint.variables}
    meant = meanings_in_file(checkpoint)
    found = set()
    for row in rows:
        theirs = known[row.key]
        if theirs.role is Role.SLOT:
            owner = goes.get(keys.get(theirs.slot_of, theirs.slot_of))
            own, name = means.get(row.variable, (-1, ""))
            is_other = name != meant[row.key] or owner not in (None, own)
        else:
            is_other = theirs.role is Role.OPTIMIZER and row.variable in means
        if is_other:
            found.add(row.key)
    return frozenset(found)


def meanings_in_file(checkpoint: Checkpoint) -> dict[str, str]:
    """What each slot of the file is for, by its key: one name in all generations."""
    slots = [each for each in checkpoint.variables if each.role is Role.SLOT]
    kept = {each.slot_name for each in slots}
    return {each.key: _meaning(each.slot_name, kept, each.full_name) for each in slots}


def _meaning(name: str, kept: Collection[str], full_name: str) -> str:
    """`kept` are the slots that the optimizer keeps, `full_name` may begin with its class.

    Adam's momentum is another thing than SGD's, which has no velocity beside it, and than that of
    RMSprop, which has.
    """
    name = name.strip("_").lower()
    scope = full_name.lower().replace("_", "")  # Keras calls it rmsprop, or rm_sprop
    is_rmsprop = "rmsprop" in scope or any("average" in each for each in kept)
    if name in _OF_ADAM and {"momentum", "velocity"} <= set(kept) and not is_rmsprop:
        return _OF_ADAM[name]
    if name == "velocity":
        return "rms"
    return _NAMES.get(name, name)


def _in_lists(model: ModelDescription, optimizer: ModelNode) -> Slots:
    """Of an optimizer of Keras 3, whose lists pair up by position."""
    nodes = model.nodes
    lists = {name: nodes[child] for name, child in optimizer.children if nodes[child].children}
    trained = lists.pop(_TRAINED, None)
    lists.pop("_variables", None)
    if trained is None:
        return {}
    owners = {name: nodes[child].variable for name, child in trained.children}
    kept = set(map(_singular, lists))
    found: Slots = {}
    for list_name, entries in lists.items():
        for name, child in entries.children:
            at = nodes[child].variable
            if name in owners and at >= 0 and at not in owners.values():
                meaning = _meaning(_singular(list_name), kept, model.variables[at].name)
                found[owners[name], meaning] = at
    return found


def _singular(name: str) -> str:
    """ "_momentums" -> "momentum", "_velocities" -> "velocity"."""
    name = name.strip("_")
    if name.endswith("ies"):
        return f"{name[:-3]}y"
    return name[:-1] if name.endswith("s") and not name.endswith("ss") else name
