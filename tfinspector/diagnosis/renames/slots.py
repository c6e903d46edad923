"""What optimizers keep, from any generation to any other: by whose value it is, and its name.

Old Keras hangs a slot on its variable (`w/.OPTIMIZER_SLOT/optimizer/m`), TensorFlow 1 calls it
`w/Adam`, Keras 2.11 and later list all in `_variables`, Keras 3 also in `_momentums`, ... So the
owner goes first: where the weight goes, its slots go.
"""

from collections.abc import Collection

from tfinspector.contents.models import ModelNode
from tfinspector.contents.variables import Role
from tfinspector.diagnosis.matching.roles import is_optimizer
from tfinspector.diagnosis.renames.sides import OPTIMIZER, Mine, Sides, Theirs, fits

_TRAINED = "_trainable_variables"
_NAMES = {
    "adam": "m", "adam_1": "v", "first_moment": "m", "second_moment": "v", "rmsprop": "rms",
    "rmsprop_1": "momentum", "vhat": "velocity_hat", "mg": "average_gradient",
    "adagrad": "accumulator", "accum_grad": "accumulated_grad",
    "accum_var": "accumulated_delta_var", "u": "norm",
}  # fmt: skip
_OF_ADAM = {"momentum": "m", "velocity": "v"}
_SCALARS = {
    "iter": "iterations", "iterations": "iterations", "global_step": "iterations",
    "learning_rate": "learning_rate", "lr": "learning_rate",
}  # fmt: skip


def pair_slots(sides: Sides) -> None:
    """Slots to the slots of the variables that their owners go to; then step and learning rate."""
    targets = _slots_of_model(sides)
    if targets:
        _pair_slots(sides, targets)
    _pair_scalars(sides)


def _pair_slots(sides: Sides, targets: dict[tuple[int, str], Mine]) -> None:
    """Adam's momentum is another thing than SGD's, which has no velocity beside it."""
    variables = sides.checkpoint.variables
    owners = {each.name: each.key for each in variables}
    kept = {each.slot_name for each in variables if each.role is Role.SLOT}
    for theirs in sides.theirs(OPTIMIZER):
        variable = theirs.variable
        if variable.role is not Role.SLOT:
            continue
        owner = sides.target_of(owners.get(variable.slot_of, variable.slot_of))
        mine = targets.get((owner, _slot_name(variable.slot_name, kept)))
        if mine is not None and fits(theirs, mine):
            why = (
                f"It is the {variable.slot_name} of {variable.slot_of}, "
                f"which goes to {sides.every_mine()[owner].place}."
            )
            sides.pair(theirs, mine, 0.93, why, "slots")


def _slots_of_model(sides: Sides) -> dict[tuple[int, str], Mine]:
    """The model's slots by the variable that they belong to and their name."""
    nodes, mine = sides.model.nodes, sides.every_mine()
    found: dict[tuple[int, str], Mine] = {}
    for node in nodes:
        kept = {slot.name for slot in node.slots}
        for original, name, slot in node.slots:
            at = nodes[slot].variable
            if at in mine:
                found[nodes[original].variable, _slot_name(name, kept)] = mine[at]
        if is_optimizer(node.kind):
            found |= _slots_in_lists(sides, node)
    return found


def _slots_in_lists(sides: Sides, optimizer: ModelNode) -> dict[tuple[int, str], Mine]:
    """Of an optimizer of Keras 3, whose lists pair up by position."""
    nodes, mine = sides.model.nodes, sides.every_mine()
    lists = {name: nodes[child] for name, child in optimizer.children if nodes[child].children}
    trained = lists.pop(_TRAINED, None)
    lists.pop("_variables", None)
    if trained is None:
        return {}
    owners = {name: nodes[child].variable for name, child in trained.children}
    kept = set(map(_singular, lists))
    found: dict[tuple[int, str], Mine] = {}
    for list_name, entries in lists.items():
        for name, child in entries.children:
            at = nodes[child].variable
            if name in owners and at in mine and at not in owners.values():
                found[owners[name], _slot_name(_singular(list_name), kept)] = mine[at]
    return found


def _pair_scalars(sides: Sides) -> None:
    mine: dict[str, list[Mine]] = {}
    for each in sides.mine():
        name = _SCALARS.get(each.parts[-1] if each.parts else "")
        if name and each.kind == OPTIMIZER and each.shape == ():
            mine.setdefault(name, []).append(each)
    theirs: dict[str, list[Theirs]] = {}
    for value in sides.theirs():
        name = _SCALARS.get(value.raw.rpartition("/")[2].lstrip("_"))
        if name and value.shape == () and (value.kind == OPTIMIZER or name == "iterations"):
            theirs.setdefault(name, []).append(value)
    for name, found in theirs.items():
        targets = mine.get(name, [])
        if len(found) == 1 and len(targets) == 1 and fits(found[0], targets[0]):
            why = f"Both are the optimizer's {name.replace('_', ' ')}."
            sides.pair(found[0], targets[0], 0.9, why, "slots")


def _slot_name(name: str, kept: Collection[str]) -> str:
    """One name for a slot of all generations; `kept` are those that the optimizer keeps."""
    name = name.strip("_").lower()
    if name in _OF_ADAM and {"momentum", "velocity"} <= set(kept) and not _is_rmsprop(kept):
        return _OF_ADAM[name]
    if name == "velocity":
        return "rms"
    return _NAMES.get(name, name)


def _is_rmsprop(kept: Collection[str]) -> bool:
    """Centred or not, it keeps lists of those names too."""
    return any("average" in name for name in kept)


def _singular(name: str) -> str:
    """ "_momentums" -> "momentum", "_velocities" -> "velocity"."""
    name = name.strip("_")
    if name.endswith("ies"):
        return f"{name[:-3]}y"
    return name[:-1] if name.endswith("s") and not name.endswith("ss") else name
