"""All ways from the root of an object graph to its values.

A key in a checkpoint is only the shortest way at the time of saving: a Keras 3 model saved with
its optimizer has its kernels under `optimizer/_trainable_variables/3`. So every way counts. The
graph may hold cycles, shared nodes and chains of thousands, hence no recursion: a *walk* is an
arrival at a node that has children, kept as the walk it came from and the name of the last edge.
"""

from collections.abc import Sequence
from itertools import compress

import numpy as np
from numpy.typing import NDArray

from tfinspector.contents.graphs import ObjectGraph
from tfinspector.contents.variable_columns import OnePathEach
from tfinspector.formats.checkpoints.graph_columns import (
    GraphColumns,
    Integers,
    bounds_of,
    columns_of,
)
from tfinspector.formats.texts import Joined

MOST_PATHS = 16  # per node, the shortest ones
_PATHS_IN_A_THICKET = 3  # per node where the edges are so many that all ways would never end
_THICKET = 4_000_000
_DEEPEST_DETOUR = 100  # edges; beyond, only the shortest way to a node is followed
_ROOT = 0


class Walks:
    """Every way to every node with children, at most `MOST_PATHS` each, shortest first.

    `node`, `parent`, `edge` are parallel lists, one entry per walk; walk 0 is the root's, and a
    parent always stands before its children. The edges that lead to values are leaves:
    `leaf_names` and `leaf_nodes`, those of node n from leaf_bounds[n] to leaf_bounds[n + 1].
    """

    def __init__(self, graph: ObjectGraph) -> None:
        self.columns = columns = columns_of(graph)
        self.node: list[int] = [_ROOT]
        self.parent: list[int] = [-1]
        self.edge: list[str] = [""]
        self._depth: list[int] = [0]
        self.most = MOST_PATHS
        if len(columns.edge_names) * MOST_PATHS > _THICKET:
            self.most = _PATHS_IN_A_THICKET
        degree, values = np.diff(columns.edge_bounds), np.diff(columns.value_bounds)
        self._inner = _Edges(columns, degree > 0)
        leaves = _Edges(columns, values > 0)
        self.leaf_names, self.leaf_nodes, self.leaf_bounds = (
            leaves.names,
            leaves.nodes,
            leaves.bounds,
        )
        if len(columns):
            self._follow()

    def leaves(self, node: int) -> list[int]:
        """The nodes with values that the node's own edges lead to."""
        found: list[int] = self.leaf_nodes[
            self.leaf_bounds[node] : self.leaf_bounds[node + 1]
        ].tolist()
        return found

    def _follow(self) -> None:
        names, nodes = self._inner.names, self._inner.nodes.tolist()
        bounds, depth, most = self._inner.bounds.tolist(), self._depth, self.most
        visits = [0] * len(self.columns)
        visits[_ROOT] = most  # no simple path comes back to the root
        for walk, here in enumerate(self.node):  # grows: the queue of a breadth-first search
            for place in range(bounds[here], bounds[here + 1]):
                child = nodes[place]
                visited = visits[child]
                if not visited or (visited < most and self._may_visit_again(walk, child)):
                    visits[child] += 1
                    self.node.append(child)
                    self.parent.append(walk)
                    self.edge.append(names[place])
                    depth.append(depth[walk] + 1)

    def _may_visit_again(self, walk: int, node: int) -> bool:
        """The first time always, which is the shortest way; later only where it closes no cycle."""
        return self._depth[walk] < _DEEPEST_DETOUR and not self._passes(walk, node)

    def _passes(self, walk: int, node: int) -> bool:
        """Whether the walk goes through `node`."""
        while walk >= 0:
            if self.node[walk] == node:
                return True
            walk = self.parent[walk]
        return False


class _Edges:
    """The edges of a graph that lead to certain nodes, by the node they start from."""

    def __init__(self, columns: GraphColumns, wanted: NDArray[np.bool_]) -> None:
        leads = wanted[columns.edge_nodes]
        self.names: list[str] = list(compress(columns.edge_names, leads.tolist()))
        self.nodes: Integers = columns.edge_nodes[leads]
        self.bounds: Integers = bounds_of(leads)[columns.edge_bounds]


class Arrivals:
    """Where the walks end: for each node with values its paths, and the best way to it.

    The best way is that with the least of `penalties`, the shortest of those: for every node
    `best_walk` (-1 where there is none) and `best_leaf`, the place of its last edge in
    `leaf_names`, which have one more entry here: "" for no edge.
    """

    def __init__(self, walks: Walks, penalties: Sequence[int]) -> None:
        self._walks = walks
        count = len(walks.columns)
        self.leaf_names = [*walks.leaf_names, ""]
        self.best_walk: Integers = np.full(count, -1)
        self.best_leaf: Integers = np.full(count, len(walks.leaf_names))
        if not count:
            return
        walk, leaf, node = self._ends()
        # The last assignment to a node stays, so the best arrivals come last.
        best_last = np.argsort(np.array(penalties, np.int64)[walk], kind="stable")[::-1]
        self.best_walk[node[best_last]] = walk[best_last]
        self.best_leaf[node[best_last]] = leaf[best_last]
        if walks.columns.has_values(_ROOT):
            self.best_walk[_ROOT], self.best_leaf[_ROOT] = 0, len(walks.leaf_names)

    def edge(self, node: int) -> str:
        """The name of the last edge of the best way to the node, "" where there is none."""
        return self.leaf_names[int(self.best_leaf[node])]

    def paths(self, nodes: Sequence[int] | Integers) -> OnePathEach:
        """Of each node: escaped names joined by "/", as in keys, the shortest path first.

        None for a node that no walk leads to, and for -1. A page does not show paths, so they
        are spelled when somebody asks.
        """
        nodes = np.asarray(nodes, np.int64)
        walks = self._walks
        if not len(walks.columns):
            return OnePathEach([""] * len(nodes), dict.fromkeys(range(len(nodes)), ()))
        walk, leaf, node = self._ends()
        begins, names = _begins(walks, walk), _escaped(self.leaf_names)
        paths = Joined(begins, self.best_walk[nodes], names, self.best_leaf[nodes])
        arrivals = np.bincount(node, minlength=len(walks.columns) + 1)  # the last one is that of -1
        is_odd = (arrivals != 1) | (np.arange(len(arrivals)) == _ROOT)
        several: dict[int, list[str]] = {_ROOT: [""] if walks.columns.has_values(_ROOT) else []}
        odd = is_odd[node]
        ends = zip(*(part[odd].tolist() for part in (node, walk, leaf)), strict=True)
        for one, way, last in ends:
            several.setdefault(one, []).append(begins[way] + names[last])
        places = np.flatnonzero(is_odd[nodes])
        others = {
            place: tuple(several.get(one, ())[: walks.most])
            for place, one in zip(places.tolist(), nodes[places].tolist(), strict=True)
        }
        return OnePathEach(paths, others)

    def _ends(self) -> tuple[Integers, Integers, Integers]:
        """Of every arrival its walk, the place of its last edge, and its node."""
        walks = self._walks
        ends = np.array(walks.node, np.int64)
        first, counts = walks.leaf_bounds[ends], np.diff(walks.leaf_bounds)[ends]
        walk = np.repeat(np.arange(len(ends)), counts)
        leaf = np.arange(len(walk)) + np.repeat(first - np.cumsum(counts) + counts, counts)
        return walk, leaf, walks.leaf_nodes[leaf]


def _begins(walks: Walks, used: Integers) -> list[str]:
    """What the paths at the end of each walk begin with, for those that are used."""
    begins = [""] * len(walks.node)
    beginnings = _Beginnings(walks)
    for walk in np.flatnonzero(np.bincount(used, minlength=len(begins))).tolist():
        begins[walk] = beginnings.of(walk)
    return begins


def _escaped(names: list[str]) -> list[str]:
    """The names as they stand in keys; most need no change."""
    together = "".join(names)
    return list(map(escape, names)) if "." in together or "/" in together else names


class _Beginnings:
    """Paths of walks with a "/" at the end, made when asked for: chains may be very long."""

    def __init__(self, walks: Walks) -> None:
        self._walks = walks
        self._known: dict[int, str] = {0: ""}

    def of(self, walk: int) -> str:
        """The beginning of every path that goes on from `walk`."""
        known = self._known
        if walk in known:
            return known[walk]
        parent, edge = self._walks.parent, self._walks.edge
        here, path = parent[walk], f"{escape(edge[walk])}/"
        if here not in known:
            parts: list[str] = []
            while here not in known:
                parts.append(escape(edge[here]))
                here = parent[here]
            path = f"{'/'.join(reversed(parts))}/{path}"
        path = known[walk] = known[here] + path
        return path


def escape(name: str) -> str:
    """A local name as it stands in keys (`tensorflow/python/trackable/trackable_utils.py`)."""
    if "." in name:
        name = name.replace(".", "..")
    return name.replace("/", ".S") if "/" in name else name
