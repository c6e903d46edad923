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
        owned = owners.get(variable.slot_of, variable.slot_of)
        owner = sides.target_of(owned)
        mine = places.get(targets.get((owner, meant[variable.key]), -1))
        if mine is not None and fits(theirs, mine):
            why = (
                f"It is the {variable.slot_name} of {variable.slot_of}, "
                f"which goes to {places[owner].place}."
            )
            others = _of_alternatives(sides, targets, owned, meant[variable.key])
            sure = sides.renames[owned].confidence if others else 0.93
            sides.pair(theirs, mine, sure, why, "slots", alternatives=others)


def _of_alternatives(sides: Sides, targets: Slots, owner: str, meaning: str) -> tuple[str, ...]:
    """Where it would go if its owner went elsewhere: it is as much of a guess as that."""
    rename = sides.renames.get(owner)
    if rename is None or not rename.alternatives:
        return ()
    places = sides.every_mine()
    at_of = {each.place: at for at, each in places.items()}
    found = (targets.get((at_of[each], meaning), -1) for each in rename.alternatives)
    return tuple(places[at].place for at in found if at in places)


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
