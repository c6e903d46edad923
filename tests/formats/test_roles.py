from __future__ import annotations

import pytest

from tests.formats.graph_bytes import branch, variable
from tests.formats.indexes import rows
from tfinspector.contents.variables import Role
from tfinspector.formats.checkpoints.checkpoint import read_checkpoint
from tfinspector.formats.checkpoints.roles_by_name import optimizers_among, role_in_optimizer

W, S, OPT = Role.WEIGHT, Role.SLOT, Role.OPTIMIZER


def by_name(prefix):
    return {variable.name: variable for variable in read_checkpoint(str(prefix))[0].variables}


def roles(prefix):
    return {name: variable.role for name, variable in by_name(prefix).items()}


def test_keras_adam(made):
    found = by_name(made("checkpoints.keras_sequential") / "ckpt-5")
    expected = {"optimizer/iterations": OPT, "optimizer/learning_rate": OPT}
    expected |= {"save_counter": Role.COUNTER, "step": Role.COUNTER}
    trained = [f"dense{i}/{part}" for i in ("", "_1") for part in ("kernel", "bias")]
    trained += ["batch_normalization/gamma", "batch_normalization/beta"]
    frozen = ["batch_normalization/moving_mean", "batch_normalization/moving_variance"]
    expected |= dict.fromkeys(trained + frozen, W)
    expected |= {f"optimizer/{slot}/{n}": S for slot in ("momentum", "velocity") for n in trained}
    assert {name: variable.role for name, variable in found.items()} == expected
    assert all(found[name].trainable is True for name in trained)
    assert all(found[name].trainable is False for name in frozen)
    slot = found["optimizer/velocity/dense_1/kernel"]
    assert (slot.slot_name, slot.slot_of, slot.trainable) == ("velocity", "dense_1/kernel", False)
    assert slot.shape == found["dense_1/kernel"].shape


def test_averages_are_told_from_momenta(made):
    found = by_name(made("checkpoints.keras_subclass") / "net-7")
    average = found["opt/average/first/inner/kernel"]
    assert (average.role, average.slot_of) == (Role.EMA, "first/inner/kernel")
    assert found["opt/momentum/first/inner/kernel"].role is S
    assert sum(variable.role is Role.EMA for variable in found.values()) == 10
    assert sum(variable.role is S for variable in found.values()) == 20


@pytest.mark.parametrize(
    ("optimizer", "slots"),
    [
        ("Adadelta", {"accumulated_grad", "accumulated_delta_var"}),
        ("Adafactor", {"r", "c", "v"}),
        ("Adagrad", {"accumulator"}),
        ("Adamax", {"m", "u"}),
        ("Ftrl", {"accumulator", "linear"}),
        ("Lamb", {"momentum", "velocity"}),
        ("Lion", {"momentum"}),
        ("Nadam", {"momentum", "velocity"}),
        ("RMSprop", {"velocity"}),
        ("SGD", set()),
        ("LossScaleOptimizer", {"momentum", "velocity"}),
    ],
)
def test_every_keras_optimizer_pairs_its_slots(optimizer, slots, made):
    found = by_name(made("checkpoints.many_optimizers") / optimizer)
    weights = {name for name, variable in found.items() if variable.role is W}
    assert weights == {"a/kernel", "a/bias", "b/kernel", "b/bias"}
    pairs = {(v.slot_name, v.slot_of) for v in found.values() if v.role is S}
    assert pairs == {(slot, weight) for slot in slots for weight in weights}
    rest = {v.role for v in found.values()} - {W, S}
    assert rest == {OPT}


def test_slot_variables_of_the_graph(made):
    found = by_name(made("checkpoints.legacy_slots") / "ckpt-1")
    slot = found["optimizer/m/model/dense/kernel"]
    assert (slot.role, slot.slot_name, slot.slot_of) == (S, "m", "model/dense/kernel")
    assert found["optimizer/beta1_power"].role is OPT
    assert found["model/dense/kernel"].trainable is True


def test_names_tell_in_a_tf1_checkpoint(made):
    found = by_name(made("checkpoints.name_based") / "model.ckpt-3")
    assert {name: variable.role for name, variable in found.items()} == {
        "beta1_power": OPT, "beta2_power": OPT, "global_step": Role.COUNTER,
        "layer1/w": W, "layer1/w/Adam": S, "layer1/w/Adam_1": S,
        "layer1/w/ExponentialMovingAverage": Role.EMA,
        "layer1/b": W, "layer1/b/Adam": S, "layer1/b/Adam_1": S,
        "layer1/b/ExponentialMovingAverage": Role.EMA,
        "layer1/bn/moving_mean": W,
    }  # fmt: skip
    assert found["layer1/w/Adam_1"].slot_of == "layer1/w"
    assert found["layer1/w/ExponentialMovingAverage"].slot_of == "layer1/w"
    assert found["layer1/bn/moving_mean"].trainable is False
    assert found["layer1/w"].trainable is None


def test_momentum_of_tf1(made):
    found = by_name(made("checkpoints.name_based_momentum") / "final.ckpt")
    slot = found["net/w/Momentum"]
    assert (slot.role, slot.slot_name, slot.slot_of) == (S, "Momentum", "net/w")


def test_tables_iterators_and_counters(made):
    assert roles(made("checkpoints.tables_and_iterators") / "state-1") == {
        "table/keys": Role.LOOKUP, "table/values": Role.LOOKUP, "data": Role.ITERATOR,
        "generator/_state_var": Role.OTHER, "epoch": Role.COUNTER, "save_counter": Role.COUNTER,
    }  # fmt: skip


def test_two_optimizers_keep_their_own(made):
    found = by_name(made("checkpoints.two_models") / "gan")
    slot = found["generator_optimizer/momentum/generator/dense/kernel"]
    assert slot.slot_of == "generator/dense/kernel"
    assert found["discriminator/dense/bias"].trainable is True


def test_what_only_the_optimizer_reaches_is_a_weight(made):
    found = by_name(made("checkpoints.keras_lists") / "net")
    assert found["net_block_0_kernel"].role is W
    assert found["optimizer/velocity/net_block_1_bias"].slot_of == "net_block_1_bias"


def test_export_tells_what_is_trained(made):
    found = by_name(made("checkpoints.exported") / "export/variables/variables")
    told = {name.partition("/")[2]: v.trainable for name, v in found.items() if v.paths[1:]}
    trained = [
        "dense/kernel",
        "dense/bias",
        "batch_normalization/gamma",
        "batch_normalization/beta",
    ]
    frozen = ["batch_normalization/moving_mean", "batch_normalization/moving_variance"]
    assert told == dict.fromkeys(trained, True) | dict.fromkeys(frozen, False)


def test_keras_2_11_pairs_by_full_name():
    nodes = [
        branch(("model", 1), ("optimizer", 2)),
        branch(("kernel", 4), ("bias", 5)),
        branch(("_variables", 3), ("_iterations", 6), ("_learning_rate", 7)),
        branch(("0", 6), ("1", 8), ("2", 9), ("3", 10)),
        variable("k", "dense/kernel"), variable("b", "dense/bias"),
        variable("i", "iteration"), variable("l", "learning_rate"),
        variable("m", "Adam/m/dense/kernel"), variable("v", "Adam/v/dense/kernel"),
        variable("n", "Adam/m/dense/bias"),
    ]  # fmt: skip
    found = rows(nodes)
    assert [(found[key].slot_name, found[key].slot_of) for key in "mvn"] == [
        ("m", found["k"].name), ("v", found["k"].name), ("m", found["b"].name),
    ]  # fmt: skip
    assert found["i"].role is found["l"].role is OPT
    assert found["k"].trainable is True


def test_a_legacy_average_is_an_average():
    nodes = [
        branch(("w", 1), ("optimizer", 2)), variable("w"),
        branch(("iter", 4), ("decay", 5), slots=[(1, "average", 3)]),
        variable("a"), variable("i"), variable("d"),
    ]  # fmt: skip
    found = rows(nodes)
    assert (found["a"].role, found["a"].slot_of) == (Role.EMA, "w")
    assert found["i"].role is found["d"].role is OPT


def test_a_metric_is_known_by_what_it_holds():
    nodes = [
        branch(("loss", 1), ("norm", 2)),
        branch(("total", 3), ("count", 4)),
        branch(("mean", 5), ("variance", 6), ("count", 7)),
        *(variable(key) for key in "tcmvn"),
    ]
    found = rows(nodes)
    assert found["t"].role is found["c"].role is Role.METRIC
    assert {found[key].role for key in "mvn"} == {W}


def test_a_list_of_metrics_is_metrics():
    nodes = [
        branch(("keras_api", 1)), branch(("metrics", 2)), branch(("0", 3)),
        branch(("total", 4), ("count", 5)), variable("t"), variable("c"),
    ]  # fmt: skip
    assert {one.role for one in rows(nodes).values()} == {Role.METRIC}


def test_a_counter_is_a_scalar_integer():
    nodes = [
        branch(("net", 1), ("seen", 4)), branch(("steps", 2), ("step", 3)),
        variable("a"), variable("b"), variable("c"),
    ]  # fmt: skip
    found = rows(nodes, a=("int64", ()), b=("float32", (3,)), c=("int32", ()))
    assert [found[key].role for key in "abc"] == [Role.COUNTER, W, Role.COUNTER]


def test_text_is_no_weight():
    nodes = [branch(("label", 1)), variable("text")]
    assert rows(nodes, text=("string", ()))["text"].role is Role.OTHER


def test_text_is_no_weight_where_only_names_tell():
    kinds = {"text": ("string", (2,)), "state": ("variant", ()), "w": ("float32", (2,))}
    found = rows(None, *kinds, **kinds)
    assert {key: one.role for key, one in found.items()} == {
        "text": Role.OTHER, "state": Role.OTHER, "w": W,
    }  # fmt: skip
    assert [found[key].trainable for key in ("text", "w")] == [False, None]


def test_a_slot_of_nobody_is_still_listed():
    nodes = [branch(("optimizer", 1)), branch(slots=[(2, "m", 3)]), branch(), variable("m")]
    found = rows(nodes)["m"]
    assert (found.role, found.slot_name, found.slot_of) == (S, "m", "")


@pytest.mark.parametrize(
    ("keys", "key", "expected"),
    [
        (("w", "w/Adafactor_vr"), "w/Adafactor_vr", (S, "Adafactor_vr", "w")),
        (("w", "w/ExponentialMovingAverage", "w/ExponentialMovingAverage/biased"),
         "w/ExponentialMovingAverage/biased",
         (Role.EMA, "ExponentialMovingAverage/biased", "w")),
        (("a/w", "a/w_1"), "a/w_1", (W, "", "")),
        (("train/beta1_power_2",), "train/beta1_power_2", (OPT, "", "")),
        (("x/global_step",), "x/global_step", (Role.COUNTER, "", "")),
        (("t-keys", "t-values"), "t-keys", (Role.LOOKUP, "", "")),
        (("t-keys",), "t-keys", (W, "", "")),
        (("metrics/acc/total",), "metrics/acc/total", (Role.METRIC, "", "")),
        (("m/w/.ATTRIBUTES/VARIABLE_VALUE",
          "m/w/.OPTIMIZER_SLOT/opt/v/.ATTRIBUTES/VARIABLE_VALUE"),
         "m/w/.OPTIMIZER_SLOT/opt/v/.ATTRIBUTES/VARIABLE_VALUE", (S, "v", "m/w")),
    ],
)  # fmt: skip
def test_roles_by_name(keys, key, expected):
    found = rows(None, *keys)[key]
    assert (found.role, found.slot_name, found.slot_of) == expected


def test_moving_averages_of_a_layer_are_never_trained():
    nodes = [
        branch(("norm", 1)), branch(("gamma", 2), ("moving_mean", 3), ("moving_variance", 4)),
        variable("g"), variable("m"), variable("v"),
    ]  # fmt: skip
    found = rows(nodes)
    assert [found[key].trainable for key in "gmv"] == [None, False, False]


def test_keys_of_a_keras_3_optimizer_tell_its_own_variables():
    keys = [f"net/opt/{path}/.ATTRIBUTES/VARIABLE_VALUE" for path in (
        "_iterations", "_learning_rate", "_trainable_variables/0", "_variables/0", "_variables/2",
    )]  # fmt: skip
    optimizers = optimizers_among(keys)
    assert optimizers == {"net/opt"}
    told = [role_in_optimizer(key.partition("/.ATTRIBUTES/")[0], optimizers) for key in keys]
    assert [one and one.role for one in told] == [
        Role.OPTIMIZER, Role.OPTIMIZER, None, Role.OPTIMIZER, Role.SLOT,
    ]  # fmt: skip
    assert role_in_optimizer("net/layer/_variables/2", optimizers) is None
