"""An object graph without lost values: what is left is left as it was."""

from __future__ import annotations

from tfinspector.contents.graphs import Edge, Slot
from tfinspector.formats.checkpoints.graph_rewriting import keys_of_graph, without_values
from tfinspector.formats.checkpoints.kept_keys import KeptKeys
from tfinspector.formats.checkpoints.object_graph import parse_object_graph
from tfinspector.formats.wire_writing import message, number


def node(*fields: bytes) -> bytes:
    return message(1, b"".join(fields))


def child(place: int, name: str) -> bytes:
    return message(1, number(1, place) + message(2, name.encode()))


def value(key: str) -> bytes:
    return message(2, message(1, b"VARIABLE_VALUE") + message(3, key.encode()))


def slot(original: int, variable: int) -> bytes:
    content = number(1, original) + message(2, b"m") + number(3, variable)
    return message(3, content)


UNKNOWN = message(15, b"from a later version")
GRAPH = b"".join([
    node(child(1, "a"), child(2, "b"), child(3, "layer")),
    node(value("a")),
    node(value("b"), UNKNOWN),
    node(value("config"), child(1, "again"), UNKNOWN),
    node(slot(1, 5), slot(2, 5)),
    node(value("slot")),
]) + UNKNOWN  # fmt: skip


def test_nothing_lost_is_the_same_bytes() -> None:
    assert without_values(GRAPH, lambda key: False) == GRAPH
    assert keys_of_graph(GRAPH) == ["a", "b", "config", "slot"]


def test_a_lost_variable_is_cut_off_and_keeps_its_place() -> None:
    rest = without_values(GRAPH, lambda key: key == "b")
    graph = parse_object_graph(rest)
    assert graph.problems == ()
    assert len(graph.nodes) == 6
    assert graph.nodes[0].children == (Edge("a", 1), Edge("layer", 3))
    assert graph.nodes[2].attributes == ()
    assert graph.nodes[4].slots == (Slot(1, "m", 5),), "its slot goes with it"
    assert rest.count(b"from a later version") == 3, "what is not known stays"


def test_a_node_with_children_stays_reachable() -> None:
    graph = parse_object_graph(without_values(GRAPH, lambda key: key == "config"))
    assert graph.nodes[0].children[2] == Edge("layer", 3)
    assert graph.nodes[3].children == (Edge("again", 1),)
    assert graph.nodes[3].attributes == ()


def test_tables_and_iterators_are_known_by_the_beginning_of_their_keys() -> None:
    kept = KeptKeys(["t-keys", "t-values", "half-keys", "iterator/0", "v"])
    lost = [key for key in ("t", "half", "iterator", "v", "w") if kept.is_lost(key)]
    assert lost == ["half", "w"]
