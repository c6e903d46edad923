"""Numbered values that changed places with others of their shape: restored, and all wrong.

TensorFlow goes by number, and every shape fits, so nobody says a word. Only the names that the
user gave tell, which the file keeps beside each value: where the same names stand on both sides in
another order, each value belongs where its name is. Names that Keras made up do not count.
"""

import re
from collections import defaultdict
from collections.abc import Sequence

from tfinspector.diagnosis.renames.sides import Sides
from tfinspector.diagnosis.renames.spelling import NUMBER, Parts, parts_of, without_copies
from tfinspector.diagnosis.renames.values import WEIGHT, Mine, Theirs, fits

_Pair = tuple[Theirs, Mine]
_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_NOBODYS = frozenset({"variable", "kernel", "bias", "w", "b", "weights"})


def pair_swapped(sides: Sides) -> None:
    """Give each value of a numbered container the place of its name, if all of them have one."""
    for pairs in _matched_by_number(sides).values():
        names = {parts_of(theirs.variable.full_name): (theirs, mine) for theirs, mine in pairs}
        places = {parts_of(mine.variable.name): mine for _, mine in pairs}
        if len(names) != len(pairs) or names.keys() != places.keys():
            continue
        moved = [
            (theirs, places[name], name)
            for name, (theirs, mine) in names.items()
            if places[name] is not mine
        ]
        if not moved or not all(_is_given(mine, name) for _, mine, name in moved):
            continue
        if all(fits(theirs, mine) for theirs, mine, _ in moved):
            _move(sides, moved)


def _move(sides: Sides, moved: Sequence[tuple[Theirs, Mine, Parts]]) -> None:
    sides.release([theirs.variable.key for theirs, _, _ in moved])
    for theirs, mine, _ in moved:
        why = (
            f"By its number it goes elsewhere, but the file calls it {theirs.variable.full_name}, "
            f"as this variable is called."
        )
        sides.pair(theirs, mine, 0.8, why, "swapped")


def _matched_by_number(sides: Sides) -> dict[Parts, list[_Pair]]:
    """What matches by itself within each innermost numbered container."""
    found: defaultdict[Parts, list[_Pair]] = defaultdict(list)
    mine = sides.every_mine()
    for theirs in sides.every_theirs():
        target = mine.get(sides.partner.get(theirs.variable.key, -1))
        if target is None or theirs.kind != WEIGHT or theirs.listed:
            continue
        numbers = [at for at, part in enumerate(theirs.parts) if part[:1] == NUMBER]
        if numbers and theirs.variable.full_name and target.variable.name:
            found[theirs.parts[: numbers[-1]]].append((theirs, target))
    return found


def _is_given(mine: Mine, name: Parts) -> bool:
    """Whether the user chose the name: Keras makes one up from the class."""
    own = name[-2] if len(name) > 1 else name[-1]
    stem = without_copies([own])[0][0]
    made_up = _WORD.sub("_", mine.variable.owner.rpartition(".")[2]).lower()
    return stem not in (made_up, made_up.replace("_", "")) and stem not in _NOBODYS
