"""Numbered layers that all moved, because one was put in or taken out before them.

`_operations/3` is then another layer than in the file, and what fits by chance is restored into the
wrong one without a word. So wherever shapes contradict in a numbered container, its two sequences
are aligned anew, and all of it goes where the alignment says, chance matches too.
"""

from collections import defaultdict
from collections.abc import Hashable, Sequence
from typing import NamedTuple

from tfinspector.contents.restores import State
from tfinspector.diagnosis.renames.reasons import reason
from tfinspector.diagnosis.renames.sides import Sides
from tfinspector.diagnosis.renames.spelling import NUMBER, Parts
from tfinspector.diagnosis.renames.trees import shape_key
from tfinspector.diagnosis.renames.values import WEIGHT, Mine, Theirs, fits

_MOST_LAYERS = 2000


class _Layer(NamedTuple):
    """A numbered child: its number, and what is beneath by relative name."""

    number: str
    values: dict[Parts, Theirs | Mine]

    @property
    def sign(self) -> Hashable:
        return frozenset((name, shape_key(value)) for name, value in self.values.items())


def pair_renumbered(sides: Sides) -> None:
    """Align anew the containers that contradict themselves, outermost first."""
    troubled = _troubled(sides)
    if not troubled:
        return
    ours = _containers(list(sides.every_theirs()), troubled)
    others = _containers(list(sides.every_mine().values()), troubled)
    done: list[Parts] = []
    for place in sorted(troubled, key=len):
        if any(place[: len(outer)] == outer for outer in done):
            continue
        left, right = ours.get(place, []), others.get(place, [])
        if _realign(sides, left, right):
            done.append(place)


def _troubled(sides: Sides) -> set[Parts]:
    """Containers that have a row whose two shapes differ, or a key whose layer has none such."""
    places: set[Parts] = set()
    shapes = {row.key for row in sides.table.rows if row.state is State.SHAPE_MISMATCH and row.key}
    lost = {each.variable.key for each in sides.theirs(WEIGHT)} - {
        theirs.variable.key for theirs, _ in sides.shaped
    }
    suspects = shapes | lost
    for each in sides.every_theirs():
        if each.kind == WEIGHT and not each.listed and each.variable.key in suspects:
            for at, part in enumerate(each.parts):
                if part[:1] == NUMBER:
                    places.add(each.parts[:at])
    return places


def _containers(values: Sequence[Theirs | Mine], places: set[Parts]) -> dict[Parts, list[_Layer]]:
    found: defaultdict[Parts, dict[str, dict[Parts, Theirs | Mine]]] = defaultdict(dict)
    for value in values:
        if value.kind != WEIGHT or getattr(value, "listed", False):
            continue
        for at, part in enumerate(value.parts):
            if part[:1] == NUMBER and value.parts[:at] in places:
                layers = found[value.parts[:at]]
                layers.setdefault(part, {})[value.parts[at + 1 :]] = value
    return {
        place: [
            _Layer(number, layers[number])
            for number in sorted(layers, key=lambda each: (len(each), each))
        ]
        for place, layers in found.items()
    }


def _realign(sides: Sides, left: list[_Layer], right: list[_Layer]) -> bool:
    """Whether another alignment fits more than the one by numbers; if so, pair by it."""
    if not left or not right or max(len(left), len(right)) > _MOST_LAYERS:
        return False
    numbers = {layer.number: layer for layer in right}
    by_number = sum(
        layer.number in numbers and numbers[layer.number].sign == layer.sign for layer in left
    )
    pairs, is_only = _align(left, right)
    if len(pairs) <= by_number or len(pairs) * 2 < min(len(left), len(right)):
        return False
    taken = [
        (theirs, layer.values[name], one.number, layer.number)
        for one, layer in pairs
        for name, theirs in one.values.items()
    ]
    moved = [each for each in taken if not _is_matched(sides, each[0], each[1])]
    sides.release(theirs.variable.key for theirs, _, _, _ in moved if isinstance(theirs, Theirs))
    wanted = {mine.at for _, mine, _, _ in moved if isinstance(mine, Mine)}
    sides.release([key for key, at in sides.partner.items() if at in wanted])
    sure = 0.93 if is_only else 0.7
    for theirs, mine, there, here in moved:
        assert isinstance(theirs, Theirs)
        assert isinstance(mine, Mine)
        if not fits(theirs, mine):
            continue
        rule, why = reason(theirs, mine, "", 1)
        if rule != "keras_numbers":
            rule = "renumbered"
            why = (
                f"Layer {there.lstrip(NUMBER)} of the file is number {here.lstrip(NUMBER)} here, "
                f"so {len(pairs)} layers fit in turn, by their numbers only {by_number}."
            )
        sides.pair(theirs, mine, sure, why, rule)
    return True


def _is_matched(sides: Sides, theirs: Theirs | Mine, mine: Theirs | Mine) -> bool:
    assert isinstance(theirs, Theirs)
    assert isinstance(mine, Mine)
    return sides.partner.get(theirs.variable.key) == mine.at


def _align(left: list[_Layer], right: list[_Layer]) -> tuple[list[tuple[_Layer, _Layer]], bool]:
    """The longest common sequence of layers, and whether there is only one such."""
    first = _longest([each.sign for each in left], [each.sign for each in right])
    turned = _longest([each.sign for each in left[::-1]], [each.sign for each in right[::-1]])
    last = [(len(left) - 1 - one, len(right) - 1 - other) for one, other in reversed(turned)]
    return [(left[one], right[other]) for one, other in first], first == last


def _longest(left: Sequence[Hashable], right: Sequence[Hashable]) -> list[tuple[int, int]]:
    table = [[0] * (len(right) + 1) for _ in range(len(left) + 1)]
    for one in range(len(left) - 1, -1, -1):
        for other in range(len(right) - 1, -1, -1):
            table[one][other] = (
                table[one + 1][other + 1] + 1 if left[one] == right[other]
                else max(table[one + 1][other], table[one][other + 1])
            )  # fmt: skip
    found, one, other = [], 0, 0
    while one < len(left) and other < len(right):
        if left[one] == right[other]:
            found.append((one, other))
            one, other = one + 1, other + 1
        elif table[one + 1][other] >= table[one][other + 1]:
            one += 1
        else:
            other += 1
    return found
