"""The quick way through a large object graph finds what the slow one finds, or nothing."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.formats.graph_bytes import branch, field, graph_bytes, node_bytes, variable
from tfinspector.contents.graphs import Attribute, Node
from tfinspector.formats.checkpoints.graph_layout import Layout, Places, walk
from tfinspector.formats.checkpoints.graph_leaves import walk_around_leaves


def slowly(data: bytes) -> tuple[Places, list[str]]:
    layout, problems = Layout(), list[str]()
    walk(data, 0, len(data), layout, problems)
    return layout.places(), problems


def assert_same(found: Places, expected: Places) -> None:
    assert np.array_equal(found.nodes, expected.nodes)
    assert np.array_equal(found.edges, expected.edges)
    assert np.array_equal(found.attributes, expected.attributes)
    assert found.rare == expected.rare


def mixed(count: int, seed: int) -> list[Node]:
    """Variables between nodes of every kind that TensorFlow writes."""
    draw = random.Random(seed)
    nodes: list[Node] = []
    for number in range(count):
        nodes += [
            variable(f"v{number}/.ATTRIBUTES/VARIABLE_VALUE", "n" * draw.choice((0, 3, 150)))
            for _ in range(draw.randrange(4))
        ]
        nodes.append(
            draw.choice((
                Node(),
                branch(("kernel", number), ("bias", 0)),
                branch(*((f"part_{place}", place) for place in range(draw.randrange(200)))),
                branch(("w", 1), slots=[(1, "m", 2), (2, "v", 3)]),
                Node(attributes=(Attribute("table", "", f"t{number}"),), saver="saver"),
                Node(
                    branch(("x" * 130, 1)).children,
                    variable(f"both{number}").attributes,
                ),
            ))
        )  # fmt: skip
    return nodes


@pytest.mark.parametrize("seed", range(5))
def test_finds_what_a_walk_from_node_to_node_finds(seed: int) -> None:
    data = graph_bytes(mixed(300, seed))
    found = walk_around_leaves(data)
    assert found is not None
    assert_same(found, slowly(data)[0])


def test_a_small_graph_is_left_to_the_slow_way() -> None:
    assert walk_around_leaves(graph_bytes([branch(("w", 1)), variable("w")])) is None
    assert walk_around_leaves(b"") is None


def test_a_name_that_looks_like_a_variable_is_not_taken_for_one() -> None:
    inner = node_bytes(variable("inside")).decode("latin-1")
    nodes = mixed(200, 0)
    nodes.insert(100, branch((field(1, inner.encode("latin-1")).decode("latin-1"), 3)))
    data = graph_bytes(nodes)
    found = walk_around_leaves(data)
    if found is not None:
        assert_same(found, slowly(data)[0])


_DATA = graph_bytes(mixed(150, 1))


@settings(deadline=None, max_examples=200)
@given(st.lists(st.tuples(st.integers(0, len(_DATA) - 1), st.integers(0, 255)), max_size=4))
def test_damage_is_never_overlooked(changes: list[tuple[int, int]]) -> None:
    damaged = bytearray(_DATA)
    for at, byte in changes:
        damaged[at] = byte
    found = walk_around_leaves(bytes(damaged))
    if found is not None:
        expected, problems = slowly(bytes(damaged))
        assert problems == []
        assert_same(found, expected)


@settings(deadline=None, max_examples=50)
@given(st.integers(0, len(_DATA)))
def test_a_cut_is_never_overlooked(length: int) -> None:
    found = walk_around_leaves(_DATA[:length])
    if found is not None:
        assert_same(found, slowly(_DATA[:length])[0])
