"""Pairs by names: those of TensorFlow 1 and the names that Keras gives, scopes left out."""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any

from tfinspector.diagnosis.renames.reasons import reason
from tfinspector.diagnosis.renames.sides import Sides
from tfinspector.diagnosis.renames.spelling import Parts, natural, without_copies
from tfinspector.diagnosis.renames.trees import shape_key
from tfinspector.diagnosis.renames.values import Mine, Theirs, fits

_MOST_HEADS = 400


def pair_by_names(sides: Sides, kind: str) -> None:
    """Names that are the same, then under one shift of prefixes, then without copy numbers."""
    _join(sides, kind, lambda parts: parts, 0.97, "It has the same name, in another spelling.")
    _join_shifted(sides, kind)
    _join_copies(sides, kind)


def pair_forward_halves(sides: Sides, kind: str) -> None:
    """A layer that was wrapped in keras.layers.Bidirectional since, or is not any more.

    Both halves have its shapes; the wrapper makes the forward one of the layer itself.
    """
    _join(sides, kind, _without_half, 0.75, "A bidirectional layer's forward half is the layer.")


def _join(
    sides: Sides, kind: str, spell: Callable[[Parts], Hashable], sure: float, why: str
) -> None:
    ours, others = sides.theirs(kind), sides.mine(kind)
    ours = [each for each in ours if not each.listed]
    right = _unique((name, each) for each in others for name in _spelled(each, spell))
    left = _unique((name, each) for each in ours for name in _spelled(each, spell))
    for name, theirs in left.items():
        mine = right.get(name)
        if mine is not None and fits(theirs, mine):
            rule, told = _rule(theirs), _why(theirs, why)
            if theirs.parts == mine.parts and theirs.variable.node >= 0:
                rule, told = reason(theirs, mine, "", 1)
            sides.pair(theirs, mine, sure, told, rule)


def _without_half(parts: Parts) -> Parts:
    return tuple(part for part in parts if part != "forward_layer")


def _spelled(each: Theirs | Mine, spell: Callable[[Parts], Hashable]) -> set[Hashable]:
    return {spell(parts) for parts in (each.parts, *each.names) if parts}


def _unique(named: Iterable[tuple[Hashable, Any]]) -> dict[Hashable, Any]:
    """Each name's only bearer."""
    found: dict[Hashable, Any] = {}
    for name, each in named:
        found[name] = None if name in found and found[name] is not each else each
    return {name: each for name, each in found.items() if each is not None}


def _join_shifted(sides: Sides, kind: str) -> None:
    """One prefix in the file for one in the model, as most variables want it.

    A pair of names that end alike votes for its shift; that of most votes is taken, if it gives
    each variable one partner of its own shape and contradicts nowhere.
    """
    ours = [each for each in sides.theirs(kind) if not each.listed]
    others = sides.mine(kind)
    if len(ours) < 2 or len(others) < 2:
        return
    votes: Counter[tuple[Parts, Parts]] = Counter()
    by_tail: defaultdict[Hashable, list[Mine]] = defaultdict(list)
    for mine in others:
        by_tail[mine.parts[-2:], shape_key(mine)].append(mine)
    for theirs in ours:
        for mine in by_tail.get((theirs.parts[-2:], shape_key(theirs)), ())[:8]:
            votes[_heads(theirs.parts, mine.parts)] += 1
    for (there, here), count in votes.most_common(_MOST_HEADS):
        if count < 2 or (there and here):
            continue  # a renamed part is for the structure to tell
        _shift(sides, kind, there, here)


def _shift(sides: Sides, kind: str, there: Parts, here: Parts) -> None:
    right = _unique((each.parts, each) for each in sides.mine(kind))
    pairs = []
    for theirs in sides.theirs(kind):
        if theirs.listed or theirs.parts[: len(there)] != there:
            continue
        mine = right.get((*here, *theirs.parts[len(there) :]))
        if mine is None:
            continue
        if not fits(theirs, mine):
            return
        pairs.append((theirs, mine))
    ours, fewest = sides.theirs(kind), min(len(sides.theirs(kind)), len(right))
    layers = {theirs.parts[:-1] for theirs, _ in pairs}
    if len(pairs) * 2 < fewest or (len(layers) < 2 and not len(pairs) == len(ours) == len(right)):
        return  # some layer of that name elsewhere, no prefix
    what = (
        f"The file has the prefix {'/'.join(there)}/, the model has not."
        if there
        else f"The model has the prefix {'/'.join(here)}/, the file has not."
    )
    for theirs, mine in pairs:
        why = f"{what} {len(pairs)} variables fit so."
        sides.pair(theirs, mine, 0.95, _why(theirs, why), "average" if theirs.average else "prefix")


def _heads(one: Parts, other: Parts) -> tuple[Parts, Parts]:
    end = 0
    while end < min(len(one), len(other)) and one[-1 - end] == other[-1 - end]:
        end += 1
    return one[: len(one) - end], other[: len(other) - end]


def _join_copies(sides: Sides, kind: str) -> None:
    """dense_4 and dense_5 of one program are dense and dense_1 of another: by their turns.

    Only where both sides have as many of a name, and all of their shapes fit in turn.
    """
    ours: defaultdict[Parts, list[tuple[Any, Theirs]]] = defaultdict(list)
    others: defaultdict[Parts, list[tuple[Any, Mine]]] = defaultdict(list)
    for theirs in sides.theirs(kind):
        name = theirs.names[0] if theirs.names else theirs.parts
        if not theirs.listed:
            ours[without_copies(name)[0]].append((natural("/".join(name)), theirs))
    for mine in sides.mine(kind):
        name = mine.names[0] if mine.names else mine.parts
        others[without_copies(name)[0]].append((natural("/".join(name)), mine))
    for stem, found in ours.items():
        theirs_sorted = [each for _, each in sorted(found, key=lambda pair: pair[0])]
        mine_sorted = [each for _, each in sorted(others.get(stem, ()), key=lambda pair: pair[0])]
        if _fit_in_turn(theirs_sorted, mine_sorted):
            for theirs, mine in zip(theirs_sorted, mine_sorted, strict=True):
                why = "The name is the same but for the number that makes it unique."
                sure = 0.9 if len(found) == 1 else 0.75
                sides.pair(theirs, mine, sure, _why(theirs, why), _rule(theirs))


def _fit_in_turn(ours: Sequence[Theirs], others: Sequence[Mine]) -> bool:
    return len(ours) == len(others) and all(
        fits(theirs, mine) for theirs, mine in zip(ours, others, strict=True)
    )


def _rule(theirs: Theirs) -> str:
    return "average" if theirs.average else "names"


def _why(theirs: Theirs, why: str) -> str:
    return f"The file has only the moving average. {why}" if theirs.average else why
