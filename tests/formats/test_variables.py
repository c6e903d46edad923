from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.formats.graph_bytes import branch, variable
from tests.formats.indexes import KEY, Index, rows
from tfinspector.contents.checkpoints import Dialect
from tfinspector.contents.graphs import Attribute, Edge, Node, ObjectGraph
from tfinspector.contents.variables import Role
from tfinspector.formats.bundles.bundle import read_bundle
from tfinspector.formats.checkpoints.checkpoint import read_checkpoint
from tfinspector.formats.checkpoints.graph_paths import MOST_PATHS
from tfinspector.formats.checkpoints.variables import (
    OBJECT_GRAPH_KEY,
    build_variables,
    describe_variables,
)

SAVED = [
    ("keras_sequential/ckpt-5", Dialect.KERAS3),
    ("keras_functional/ckpt-1", Dialect.KERAS3),
    ("keras_subclass/net-7", Dialect.KERAS3),
    ("keras_nested/nested", Dialect.KERAS3),
    ("keras_lists/net", Dialect.KERAS3),
    ("two_models/gan", Dialect.KERAS3),
    ("many_optimizers/Adafactor", Dialect.KERAS3),
    ("exported/export/variables/variables", Dialect.KERAS3),
    ("exported/saved/variables/variables", Dialect.KERAS3),
    ("shared_layers/auto", Dialect.KERAS3),
    ("keras2_names/weights", Dialect.KERAS2),
    ("module/plain", Dialect.OBJECT),
    ("legacy_slots/ckpt-1", Dialect.OBJECT),
    ("tables_and_iterators/state-1", Dialect.OBJECT),
    ("name_based/model.ckpt-3", Dialect.TF1),
    ("name_based_momentum/final.ckpt", Dialect.TF1),
]


@pytest.mark.parametrize(("saved", "dialect"), SAVED)
def test_every_key_that_tensorflow_lists_is_a_row(saved, dialect, made, referee):
    maker, _, name = saved.partition("/")
    prefix = made(f"checkpoints.{maker}") / name
    checkpoint, _ = read_checkpoint(str(prefix))
    listed = {v.key: (v.dtype.name, v.shape) for v in checkpoint.variables}
    expected = {key: row[:2] for key, row in referee(prefix).items() if key != OBJECT_GRAPH_KEY}
    assert listed == expected
    assert checkpoint.dialect is dialect
    assert checkpoint.problems == ()
    assert checkpoint.unlinked == ()
    names = [variable.name for variable in checkpoint.variables]
    assert len(set(names)) == len(names)
    assert all(name and not name.startswith("/") for name in names)
    owners = {variable.slot_of for variable in checkpoint.variables} - {""}
    assert owners <= set(names)
    assert not any(".ATTRIBUTES" in name for name in names)


def weights(prefix):
    variables = read_checkpoint(str(prefix))[0].variables
    return {variable.name for variable in variables if variable.role is Role.WEIGHT}


def test_weights_are_called_after_their_layers(made):
    layers = {"lookup/embeddings", "shared/kernel", "shared/bias", "head/kernel", "head/bias"}
    assert weights(made("checkpoints.keras_functional") / "ckpt-1") == layers


def test_attributes_of_a_subclassed_model_are_its_layers_names(made):
    blocks = {
        f"{block}/{part}"
        for block in ("first", "second")
        for part in ("inner/kernel", "inner/bias", "norm/gamma", "norm/beta")
    }
    names = weights(made("checkpoints.keras_subclass") / "net-7")
    assert names == blocks | {"head/kernel", "head/bias"}


def test_nested_models_nest(made):
    names = weights(made("checkpoints.keras_nested") / "nested")
    assert "bidirectional/forward_layer/cell/recurrent_kernel" in names
    assert "multi_head_attention/query_dense/kernel" in names
    nested = {name.partition("/")[0] for name in names if name.endswith("dense_1/kernel")}
    assert len(nested) == 1
    assert nested.pop().startswith("sequential")


def test_keras_2_numbers_become_names(made):
    layers, parts = ("embedding", "dense", "dense_1"), ("kernel", "bias")
    names = {f"{layer}/{part}" for layer in layers for part in parts}
    assert weights(made("checkpoints.keras2_names") / "weights") == names


def test_all_paths_are_there_and_the_key_is_the_first(made):
    variables = read_checkpoint(str(made("checkpoints.keras_functional") / "ckpt-1"))[0].variables
    kernel = next(variable for variable in variables if variable.name == "head/kernel")
    assert set(kernel.paths) == {
        "optimizer/_trainable_variables/3",
        "model/optimizer/_trainable_variables/3",
        "model/_operations/7/_kernel",
    }
    assert kernel.key == kernel.paths[0] + KEY
    assert kernel.full_name == "head/kernel"


def test_a_shared_layer_is_one_variable_with_two_paths(made):
    variables = read_checkpoint(str(made("checkpoints.shared_layers") / "auto"))[0].variables
    kernel = next(variable for variable in variables if "code/kernel" in variable.name)
    assert {path.partition("/")[0] for path in kernel.paths} == {"both", "encoder"}


def test_names_of_a_module_are_its_attributes(made):
    found = {
        variable.name: variable
        for variable in read_checkpoint(str(made("checkpoints.module") / "plain"))[0].variables
    }
    assert found["by_name/a/b"].paths == ("by_name/a.Sb",)
    assert found["by_name/c.d"].paths == ("by_name/c..d",)
    assert "by_name/naïve ☃" in found
    tied = found["tied"]
    assert set(tied.paths) == {"tied", "layers/0/w"}


def test_keys_of_a_tf1_checkpoint_are_its_names(made):
    variables = read_checkpoint(str(made("checkpoints.name_based") / "model.ckpt-3"))[0].variables
    assert all(variable.name == variable.key for variable in variables)
    assert all(variable.paths == () for variable in variables)


def test_the_same_layer_name_in_two_models_is_told_apart():
    nodes = [
        branch(("a", 1), ("b", 2)), branch(("_operations", 3)), branch(("_operations", 4)),
        branch(("0", 5)), branch(("0", 6)), branch(("_kernel", 7)), branch(("_kernel", 8)),
        variable("x", "dense/kernel"), variable("y", "dense/kernel"),
    ]  # fmt: skip
    found = rows(nodes)
    assert (found["x"].name, found["y"].name) == ("a/dense/kernel", "b/dense/kernel")


def test_a_layer_without_a_telling_name_keeps_its_number():
    nodes = [
        branch(("_operations", 1)), branch(("0", 2), ("1", 3)),
        branch(("_kernel", 4)), branch(("_kernel", 5)),
        variable("x", "net/kernel"), variable("y", "net/kernel"),
    ]  # fmt: skip
    found = rows(nodes)
    assert (found["x"].name, found["y"].name) == ("layer_0/kernel", "layer_1/kernel")


def test_a_node_without_a_way_from_the_root_is_called_by_its_key():
    found = rows([branch(), variable("lost/w" + KEY)])
    assert found["lost/w" + KEY].name == "lost/w"
    assert found["lost/w" + KEY].paths == ()


def test_keys_that_no_node_mentions_are_rows_and_told():
    graph = ObjectGraph((branch(("w", 1)), variable("w" + KEY)))
    described = describe_variables(Index("w" + KEY, "custom/p"), graph)
    assert described.unlinked == ("custom/p",)
    assert [variable.name for variable in described.variables] == ["custom/p", "w"]


def test_values_that_the_index_lacks_are_told():
    graph = ObjectGraph((branch(("w", 1), ("gone", 2)), variable("w"), variable("gone")))
    described = describe_variables(Index("w"), graph)
    assert described.problems == (
        "the object graph speaks of 1 value that the index does not hold, first gone",
    )


def test_an_attribute_with_several_keys_is_a_table():
    table = Node(attributes=(Attribute("table", "", "t/.ATTRIBUTES/table"),))
    keys = ("t/.ATTRIBUTES/table-keys", "t/.ATTRIBUTES/table-values", "t/.ATTRIBUTES/tablet")
    graph = ObjectGraph((branch(("t", 1)), table))
    found = {v.key: v for v in build_variables(Index(*keys), graph)}
    assert found[keys[0]].name == "t/keys"
    assert found[keys[1]].role is Role.LOOKUP


def test_a_cycle_ends():
    nodes = [branch(("me", 0), ("child", 1)), branch(("up", 0), ("w", 2)), variable("w")]
    assert rows(nodes)["w"].paths == ("child/w",)


def test_the_number_of_paths_is_bounded():
    """Ten levels with ten doubled edges each would be 2**10 paths."""
    nodes = [branch(("l", i + 1), ("r", i + 1)) for i in range(10)] + [variable("w")]
    paths = rows(nodes)["w"].paths
    assert len(paths) == MOST_PATHS
    assert len(set(paths)) == MOST_PATHS
    assert paths[0].count("/") == 9


def test_a_chain_of_thousands_needs_no_recursion():
    length = 5000
    nodes = [branch(("next", i + 1), ("back", max(i - 1, 0))) for i in range(length)]
    nodes.append(variable("w"))
    paths = rows(nodes)["w"].paths
    assert paths[0] == "/".join(["next"] * length)


def test_everything_called_alike_still_has_a_name_of_its_own():
    key = "a" + KEY
    nodes = [branch(("a", 1), ("a", 2), ("a", 3)), variable(key), variable("a"), variable("b")]
    found = rows(nodes)
    assert len({variable.name for variable in found.values()}) == 3


edges = st.lists(st.builds(Edge, st.sampled_from("abc_"), st.integers(0, 7)), max_size=5)
attributes = st.lists(
    st.builds(
        Attribute,
        st.sampled_from(["VARIABLE_VALUE", "table"]),
        st.sampled_from(["", "d/kernel", "Adam/m/d/kernel"]),
        st.sampled_from([f"k{i}" for i in range(9)] + ["k", ""]),
    ),
    max_size=2,
)


some_nodes = st.builds(lambda e, a: Node(tuple(e), tuple(a)), edges, attributes)
some_keys = st.sampled_from([f"k{i}" for i in range(9)] + ["k1/Adam", "k1#2", "a"])


@given(st.lists(some_nodes, min_size=8, max_size=8), st.sets(some_keys, min_size=1))
def test_whatever_the_graph_every_key_has_one_row_and_one_name(nodes, keys):
    graph = ObjectGraph(tuple(nodes))
    described = describe_variables(Index(*keys), graph)
    assert sorted(variable.key for variable in described.variables) == sorted(keys)
    assert len({variable.name for variable in described.variables}) == len(keys)


def test_the_bundle_is_an_index(made):
    bundle = read_bundle(str(made("checkpoints.module") / "plain"))
    names = {variable.name for variable in build_variables(bundle, None)}
    assert "first/w" in names
