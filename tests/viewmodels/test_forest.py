"""The tree in flat arrays, held against a plain recursive tree."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.viewmodels.made_up import VARIABLES, variable
from tfinspector.viewmodels.variables.columns import Column, FigureTable
from tfinspector.viewmodels.variables.filter import parse_filter
from tfinspector.viewmodels.variables.flat_rows import Wish
from tfinspector.viewmodels.variables.forest import Forest, natural_key, plant
from tfinspector.viewmodels.variables.rows import VariableRows, prepare

NAMES = st.lists(
    st.lists(st.sampled_from(["a", "b", "dense_2", "dense_10", ""]), min_size=1, max_size=4).map(
        "/".join
    ),
    min_size=1,
    max_size=12,
    unique=True,
)


def paths(forest: Forest, nodes: Any) -> list[str]:
    return [forest.path(int(node)) for node in nodes]


def test_numbers_sort_as_numbers() -> None:
    names = ["layer_10", "layer_2", "Layer_1", "layer"]
    assert sorted(names, key=natural_key) == ["layer", "Layer_1", "layer_2", "layer_10"]


def test_groups_and_variables_in_natural_order() -> None:
    forest = plant(VARIABLES)
    assert paths(forest, range(len(forest))) == [
        "broken",
        "model",
        "model/dense_2",
        "model/dense_2/bias",
        "model/dense_2/kernel",
        "model/dense_10",
        "model/dense_10/kernel",
        "optimizer",
        "optimizer/iterations",
        "optimizer/m",
        "optimizer/m/dense_2",
        "optimizer/m/dense_2/kernel",
    ]


def test_a_name_that_is_also_a_group_has_two_rows() -> None:
    forest = plant([variable("a"), variable("a/b")])
    assert paths(forest, range(len(forest))) == ["a", "a/b", "a"]
    assert forest.is_group.tolist() == [True, False, False]


@given(NAMES)
def test_totals_and_extremes_are_those_of_the_variables_below(names: list[str]) -> None:
    variables = [variable(name, (at + 1,)) for at, name in enumerate(names)]
    forest, sizes = plant(variables), np.arange(1.0, len(names) + 1)
    totals, greatest = forest.totals(sizes), forest.extremes(sizes, greatest=True)
    for node in np.flatnonzero(forest.is_group):
        below = [
            sizes[at] for at, name in enumerate(names) if name.startswith(forest.path(node) + "/")
        ]
        assert totals[node] == sum(below)
        assert greatest[node] == max(below)


@given(NAMES, st.booleans(), st.data())
def test_ordering_keeps_every_subtree_together(
    names: list[str], descending: bool, data: st.DataObject
) -> None:
    forest = plant([variable(name) for name in names])
    keys = np.array(data.draw(st.lists(
        st.sampled_from([1.0, 2.0, 3.0, np.nan]), min_size=len(forest), max_size=len(forest)
    )))  # fmt: skip

    def walk(parent: int) -> list[int]:
        children = [n for n in range(len(forest)) if forest.parent[n] == parent]
        sign = -1 if descending else 1
        children.sort(key=lambda n: (np.isnan(keys[n]), 0 if np.isnan(keys[n]) else sign * keys[n]))
        return [each for child in children for each in (child, *walk(child))]

    assert forest.ordered(keys, descending).tolist() == walk(-1)


@given(NAMES, st.data())
def test_a_row_needs_a_shown_variable_and_open_groups_above(
    names: list[str], data: st.DataObject
) -> None:
    forest = plant([variable(name) for name in names])
    flags = st.lists(st.booleans(), min_size=len(forest), max_size=len(forest))
    expanded = np.array(data.draw(flags))
    shown = np.array(data.draw(flags))[: len(names)]
    for node, has_row in enumerate(forest.visible(shown, expanded)):
        below = forest.leaf[node : forest.end[node]]
        above, parent = [], int(forest.parent[node])
        while parent >= 0:
            above.append(bool(expanded[parent]))
            parent = int(forest.parent[parent])
        assert has_row == (bool(shown[below[below >= 0]].any()) and all(above))


def rows(wish: Wish, **more: Any) -> list[str]:
    content = VariableRows(VARIABLES, plant(VARIABLES), FigureTable(VARIABLES))
    content.is_flat = more.get("is_flat", False)
    content.take(wish.arrange(content))
    return paths(content.forest, content.rows)


def test_groups_sort_by_what_they_hold() -> None:
    wish = Wish(sorted_by=Column.PARAMETERS, descending=True)
    assert rows(wish)[:3] == ["model", "model/dense_2", "model/dense_2/kernel"]
    assert rows(wish)[-1] == "broken"


def test_the_list_is_sorted_across_groups() -> None:
    listed = rows(Wish(sorted_by=Column.BYTES, descending=True), is_flat=True)
    assert listed[:2] == ["model/dense_2/kernel", "optimizer/m/dense_2/kernel"]
    assert len(listed) == len(VARIABLES)


def test_a_filter_opens_what_it_finds_and_totals_count_only_that() -> None:
    content = VariableRows(VARIABLES, plant(VARIABLES), FigureTable(VARIABLES))
    content.expanded[:] = False
    content.refresh()
    assert len(content.rows) == 3
    content.take(Wish(filter=parse_filter("bias")).arrange(content))
    assert paths(content.forest, content.rows) == ["model", "model/dense_2", "model/dense_2/bias"]
    assert content.total("parameters", int(content.rows[0])) == 64
    content.take(Wish().arrange(content))
    assert len(content.rows) == 3


def test_hidden_roles_are_counted() -> None:
    from tfinspector.contents.variables import Role

    content = VariableRows(VARIABLES, plant(VARIABLES), FigureTable(VARIABLES))
    arrangement = Wish(hidden=frozenset((Role.SLOT, Role.METRIC))).arrange(content)
    assert arrangement.hidden == {Role.SLOT: 1}
    assert arrangement.shown.sum() == len(VARIABLES) - 1


def test_expansion_survives_another_set_of_variables() -> None:
    before = prepare(VARIABLES, None)
    before.expanded[:] = False
    before.open_up_to(int(before.forest.node_of[2]))
    more = (*VARIABLES, variable("model/dense_1/kernel"))
    after = prepare(more, before)
    assert after.expanded_paths() == {"model", "model/dense_2"}
    assert prepare(VARIABLES, before).forest is before.forest
