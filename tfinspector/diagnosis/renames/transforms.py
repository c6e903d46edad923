"""Pairs that only fit once a value is turned, cast or cut: see `Rename` for when they count."""

from itertools import permutations

from tfinspector.diagnosis.renames.likeness import likeness
from tfinspector.diagnosis.renames.sides import Sides
from tfinspector.diagnosis.renames.values import WEIGHT, Mine, Theirs, shape_of

# What other frameworks and layouts do: rank -> axes, the most usual first.
_USUAL = {
    2: ((1, 0),),
    3: ((2, 1, 0), (0, 2, 1)),
    4: ((2, 3, 1, 0), (3, 2, 0, 1), (1, 2, 3, 0)),
    5: ((2, 3, 4, 1, 0), (4, 3, 0, 1, 2)),
}
_GATED = frozenset({"LSTM", "GRU", "SimpleRNN", "LSTMCell", "GRUCell", "SimpleRNNCell"})
"""Their kernels are several in one; the first part of it is no kernel of another kind."""


def propose_casts(sides: Sides) -> None:
    """For pairs in the same place that differ in their types only."""
    for theirs, mine in sides.shaped:
        if shape_of(theirs.shape) == shape_of(mine.shape):
            sides.pair(theirs, mine, 0.8, "It has this place in the model.", "cast")


def propose_transforms(sides: Sides) -> None:
    """For pairs in the same place whose shapes or types differ, then for pairs of the same name."""
    for theirs, mine in sides.shaped:
        _propose(sides, theirs, mine, "It has this place in the model")
    others = {each.parts: each for each in sides.mine(WEIGHT)}
    for theirs in sides.theirs(WEIGHT):
        known = others.get(theirs.parts)
        if known is not None:
            _propose(sides, theirs, known, "It has the same name")
    _propose_beside(sides)


def _propose_beside(sides: Sides) -> None:
    """Where the rest of a layer was renamed, what is left of it goes along."""
    parents: dict[tuple[str, ...], set[tuple[str, ...]]] = {}
    by_at, files = sides.every_mine(), {each.variable.key: each for each in sides.every_theirs()}
    for key, at in (*sides.given.items(), *sides.partner.items()):
        if key in files and at in by_at:
            parents.setdefault(files[key].parts[:-1], set()).add(by_at[at].parts[:-1])
    others = {each.parts: each for each in sides.mine(WEIGHT)}
    for theirs in sides.theirs(WEIGHT):
        found = parents.get(theirs.parts[:-1], set())
        if len(found) == 1:
            mine = others.get((*next(iter(found)), theirs.parts[-1]))
            if mine is not None:
                _propose(sides, theirs, mine, "The rest of its layer goes there")


def _propose(sides: Sides, theirs: Theirs, mine: Mine, what: str) -> None:
    old, new = shape_of(theirs.shape), shape_of(mine.shape)
    if old is None or new is None:
        return
    if old == new:
        sides.pair(theirs, mine, 0.8, f"{what}.", "cast")
        return
    axes = _axes(old, new)
    told = f"{_shown(old)} against {_shown(new)}"
    if axes:
        like = likeness(theirs.parts, mine.parts)
        why = f"{what}, with its axes in another order: {told}."
        sides.pair(theirs, mine, 0.5 + 0.1 * like, why, "transpose", "transpose", axes)
        return
    if is_regrouped(old, new):
        why = f"{what}, with its axes split or joined: {told}."
        sides.pair(theirs, mine, 0.55, why, "reshape", "reshape")
        return
    place = _only_difference(old, new)
    if place is None or mine.variable.owner.rpartition(".")[2] in _GATED:
        return
    less, more = sorted((old[place], new[place]))
    deed = (
        f"only the first {less} of {more} would be kept" if old[place] > new[place]
        else f"it would fill the first {less} of {more}"
    )  # fmt: skip
    why = f"{what}, but axis {place} is of another length: {told}; {deed}."
    sides.pair(theirs, mine, 0.35, why, "slice", "slice")


def _axes(old: tuple[int, ...], new: tuple[int, ...]) -> tuple[int, ...]:
    """The usual permutation that makes the one of the other, or the only one; () for none."""
    if len(old) != len(new) or sorted(old) != sorted(new):
        return ()
    for axes in _USUAL.get(len(old), ()):
        if tuple(old[axis] for axis in axes) == new:
            return axes
    fitting = [
        axes for axes in permutations(range(len(old)))
        if tuple(old[axis] for axis in axes) == new
    ] if len(old) <= 5 else []  # fmt: skip
    return fitting[0] if len(fitting) == 1 else ()


def is_regrouped(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    """Whether neighbouring axes were joined or split, or axes of length 1 put in or left out.

    Then the values keep their order; (2, 6) and (3, 4) are as many, but nothing tells what is what.
    """
    coarse, fine = sorted((_long(one), _long(other)), key=len)
    rest = list(fine)
    for whole in coarse:
        part = 1
        while rest and part < whole:
            part *= rest.pop(0)
        if part != whole:
            return False
    return not rest


def _long(shape: tuple[int, ...]) -> list[int]:
    return [axis for axis in shape if axis != 1]


def _only_difference(old: tuple[int, ...], new: tuple[int, ...]) -> int | None:
    """The first or last axis, if it is the only one of another length: a vocabulary, a head."""
    if len(old) != len(new) or 0 in old or 0 in new:
        return None
    places = [at for at, (one, other) in enumerate(zip(old, new, strict=True)) if one != other]
    return places[0] if len(places) == 1 and places[0] in (0, len(old) - 1) else None


def _shown(shape: tuple[int, ...]) -> str:
    return f"({', '.join(map(str, shape))})"
