"""Files of Keras 1 and 2: by tf_keras, and by h5py exactly as the old versions wrote them."""

from __future__ import annotations

import json

import h5py
import numpy as np
import pytest

from tfinspector.contents.checkpoints import Dialect
from tfinspector.contents.keras_files import KerasLayout
from tfinspector.contents.variables import Role
from tfinspector.formats.keras.keras_file import read_keras


def weights(path):
    checkpoint, reader = read_keras(str(path))
    return checkpoint, {
        one.name: reader.read(one.key) for one in checkpoint.variables if one.role is Role.WEIGHT
    }


@pytest.fixture
def written(made):
    directory = made("keras_legacy.every_kind")
    with np.load(directory / "truth.npz") as noted:
        values = {name.partition(" ")[2]: noted[name] for name in noted.files}
    return directory, values


@pytest.mark.parametrize("name", ["new.h5", "old_weights.h5"])
def test_whole_models_and_weights_of_keras_2(written, name):
    directory, values = written
    checkpoint, found = weights(directory / name)
    assert checkpoint.dialect is Dialect.KERAS2
    layout = KerasLayout.HDF5_MODEL if name == "new.h5" else KerasLayout.HDF5_WEIGHTS
    assert checkpoint.keras.layout is layout
    assert checkpoint.keras.keras_version.startswith("2.")
    assert np.array_equal(found["zeta/kernel"], values["zeta/kernel:0"])
    assert np.array_equal(found["inner/beta/bias"], values["beta/bias:0"])
    assert np.array_equal(found["norm/moving_mean"], values["norm/moving_mean:0"])
    assert len(found) == len(values)
    by_name = {one.name: one for one in checkpoint.variables}
    assert by_name["norm/moving_mean"].trainable is False
    if name == "new.h5":
        assert by_name["inner/beta/kernel"].trainable is False
        assert by_name["inner/alpha/kernel"].trainable is True


@pytest.mark.parametrize("name", ["new.keras", "old.keras", "new.weights.h5"])
def test_what_keras_2_wrote_in_the_new_layout(written, name):
    directory, values = written
    checkpoint, found = weights(directory / name)
    if name != "old.keras":  # trained on
        assert any(np.array_equal(one, values["zeta/kernel:0"]) for one in found.values())
    if name == "new.keras":
        assert np.array_equal(found["zeta/kernel"], values["zeta/kernel:0"])
        assert np.array_equal(found["inner/beta/bias"], values["beta/bias:0"])
        assert np.array_equal(found["norm/moving_mean"], values["norm/moving_mean:0"])
    assert len(found) == len(values)
    if name.endswith(".keras"):
        assert checkpoint.dialect is Dialect.KERAS2
        assert checkpoint.keras.lambdas[0].has_code


@pytest.mark.parametrize("name", ["new.h5", "old.h5"])
def test_slots_of_keras_2_by_their_names(written, name):
    checkpoint, reader = read_keras(str(written[0] / name))
    slots = [one for one in checkpoint.variables if one.role is Role.SLOT]
    trained = [one for one in checkpoint.variables if one.role is Role.WEIGHT and one.trainable]
    assert len(slots) == 2 * len(trained)
    assert {one.slot_of for one in slots} == {one.name for one in trained}
    assert {one.slot_name for one in slots} == {"m", "v"}
    by_name = {one.name: one for one in checkpoint.variables}
    for slot in slots:
        assert slot.shape == by_name[slot.slot_of].shape
    assert reader.read(by_name["optimizer/iterations"].key) == 1


def keras_1(path):
    """As keras 1.2.2 wrote it: `save_weights_to_hdf5_group` of keras/engine/topology.py."""
    with h5py.File(path, "w") as file:
        config = {
            "class_name": "Sequential",
            "config": [
                {"class_name": "Dense", "config": {"name": "dense_1", "trainable": True}},
                {"class_name": "Dense", "config": {"name": "dense_2", "trainable": False}},
            ],
        }
        file.attrs["keras_version"] = b"1.2.2"
        file.attrs["model_config"] = json.dumps(config).encode("utf8")
        group = file.create_group("model_weights")
        group.attrs["layer_names"] = [b"dense_1", b"dropout_1", b"dense_2"]
        group.create_group("dropout_1").attrs["weight_names"] = []
        for layer in ("dense_1", "dense_2"):
            below = group.create_group(layer)
            below.attrs["weight_names"] = [f"{layer}_W".encode(), f"{layer}_b".encode()]
            below.create_dataset(f"{layer}_W", data=np.ones((3, 2), "f4"))
            below.create_dataset(f"{layer}_b", data=np.zeros(2, "f4"))
        kept = file.create_group("optimizer_weights")
        kept.attrs["weight_names"] = [b"iterations", b"Variable:0", b"Variable_1:0"]
        kept.create_dataset("iterations", data=np.float32(5))
        kept.create_dataset("Variable:0", data=np.full((3, 2), 2, "f4"))
        kept.create_dataset("Variable_1:0", data=np.full(2, 3, "f4"))


def test_keras_1(tmp_path):
    keras_1(tmp_path / "model.h5")
    checkpoint, reader = read_keras(str(tmp_path / "model.h5"))
    by_name = {one.name: one for one in checkpoint.variables}
    assert {"dense_1/W", "dense_1/b", "dense_2/W", "dense_2/b"} <= set(by_name)
    assert by_name["dense_1/W"].trainable is True
    assert by_name["dense_2/W"].trainable is False
    assert by_name["optimizer/iterations"].role is Role.OPTIMIZER
    slot = next(one for one in checkpoint.variables if one.slot_of == "dense_1/W")
    assert np.array_equal(reader.read(slot.key), np.full((3, 2), 2, "f4"))
    assert checkpoint.dialect is Dialect.KERAS2
    assert checkpoint.keras.keras_version == "1.2.2"


def test_keras_0_3(tmp_path):
    """keras/models.py of 0.3: no names at all."""
    with h5py.File(tmp_path / "old.h5", "w") as file:
        file.attrs["nb_layers"] = 2
        for number, count in enumerate((2, 0)):
            group = file.create_group(f"layer_{number}")
            group.attrs["nb_params"] = count
            for place in range(count):
                group.create_dataset(f"param_{place}", data=np.full(3, place, "f4"))
    checkpoint, found = weights(tmp_path / "old.h5")
    assert sorted(found) == ["layer_0/param_0", "layer_0/param_1"]
    assert checkpoint.keras.layout is KerasLayout.HDF5_WEIGHTS


def test_keras_2_1_split_lists_of_names(tmp_path):
    """Lists over 64 KiB are split: `save_attributes_to_hdf5_group` since 2.1.3."""
    names = [f"layer_{number:05}_{'x' * 40}" for number in range(3000)]
    with h5py.File(tmp_path / "deep_weights.h5", "w") as file:
        for part in range(3):
            listed = [name.encode() for name in names[part * 1000 : (part + 1) * 1000]]
            file.attrs[f"layer_names{part}"] = listed
        file.attrs["backend"] = b"tensorflow"
        file.attrs["keras_version"] = b"2.1.6"
        for name in names:
            group = file.create_group(name)
            group.attrs["weight_names"] = [f"{name}/kernel:0".encode()]
            group.create_dataset(f"{name}/kernel:0", data=np.ones(1, "f4"))
    checkpoint, found = weights(tmp_path / "deep_weights.h5")
    assert len(found) == 3000
    assert f"{names[2999]}/kernel" in found
    assert checkpoint.problems == ()


def test_a_weight_that_is_listed_but_missing(tmp_path):
    with h5py.File(tmp_path / "gap.h5", "w") as file:
        file.attrs["layer_names"] = [b"dense"]
        group = file.create_group("dense")
        group.attrs["weight_names"] = [b"dense/kernel:0", b"dense/bias:0"]
        group.create_dataset("dense/kernel:0", data=np.ones((2, 2), "f4"))
        group.create_dataset("extra", data=np.ones(2, "f4"))
    checkpoint, found = weights(tmp_path / "gap.h5")
    assert list(found) == ["dense/kernel"]
    assert "dense/bias:0 is listed but not there" in checkpoint.problems[0]
    extra = next(one for one in checkpoint.variables if one.name == "dense/extra")
    assert extra.role is Role.OTHER
