"""Keras files that are cut off, damaged, renamed, replaced, or lack a part."""

from __future__ import annotations

import json
import os
import shutil
import zipfile

import h5py
import numpy as np
import pytest

from tfinspector.contents.findings import Unreadable
from tfinspector.contents.keras_files import KerasLayout
from tfinspector.formats.keras.keras_file import read_keras


@pytest.fixture
def model(made, tmp_path):
    shutil.copytree(made("keras_files.every_kind"), tmp_path / "files")
    return tmp_path / "files"


def refused(path):
    with pytest.raises(Unreadable) as caught:
        read_keras(str(path))
    finding = caught.value.finding
    assert finding.fix is not None
    return finding


def cut(path, share):
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])


def read_all(checkpoint, reader):
    """How many variables can be read, and how many say that they can't."""
    good = bad = 0
    for one in checkpoint.variables:
        try:
            reader.read(one.key)
            good += 1
        except Unreadable:
            assert one.problem
            bad += 1
    return good, bad


def test_a_cut_archive_gives_what_is_before_the_cut(model):
    cut(model / "model.keras", 0.8)
    checkpoint, reader = read_keras(str(model / "model.keras"))
    good, _ = read_all(checkpoint, reader)
    assert good > 20
    [shard] = checkpoint.shards
    assert shard.size < shard.needed
    assert checkpoint.keras.keras_version.startswith("3.")
    assert any("are needed" in problem for problem in checkpoint.problems)


def test_an_archive_cut_before_its_weights_still_tells_of_the_model(model):
    cut(model / "model.keras", 0.15)
    checkpoint, _ = read_keras(str(model / "model.keras"))
    assert checkpoint.variables == ()
    assert len(checkpoint.keras.layers) > 5
    assert any("damaged" in problem for problem in checkpoint.problems)


@pytest.mark.parametrize("name", ["model.weights.h5", "whole.h5"])
def test_a_cut_hdf5_file(model, name):
    cut(model / name, 0.9)
    checkpoint, reader = read_keras(str(model / name))
    good, _ = read_all(checkpoint, reader)
    assert good > 10
    [shard] = checkpoint.shards
    assert shard.size < shard.needed


@pytest.mark.parametrize("nbytes", [0, 1, 8, 60, 700])
@pytest.mark.parametrize("name", ["model.keras", "model.weights.h5", "shards.weights.json"])
def test_what_is_cut_to_nothing_is_refused(model, name, nbytes):
    path = model / name
    path.write_bytes(path.read_bytes()[:nbytes])
    try:
        checkpoint, _ = read_keras(str(path))
    except Unreadable as error:
        told = error.finding.id in ("F07", "F12")
    else:
        told = not checkpoint.variables and bool(checkpoint.problems)
    assert told


def test_an_archive_cut_within_its_first_header_is_not_told_to_be_another_archive(model):
    path = model / "model.keras"
    path.write_bytes(path.read_bytes()[:40])
    finding = refused(path)
    assert finding.id == "F07"
    assert "is damaged: it has 40 bytes, at least" in finding.title
    assert "Copy or download it again" in finding.fix.text


def test_a_missing_shard(model):
    os.remove(model / "shards_00001.weights.h5")
    checkpoint, _ = read_keras(str(model / "shards.weights.json"))
    assert checkpoint.variables
    assert [shard.size for shard in checkpoint.shards].count(-1) == 1
    assert any("shards_00001.weights.h5 missing" in one for one in checkpoint.problems)


def test_no_shard_at_all(model):
    for shard in model.glob("shards_*"):
        os.remove(shard)
    finding = refused(model / "shards.weights.json")
    assert finding.id == "F06"


@pytest.mark.parametrize("text", ["{", "{}", '{"weight_map": {"a": 5}}', '{"weight_map": []}'])
def test_an_index_of_shards_that_names_nothing(tmp_path, text):
    (tmp_path / "x.weights.json").write_text(text)
    assert refused(tmp_path / "x.weights.json").id == "F12"


def test_shards_are_only_looked_for_beside_the_index(tmp_path):
    with h5py.File(tmp_path / "outside.weights.h5", "w") as file:
        file.create_dataset("layers/dense/vars/0", data=np.ones(3))
    below = tmp_path / "below"
    below.mkdir()
    index = {"weight_map": {"/layers/dense/vars": "../outside.weights.h5"}}
    (below / "x.weights.json").write_text(json.dumps(index))
    assert refused(below / "x.weights.json").id == "F06"


@pytest.mark.parametrize(
    "text", ["{", "[]", "", "\0\1", '{"config": 5}', '{"config": {"layers": 3}}']
)
def test_a_broken_configuration_leaves_the_weights(model, text):
    (model / "unpacked" / "config.json").write_text(text)
    checkpoint, reader = read_keras(str(model / "unpacked"))
    good, bad = read_all(checkpoint, reader)
    assert (good > 70, bad) == (True, 0)
    if not text.startswith('{"'):
        assert any("config.json" in problem for problem in checkpoint.problems)


@pytest.mark.parametrize("gone", ["model.weights.h5", "metadata.json", "config.json"])
def test_a_missing_part(model, gone):
    os.remove(model / "unpacked" / gone)
    checkpoint, _ = read_keras(str(model / "unpacked"))
    assert any(f"{gone} is missing" in problem for problem in checkpoint.problems)
    with zipfile.ZipFile(model / "less.keras", "w") as archive:
        for name in os.listdir(model / "unpacked"):
            if os.path.isfile(model / "unpacked" / name):
                archive.write(model / "unpacked" / name, name)
    if gone == "model.weights.h5":
        checkpoint, _ = read_keras(str(model / "less.keras"))
        assert any("model.weights.h5 is missing" in one for one in checkpoint.problems)


def test_other_archives_and_files(tmp_path):
    with zipfile.ZipFile(tmp_path / "x.keras", "w") as archive:
        archive.writestr("readme.txt", "hello")
    assert refused(tmp_path / "x.keras").id == "F12"
    (tmp_path / "y.h5").write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(600))
    assert refused(tmp_path / "y.h5").id == "F07"
    (tmp_path / "z.keras").write_text(
        "version https://git-lfs.github.com/spec/v1\noid sha256:12\nsize 400\n"
    )
    finding = refused(tmp_path / "z.keras")
    assert "git lfs pull" in finding.fix.code
    (tmp_path / "w.h5").write_text("<!doctype html><html>sign in</html>")
    assert "web page" in refused(tmp_path / "w.h5").title
    with h5py.File(tmp_path / "nothing.h5", "w"):
        pass
    assert refused(tmp_path / "nothing.h5").id == "F12"


def test_names_that_lead_out_of_the_archive(model):
    with zipfile.ZipFile(model / "model.keras", "a") as archive:
        archive.writestr("../../evil", "x")
    assert refused(model / "model.keras").id == "K08"


def test_the_name_does_not_matter(model):
    os.rename(model / "model.keras", model / "really.h5")
    os.rename(model / "whole.h5", model / "really.keras")
    assert read_keras(str(model / "really.h5"))[0].keras.layout is KerasLayout.ARCHIVE
    assert read_keras(str(model / "really.keras"))[0].keras.layout is KerasLayout.HDF5_MODEL


@pytest.mark.parametrize("name", ["model.keras", "model.weights.h5"])
def test_a_file_that_changes_while_it_is_open(model, name):
    path = model / name
    checkpoint, reader = read_keras(str(path))
    key = checkpoint.variables[0].key
    reader.read(key)
    path.write_bytes(path.read_bytes() + b"more")
    with pytest.raises(Unreadable) as caught:
        reader.read(key)
    assert caught.value.finding.id == "F08"
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(Unreadable):
        reader.read(key)
    os.remove(path)
    with pytest.raises(Unreadable):
        reader.read(key)


def test_an_unknown_key(model):
    _, reader = read_keras(str(model / "model.keras"))
    with pytest.raises(Unreadable, match="not in this file"):
        reader.read("layers/none/vars/0")


def packed_anew(source, target):
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name), zipfile.ZIP_DEFLATED)


def test_an_archive_packed_with_compression(model):
    packed_anew(model / "model.keras", model / "packed.keras")
    plain, reader = read_keras(str(model / "model.keras"))
    packed, other = read_keras(str(model / "packed.keras"))
    assert packed.keras.compressed == ("metadata.json", "config.json", "model.weights.h5")
    assert packed.variables == plain.variables
    for one in reversed(packed.variables):
        assert np.array_equal(other.read(one.key), reader.read(one.key))


def test_jumping_about_in_a_packed_member(tmp_path):
    """The decompressor goes back to the nearest state it kept, in any order of reads."""
    from tfinspector.formats.keras.archive import read_archive

    random = np.random.default_rng(3)
    data = random.integers(0, 40, 24 << 20, np.uint8).tobytes()
    with zipfile.ZipFile(tmp_path / "x.keras", "w") as archive:
        archive.writestr("big", data, zipfile.ZIP_DEFLATED, compresslevel=1)
    member = read_archive(str(tmp_path / "x.keras")).members["big"]
    with member.place.open() as file:
        for at in [0, 20 << 20, 5, 11 << 20, (11 << 20) + 3000, 23 << 20, 1 << 20]:
            assert file.read(at, 5000) == data[at : at + 5000]
        with pytest.raises(Unreadable):
            file.read(len(data) - 10, 20)
