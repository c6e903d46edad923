"""All ways from the root of an object graph to its values.

A key in a checkpoint is only the shortest way at the time of saving: a Keras 3 model saved with
its optimizer has its kernels under `optimizer/_trainable_variables/3`. So every way counts. The
graph may hold cycles, shared nodes and chains of thousands, hence no recursion: a *walk* is an
arrival at a node that has children, kept as the walk it came from and the name of the last edge.
"""

from tfinspector.contents.graphs import ObjectGraph

MOST_PATHS = 16  # per node, the shortest ones
_PATHS_IN_A_THICKET = 3  # per node where the edges are so many that all ways would never end
_THICKET = 2_000_000
_DEEPEST_DETOUR = 100  # edges; beyond, only the shortest way to a node is followed
_ROOT = 0


class Walks:
    """Every way to every node, at most `MOST_PATHS` each, shortest first.

    `node`, `parent`, `edge` are parallel lists, one entry per walk; walk 0 is the root's and a
    parent always stands before its children. `arrivals[n]` lists (walk, edge name) of the ways
    that end at a node `n` that holds values.
    """

    def __init__(self, graph: ObjectGraph) -> None:
        self.graph = graph
        self.node: list[int] = [_ROOT]
        self.parent: list[int] = [-1]
        self.edge: list[str] = [""]
        self._depth: list[int] = [0]
        self.arrivals: dict[int, list[tuple[int, str]]] = {}
        self._paths: dict[int, str] = {0: ""}
        if graph.nodes:
            self._follow()

    def path(self, walk: int) -> str:
        """The walk as escaped names joined by "/", as in keys; "" for the root."""
        known = self._paths.get(walk)
        if known is None:
            parts: list[str] = []
            here = walk
            while here > 0:
                parts.append(escape(self.edge[here]))
                here = self.parent[here]
            known = self._paths[walk] = "/".join(reversed(parts))
        return known

    def paths_of(self, node: int) -> tuple[str, ...]:
        """Every path that ends at a node with values, shortest first."""
        return tuple(
            [
                f"{self.path(walk)}/{escape(name)}" if walk else escape(name)
                for walk, name in self.arrivals.get(node, ())
            ]
        )

    def _follow(self) -> None:
        nodes = self.graph.nodes
        most = MOST_PATHS
        if sum(len(node.children) for node in nodes) * most > _THICKET:
            most = _PATHS_IN_A_THICKET
        visits = [0] * len(nodes)
        visits[_ROOT] = most  # no simple path comes back to the root
        arrivals = self.arrivals
        if nodes[_ROOT].attributes:
            arrivals[_ROOT] = [(0, "")]
        walk = 0
        while walk < len(self.node):  # the lists grow: this is the queue of a breadth-first search
            for name, child in nodes[self.node[walk]].children:
                target = nodes[child]
                if target.attributes:
                    known = arrivals.get(child)
                    if known is None:
                        arrivals[child] = [(walk, name)]
                    elif len(known) < most:
                        known.append((walk, name))
                if (
                    target.children
                    and visits[child] < most
                    and self._may_visit(walk, child, visits)
                ):
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


def escape(name: str) -> str:
    """A local name as it stands in keys (`tensorflow/python/trackable/trackable_utils.py`)."""
    if "." in name:
        name = name.replace(".", "..")
    return name.replace("/", ".S") if "/" in name else name
