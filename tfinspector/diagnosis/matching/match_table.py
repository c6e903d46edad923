"""What of a checkpoint a model would get, worked out on data: nothing is assigned.

`match` gives the exact result of TensorFlow's own restore before it happens. See
`matching_walk` for the walk, `matching_frontier` for where it ends, `matching_rows` for the rows
and `matching_names` for checkpoints without an object graph.
"""

import re
from collections import defaultdict
from typing import NamedTuple

from tfinspector.contents.checkpoints import Checkpoint
from tfinspector.contents.graphs import ObjectGraph
from tfinspector.contents.models import ModelDescription, Returned
from tfinspector.contents.restores import Attachment, MatchTable
from tfinspector.contents.variables import Role, Variable
from tfinspector.diagnosis.matching.by_layer import match_by_layer
from tfinspector.diagnosis.matching.by_name import match_by_name
from tfinspector.diagnosis.matching.frontier import find_lost
from tfinspector.diagnosis.matching.roles import PRIVATE
from tfinspector.diagnosis.matching.rows import GraphRows, misfit
from tfinspector.diagnosis.matching.slots import misplaced
from tfinspector.diagnosis.matching.walk import (
    ROOT,
    SAVE_COUNTER,
    FileSide,
    ModelSide,
    Walk,
    walk,
    walk_beneath,
)

_WEIGHTS = frozenset({Role.WEIGHT, Role.EMA, Role.OTHER})
_COPY = re.compile(r"(^|_)(ema|avg|average|averaged|shadow|target|teacher|swa|copy|old)(_|$|\d)")
_Values = dict[int, list[Variable]]


class Fit(NamedTuple):
    """How much of a checkpoint a walk brings home; greater is better."""

    weight_nbytes: int
    nbytes: int
    bound: int


def match(
    checkpoint: Checkpoint, model: ModelDescription, attachment: Attachment | None = None
) -> MatchTable:
    """Every variable of either side with its state.

    Without `attachment`, a bare model is tried as root and under every name that the
    checkpoint's root offers; the place with most bytes of weights wins. Whatever names its own
    parts (a dict, a tuple, a Checkpoint) stands where it stands. Of places that are as good,
    `model` wins, and what is named like a copy (an average, a target, a teacher) comes last.
    """
    graph = checkpoint.graph
    if checkpoint.keras is not None:
        return match_by_layer(checkpoint, model)
    if graph is None:
        return match_by_name(checkpoint, model)
    side = ModelSide(model)
    values: _Values = defaultdict(list)
    for variable in checkpoint.variables:
        values[variable.node].append(variable)
    as_good: tuple[str, ...] = ()
    if attachment is None or model.returned is not Returned.BARE:
        attachment, found, as_good = _best_place(graph, side, values)
    else:
        found = walk(FileSide(graph), side, attachment.name)
    keys_at = [0] * len(graph.nodes)
    for node, held in values.items():
        if node >= 0:
            keys_at[node] = len(held)
    lost = find_lost(graph, side, found, keys_at, attachment.name)
    conflicts = tuple(
        (node, (found.bound[node], *dict.fromkeys(others)))
        for node, others in found.conflicts.items()
    )
    rows = GraphRows(checkpoint, side, found, lost).rows()
    wrong = misplaced(checkpoint, model, rows)
    return MatchTable(attachment, rows, lost.frontier, found.bound, conflicts, as_good, wrong)


def attachments(checkpoint: Checkpoint, model: ModelDescription) -> tuple[Attachment, ...]:
    """Where in the checkpoint the model may stand: the root first, then the names it offers."""
    if model.returned is not Returned.BARE or checkpoint.graph is None:
        return (Attachment(),)
    return (Attachment(), *map(Attachment, _names(checkpoint.graph)))


def _names(graph: ObjectGraph) -> dict[str, int]:
    """Each name at the root whose object could be a model, with its node: it has parts.

    Keras's own private lists do not count: nobody gives such a name to a model.
    """
    if not graph.nodes:
        return {}
    return {
        name: child
        for name, child in graph.nodes[ROOT].children
        if child != ROOT and name != SAVE_COUNTER and name not in PRIVATE
        and graph.nodes[child].children
    }  # fmt: skip


def _best_place(
    graph: ObjectGraph, side: ModelSide, values: _Values
) -> tuple[Attachment, Walk, tuple[str, ...]]:
    """Tries the root, and each name beneath which something has a name of the model's parts.

    Gives the names that are as good as the best one, too.
    """
    file = FileSide(graph)
    at_root = walk(file, side)
    if side.model.returned is not Returned.BARE or not at_root.bound:
        return Attachment(), at_root, ()
    best, equals = _fit(side, values, at_root), {ROOT: ""}
    parts = side.children(ROOT).keys()
    for name, child in _names(graph).items():
        if parts.isdisjoint(edge for edge, _ in graph.nodes[child].children):
            continue
        fit = _fit(side, values, walk_beneath(file, side, name, child))
        if fit > best:
            best, equals = fit, {child: name}
        elif fit == best:
            equals[child] = min(name, equals.get(child, name), key=_like_a_copy)
    first, *others = sorted(equals.values(), key=_like_a_copy)
    if best.weight_nbytes == 0:
        first, others = _only_model(graph, values) or first, []
    return Attachment(first), walk(file, side, first) if first else at_root, tuple(others)


def _like_a_copy(name: str) -> int:
    """Of places that are as good: the root, then `model`, and copies of a model last."""
    if name in ("", "model"):
        return 0 if name == "" else 1
    return 3 if _COPY.search(name.lower()) else 2


def _fit(side: ModelSide, values: _Values, found: Walk) -> Fit:
    weights = everything = 0
    for theirs, mine in found.bound.items():
        at = side.node(mine).variable
        if at < 0:
            continue
        for held in values.get(theirs, ()):
            if misfit(held.shape, held.dtype.name, side.model.variables[at]) is None:
                everything += held.nbytes
                weights += held.nbytes if held.role in _WEIGHTS else 0
    own = sum(mine >= 0 for mine in found.bound.values())
    return Fit(weights, everything, own)


def _only_model(graph: ObjectGraph, values: _Values) -> str:
    """Where nothing fits: the one name under which all weights of the checkpoint lie.

    So they lie if the checkpoint was written as `Checkpoint(name=model, optimizer=...)`. An
    optimizer lists the weights too and does not count.
    """
    weights = {
        node
        for node, held in values.items()
        if node >= 0 and any(one.role is Role.WEIGHT for one in held)
    }
    candidates = [each for each in _names(graph).items() if "optimizer" not in each[0]]
    is_model = any(child == ROOT for _, child in graph.nodes[ROOT].children)  # Checkpoint(model)
    if not weights or len(candidates) != 1 or is_model:
        return ""
    name, child = candidates[0]
    return name if _holds_all(graph, child, weights) else ""


def _holds_all(graph: ObjectGraph, begin: int, weights: set[int]) -> bool:
    """Whether all of `weights` can be reached from `begin`."""
    seen = {begin}
    queue = [begin]
    for here in queue:  # it grows meanwhile
        for _, child in graph.nodes[here].children:
            if child not in seen:
                seen.add(child)
                queue.append(child)
    return weights <= seen
