"""Where a walk ended, what is lost beneath each of those edges, and what only waits."""

from collections import defaultdict
from collections.abc import Iterable, Sequence, Set
from typing import NamedTuple

from tfinspector.contents.graphs import ObjectGraph
from tfinspector.contents.models import ModelDescription
from tfinspector.contents.restores import Frontier
from tfinspector.diagnosis.matching.walk import (
    ROOT,
    SAVE_COUNTER,
    MissingEdge,
    ModelSide,
    Walk,
    path_of,
)

_ITERATIONS = frozenset({"_iterations", "iterations", "iter"})
_TRAINED = "_trainable_variables"


class Lost(NamedTuple):
    """The frontier, and for each lost node of the checkpoint which entry of it is to blame.

    `waiting` are entries whose object in the model only waits for its first call.
    """

    frontier: tuple[Frontier, ...]
    blamed: dict[int, int]
    waiting: frozenset[int]


def find_lost(
    graph: ObjectGraph, side: ModelSide, walk: Walk, keys_at: Sequence[int], name: str = ""
) -> Lost:
    """The frontier of a walk; `keys_at` says how many keys each node of the checkpoint holds.

    `name` is the one that a bare model was given.
    """
    if all(edge.child in walk.bound or _is_counter(edge) for edge in walk.missing):
        return Lost((), {}, frozenset())
    children = _children(graph)
    losing = _nodes_above_losses(children, walk.bound, keys_at)
    edges = [edge for edge in walk.missing if edge.child in losing and not _is_counter(edge)]
    blamed = _blame(graph, children, walk.bound, edges)
    counts = [0] * len(edges)
    for node, place in blamed.items():
        counts[place] += keys_at[node]
    waiting = _waiting_nodes(side)
    describer = _Describer(graph, side, walk, name)
    return Lost(
        tuple(map(describer.describe, edges, counts)),
        blamed,
        frozenset(p for p, edge in enumerate(edges) if walk.bound[edge.parent] in waiting),
    )


class _Describer:
    """Makes entries; what a node offers is the same tuple for all its edges."""

    def __init__(self, graph: ObjectGraph, side: ModelSide, walk: Walk, name: str) -> None:
        self._graph, self._side, self._walk = graph, side, walk
        self._paths: dict[int, str] = {ROOT: ""}
        self._offers: dict[int, tuple[tuple[str, ...], tuple[str, ...]]] = {}
        self._wrapped = (name,)

    def describe(self, edge: MissingEdge, keys: int) -> Frontier:
        """The entry for one edge."""
        parent, mine = edge.parent, self._walk.bound[edge.parent]
        offers = self._offers.get(parent)
        if offers is None:
            offered = tuple(self._side.children(mine)) if mine >= 0 else self._wrapped
            children = self._graph.nodes[parent].children
            offers = self._offers[parent] = (offered, tuple([name for name, _ in children]))
        path = path_of(self._walk.came, parent, self._paths)
        return Frontier(path, edge.name, edge.child, mine, *offers, keys)


def _is_counter(edge: MissingEdge) -> bool:
    """TensorFlow's own counter of saves: `restore` makes it where it is not there."""
    return edge.parent == ROOT and edge.name == SAVE_COUNTER


def _children(graph: ObjectGraph) -> list[list[int]]:
    """Where losses spread from each node: a slot is lost with its optimizer or its variable."""
    children = [[c for _, c in node.children] if node[0] else [] for node in graph.nodes]
    for place, node in enumerate(graph.nodes):
        for slot in node.slots:
            children[place].append(slot.variable)
            children[slot.original].append(slot.variable)
    return children


def _nodes_above_losses(
    children: Sequence[Sequence[int]], bound: dict[int, int], keys_at: Sequence[int]
) -> set[int]:
    """All unbound nodes from which unbound keys can be reached, without passing a bound one."""
    above: defaultdict[int, list[int]] = defaultdict(list)
    for place, beneath in enumerate(children):
        if place not in bound:
            for child in beneath:
                above[child].append(place)
    waiting = [p for p, count in enumerate(keys_at) if count and p not in bound]
    found = set(waiting)
    while waiting:
        for parent in above.get(waiting.pop(), ()):
            if parent not in found:
                found.add(parent)
                waiting.append(parent)
    return found


def _blame(
    graph: ObjectGraph,
    children: Sequence[Sequence[int]],
    bound: dict[int, int],
    edges: Sequence[MissingEdge],
) -> dict[int, int]:
    """Each lost node goes to the nearest edge; to an optimizer's only where no other leads."""
    optimizers = _insides_of_optimizers(graph)
    first: list[tuple[int, int]] = []
    last: list[tuple[int, int]] = []
    for place, edge in enumerate(edges):
        late = edge.parent in optimizers or edge.child in optimizers
        (last if late else first).append((place, edge.child))
    blamed: dict[int, int] = {}
    last += _spread(children, bound, first, blamed, optimizers)
    _spread(children, bound, last, blamed, frozenset())
    return blamed


def _spread(
    children: Sequence[Sequence[int]],
    bound: dict[int, int],
    begin: Iterable[tuple[int, int]],
    blamed: dict[int, int],
    around: Set[int],
) -> list[tuple[int, int]]:
    """Blame for what is reached, all at the same pace; gives back what lies `around` the way."""
    queue: list[tuple[int, int]] = []
    left: list[tuple[int, int]] = []
    for place, child in begin:
        if child not in blamed:
            blamed[child] = place
            queue.append((place, child))
    for place, here in queue:  # it grows meanwhile
        for child in children[here]:
            if child in blamed or child in bound:
                continue
            if child in around:
                left.append((place, child))
                continue
            blamed[child] = place
            queue.append((place, child))
    return left


def _insides_of_optimizers(graph: ObjectGraph) -> set[int]:
    """Optimizers and their lists, among them those of the variables that they train."""
    nodes = graph.nodes
    found: set[int] = set()
    for place, node in enumerate(nodes):
        names = {name for name, _ in node.children} if node.children else _ITERATIONS
        if node.slots or (node.children and not _ITERATIONS.isdisjoint(names)):
            found.add(place)
            found.update(child for _, child in node.children if not nodes[child].attributes)
    return found


def _waiting_nodes(side: ModelSide) -> set[int]:
    """Objects of the model that will have more children once they are built."""
    model = side.model
    found = {place for place, node in enumerate(model.nodes) if node.built is False}
    for path in model.unbuilt:
        place = _node_at(side, path)
        if place is not None:
            found.add(place)
    for place, node in enumerate(model.nodes):
        if "ptimizer" in node.kind and _has_seen_no_variables(side, place):
            found.add(place)
            found.update(child for _, child in node.children if not _holds_value(model, child))
    return found


def _node_at(side: ModelSide, path: str) -> int | None:
    here: int | None = ROOT
    for name in path.split("/") if path else ():
        here = None if here is None else side.children(here).get(name)
    return here


def _has_seen_no_variables(side: ModelSide, optimizer: int) -> bool:
    """A Keras 3 optimizer lists the variables that it trains as soon as it is built."""
    listed = side.children(optimizer).get(_TRAINED)
    return listed is not None and not side.children(listed)


def _holds_value(model: ModelDescription, node: int) -> bool:
    return model.nodes[node].variable >= 0
