"""The object graph of a checkpoint (`trackable_object_graph.proto`), as data.

Ids index `ObjectGraph.nodes`; node 0 is the root. The graph may hold cycles, shared nodes and
nodes nothing points to (slot variables), so walk it with a visited set and never by recursion.
"""

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


class ObjectGraph(NamedTuple):
    """All nodes; edges to ids outside the range were dropped and are told in `problems`."""

    nodes: tuple[Node, ...]
    problems: tuple[str, ...] = ()
