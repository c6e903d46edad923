"""An object graph as columns: all edges and all values side by side instead of node by node.

A model of 100,000 variables has 125,000 nodes. As tuples of tuples they take 0.15 s to make and
are asked for one at a time; in columns they are worked on together. `ObjectGraph.nodes` are made
of them when somebody asks.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from tfinspector.contents.graphs import Attribute, Edge, Node, ObjectGraph, Slot

Integers = NDArray[np.int64]


class GraphColumns:
    """Edges and values of all nodes.

    edge_names, edge_nodes          raw name and child of every edge, those of a node together
    edge_bounds                     node n has the edges from edge_bounds[n] to edge_bounds[n + 1]
    value_names, full_names, keys   of every attribute; `value_bounds` tells whose it is
    slots, savers                   of the few nodes that have them
    """

    def __init__(
        self,
        edges: tuple[Sequence[str], Integers, Integers],
        values: tuple[Sequence[str], Sequence[str], Sequence[str], Integers],
        slots: Mapping[int, tuple[Slot, ...]],
        savers: Mapping[int, str],
    ) -> None:
        self.edge_names, self.edge_nodes, self.edge_bounds = edges
        self.value_names, self.full_names, self.keys, self.value_bounds = values
        self.slots = slots
        self.savers = savers

    def __len__(self) -> int:
        return len(self.edge_bounds) - 1

    def names(self, node: int) -> Sequence[str]:
        """The names of the node's edges."""
        return self.edge_names[self.edge_bounds[node] : self.edge_bounds[node + 1]]

    def children(self, node: int) -> list[int]:
        """The ids of the node's children, parallel to `names`."""
        found: list[int] = self.edge_nodes[
            self.edge_bounds[node] : self.edge_bounds[node + 1]
        ].tolist()
        return found

    def edges(self, node: int, most: int | None = None) -> Iterable[tuple[str, int]]:
        """Name and child of each edge of the node, of the first `most` ones."""
        return zip(self.names(node)[:most], self.children(node)[:most], strict=True)

    def degree(self, node: int) -> int:
        """How many edges the node has."""
        return int(self.edge_bounds[node + 1] - self.edge_bounds[node])

    def has_values(self, node: int) -> bool:
        """Whether something is stored for the node itself."""
        return bool(self.value_bounds[node + 1] > self.value_bounds[node])

    def full_name(self, node: int) -> str:
        """TensorFlow's own name for the node's first value, "" where there is none."""
        return self.full_names[self.value_bounds[node]] if self.has_values(node) else ""

    def nodes(self) -> tuple[Node, ...]:
        """The same as tuples."""
        make_edge, make_value = partial(tuple.__new__, Edge), partial(tuple.__new__, Attribute)
        make: Callable[[tuple[object, ...]], Node] = partial(tuple.__new__, Node)
        edges = list(map(make_edge, zip(self.edge_names, self.edge_nodes.tolist(), strict=True)))
        values = list(
            map(make_value, zip(self.value_names, self.full_names, self.keys, strict=True))
        )
        slots, savers = self.slots, self.savers
        bounds = (self.edge_bounds.tolist(), self.value_bounds.tolist())
        spans = zip(*map(pairwise, bounds), strict=True)
        return tuple([
            make((tuple(edges[a:b]), tuple(values[c:d]), slots.get(node, ()), savers.get(node, "")))
            for node, ((a, b), (c, d)) in enumerate(spans)
        ])  # fmt: skip


class StoredGraph(ObjectGraph):
    """A graph that was read as columns."""

    def __init__(self, columns: GraphColumns, problems: tuple[str, ...]) -> None:
        super().__init__(columns.nodes, problems)
        self.columns = columns

    @property
    def node_count(self) -> int:
        """How many nodes there are."""
        return len(self.columns)


def columns_of(graph: ObjectGraph) -> GraphColumns:
    """The columns of any graph."""
    if isinstance(graph, StoredGraph):
        return graph.columns
    nodes = graph.nodes
    edges = [edge for node in nodes for edge in node.children]
    values = [value for node in nodes for value in node.attributes]
    return GraphColumns(
        (
            [edge.name for edge in edges],
            np.array([edge.node for edge in edges], np.int64),
            bounds_of([len(node.children) for node in nodes]),
        ),
        (
            [value.name for value in values],
            [value.full_name for value in values],
            [value.key for value in values],
            bounds_of([len(node.attributes) for node in nodes]),
        ),
        {place: node.slots for place, node in enumerate(nodes) if node.slots},
        {place: node.saver for place, node in enumerate(nodes) if node.saver},
    )


def bounds_of(counts: Sequence[int] | Integers | NDArray[np.bool_]) -> Integers:
    """Where the things of each node begin, and the last end, if it has so many."""
    bounds = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=bounds[1:])
    return bounds
