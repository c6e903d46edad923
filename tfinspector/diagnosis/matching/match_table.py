"""What of a checkpoint a model would get, worked out on data: nothing is assigned.

`match` gives the exact result of TensorFlow's own restore before it happens. See
`matching_walk` for the walk, `matching_frontier` for where it ends, `matching_rows` for the rows
and `matching_names` for checkpoints without an object graph.
"""

from collections import defaultdict
from typing import NamedTuple

from tfinspector.contents.checkpoints import Checkpoint
from tfinspector.contents.graphs import ObjectGraph
from tfinspector.contents.models import ModelDescription, Returned
from tfinspector.contents.restores import Attachment, MatchTable, State
from tfinspector.contents.variables import Role, Variable
from tfinspector.diagnosis.matching.by_name import match_by_name
from tfinspector.diagnosis.matching.frontier import find_lost
from tfinspector.diagnosis.matching.rows import GraphRows, compare
from tfinspector.diagnosis.matching.walk import ROOT, SAVE_COUNTER, ModelSide, Walk, walk

_WEIGHTS = frozenset({Role.WEIGHT, Role.EMA, Role.OTHER})
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
    parts (a dict, a tuple, a Checkpoint) stands where it stands.
    """
    graph = checkpoint.graph
    if graph is None:
        return match_by_name(checkpoint, model)
    side = ModelSide(model)
    values: _Values = defaultdict(list)
    for variable in checkpoint.variables:
        values[variable.node].append(variable)
    if attachment is None or model.returned is not Returned.BARE:
        attachment, found = _best_place(graph, side, values)
    else:
        found = walk(graph, side, attachment.name)
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
    return MatchTable(attachment, rows, lost.frontier, found.bound, conflicts)


def attachments(checkpoint: Checkpoint, model: ModelDescription) -> tuple[Attachment, ...]:
    """Where in the checkpoint the model may stand: the root first, then the names it offers."""
    if model.returned is not Returned.BARE or checkpoint.graph is None:
        return (Attachment(),)
    return tuple(Attachment(name) for name in _names(checkpoint.graph))


def _names(graph: ObjectGraph) -> list[str]:
    """The root, and each name whose object could be a model: it has parts."""
    if not graph.nodes:
        return [""]
    return ["", *(
        name
        for name, child in graph.nodes[ROOT].children
        if child != ROOT and name != SAVE_COUNTER and graph.nodes[child].children
    )]  # fmt: skip


def _best_place(graph: ObjectGraph, side: ModelSide, values: _Values) -> tuple[Attachment, Walk]:
    if side.model.returned is not Returned.BARE:
        return Attachment(), walk(graph, side)
    best: tuple[Fit, str, Walk] | None = None
    for name in _names(graph):
        found = walk(graph, side, name)
        fit = _fit(side, values, found)
        if best is None or fit > best[0]:
            best = (fit, name, found)
    assert best is not None
    if best[0].weight_nbytes == 0:
        name = _only_model(graph, values) or best[1]
        return Attachment(name), walk(graph, side, name)
    return Attachment(best[1]), best[2]


def _fit(side: ModelSide, values: _Values, found: Walk) -> Fit:
    weights = everything = 0
    for theirs, mine in found.bound.items():
        at = side.node(mine).variable
        if at < 0:
            continue
        for held in values.get(theirs, ()):
            if compare(held.shape, held.dtype.name, side.model.variables[at]) is State.MATCHED:
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
    holding = [
        name
        for name in _names(graph)[1:]
        if "optimizer" not in name and _holds_all(graph, _child(graph, name), weights)
    ]
    others = [
        name
        for name, child in graph.nodes[ROOT].children
        if name not in holding and name != SAVE_COUNTER and graph.nodes[child].children
        and "optimizer" not in name
    ]  # fmt: skip
    return holding[0] if weights and len(holding) == 1 and not others else ""


def _child(graph: ObjectGraph, name: str) -> int:
    return next(child for edge, child in graph.nodes[ROOT].children if edge == name)


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
