"""What optimizers keep, from any generation to any other: by whose value it is, and its name.

The owner goes first: where the weight goes, its slots go (see `matching.slots` for the names).
"""

from tfinspector.contents.variables import Role
from tfinspector.diagnosis.matching.slots import Slots, meanings_in_file, slots_of_model
from tfinspector.diagnosis.renames.sides import Sides
from tfinspector.diagnosis.renames.values import OPTIMIZER, Mine, Theirs, fits

_SCALARS = {
    "iter": "iterations", "iterations": "iterations", "global_step": "iterations",
    "learning_rate": "learning_rate", "lr": "learning_rate",
}  # fmt: skip


def pair_slots(sides: Sides) -> None:
    """Slots to the slots of the variables that their owners go to; then step and learning rate."""
    targets = slots_of_model(sides.model)
    if targets:
        _pair_slots(sides, targets)
    _pair_scalars(sides)


def _pair_slots(sides: Sides, targets: Slots) -> None:
    owners = {each.name: each.key for each in sides.checkpoint.variables}
    meant, places = meanings_in_file(sides.checkpoint), sides.every_mine()
    for theirs in sides.theirs(OPTIMIZER):
        variable = theirs.variable
        if variable.role is not Role.SLOT:
            continue
        owner = sides.target_of(owners.get(variable.slot_of, variable.slot_of))
        mine = places.get(targets.get((owner, meant[variable.key]), -1))
        if mine is not None and fits(theirs, mine):
            why = (
                f"It is the {variable.slot_name} of {variable.slot_of}, "
                f"which goes to {places[owner].place}."
            )
            sides.pair(theirs, mine, 0.93, why, "slots")


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
