"""The object graph of a checkpoint (`trackable_object_graph.proto`), as data.

Ids index `ObjectGraph.nodes`; node 0 is the root. The graph may hold cycles, shared nodes and
nodes nothing points to (slot variables), so walk it with a visited set and never by recursion.
"""

from collections.abc import Callable
from functools import cached_property
from typing import NamedTuple


class Edge(NamedTuple):
    """From a node to a child: the raw (unescaped) local name and the child's id."""

    name: str
    node: int


class Attribute(NamedTuple):
    """A value saved for a node. `key` is exact or, for tables and iterators, a prefix of keys."""

    name: str
    full_name: str
    key: str


class Slot(NamedTuple):
    """An optimizer's extra value for a variable: ids of both, and the slot's name ("m")."""

    original: int
    name: str
    variable: int


class Node(NamedTuple):
    """One object. `saver` is the name of a registered saver, "" for ordinary objects."""

    children: tuple[Edge, ...] = ()
    attributes: tuple[Attribute, ...] = ()
    slots: tuple[Slot, ...] = ()
    saver: str = ""


class ObjectGraph:
    """All nodes; edges to ids outside the range were dropped and are told in `problems`.

    `nodes` may be given as a function that makes them: a list of the variables of a large model
    needs none of them, and 125,000 take a while.
    """

    def __init__(
        self,
        nodes: tuple[Node, ...] | Callable[[], tuple[Node, ...]],
        problems: tuple[str, ...] = (),
    ) -> None:
        self._given = nodes
        self.problems = problems

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """All nodes; their ids are their positions."""
        return self._given() if callable(self._given) else self._given

    @property
    def node_count(self) -> int:
        """How many nodes there are, without making them."""
        return len(self.nodes)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ObjectGraph):
            return NotImplemented
        return self.nodes == other.nodes and self.problems == other.problems

    def __hash__(self) -> int:
        return hash((self.nodes, self.problems))

    def __repr__(self) -> str:
        return f"ObjectGraph({self.nodes!r}, {self.problems!r})"
