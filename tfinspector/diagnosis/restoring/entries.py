"""The entries of numbered containers on either side: what each holds, and what people called it.

`_operations/3`, `layer_with_weights-1`, entries of Python lists. A name that Keras makes up only
says what class a layer has; only names that people gave tell an entry from others.
"""

import re
from collections import Counter
from typing import NamedTuple

from tfinspector.contents.saved_models import Shape
from tfinspector.contents.variables import Variable
from tfinspector.diagnosis.matching.roles import is_optimizer
from tfinspector.diagnosis.restoring.case import Case

PLACE = re.compile(r"(?:layer_with_weights-|layer-)?(\d+)$")
_MOST_READ = 2000
_Leaves = tuple[tuple[str, Shape], ...]


class Entry(NamedTuple):
    """One entry of a sequence: its place, its object, what it holds, and its given name."""

    place: int
    node: int
    leaves: _Leaves
    name: str
    label: str = ""


def file_entries(case: Case, node: int) -> list[Entry]:
    """Those of a container of the checkpoint that hold weights, in their order."""
    children = case.graph.nodes[node].children
    items: dict[int, Entry] = {}
    for name, child in children[:_MOST_READ]:
        match = PLACE.match(name)
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
            items[int(match[1])] = Entry(int(match[1]), child, tuple(sorted(leaves)), name)
    return [
        items[place]._replace(name=_given(items[place].name), label=items[place].name)
        for place in sorted(items)
    ]


def model_entries(case: Case, mine: int) -> list[Entry]:
    """Those of a container of the model likewise."""
    items: dict[int, Entry] = {}
    for name, child in case.node(mine).children[:_MOST_READ]:
        match = PLACE.match(name)
        if match is None or name.startswith("layer-"):
            continue
        leaves = _model_leaves(case, child)
        if leaves:
            items[int(match[1])] = Entry(
                int(match[1]), child, leaves, _given(_own_name(case, child))
            )
    return [items[place] for place in sorted(items)]


def called(case: Case, item: Entry) -> str:
    """What the model calls it; a variable by itself only has a name if somebody gave it one."""
    node = case.node(item.node)
    name = item.name if node.variable >= 0 else node.name
    return name or f"number {item.place}"


def keys_of(case: Case, item: Entry) -> list[tuple[str, str]]:
    """Path below the entry -> key."""
    return [
        (leaf, case.rows[place].key)
        for leaf, node in _leaf_nodes(case, item.node)
        for place in case.rows_at.get(node, ())[:1]
    ]


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
    found = [(leaf, variables[at].shape) for leaf, at in own_leaves(case, begin)]
    return tuple(sorted(found, key=str))


def own_leaves(case: Case, begin: int) -> list[tuple[str, int]]:
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
