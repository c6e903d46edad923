"""Names, roles and values against what Keras said when it wrote the files."""

from __future__ import annotations

import shutil

import numpy as np
import pytest

from tests.formats.keras.truths import as_told, told
from tfinspector.contents.keras_files import KerasLayout
from tfinspector.contents.variables import Role
from tfinspector.formats.keras.keras_file import read_keras

KINDS = {
    "model.keras": KerasLayout.ARCHIVE,
    "unpacked": KerasLayout.DIRECTORY,
    "model.weights.h5": KerasLayout.WEIGHTS,
    "shards.weights.json": KerasLayout.SHARDED,
    "whole.h5": KerasLayout.HDF5_MODEL,
}
UNNAMED = {"block/own"}  # Keras 3 numbers it, and only the class knows what it is


@pytest.mark.parametrize("kind", KINDS)
def test_every_weight_has_its_own_name_and_value(made, kind):
    directory = made("keras_files.every_kind")
    checkpoint, reader = read_keras(str(directory / kind))
    assert checkpoint.keras.layout is KINDS[kind]
    assert checkpoint.problems == ()
    by_path = {one.full_name: one for one in checkpoint.variables if one.full_name}
    unnamed = set()
    for one in told(directory / "truth.npz"):
        if "seed_generator" in one.path:
            continue  # not saved by Keras
        found = by_path.get(one.path)
        if found is None:
            unnamed.add(one.path)
            continue
        assert np.array_equal(as_told(reader.read(found.key)), one.value)
        assert found.role is Role.WEIGHT
        if checkpoint.keras.config:
            assert found.trainable is one.trained, one.path
        else:
            assert found.trainable in (None, one.trained), one.path
    assert unnamed == (set() if kind == "whole.h5" else UNNAMED)
    names = [one.name for one in checkpoint.variables]
    assert len(set(names)) == len(names)


def test_layer_names_are_joined_to_groups_that_are_called_otherwise(made):
    checkpoint, _ = read_keras(str(made("keras_files.every_kind") / "model.keras"))
    keys = {one.name: one.key for one in checkpoint.variables}
    assert keys["zeta/kernel"] == "layers/dense/vars/0"
    assert keys["alpha_out/kernel"] == "layers/dense_1/vars/0"
    assert keys["inner/alpha/kernel"] == "layers/sequential/layers/dense/vars/0"
    assert keys["inner/beta/bias"] == "layers/sequential/layers/dense_1/vars/1"
    assert keys["block/first/kernel"] == "layers/block/first/vars/0"
    assert keys["block/one/kernel"] == "layers/block/items/dense/vars/0"
    assert keys["block/named/bias"] == "layers/block/table/dense/vars/1"
    assert keys["both/forward_layer/cell/recurrent_kernel"] == (
        "layers/bidirectional/forward_layer/cell/vars/1"
    )
    groups = {layer.path: layer.group for layer in checkpoint.keras.layers}
    assert groups["alpha_out"] == "layers/dense_1"
    assert groups["inner/beta"] == "layers/sequential/layers/dense_1"


def test_a_rule_joins_the_names_where_the_file_does_not_write_them(made):
    """Keras before 3.3 and Keras 2 wrote no names beside the variables."""
    from tfinspector.formats.keras.configuration import layers_of
    from tfinspector.formats.keras.weights_rows import weights_rows

    checkpoint, reader = read_keras(str(made("keras_files.every_kind") / "model.keras"))
    stored = {one.key: reader._stored[one.key] for one in checkpoint.variables}
    config = checkpoint.keras.config
    joined = weights_rows(stored, {}, config, layers_of(config))
    names = {row.key: row.name for row in joined.rows}
    assert names["layers/dense_1/vars/0"] == "alpha_out/kernel"
    assert names["layers/sequential/layers/dense_1/vars/1"] == "inner/beta/bias"
    assert names["layers/batch_normalization/vars/2"] == "norm/moving_mean"
    assert joined.group_of_layer["inner/alpha"] == "layers/sequential/layers/dense"


def test_the_groups_of_keras_2_12_were_called_otherwise(made, tmp_path):
    import h5py

    shutil.copytree(made("keras_files.every_kind") / "unpacked", tmp_path / "old")
    with h5py.File(tmp_path / "old" / "model.weights.h5", "a") as file:
        file.move("layers/sequential/layers", "layers/sequential/_layer_checkpoint_dependencies")
        file.move("layers", "_layer_checkpoint_dependencies")
    checkpoint, _ = read_keras(str(tmp_path / "old"))
    names = {one.name for one in checkpoint.variables}
    assert {"alpha_out/kernel", "inner/beta/bias", "norm/moving_mean"} <= names


def test_attributes_name_the_layers_of_a_model_of_ones_own(made):
    checkpoint, _ = read_keras(str(made("keras_files.subclassed") / "model.weights.h5"))
    names = {one.name for one in checkpoint.variables if one.role is Role.WEIGHT}
    assert {"first/kernel", "first/bias", "last/kernel", "last/bias"} <= names
    assert len(names) == 8


@pytest.mark.parametrize("mode", ["int8", "int4", "float8", "embedding"])
def test_quantised_layers(made, mode):
    checkpoint, reader = read_keras(str(made("keras_files.quantised") / f"{mode}.keras"))
    by_name = {one.name: one for one in checkpoint.variables}
    if mode == "embedding":
        assert by_name["words/embeddings"].dtype.name == "int8"
        assert by_name["words/embeddings_scale"].trainable is False
    elif mode.startswith("int"):
        assert by_name["first/kernel"].dtype.name == "int8"
        assert by_name["first/bias"].dtype.name == "float32"
        assert by_name["first/kernel_scale"].trainable is False
    else:
        assert by_name["first/kernel"].shape == (4, 8)
    for one in checkpoint.variables:
        assert reader.read(one.key).shape == one.shape


def optimizer_cases():
    return ["Adadelta_10", "Adagrad_6", "AdamW_14", "Adam_10", "Adam_14", "Adamax_10", "Ftrl_10",
            "Lion_6", "Nadam_11", "RMSprop_14", "RMSprop_6", "SGD_2", "SGD_6"]  # fmt: skip


@pytest.mark.parametrize("case", optimizer_cases())
def test_slots_belong_to_the_variables_that_keras_says(made, case):
    directory = made("keras_files.optimizers") / case
    checkpoint, reader = read_keras(str(directory / "model.keras"))
    kept = [one for one in checkpoint.variables if one.key.startswith("optimizer/")]
    by_place = {int(one.key.rpartition("/")[2]): one for one in kept}
    wanted = told(directory / "optimizer.npz")
    assert len(by_place) == len(wanted)
    names = {one.name for one in kept}
    assert {"optimizer/iterations", "optimizer/learning_rate"} <= names
    for place, one in enumerate(wanted):
        found = by_place[place]
        assert np.array_equal(reader.read(found.key), one.value)
        tail = one.path.partition("/")[2]
        if found.slot_of:
            flat = found.slot_of.replace("/", "_")
            assert f"{flat}_{found.slot_name}".removeprefix("_") in tail, (found, one.path)
            assert found.role in (Role.SLOT, Role.EMA)
        else:
            assert one.value.shape == (), (found, one.path)
            assert found.role is Role.OPTIMIZER


def test_slots_are_not_joined_where_the_order_is_not_certain(made):
    """Inside a layer of one's own, parts of one shape can't be told apart."""
    checkpoint, reader = read_keras(str(made("keras_files.every_kind") / "model.keras"))
    joined = {one.slot_of: one for one in checkpoint.variables if one.slot_name == "momentum"}
    assert "block/named/kernel" in joined  # the only (4, 2) of the block
    assert "block/one/bias" not in joined  # (4,), as the other's
    flat = {
        one.path.partition("/")[2]: one.value
        for one in told(made("keras_files.every_kind") / "optimizer.npz")
    }
    by_name = {one.name: one for one in checkpoint.variables}
    for owner, slot in joined.items():
        if owner:
            path = by_name[owner].full_name.replace("/", "_")
            assert np.array_equal(as_told(reader.read(slot.key)), flat[f"{path}_momentum"])


def test_who_wrote_it_and_how_it_was_compiled(made):
    checkpoint, _ = read_keras(str(made("keras_files.every_kind") / "model.keras"))
    keras = checkpoint.keras
    assert keras.keras_version.startswith("3.")
    assert len(keras.saved) == len("2026-01-31@12:00:00")
    assert (keras.model_class, keras.model_name) == ("Functional", "net")
    assert keras.compiled["loss"] == "mse"
    assert [one.class_name for one in keras.custom_objects] == ["Block"]
    assert keras.custom_objects[0].place == "block"
    whole = read_keras(str(made("keras_files.every_kind") / "whole.h5"))[0].keras
    assert whole.backend == "tensorflow"
    assert whole.compiled["loss"] == "mse"


def test_what_loading_would_need_and_execute(made):
    directory = made("keras_files.custom_objects")
    for name in ("model.keras", "model.h5"):
        keras = read_keras(str(directory / name))[0].keras
        [layer] = keras.lambdas
        assert (layer.path, layer.has_code) == ("twice", True)
    keras = read_keras(str(directory / "model.keras"))[0].keras
    told_of = {one.class_name: one for one in keras.custom_objects}
    assert told_of["Scale"].registered_name == "mine>Scale"
    assert told_of["Scale"].needed
    assert not told_of["odd_loss"].needed
    old = read_keras(str(directory / "model.h5"))[0].keras
    assert {one.registered_name: one.place for one in old.custom_objects} == {
        "mine>Scale": "scale",
        "mine>odd_loss": "the loss",
    }
    loss = read_keras(str(directory / "loss_only.keras"))[0].keras
    assert [one.needed for one in loss.custom_objects] == [False]


def test_keras_itself_loads_what_the_maker_wrote(made, tensorflow):
    """The truth was read back by `load_weights`, not only noted when it was written."""
    assert tensorflow.call("tests.makers.keras_files:loads_alike", made("keras_files.every_kind"))


def test_the_layers_of_this_keras_are_known_as_its_own(tensorflow):
    """Old configurations tell a class by its name alone."""
    from tfinspector.formats.keras.own_layers import is_own_layer

    names = tensorflow.call("tests.makers.keras_files:layers_of_keras")
    assert len(names) > 100
    assert [name for name in names if not is_own_layer(name)] == []
    assert not is_own_layer("Block")
    assert not is_own_layer("mine>Dense")
