"""Matching, rule by rule on graphs made by hand, and what must hold for every graph."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.diagnosis.graphs import checkpoint, model
from tfinspector.contents.graphs import ObjectGraph, Slot
from tfinspector.contents.models import ModelNode, ModelVariable, Returned
from tfinspector.contents.restores import Attachment, MatchTable, State
from tfinspector.contents.variables import Role
from tfinspector.diagnosis.matching import match_table
from tfinspector.diagnosis.matching.match_table import attachments, match
from tfinspector.diagnosis.matching.walk import ModelSide

OLD = ModelNode("tf_keras.src.optimizers.legacy.adam.Adam", "")
NEW = ModelNode("keras.src.optimizers.adam.Adam", "")


def states(table: MatchTable) -> dict[str, State]:
    """What a restore is foretold to make of each, by key, or by path where there is none.

    Nothing was assigned yet: no row is called restored itself.
    """
    assert State.RESTORED not in {row.state for row in table.rows}
    return {row.key or row.model_path or row.name: row.expected for row in table.rows}


def test_first_binding_wins_and_the_other_is_a_conflict() -> None:
    file = checkpoint({0: {"one": 1, "other": 1}}, {1: (2,)})
    mine = model({0: {"one": 1, "other": 2}}, {1: (2,), 2: (2,)})
    table = match(file, mine)
    assert table.bound == {0: 0, 1: 1}
    assert table.conflicts == ((1, (1, 2)),)
    assert states(table) == {"n1": State.RESTORED, "path2": State.MISSING_IN_CHECKPOINT}
    assert table.rows[1].why == "The checkpoint shares one variable for this and path1."


def test_wrappers_of_one_variable_are_no_conflict() -> None:
    file = checkpoint({0: {"one": 1, "other": 1}}, {1: (2,)})
    mine = model({0: {"one": 1, "other": 2}}, {1: (2,)})
    again = (*mine.nodes[:2], mine.nodes[2]._replace(variable=0))
    assert match(file, replace(mine, nodes=again)).conflicts == ()


def test_breadth_first_not_depth_first() -> None:
    """`deep/x/v` and `v` are one node in the file; the shallow way decides what it becomes."""
    file = checkpoint({0: {"deep": 1, "v": 3}, 1: {"x": 2}, 2: {"v": 3}}, {3: (1,)})
    mine = model({0: {"deep": 1, "v": 4}, 1: {"x": 2}, 2: {"v": 3}}, {3: (1,), 4: (1,)})
    table = match(file, mine)
    assert table.bound[3] == 4
    assert table.conflicts == ((3, (4, 3)),)


def test_shape_comes_before_dtype() -> None:
    file = checkpoint(
        {0: {"a": 1, "b": 2, "c": 3}}, {1: (2,), 2: (3,), 3: (2,)},
        dtypes={1: "float64", 2: "float64"},
    )  # fmt: skip
    table = match(file, model({0: {"a": 1, "b": 2, "c": 3}}, {1: (2,), 2: (2,), 3: (2,)}))
    assert states(table) == {
        "n1": State.DTYPE_MISMATCH, "n2": State.SHAPE_MISMATCH, "n3": State.RESTORED,
    }  # fmt: skip


def test_frontier_says_what_both_sides_offer_and_what_is_lost() -> None:
    file = checkpoint(
        {0: {"model": 1}, 1: {"layer_with_weights-0": 2, "layer-0": 2, "empty": 5},
         2: {"k": 3, "b": 4}},
        {3: (1,), 4: (1,)},
    )  # fmt: skip
    mine = model({0: {"model": 1}, 1: {"hidden": 2, "head": 3}, 2: {}, 3: {}}, {})
    table = match(file, mine)
    first, alias = table.frontier
    assert (first.path, first.edge, first.node, first.model_node) == (
        "model", "layer_with_weights-0", 2, 1,
    )  # fmt: skip
    assert first.offered == ("hidden", "head")
    assert first.file_edges == ("layer_with_weights-0", "layer-0", "empty")
    assert (first.keys, alias.edge, alias.keys) == (2, "layer-0", 0)
    assert table.rows[0].why == "The model has no layer_with_weights-0 in model."


def test_an_optimizer_is_not_blamed_for_the_weights_that_it_lists() -> None:
    file = checkpoint(
        {0: {"a_first": 1, "model": 3}, 1: {"_iterations": 2, "_trainable_variables": 5},
         5: {"0": 4}, 3: {"deep": 6}, 6: {"kernel": 4}},
        {2: (), 4: (1,)},
        roles={2: Role.COUNTER},
    )  # fmt: skip
    table = match(file, model({0: {"other": 1}}, {}))
    assert {each.edge: each.keys for each in table.frontier} == {"a_first": 1, "model": 1}
    mine = model({0: {"a_first": 1, "model": 3}, 1: {"_iterations": 2, "_trainable_variables": 4}},
                 {2: ()})  # fmt: skip
    table = match(file, mine)
    assert {(f.path, f.edge): f.keys for f in table.frontier} == {
        ("a_first/_trainable_variables", "0"): 0, ("model", "deep"): 1,
    }  # fmt: skip


def test_what_is_reached_another_way_is_not_lost() -> None:
    file = checkpoint({0: {"old": 1, "new": 1}, 1: {"v": 2}}, {2: (1,)})
    table = match(file, model({0: {"new": 1}, 1: {"v": 2}}, {2: (1,)}))
    assert table.frontier == ()
    assert states(table) == {"n2": State.RESTORED}


def test_unbuilt_parts_wait() -> None:
    file = checkpoint({0: {"model": 1}, 1: {"d": 2, "gone": 4}, 2: {"k": 3}}, {3: (1,), 4: (1,)})
    waiting = {2: ModelNode("keras.Dense", "d", built=False)}
    table = match(file, model({0: {"model": 1}, 1: {"d": 2}}, {}, nodes=waiting))
    assert states(table) == {"n3": State.NOT_BUILT, "n4": State.MISSING_IN_MODEL}
    told = model({0: {"model": 1}, 1: {"d": 2}}, {})
    assert states(match(file, replace(told, unbuilt=("model/d",))))["n3"] is State.NOT_BUILT


def test_unreachable_and_random_state() -> None:
    left = ModelVariable("net/block", "", (), -1, "float32", (2,), "CPU:0", True)
    seed = ModelVariable("seed", "", (), -1, "uint32", (2,), "CPU:0", False, random_state=True)
    file = checkpoint({0: {"v": 1}}, {1: (1,)})
    table = match(file, model({0: {"v": 1}}, {1: (1,)}, unreachable=(left, seed)))
    assert [row.state for row in table.rows[1:]] == [State.UNREACHABLE] * 2
    assert "no checkpoint can hold it" in table.rows[1].why
    assert table.rows[2].why.startswith("State of random numbers")
    assert table.rows[2].role == "other"


def test_tables_are_not_compared_and_strangers_are_missing() -> None:
    file = checkpoint({0: {"t": 1}}, {1: (0,)}, attribute="table")
    kept = {1: ModelNode("tensorflow.python.ops.lookup_ops.MutableHashTable", "", saves=("table",))}
    assert states(match(file, model({0: {"t": 1}}, {}, nodes=kept))) == {"n1": State.NOT_COMPARABLE}
    table = match(file, model({0: {"t": 1}}, {}))
    assert table.rows[0].state is State.MISSING_IN_MODEL
    assert table.rows[0].why == "The model has a Thing there, which keeps no such value."


def test_slots_come_along_with_variable_and_optimizer() -> None:
    edges = {0: {"model": 1, "opt": 2}, 1: {"w": 3}, 2: {"iter": 4}}
    slot = {2: (Slot(3, "m", 5), Slot(3, "v", 6))}
    roles = {4: Role.COUNTER, 5: Role.SLOT, 6: Role.SLOT}
    file = checkpoint(edges, {3: (1,), 4: (), 5: (1,), 6: (1,)}, slot, roles)
    values = {3: (1,), 4: (), 5: (1,), 6: (1,)}
    old = OLD._replace(slots=(Slot(3, "m", 6), Slot(3, "v", 5)))
    table = match(file, model(edges, values, nodes={2: old}))
    assert (table.bound[5], table.bound[6]) == (6, 5)
    assert set(states(table).values()) == {State.RESTORED}
    unmade = match(file, model(edges, {3: (1,), 4: ()}, nodes={2: OLD}))
    assert states(unmade)["n5"] is State.NOT_BUILT
    ignored = match(file, model(edges, {3: (1,), 4: ()}, nodes={2: NEW}))
    assert states(ignored)["n5"] is State.MISSING_IN_MODEL
    assert "Keras 3" in ignored.rows[2].why
    alone = match(file, model({0: {"model": 1}, 1: {"w": 2}}, {2: (1,)}))
    assert [(f.edge, f.keys) for f in alone.frontier] == [("opt", 3)]


def test_no_two_rows_are_called_the_same() -> None:
    """As in a tf.Module, where every variable may be called "Variable"."""
    file = checkpoint({0: {"a": 1}}, {1: (1,)})
    mine = model({0: {"x": 1, "y": 2, "z": 3}}, {1: (1,), 2: (1,), 3: (1,)})
    names = ("Variable", "Variable", "name1")  # the last is what the file calls its own
    called = tuple(
        each._replace(name=name) for each, name in zip(mine.variables, names, strict=True)
    )
    rows = match(file, replace(mine, variables=called)).rows
    assert [row.name for row in rows] == ["name1", "path1", "path2", "path3"]


def test_two_values_for_one_variable() -> None:
    file = checkpoint({0: {"a": 1, "b": 2}}, {1: (1,), 2: (1,)})
    table = match(file, model({0: {"a": 1, "b": 1}}, {1: (1,)}))
    assert states(table) == {"n1": State.RESTORED, "n2": State.NOT_ASSIGNED}
    assert table.rows[1].why == "The model shares this variable: it gets the value of name1."


def test_the_save_counter_is_nobodys_loss() -> None:
    file = checkpoint({0: {"w": 1, "save_counter": 2}}, {1: (1,), 2: ()}, roles={2: Role.COUNTER})
    table = match(file, model({0: {"w": 1}}, {1: (1,)}))
    assert table.frontier == ()
    assert (table.rows[1].expected, table.rows[1].variable) == (State.RESTORED, -1)


def test_a_value_that_cannot_be_read_is_not_promised() -> None:
    file = checkpoint({0: {"w": 1}}, {1: (1,)})
    broken = replace(file, variables=(file.variables[0]._replace(problem="its shard is missing"),))
    [row] = match(broken, model({0: {"w": 1}}, {1: (1,)})).rows
    assert (row.state, row.why) == (State.NOT_ASSIGNED, "its shard is missing")


class TestAttachment:
    file = checkpoint(
        {0: {"net": 1, "save_counter": 4}, 1: {"d": 2}, 2: {"k": 3}},
        {3: (1,), 4: ()},
        roles={4: Role.COUNTER},
    )
    bare = model({0: {"d": 1}, 1: {"k": 2}}, {2: (1,)}, Returned.BARE)

    def test_the_name_that_fits_is_found(self) -> None:
        table = match(self.file, self.bare)
        assert table.attachment == Attachment("net")
        assert table.bound == {0: -1, 1: 0, 2: 1, 3: 2}

    def test_the_root_wins_where_both_fit(self) -> None:
        twice = checkpoint({0: {"d": 1, "net": 0}, 1: {"k": 2}}, {2: (1,)})
        assert match(twice, self.bare).attachment == Attachment("")

    def test_most_bytes_win(self) -> None:
        edges = {0: {"small": 1, "large": 4}, 1: {"d": 2}, 2: {"b": 3}, 4: {"d": 5}, 5: {"k": 6}}
        file = checkpoint(edges, {3: (1,), 6: (1,)})
        assert match(file, self.bare).attachment == Attachment("large")

    @pytest.mark.parametrize(
        ("names", "taken", "others"),
        [
            (("ema_model", "model"), "model", ("ema_model",)),
            (("ema", "student"), "student", ("ema",)),
            (("critic", "actor"), "critic", ("actor",)),
        ],
    )
    def test_of_equal_places_the_model_itself_is_taken_and_the_others_told(
        self, names: tuple[str, str], taken: str, others: tuple[str, ...]
    ) -> None:
        first, second = names
        edges = {0: {first: 1, second: 4}, 1: {"d": 2}, 2: {"k": 3}, 4: {"d": 5}, 5: {"k": 6}}
        table = match(checkpoint(edges, {3: (1,), 6: (1,)}), self.bare)
        assert (table.attachment.name, table.as_good) == (taken, others)

    def test_two_names_of_one_object_are_one_place(self) -> None:
        twice = checkpoint({0: {"net": 1, "model": 1}, 1: {"d": 2}, 2: {"k": 3}}, {3: (1,)})
        table = match(twice, self.bare)
        assert (table.attachment.name, table.as_good) == ("model", ())

    def test_a_given_one_is_kept(self) -> None:
        table = match(self.file, self.bare, Attachment("model"))
        assert table.attachment == Attachment("model")
        assert [(f.path, f.edge, f.offered, f.keys) for f in table.frontier] == [
            ("", "net", ("model",), 1)
        ]

    def test_where_nothing_fits_it_goes_where_all_weights_lie(self) -> None:
        stranger = model({0: {"x": 1}, 1: {"y": 2}}, {2: (1,)}, Returned.BARE)
        table = match(self.file, stranger)
        assert table.attachment == Attachment("net")
        assert [f.path for f in table.frontier] == ["net"]

    def test_named_parts_stand_where_they_stand(self) -> None:
        named = replace(self.bare, returned=Returned.NAMED)
        table = match(self.file, named, Attachment("net"))
        assert table.attachment == Attachment("")
        assert attachments(self.file, named) == (Attachment(""),)
        assert attachments(self.file, self.bare) == (Attachment(""), Attachment("net"))

    def test_a_list_of_kerass_own_is_no_name(self) -> None:
        """A Sequential and its inner functional model are built alike."""
        edges = {0: {"_functional": 1}, 1: {"kernel": 2, "bias": 3}}
        sequential = checkpoint(edges, {2: (1,), 3: (1,)})
        functional = model({0: {"kernel": 1, "bias": 2}}, {1: (1,), 2: (1,)}, Returned.BARE)
        assert match(sequential, functional).attachment == Attachment("")


class TestThousandsOfNames:
    """Trying a name costs no more than what has the same names beneath it."""

    COUNT = 3000

    def test_only_names_with_something_in_common_are_tried(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        edges, values = self._many("kernel")
        edges[1], edges[2] = {"w": edges[1]["kernel"]}, {"w": edges[2]["kernel"]}
        tried: list[str] = []
        real = match_table.walk_beneath

        def walk_beneath(file: Any, side: Any, name: str, child: int) -> Any:
            tried.append(name)
            return real(file, side, name, child)

        monkeypatch.setattr(match_table, "walk_beneath", walk_beneath)
        bare = model({0: {"w": 1}}, {1: (2,)}, Returned.BARE)
        table = match(checkpoint(edges, {**values, edges[2]["w"]: (2,)}), bare)
        assert table.attachment == Attachment("layer1")
        assert tried == ["layer0", "layer1"]

    def test_names_that_are_all_alike(self, monkeypatch: pytest.MonkeyPatch) -> None:
        edges, values = self._many("kernel")
        last = edges[self.COUNT]["kernel"]
        steps = 0
        real = ModelSide.children

        def children(side: ModelSide, number: int) -> dict[str, int]:
            nonlocal steps
            steps += 1
            return real(side, number)

        monkeypatch.setattr(ModelSide, "children", children)
        bare = model({0: {"kernel": 1}}, {1: (7,)}, Returned.BARE)
        table = match(checkpoint(edges, {**values, last: (7,)}), bare)
        assert table.attachment == Attachment(f"layer{self.COUNT - 1}")
        assert steps < 5 * self.COUNT

    def _many(self, name: str) -> tuple[dict[int, dict[str, int]], dict[int, tuple[int, ...]]]:
        """A root with many layers of one variable each."""
        layers = range(1, self.COUNT + 1)
        edges = {0: {f"layer{at - 1}": at for at in layers}}
        edges |= {at: {name: at + self.COUNT} for at in layers}
        return edges, {at + self.COUNT: (3,) for at in layers}


@st.composite
def random_graphs(draw: st.DrawFn) -> tuple[dict[int, dict[str, int]], dict[int, tuple[int, ...]]]:
    """Any graph whose nodes are all reached: a tree, and edges thrown in, cycles too."""
    count = draw(st.integers(1, 14))
    edges: dict[int, dict[str, int]] = {place: {} for place in range(count)}
    for place in range(1, count):
        edges[draw(st.integers(0, place - 1))][f"to{place}"] = place
    places = st.integers(0, count - 1)
    for place, child, name in draw(
        st.lists(st.tuples(places, places, st.sampled_from("abcde")), max_size=20)
    ):
        edges[place].setdefault(name, child)
    values = draw(st.sets(places))
    return edges, {place: (place + 1,) for place in sorted(values)}


@given(random_graphs())
def test_a_model_matches_itself(
    graph: tuple[dict[int, dict[str, int]], dict[int, tuple[int, ...]]],
) -> None:
    edges, values = graph
    table = match(checkpoint(edges, values), model(edges, values))
    assert table.bound == {place: place for place in edges}
    assert table.frontier == ()
    assert table.conflicts == ()
    assert all(row.fits for row in table.rows)
    assert [row.file_shape for row in table.rows] == [row.model_shape for row in table.rows]


@given(random_graphs(), random_graphs())
def test_every_variable_has_its_row_and_every_lost_key_one_to_blame(
    theirs: tuple[dict[int, dict[str, int]], dict[int, tuple[int, ...]]],
    mine: tuple[dict[int, dict[str, int]], dict[int, tuple[int, ...]]],
) -> None:
    file, built = checkpoint(*theirs), model(*mine)
    table = match(file, built)
    assert [row.key for row in table.rows if row.key] == [each.key for each in file.variables]
    assert {row.variable for row in table.rows} - {-1} == set(range(len(built.variables)))
    lost = [row for row in table.rows if row.key and row.variable < 0 and row.why.endswith(".")]
    beneath = [row for row in lost if row.why.startswith("The model has no ")]
    assert sum(each.keys for each in table.frontier) == len(beneath)
    for one, other in table.bound.items():
        for edge in file.graph.nodes[one].children if file.graph else ():
            met = dict(built.nodes[other].children).get(edge.name)
            assert met is None or edge.node in table.bound


def test_a_deep_chain_is_walked_without_recursion() -> None:
    depth = 20_000
    edges = {place: {"next": place + 1} for place in range(depth)}
    table = match(checkpoint(edges, {depth: (1,)}), model(edges, {depth: (1,)}))
    assert table.bound[depth] == depth
    cut = match(checkpoint(edges, {depth: (1,)}), model({0: {"next": 1}}, {}))
    assert [(f.path, f.edge, f.keys) for f in cut.frontier] == [("next", "next", 1)]


def test_an_empty_graph_and_an_empty_model() -> None:
    file = checkpoint({0: {"w": 1}}, {1: (1,)})
    nothing = replace(model({0: {}}, {}), nodes=(), variables=())
    assert [row.state for row in match(file, nothing).rows] == [State.MISSING_IN_MODEL]
    assert file.graph is not None
    hollow = replace(file, graph=ObjectGraph(()), variables=())
    assert states(match(hollow, model({0: {"w": 1}}, {1: (1,)}))) == {
        "path1": State.MISSING_IN_CHECKPOINT
    }
