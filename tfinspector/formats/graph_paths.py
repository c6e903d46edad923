"""All ways from the root of an object graph to its values.

A key in a checkpoint is only the shortest way at the time of saving: a Keras 3 model saved with
its optimizer has its kernels under `optimizer/_trainable_variables/3`. So every way counts. The
graph may hold cycles, shared nodes and chains of thousands, hence no recursion: a *walk* is an
arrival at a node that has children, kept as the walk it came from and the name of the last edge.
"""

from collections.abc import Sequence

from tfinspector.contents.graphs import Edge, ObjectGraph

MOST_PATHS = 16  # per node, the shortest ones
_PATHS_IN_A_THICKET = 3  # per node where the edges are so many that all ways would never end
_THICKET = 4_000_000
_DEEPEST_DETOUR = 100  # edges; beyond, only the shortest way to a node is followed
_ROOT = 0


class Walks:
    """Every way to every node with children, at most `MOST_PATHS` each, shortest first.

    `node`, `parent`, `edge` are parallel lists, one entry per walk; walk 0 is the root's, and a
    parent always stands before its children. `leaves[n]` are the edges of node `n` that lead to
    values.
    """

    def __init__(self, graph: ObjectGraph) -> None:
        self.graph = graph
        self.node: list[int] = [_ROOT]
        self.parent: list[int] = [-1]
        self.edge: list[str] = [""]
        self.leaves: dict[int, list[Edge]] = {}
        self._depth: list[int] = [0]
        self.most = MOST_PATHS
        if graph.nodes:
            self._follow()

    def _follow(self) -> None:
        nodes = self.graph.nodes
        if sum(len(node.children) for node in nodes) * MOST_PATHS > _THICKET:
            self.most = _PATHS_IN_A_THICKET
        visits = [0] * len(nodes)
        visits[_ROOT] = self.most  # no simple path comes back to the root
        inner: dict[int, list[Edge]] = {}
        walk = 0
        while walk < len(self.node):  # the lists grow: this is the queue of a breadth-first search
            here = self.node[walk]
            onward = inner.get(here)
            if onward is None:
                children = nodes[here].children
                onward = inner[here] = [edge for edge in children if nodes[edge[1]].children]
                self.leaves[here] = [edge for edge in children if nodes[edge[1]].attributes]
            for name, child in onward:
                if visits[child] < self.most and self._may_visit(walk, child, visits):
                    visits[child] += 1
                    self.node.append(child)
                    self.parent.append(walk)
                    self.edge.append(name)
                    self._depth.append(self._depth[walk] + 1)
            walk += 1

    def _may_visit(self, walk: int, node: int, visits: list[int]) -> bool:
        """Always the first time, the shortest way; later only where it closes no cycle."""
        if not visits[node]:
            return True
        return self._depth[walk] < _DEEPEST_DETOUR and not self._passes(walk, node)

    def _passes(self, walk: int, node: int) -> bool:
        """Whether the walk goes through `node`."""
        while walk >= 0:
            if self.node[walk] == node:
                return True
            walk = self.parent[walk]
        return False


class Arrivals:
    """Where the walks end: for each node with values its paths, and the best way to it.

    All are lists with one entry per node. `paths` holds escaped names joined by "/", as in keys,
    the shortest first; None where no walk leads. The best way is that with the least of
    `penalties`, the shortest of those: `best_walk` (-1 where there is none) and the name of its
    last edge, `best_edge`.
    """

    def __init__(self, walks: Walks, penalties: Sequence[int]) -> None:
        nodes = walks.graph.nodes
        self.paths: list[list[str] | None] = [None] * len(nodes)
        self.best_walk: list[int] = [-1] * len(nodes)
        self.best_edge: list[str] = [""] * len(nodes)
        if nodes and nodes[_ROOT].attributes:
            self.paths[_ROOT] = [""]
            self.best_walk[_ROOT] = 0
        self._collect(walks, penalties)

    def _collect(self, walks: Walks, penalties: Sequence[int]) -> None:
        paths, best_walk, best_edge, most = self.paths, self.best_walk, self.best_edge, walks.most
        beginnings = _Beginnings(walks)
        for walk, node in enumerate(walks.node):
            leaves = walks.leaves.get(node)
            if not leaves:
                continue
            begin = beginnings.of(walk)
            penalty = penalties[walk]
            for name, child in leaves:
                known = paths[child]
                path = begin + (escape(name) if "." in name or "/" in name else name)
                if known is None:
                    paths[child] = [path]
                    best_walk[child] = walk
                    best_edge[child] = name
                    continue
                if len(known) < most:
                    known.append(path)
                if penalty < penalties[best_walk[child]]:
                    best_walk[child] = walk
                    best_edge[child] = name


class _Beginnings:
    """Paths of walks with a "/" at the end, made when asked for: chains may be very long."""

    def __init__(self, walks: Walks) -> None:
        self._walks = walks
        self._known: dict[int, str] = {0: ""}

    def of(self, walk: int) -> str:
        """The beginning of every path that goes on from `walk`."""
        known = self._known
        if walk not in known:
            parent, edge = self._walks.parent, self._walks.edge
            parts: list[str] = []
            here = walk
            while here not in known:
                parts.append(escape(edge[here]))
                here = parent[here]
            known[walk] = f"{known[here]}{'/'.join(reversed(parts))}/"
        return known[walk]


def escape(name: str) -> str:
    """A local name as it stands in keys (`tensorflow/python/trackable/trackable_utils.py`)."""
    if "." in name:
        name = name.replace(".", "..")
    return name.replace("/", ".S") if "/" in name else name
