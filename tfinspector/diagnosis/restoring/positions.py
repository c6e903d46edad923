"""M06: layers that are saved by their place among others, and the places have changed.

`_operations/3`, `layer_with_weights-1`, entries of Python lists: a layer put in or taken out shifts
all that follow. With other shapes the restore fails at one of them: an error. With equal shapes
every value arrives and is proved, but by the names that people gave it is in another layer: a
warning, for the layers may have been renamed instead. So the two sequences are aligned, by names
where people gave them, else by shapes.
"""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from tfinspector.contents.findings import Finding, Fix, Severity
from tfinspector.contents.restores import State
from tfinspector.diagnosis.matching.roles import is_optimizer
from tfinspector.diagnosis.restoring import code
from tfinspector.diagnosis.restoring.case import GOOD, Case, Cause
from tfinspector.diagnosis.restoring.entries import (
    PLACE,
    Entry,
    called,
    file_entries,
    keys_of,
    model_entries,
    own_leaves,
)
from tfinspector.diagnosis.restoring.trained import lists_of_trained
from tfinspector.diagnosis.restoring.wording import count, shown


class _Alignment(NamedTuple):
    """Which entries of the file are which of the model; `named` if names tell it."""

    pairs: tuple[tuple[Entry, Entry], ...]
    named: bool


def find_shifts(case: Case) -> Iterator[Cause]:
    """Sequences that fit better when they are shifted or reordered than place by place."""
    others = case.file_optimizers | lists_of_trained(case)
    for node, mine in case.bound.items():
        if mine < 0 or node in others or is_optimizer(case.node(mine).kind):
            continue
        theirs = file_entries(case, node)
        if len(theirs) < 2:
            continue
        ours = model_entries(case, mine)
        alignment = _align(theirs, ours)
        if alignment is not None and not _is_settled(case, alignment):
            yield _shifted(case, node, mine, theirs, ours, alignment)


def _align(theirs: Sequence[Entry], ours: Sequence[Entry]) -> _Alignment | None:
    """The better alignment; None where place by place is as good."""
    if not ours:
        return None
    by_name = _by_name(theirs, ours)
    if by_name is not None:
        return by_name if _moves(by_name.pairs) else None
    at = {item.place: item for item in ours}
    stay = sum(
        item.place in at and at[item.place].leaves == item.leaves for item in theirs
    )  # fmt: skip
    if stay == min(len(theirs), len(ours)):
        return None
    matcher = SequenceMatcher(
        None, [item.leaves for item in theirs], [item.leaves for item in ours], autojunk=False
    )
    pairs = tuple(
        (theirs[block.a + step], ours[block.b + step])
        for block in matcher.get_matching_blocks()
        for step in range(block.size)
    )
    enough = len(pairs) > stay and 2 * len(pairs) >= min(len(theirs), len(ours))
    return _Alignment(pairs, False) if enough else None


def _by_name(theirs: Sequence[Entry], ours: Sequence[Entry]) -> _Alignment | None:
    """By names that people gave; None where they do not tell."""
    names, own = [item.name for item in theirs], {item.name: item for item in ours if item.name}
    if len(set(names)) < len(names) or len(own) < len([i for i in ours if i.name]):
        return None
    pairs = tuple(
        (item, own[item.name])
        for item in theirs
        if item.name in own and own[item.name].leaves == item.leaves
    )
    return _Alignment(pairs, True) if 2 * len(pairs) >= min(len(theirs), len(ours)) else None


def _moves(pairs: Sequence[tuple[Entry, Entry]]) -> bool:
    return any(one.place != other.place for one, other in pairs)


def _is_settled(case: Case, alignment: _Alignment) -> bool:
    """Whether each value went where it belongs, because a map was used."""
    for one, other in alignment.pairs:
        own = dict(own_leaves(case, other.node))
        for leaf, key in keys_of(case, one):
            row = case.row_of_key[key]
            if row.variable != own.get(leaf, -1) or row.state not in GOOD:
                return False
    return True


def _shifted(
    case: Case, node: int, mine: int, theirs: Sequence[Entry], ours: Sequence[Entry],
    alignment: _Alignment,
) -> Cause:  # fmt: skip
    claims = _claims(case, theirs, ours, alignment)
    where = case.say(case.model_paths.get(mine, ""))
    states = {case.rows[place].state for place in claims}
    silent = states <= GOOD
    moved = [(one, other) for one, other in alignment.pairs if one.place != other.place]
    pairs = [
        (f"{case.model_paths[other.node]}/{leaf}".strip("/"), key)
        for one, other in alignment.pairs
        for leaf, key in keys_of(case, one)
    ]
    outcome = (
        "All shapes fit, so TensorFlow restores without a word, and every value is equal to the "
        "file's; but by the names the weights of one layer are in another. If only the names were "
        "exchanged since, nothing is wrong."
        if silent
        else "TensorFlow goes by the places alone: it raises at a shape that does not fit, or "
        "leaves layers as they were."
        if State.SHAPE_MISMATCH in states
        else "TensorFlow goes by the places alone and says nothing: where shapes fit, the weights "
        "of one layer are in another."
    )
    return Cause(
        Finding(
            "M06", Severity.WARNING if silent else Severity.ERROR,
            _title(case, mine, theirs, ours, alignment, silent),
            f"The entries {f'of `{where}` ' if where else ''}are saved by their place. {outcome} "
            f"{'Their names' if alignment.named else 'Their shapes'} tell which is which.",
            case.checkpoint.prefix,
            {"moved": [{"checkpoint": one.place, "model": other.place, "name": called(case, other)}
                       for one, other in moved[:40]],
             "in_checkpoint": len(theirs), "in_model": len(ours)},
            Fix("Assign by this map, or build the model as it was; layers under names of their own "
                "(attributes, or Checkpoint(**{layer.name: layer for layer in model.layers})) do "
                "not shift.", code.assign_all(case, pairs, claims) or code.command(case)),
        ),
        frozenset(claims),
    )  # fmt: skip


def _title(
    case: Case, mine: int, theirs: Sequence[Entry], ours: Sequence[Entry], alignment: _Alignment,
    silent: bool,
) -> str:  # fmt: skip
    where = case.say(case.model_paths.get(mine, ""))
    moved = [(one, other) for one, other in alignment.pairs if one.place != other.place]
    place = f" of `{where}`" if where else ""
    known = {other.place for _, other in alignment.pairs}
    known_there = {one.place for one, _ in alignment.pairs}
    new = [item for item in ours if item.place not in known]
    gone = [item for item in theirs if item.place not in known_there]
    shifts = {other.place - one.place for one, other in moved}
    ordered = [other.place for _, other in sorted(alignment.pairs)]
    if ordered != sorted(ordered):
        names = [called(case, other) for _, other in moved]
        equal = ", and are equal to what the file has there" if silent else ""
        return f"The layers{place} stand in another order: by place {shown(names)} get the " \
               f"weights of others{equal}."  # fmt: skip
    first = min(moved)[1]
    shifted = f"{count(len(moved), 'layer')} after it {'is' if len(moved) == 1 else 'are'} shifted"
    before = [item for item in new if item.place < first.place]
    if before and not gone:
        names = [called(case, item) for item in before]
        verb = "was" if len(before) == 1 else "were"
        return f"{shown(names)} {verb} inserted at index {before[0].place}{place}: {shifted}."
    if gone and not new:
        names = [item.label or f"number {item.place}" for item in gone]
        return (
            f"{shown(names)} (index {gone[0].place}{place} in the checkpoint) is not in the model: "
            f"{shifted}."
        )
    bare = _without_weights(case, mine, *min(moved))
    if bare and not new and not gone:
        index = min(moved)[0].place
        return f"{shown(bare)} {'was' if len(bare) == 1 else 'were'} inserted at index {index}" \
               f"{place}: {shifted}."  # fmt: skip
    by = f" by {abs(next(iter(shifts)))}" if len(shifts) == 1 else ""
    return (
        f"The layers{place} are shifted{by} from `{called(case, first)}` on: index "
        f"{min(moved)[0].place} in the checkpoint, {first.place} in the model."
    )


def _without_weights(case: Case, mine: int, one: Entry, other: Entry) -> list[str]:
    """Layers of the model that stand where the first shifted entry was, and hold nothing."""
    found = []
    for name, child in case.node(mine).children:
        match = PLACE.match(name)
        if match and not name.startswith("layer-") and one.place <= int(match[1]) < other.place:
            found.append(case.node(child).name or f"number {match[1]}")
    return found


def _claims(
    case: Case, theirs: Sequence[Entry], ours: Sequence[Entry], alignment: _Alignment
) -> set[int]:
    """Rows that are wrong because of the places, and those that are right only by their shape."""
    right = {one.node for one, other in alignment.pairs if one.place == other.place}
    file_nodes = case.beneath_file(item.node for item in theirs if item.node not in right)
    stays = {other.node for one, other in alignment.pairs if one.place == other.place}
    own_nodes = case.beneath_model(item.node for item in ours if item.node not in stays)
    rows = {place for node in file_nodes for place in case.rows_at.get(node, ())}
    rows |= {
        place
        for at, places in case.rows_of.items()
        if case.model.variables[at].node in own_nodes
        for place in places
    }
    return {place for place in rows if case.is_weight(place)}
