"""Values that a file only has in a list of everything: of an optimizer, or of `model.export()`."""

from collections.abc import Sequence
from itertools import pairwise

from tfinspector.diagnosis.renames.sides import Sides
from tfinspector.diagnosis.renames.spelling import parts_of
from tfinspector.diagnosis.renames.values import WEIGHT, Mine, Theirs, fits

_TRAINED = "_trainable_variables"
_EXPORTED = "variables"


def pair_trained(sides: Sides) -> None:
    """Weights that only the optimizer's list of what it trains still reaches.

    Keras 3 leaves layers in lists out of a checkpoint, the optimizer beside it does not. The list
    is in the order of `model.trainable_variables`, and so are the model's unreached variables.
    """
    listed = [each for each in sides.theirs(WEIGHT) if each.listed]
    numbered = sorted((number, each) for each in listed if (number := _number(each, _TRAINED)) >= 0)
    ours = [each for _, each in numbered]
    others = sorted(
        (each for each in sides.mine(WEIGHT) if each.variable.trainable), key=lambda each: each.at
    )
    unreached = [each for each in others if each.variable.node < 0]
    for mine in (unreached, others):
        if ours and _fit(ours, mine):
            for (number, theirs), target in zip(numbered, mine, strict=True):
                why = (
                    f"The file has it only as number {number} of what the optimizer trains; the "
                    f"{len(ours)} such values have the shapes of these variables, in turn."
                )
                sides.pair(theirs, target, _sure(ours, 0.9), why, "trained")
            return


def pair_exported(sides: Sides) -> None:
    """`model.export()` keeps `variables/0, 1, ...` in the order of `model.variables`.

    Names decide where every one of them is found. Where only some are, the order is asked first:
    Keras counts layers per process, and its `dense_6` there may be `dense_5` here.
    """
    ours = [each for each in sides.theirs() if _number(each, _EXPORTED) >= 0]
    ours.sort(key=lambda each: _number(each, _EXPORTED))
    if len(ours) < 2:
        return
    named = _by_full_name(ours, sides.mine())
    if len(named) < len(ours):
        rest = sorted(sides.mine(WEIGHT), key=lambda each: each.order)
        if _fit(ours, rest):
            _pair_in_turn(sides, ours, rest)
            return
    for theirs, mine in named:
        why = f"The file says that it is {theirs.variable.full_name}."
        sides.pair(theirs, mine, 0.95, why, "exported")
    left = [each for each in ours if each.variable.key not in sides.renames]
    rest = sorted(sides.mine(WEIGHT), key=lambda each: each.order)
    if left and _fit(left, rest):
        _pair_in_turn(sides, left, rest)


def _pair_in_turn(sides: Sides, ours: Sequence[Theirs], mine: Sequence[Mine]) -> None:
    for theirs, target in zip(ours, mine, strict=True):
        number = _number(theirs, _EXPORTED)
        why = f"It is number {number} of the exported variables, whose shapes fit in turn."
        sides.pair(theirs, target, _sure(ours, 0.85), why, "exported")


def _by_full_name(ours: Sequence[Theirs], mine: Sequence[Mine]) -> list[tuple[Theirs, Mine]]:
    """Those whose stored name is that of exactly one variable, which fits."""
    names: dict[tuple[str, ...], list[Mine]] = {}
    for each in mine:
        names.setdefault(parts_of(each.variable.name), []).append(each)
    pairs = []
    for theirs in ours:
        found = names.get(parts_of(theirs.variable.full_name), [])
        if len(found) == 1 and fits(theirs, found[0]):
            pairs.append((theirs, found[0]))
    return pairs


def _number(theirs: Theirs, name: str) -> int:
    """Its number in the list called `name`, -1 where it is in none."""
    for path in (*theirs.variable.paths, theirs.raw):
        head, _, tail = path.rpartition("/")
        if tail.isdigit() and head.rpartition("/")[2] == name:
            return int(tail)
    return -1


def _fit(ours: Sequence[Theirs], mine: Sequence[Mine]) -> bool:
    return len(ours) == len(mine) and all(map(fits, ours, mine))


def _sure(ours: Sequence[Theirs], most: float) -> float:
    """Less where neighbours have the same shape, so that a wrong order would not show."""
    same = sum(one.shape == other.shape for one, other in pairwise(ours))
    return most - 0.15 * same / max(len(ours) - 1, 1)
