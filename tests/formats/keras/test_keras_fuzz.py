"""Damaged bytes anywhere: what comes out is a checkpoint or `Unreadable`, and soon."""

from __future__ import annotations

import json
import random
import zipfile
from pathlib import Path

import h5py
import numpy as np
import pytest

from tests.formats.hdf5.written import write_everything, write_newer
from tfinspector.contents.findings import Unreadable
from tfinspector.formats.keras.keras_file import read_keras

ROUNDS = 250
MOST_ELEMENTS = 1 << 20


def write_weights(path: Path) -> None:
    with h5py.File(path, "w") as file:
        for layer in ("dense", "dense_1"):
            file.create_group(f"layers/{layer}/vars").attrs["name"] = f"real_{layer}"
            file[f"layers/{layer}/vars/0"] = np.ones((3, 2), "f4")
            file[f"layers/{layer}/vars/1"] = np.zeros(2, "f4")
        for place, shape in enumerate([(), (), (3, 2), (3, 2), (2,), (2,)]):
            file[f"optimizer/vars/{place}"] = np.zeros(shape, "f4")


def write_legacy(path: Path) -> None:
    with h5py.File(path, "w") as file:
        config = {"class_name": "Sequential", "config": {"name": "s", "layers": [
            {"class_name": "Dense", "config": {"name": "dense", "trainable": True}}]}}  # fmt: skip
        file.attrs["model_config"] = json.dumps(config)
        file.attrs["keras_version"] = "2.15.0"
        group = file.create_group("model_weights")
        group.attrs["layer_names"] = [b"dense"]
        below = group.create_group("dense")
        below.attrs["weight_names"] = [b"dense/kernel:0", b"dense/bias:0"]
        below["dense/kernel:0"] = np.ones((3, 2), "f4")
        below["dense/bias:0"] = np.ones(2, "f4")


def write_archive(path: Path, how: int) -> None:
    inside = path.with_suffix(".inside")
    write_weights(inside)
    config = {"class_name": "Sequential", "config": {"name": "s", "layers": [
        {"class_name": "Dense", "config": {"name": "real_dense", "units": 2}},
        {"class_name": "Dense", "config": {"name": "real_dense_1"}}]},
        "compile_config": {"optimizer": {"class_name": "Adam", "config": {}}}}  # fmt: skip
    with zipfile.ZipFile(path, "w", how) as archive:
        archive.writestr("metadata.json", '{"keras_version": "3.5.0"}')
        archive.writestr("config.json", json.dumps(config))
        archive.write(inside, "model.weights.h5")


KINDS = {
    "x.weights.h5": write_weights,
    "x.h5": write_legacy,
    "all.h5": write_everything,
    "newer.h5": write_newer,
    "stored.keras": lambda path: write_archive(path, zipfile.ZIP_STORED),
    "packed.keras": lambda path: write_archive(path, zipfile.ZIP_DEFLATED),
}


def look_at(path: Path) -> bool:
    """Whether it could be opened; then everything that is small is read, checked and named."""
    try:
        checkpoint, reader = read_keras(str(path))
    except Unreadable:
        return False
    names = [one.name for one in checkpoint.variables]
    assert len(set(names)) == len(names)
    for one in checkpoint.variables:
        try:
            reader.locate(one.key)
            if one.size <= MOST_ELEMENTS:
                reader.read(one.key)
                reader.verify(one.key)
                if one.dtype.is_numeric:
                    sum(block.size for block in reader.blocks(one.key))
        except Unreadable:
            continue
    return True


def damaged(data: bytes, chance: random.Random) -> bytes:
    """Some bytes changed, a piece overwritten by another, or the end missing."""
    out = bytearray(data)
    for _ in range(chance.choice([1, 1, 2, 4, 16])):
        out[chance.randrange(len(out))] = chance.choice([0, 1, 255, chance.randrange(256)])
    if chance.random() < 0.15:
        start, to, size = (chance.randrange(len(out)) for _ in range(3))
        out[to : to + size % 256] = out[start : start + size % 256]
    if chance.random() < 0.15:
        del out[chance.randrange(len(out)) :]
    return bytes(out)


@pytest.mark.parametrize("kind", KINDS)
def test_damage_anywhere(tmp_path, kind):
    whole = tmp_path / kind
    KINDS[kind](whole)
    assert look_at(whole)
    data = whole.read_bytes()
    chance = random.Random(kind)
    for _ in range(ROUNDS if len(data) < 50_000 else ROUNDS // 5):
        whole.write_bytes(damaged(data, chance))
        look_at(whole)


@pytest.mark.parametrize("kind", ["x.weights.h5", "x.h5", "stored.keras"])
def test_a_cut_anywhere(tmp_path, kind):
    whole = tmp_path / kind
    KINDS[kind](whole)
    data = whole.read_bytes()
    opened = 0
    for end in range(0, len(data), max(1, len(data) // 150)):
        whole.write_bytes(data[:end])
        opened += look_at(whole)
    assert opened > 20  # what is before the cut is of use


@pytest.mark.parametrize("kind", ["x.weights.h5", "stored.keras"])
def test_every_byte_of_the_beginning(tmp_path, kind):
    whole = tmp_path / kind
    KINDS[kind](whole)
    data = whole.read_bytes()
    for at in range(0, 600, 2):
        whole.write_bytes(data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :])
        look_at(whole)
