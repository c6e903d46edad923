"""Numbered values that changed places with others of their shape: restored, and all wrong.

TensorFlow goes by number, and every shape fits, so nobody says a word. Only the names that the
user gave tell, which the file keeps beside each value: where the same names stand on both sides at
other numbers, each value belongs where its name is. Names that Keras made up do not count.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TypeVar

from tfinspector.diagnosis.renames.sides import Sides
from tfinspector.diagnosis.renames.spelling import NUMBER, Parts, parts_of, without_copies
from tfinspector.diagnosis.renames.values import WEIGHT, Mine, Theirs, fits

_Value = TypeVar("_Value", Theirs, Mine)
_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_NOBODYS = frozenset({"variable", "kernel", "bias", "w", "b", "weights"})


def pair_swapped(sides: Sides) -> None:
    """Give each value of a numbered container the place of its name, if names tell of all.

    They do where the same names match in another order, or every name of the shorter side is on the
    other one, too: then some layers were put in or taken out.
    """
    for theirs, mine in _matched_by_number(sides):
        names = {parts_of(each.variable.full_name): each for each in theirs}
        places = {parts_of(each.variable.name): each for each in mine}
        if len(names) != len(theirs) or len(places) != len(mine) or () in (*names, *places):
            continue
        common = names.keys() & places.keys()
        targets = {sides.partner.get(each.variable.key, -1): name for name, each in names.items()}
        matched = {name for at, name in targets.items() if at >= 0}
        taken = {name for name, each in places.items() if each.at in targets}
        if len(common) < min(len(names), len(places)) and matched != taken:
            continue
        moved = [
            (names[name], places[name], name)
            for name in names
            if name in common and sides.partner.get(names[name].variable.key) != places[name].at
        ]
        if not moved or not all(_is_given(own, name) for _, own, name in moved):
            continue
        if all(fits(value, own) for value, own, _ in moved):
            _move(sides, moved)


def _move(sides: Sides, moved: Sequence[tuple[Theirs, Mine, Parts]]) -> None:
    targets = {mine.at for _, mine, _ in moved}
    wrong = [key for key, at in sides.partner.items() if at in targets]
    sides.release([*wrong, *(theirs.variable.key for theirs, _, _ in moved)])
    for theirs, mine, _ in moved:
        why = (
            f"By its number it goes elsewhere, but the file calls it {theirs.variable.full_name}, "
            f"as this variable is called."
        )
        sides.pair(theirs, mine, 0.8, why, "swapped")


def _matched_by_number(sides: Sides) -> list[tuple[list[Theirs], list[Mine]]]:
    """What lies in each innermost numbered container that matches by itself, on either side."""
    theirs, mine = _contained(sides.every_theirs()), _contained(sides.every_mine().values())
    at = {each.at: place for place, held in mine.items() for each in held}
    found = []
    for held in theirs.values():
        targets = (sides.partner.get(each.variable.key, -1) for each in held)
        places = {at[target] for target in targets if target in at}
        if len(places) == 1:
            found.append((held, mine[places.pop()]))
    return found


def _contained(values: Iterable[_Value]) -> dict[Parts, list[_Value]]:
    found: defaultdict[Parts, list[_Value]] = defaultdict(list)
    for each in values:
        numbers = [at for at, part in enumerate(each.parts) if part[:1] == NUMBER]
        aside = isinstance(each, Theirs) and (each.listed or each.average)
        if each.kind == WEIGHT and numbers and not aside:
            found[each.parts[: numbers[-1]]].append(each)
    return found


def _is_given(mine: Mine, name: Parts) -> bool:
    """Whether the user chose the name: Keras makes one up from the class."""
    own = name[-2] if len(name) > 1 else name[-1]
    stem = without_copies([own])[0][0]
    made_up = _WORD.sub("_", mine.variable.owner.rpartition(".")[2]).lower()
    return stem not in (made_up, made_up.replace("_", "")) and stem not in _NOBODYS
