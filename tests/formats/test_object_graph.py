from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.formats.graph_bytes import branch, field, graph_bytes, node_bytes, variable
from tfinspector.contents.graphs import Attribute, Edge, Node, ObjectGraph, Slot
from tfinspector.formats.bundles.bundle import BundleReader, read_bundle
from tfinspector.formats.checkpoints.object_graph import parse_object_graph

SAVED = {
    "keras_sequential": "ckpt-5",
    "keras_functional": "ckpt-1",
    "keras_subclass": "net-7",
    "module": "plain",
    "legacy_slots": "ckpt-1",
    "tables_and_iterators": "state-1",
    "exported": "export/variables/variables",
}


def graph_data(prefix) -> bytes:
    return BundleReader(read_bundle(str(prefix))).read("_CHECKPOINTABLE_OBJECT_GRAPH").item()


@pytest.mark.parametrize("name", SAVED)
def test_reads_what_protobuf_reads(name, made, tensorflow):
    prefix = made(f"checkpoints.{name}") / SAVED[name]
    graph = parse_object_graph(graph_data(prefix))
    assert graph.problems == ()
    expected = tensorflow.call("tests.makers.runs:parse_graph", str(prefix))
    assert [
        ([tuple(e) for e in n.children], [tuple(a) for a in n.attributes],
         [tuple(s) for s in n.slots], n.saver)
        for n in graph.nodes
    ] == expected  # fmt: skip


def test_an_id_of_zero_is_not_written_and_still_an_edge():
    graph = parse_object_graph(graph_bytes([branch(("me", 0), ("", 1)), Node()]))
    assert graph.nodes[0].children == (Edge("me", 0), Edge("", 1))


def test_fields_of_older_and_newer_versions_are_stepped_over():
    old = field(1, "VARIABLE_VALUE") + field(2, "w") + field(3, "w/key") + field(4, 1)  # optional
    odd = field(9, "later") + b"\x51" + bytes(8) + b"\x55" + bytes(4) + field(2, old)
    data = field(7, 3) + field(1, odd) + field(8, "x")
    graph = parse_object_graph(data)
    assert graph == ObjectGraph((Node(attributes=(Attribute("VARIABLE_VALUE", "w", "w/key"),)),))


def test_fields_in_another_order_mean_the_same():
    edge = field(2, "child") + field(1, 1)
    attribute = field(3, "the/key") + field(1, "VALUE") + field(2, "full")
    graph = parse_object_graph(field(1, field(2, attribute) + field(1, edge)) + field(1, b""))
    assert graph.nodes[0] == Node((Edge("child", 1),), (Attribute("VALUE", "full", "the/key"),))


def test_names_are_text_of_any_language_and_length():
    long = "ü" * 300
    graph = parse_object_graph(graph_bytes([branch((long, 1), ("a/b.c", 1)), variable(long, "☃")]))
    assert graph.nodes[0].children == (Edge(long, 1), Edge("a/b.c", 1))
    assert graph.nodes[1].attributes == (Attribute("VARIABLE_VALUE", "☃", long),)


def test_bytes_that_are_not_utf8_do_not_break_it():
    graph = parse_object_graph(field(1, field(1, field(2, b"\xff\xfe"))))
    assert graph.nodes[0].children == (Edge("\ufffd\ufffd", 0),)


def test_edges_and_slots_to_nowhere_are_dropped_and_told():
    nodes = [branch(("good", 1), ("bad", 2), slots=[(1, "m", 1), (1, "m", 99)]), Node()]
    graph = parse_object_graph(graph_bytes(nodes))
    assert graph.nodes[0].children == (Edge("good", 1),)
    assert graph.nodes[0].slots == (Slot(1, "m", 1),)
    assert graph.problems == ("node 0 of the object graph points to 2 absent nodes",)


def test_an_id_beyond_all_bounds_is_an_edge_to_nowhere():
    data = field(1, field(1, field(1, 2**40) + field(2, "far"))) + field(1, b"")
    graph = parse_object_graph(data)
    assert graph.nodes[0].children == ()
    assert "absent" in graph.problems[0]


def test_a_node_that_cannot_be_decoded_keeps_its_place():
    broken = b"\x0a\x7f"  # an edge of 127 bytes in a node of two
    data = field(1, b"") + field(1, broken) + field(1, node_bytes(variable("k")))
    graph = parse_object_graph(data)
    assert [len(node.attributes) for node in graph.nodes] == [0, 0, 1]
    assert "node 1" in graph.problems[0]


def test_what_comes_after_a_break_is_lost_and_told():
    whole = graph_bytes([branch(("w", 1)), variable("k")])
    graph = parse_object_graph(whole[:-3])
    assert len(graph.nodes) == 1
    assert any("breaks off after 1 node:" in problem for problem in graph.problems)


def test_an_empty_graph_is_told():
    assert parse_object_graph(b"") == ObjectGraph((), ("the object graph has no nodes",))


def test_many_problems_are_summed_up():
    graph = parse_object_graph(field(1, b"\x0a\x7f") * 100)
    assert len(graph.nodes) == 100
    assert len(graph.problems) == 21
    assert graph.problems[-1] == "and 80 more problems in the object graph"


names = st.text(max_size=200)
ids = st.integers(0, 5)
nodes = st.builds(
    Node,
    st.lists(st.builds(Edge, names, ids), max_size=4).map(tuple),
    st.lists(st.builds(Attribute, names, names, names), max_size=3).map(tuple),
    st.lists(st.builds(Slot, ids, names, ids), max_size=2).map(tuple),
    st.sampled_from(["", "package.saver"]),
)


@given(st.lists(nodes, min_size=6, max_size=8))
def test_reads_back_what_was_written(written):
    assert parse_object_graph(graph_bytes(written)).nodes == tuple(written)


def assert_sound(graph: ObjectGraph) -> None:
    count = len(graph.nodes)
    for node in graph.nodes:
        assert all(0 <= edge.node < count for edge in node.children)
        assert all(slot.original < count and slot.variable < count for slot in node.slots)
    assert all(isinstance(problem, str) for problem in graph.problems)


@given(st.binary(max_size=300))
def test_any_bytes_give_a_sound_graph(data):
    assert_sound(parse_object_graph(data))


@settings(max_examples=300)
@given(data=st.data())
def test_a_damaged_graph_is_still_sound(data, made):
    intact = graph_data(made("checkpoints.keras_subclass") / "net-7")
    damaged = bytearray(intact)
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(damaged) - 1))
        damaged[place] = data.draw(st.integers(0, 255))
    if data.draw(st.booleans()):
        del damaged[data.draw(st.integers(0, len(damaged))) :]
    assert_sound(parse_object_graph(bytes(damaged)))
