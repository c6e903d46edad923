"""M06: layers that are saved by their place among others, and the places have changed.

`_operations/3`, `layer_with_weights-1`, entries of Python lists: a layer put in or taken out shifts
all that follow. With other shapes the restore fails at one of them; with equal shapes weights are
swapped silently. So the two sequences are aligned, by names where people gave them, else by shapes.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from tfinspector.contents.findings import Finding, Fix, Severity
from tfinspector.contents.saved_models import Shape
from tfinspector.contents.variables import Variable
from tfinspector.diagnosis.matching.roles import is_optimizer
from tfinspector.diagnosis.restoring import code
from tfinspector.diagnosis.restoring.case import GOOD, Case, Cause
from tfinspector.diagnosis.restoring.trained import lists_of_trained
from tfinspector.diagnosis.restoring.wording import count, shown

_PLACE = re.compile(r"(?:layer_with_weights-|layer-)?(\d+)$")
_MOST_ENTRIES = 2000
_Leaves = tuple[tuple[str, Shape], ...]


class _Item(NamedTuple):
    """One entry of a sequence: its place, its object, what it holds, and its given name."""

    place: int
    node: int
    leaves: _Leaves
    name: str
    label: str = ""


class _Alignment(NamedTuple):
    """Which entries of the file are which of the model; `named` if names tell it."""

    pairs: tuple[tuple[_Item, _Item], ...]
    named: bool


def find_shifts(case: Case) -> Iterator[Cause]:
    """Sequences that fit better when they are shifted or reordered than place by place."""
    others = case.file_optimizers | lists_of_trained(case)
    for node, mine in case.bound.items():
        if mine < 0 or node in others or is_optimizer(case.node(mine).kind):
            continue
        theirs = _file_items(case, node)
        if len(theirs) < 2:
            continue
        ours = _model_items(case, mine)
        alignment = _align(theirs, ours)
        if alignment is not None and not _is_settled(case, alignment):
            yield _shifted(case, node, mine, theirs, ours, alignment)


def _align(theirs: Sequence[_Item], ours: Sequence[_Item]) -> _Alignment | None:
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


def _by_name(theirs: Sequence[_Item], ours: Sequence[_Item]) -> _Alignment | None:
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


def _moves(pairs: Sequence[tuple[_Item, _Item]]) -> bool:
    return any(one.place != other.place for one, other in pairs)


def _is_settled(case: Case, alignment: _Alignment) -> bool:
    """Whether each value went where it belongs, because a map was used."""
    for one, other in alignment.pairs:
        own = dict(_own_leaves(case, other.node))
        for leaf, key in _keys(case, one):
            row = case.row_of_key[key]
            if row.variable != own.get(leaf, -1) or row.state not in GOOD:
                return False
    return True


def _shifted(
    case: Case, node: int, mine: int, theirs: Sequence[_Item], ours: Sequence[_Item],
    alignment: _Alignment,
) -> Cause:  # fmt: skip
    claims = _claims(case, theirs, ours, alignment)
    where = case.say(case.model_paths.get(mine, ""))
    silent = all(case.rows[place].state in GOOD for place in claims)
    moved = [(one, other) for one, other in alignment.pairs if one.place != other.place]
    pairs = [
        (f"{case.model_paths[other.node]}/{leaf}".strip("/"), key)
        for one, other in alignment.pairs
        for leaf, key in _keys(case, one)
    ]
    outcome = (
        "All shapes fit, so TensorFlow restores without a word, and the weights are in the wrong "
        "layers."
        if silent
        else "TensorFlow goes by the places alone: it raises at a shape that does not fit, or "
        "leaves layers as they were."
    )
    return Cause(
        Finding(
            "M06", Severity.ERROR, _title(case, mine, theirs, ours, alignment),
            f"The entries {f'of `{where}` ' if where else ''}are saved by their place. {outcome} "
            f"{'Their names' if alignment.named else 'Their shapes'} tell which is which.",
            case.checkpoint.prefix,
            {"moved": [{"checkpoint": one.place, "model": other.place, "name": _called(case, other)}
                       for one, other in moved[:40]],
             "in_checkpoint": len(theirs), "in_model": len(ours)},
            Fix("Assign by this map, or build the model as it was; layers under names of their own "
                "(attributes, or Checkpoint(**{layer.name: layer for layer in model.layers})) do "
                "not shift.", code.assign_all(case, pairs, claims) or code.command(case)),
        ),
        frozenset(claims),
    )  # fmt: skip


def _title(
    case: Case, mine: int, theirs: Sequence[_Item], ours: Sequence[_Item], alignment: _Alignment
) -> str:
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
        names = [_called(case, other) for _, other in moved]
        return f"The layers{place} stand in another order: {shown(names)} would get the weights " \
               "of others."  # fmt: skip
    first = min(moved)[1]
    shifted = f"{count(len(moved), 'layer')} after it {'is' if len(moved) == 1 else 'are'} shifted"
    before = [item for item in new if item.place < first.place]
    if before and not gone:
        names = [_called(case, item) for item in before]
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
        f"The layers{place} are shifted{by} from `{_called(case, first)}` on: index "
        f"{min(moved)[0].place} in the checkpoint, {first.place} in the model."
    )


def _without_weights(case: Case, mine: int, one: _Item, other: _Item) -> list[str]:
    """Layers of the model that stand where the first shifted entry was, and hold nothing."""
    found = []
    for name, child in case.node(mine).children:
        match = _PLACE.match(name)
        if match and not name.startswith("layer-") and one.place <= int(match[1]) < other.place:
            found.append(case.node(child).name or f"number {match[1]}")
    return found


def _claims(
    case: Case, theirs: Sequence[_Item], ours: Sequence[_Item], alignment: _Alignment
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


def _called(case: Case, item: _Item) -> str:
    return case.node(item.node).name or f"number {item.place}"


def _keys(case: Case, item: _Item) -> list[tuple[str, str]]:
    """Path below the entry -> key."""
    return [
        (leaf, case.rows[place].key)
        for leaf, node in _leaf_nodes(case, item.node)
        for place in case.rows_at.get(node, ())[:1]
    ]


def _file_items(case: Case, node: int) -> list[_Item]:
    children = case.graph.nodes[node].children
    items: dict[int, _Item] = {}
    for name, child in children[:_MOST_ENTRIES]:
        match = _PLACE.match(name)
        if match is None or name.startswith("layer-"):
            continue
        leaves: list[tuple[str, Shape]] = []
        names: Counter[str] = Counter()
        for leaf, below in _leaf_nodes(case, child):
            for place in case.rows_at.get(below, ())[:1]:
                variable = case.variables[case.rows[place].key]
                leaves.append((leaf, tuple(variable.shape)))
                names[_scope(variable, leaf)] += 1
        if leaves:
            name = names.most_common(1)[0][0]
            items[int(match[1])] = _Item(int(match[1]), child, tuple(sorted(leaves)), name)
    return [
        items[place]._replace(name=_given(items[place].name), label=items[place].name)
        for place in sorted(items)
    ]


def _model_items(case: Case, mine: int) -> list[_Item]:
    items: dict[int, _Item] = {}
    for name, child in case.node(mine).children[:_MOST_ENTRIES]:
        match = _PLACE.match(name)
        if match is None or name.startswith("layer-"):
            continue
        leaves = _model_leaves(case, child)
        if leaves:
            items[int(match[1])] = _Item(
                int(match[1]), child, leaves, _given(_own_name(case, child))
            )
    return [items[place] for place in sorted(items)]


def _leaf_nodes(case: Case, begin: int) -> list[tuple[str, int]]:
    """Nodes with weights beneath one, by their paths from there."""
    found = []
    seen = {begin}
    queue = [("", begin)]
    for path, here in queue:  # it grows meanwhile
        node = case.graph.nodes[here]
        if node.attributes and here in case.rows_at and case.is_weight(case.rows_at[here][0]):
            found.append((path, here))
        for name, child in node.children:
            if child not in seen and child not in case.file_optimizers:
                seen.add(child)
                queue.append((f"{path}/{name}" if path else name, child))
    return found


def _model_leaves(case: Case, begin: int) -> _Leaves:
    variables = case.model.variables
    found = [(leaf, variables[at].shape) for leaf, at in _own_leaves(case, begin)]
    return tuple(sorted(found, key=str))


def _own_leaves(case: Case, begin: int) -> list[tuple[str, int]]:
    """The model's weights beneath an object, by their paths from there."""
    found: list[tuple[str, int]] = []
    seen = {begin}
    queue = [("", begin)]
    for path, here in queue:  # it grows meanwhile
        node = case.node(here)
        if node.variable in case.weights_of_model:
            found.append((path, node.variable))
        for name, child in node.children:
            if child not in seen and not is_optimizer(case.node(child).kind):
                seen.add(child)
                queue.append((f"{path}/{name}" if path else name, child))
    return found


def _scope(variable: Variable, leaf: str) -> str:
    """What the entry is called, from the name of a variable that lies `leaf` below it."""
    if not leaf:
        return _end(variable.full_name)
    parts = variable.name.split("/")
    depth = leaf.count("/") + 1
    return parts[-1 - depth] if len(parts) > depth else ""


def _own_name(case: Case, node: int) -> str:
    at = case.node(node).variable
    return _end(case.node(node).name) if at >= 0 else case.node(node).name


def _end(name: str) -> str:
    """Of the name of a variable what tells it from others: its scope and its own name."""
    return "/".join(name.partition(":")[0].split("/")[-2:])


def _given(name: str) -> str:
    """The name, "" where Keras or TensorFlow made it up or it is a number."""
    made_up = all(
        re.sub(r"_\d+$", "", part) in _MADE_UP or re.fullmatch(r"(layer_?)?\d*", part)
        for part in name.split("/")
    )
    return "" if made_up else name


_MADE_UP = frozenset(
    {"dense", "conv1d", "conv2d", "conv3d", "conv2d_transpose", "depthwise_conv2d", "embedding"}
    | {"separable_conv2d", "lstm", "gru", "simple_rnn", "rnn", "bidirectional", "time_distributed"}
    | {"batch_normalization", "layer_normalization", "group_normalization", "normalization"}
    | {"multi_head_attention", "attention", "additive_attention", "einsum_dense", "functional"}
    | {"sequential", "model", "module", "p_re_lu", "Variable", "variable", "kernel", "bias"}
    | {"gamma", "beta", "recurrent_kernel", "embeddings", "moving_mean", "moving_variance"}
)
