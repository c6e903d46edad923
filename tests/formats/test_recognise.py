from __future__ import annotations

import os
import shutil
import sys

import pytest

from tfinspector.contents.findings import Unreadable
from tfinspector.contents.sources import GivenAs, SourceKind
from tfinspector.formats.recognition.recognise import recognise


def refused(path):
    with pytest.raises(Unreadable) as caught:
        recognise(str(path))
    finding = caught.value.finding
    assert finding.fix is not None
    assert finding.fix.text
    assert finding.title.endswith(".")
    return finding


@pytest.mark.parametrize(
    ("suffix", "given_as"),
    [
        ("", GivenAs.ITSELF), (".index", GivenAs.INDEX), (".meta", GivenAs.META),
        (".data-00000-of-00001", GivenAs.SHARD), ("/", GivenAs.ITSELF),
    ],
)  # fmt: skip
def test_any_file_of_the_set_is_the_checkpoint(suffix, given_as, made):
    prefix = str(made("checkpoints.name_based") / "model.ckpt-3")
    found = recognise(prefix + suffix)
    assert (found.kind, found.path, found.given_as) == (SourceKind.CHECKPOINT, prefix, given_as)
    assert found.taken_for.startswith("the checkpoint model.ckpt-3")
    assert found.given == prefix + suffix


def test_a_directory_and_its_state_file_are_the_run(made):
    directory = str(made("runs.ten_steps"))
    for given, given_as in (
        (directory, GivenAs.DIRECTORY),
        (directory + "/", GivenAs.DIRECTORY),
        (directory + "/checkpoint", GivenAs.STATE_FILE),
    ):
        found = recognise(given)
        assert (found.kind, found.path, found.given_as) == (SourceKind.RUN, directory, given_as)


def test_a_state_file_under_another_name(made, tmp_path):
    copy = tmp_path / "run"
    shutil.copytree(made("runs.ten_steps"), copy)
    (copy / "checkpoint").rename(copy / "checkpoint.txt")
    assert recognise(str(copy / "checkpoint.txt")).path == str(copy)


def test_relative_home_and_spaces(made, tmp_path, monkeypatch):
    directory = made("runs.ten_steps")
    monkeypatch.chdir(directory)
    assert recognise("ckpt-3").path == str(directory / "ckpt-3")
    assert recognise("./ckpt-3.index").path == str(directory / "ckpt-3")
    assert recognise("  ckpt-3\n").path == str(directory / "ckpt-3")
    monkeypatch.setenv("HOME", str(directory))
    assert recognise("~/ckpt-3").path == str(directory / "ckpt-3")
    assert recognise(f"file://{directory}/ckpt-3").path == str(directory / "ckpt-3")


def test_glob_characters_are_taken_literally(made, tmp_path):
    odd = tmp_path / "run [1] *?{a}"
    shutil.copytree(made("runs.ten_steps"), odd)
    assert recognise(str(odd)).path == str(odd)
    assert recognise(str(odd / "ckpt-4")).path == str(odd / "ckpt-4")


def test_a_prefix_without_its_number_is_the_newest(made):
    directory = made("runs.ten_steps")
    found = recognise(str(directory / "ckpt"))
    assert (found.path, found.given_as) == (str(directory / "ckpt-11"), GivenAs.WITHOUT_NUMBER)
    assert found.others[0] == str(directory / "ckpt-10")


def test_a_saved_model_and_its_parts(corpus):
    versions = corpus / "tensorflow_serving" / "saved_model_half_plus_two_2_versions"
    model = versions / "00000123"
    for given in (model, model / "saved_model.pb", model / "variables"):
        found = recognise(str(given))
        assert (found.kind, found.path) == (SourceKind.SAVED_MODEL, str(model))
    variables = recognise(str(model / "variables" / "variables.index"))
    assert variables.kind is SourceKind.CHECKPOINT


def test_the_newest_version_of_a_served_model(corpus):
    versions = corpus / "tensorflow_serving" / "saved_model_half_plus_two_2_versions"
    found = recognise(str(versions))
    assert found.path == str(versions / "00000124")
    assert found.others == (str(versions / "00000123"),)
    assert "newest of 2" in found.taken_for


def test_a_directory_above_one_run_is_that_run(made, tmp_path):
    shutil.copytree(made("runs.ten_steps"), tmp_path / "train" / "checkpoints")
    found = recognise(str(tmp_path / "train"))
    assert found.path == str(tmp_path / "train" / "checkpoints")
    assert found.given_as is GivenAs.PARENT


def test_a_directory_above_several_runs_names_them(made, tmp_path):
    for name in ("a", "b"):
        shutil.copytree(made("runs.ten_steps"), tmp_path / name)
    finding = refused(tmp_path)
    assert finding.id == "F03"
    assert finding.evidence["choices"] == [str(tmp_path / "a"), str(tmp_path / "b")]


@pytest.mark.parametrize("given", ["", "   ", "None", "a\0b"])
def test_no_path(given):
    assert refused(given).id == "F03"


def test_something_near_is_suggested(made):
    directory = made("runs.ten_steps")
    finding = refused(directory / "ckpt-12")
    assert finding.id == "F03"
    assert str(directory / "ckpt-1") in finding.evidence["near"]
    finding = refused(directory.parent / "ten_stps" / "ckpt-1")
    assert str(directory) in finding.evidence["near"]


def test_remote_paths(monkeypatch):
    monkeypatch.setitem(sys.modules, "gcsfs", None)
    finding = refused("gs://bucket/run/ckpt-1")
    assert finding.id == "F13"
    assert finding.fix.code == "pip install 'gcsfs'"


@pytest.mark.parametrize(
    ("name", "kind", "id"),
    [
        ("model.keras", SourceKind.KERAS, ""),
        ("model.weights.h5", SourceKind.KERAS_WEIGHTS, ""),
        ("legacy.h5", SourceKind.KERAS_HDF5, ""),
        ("frozen.pb", SourceKind.GRAPH_DEF, ""),
    ],
)
def test_files_of_keras_and_tensorflow(name, kind, id, made):
    path = made("runs.keras_files") / name
    if kind is None:
        assert refused(path).id == id
    else:
        assert recognise(str(path)).kind is kind


def test_a_directory_of_keras_files_names_them(made):
    finding = refused(made("runs.keras_files"))
    assert "model.keras" in finding.fix.text


def test_the_old_format(made):
    directory = made("runs.old_format")
    for given in ("old.ckpt", "sharded.ckpt", "sharded.ckpt-00000-of-00001"):
        assert recognise(str(directory / given)).kind is SourceKind.CHECKPOINT_V1
    for given in ("", "checkpoint"):
        assert recognise(str(directory / given)).kind is SourceKind.RUN


@pytest.mark.parametrize(
    ("name", "data", "id", "words"),
    [
        ("a.npy", b"\x93NUMPY\x01\0", "F12", "NumPy array"),
        ("a.tflite", b"\x1c\0\0\0TFL3" + bytes(20), "F12", "TensorFlow Lite"),
        ("a.safetensors", (2).to_bytes(8, "little") + b"{}" + bytes(9), "F12", "safetensors"),
        ("a.pkl", b"\x80\x04\x95", "F12", "pickle"),
        ("a.pth", b"\x80\x02\x8a", "F12", "pickle"),
        ("a.bin", b"\x01\x02\x03\xff" * 9, "F12", "no file that this program"),
        ("a.txt", b"hello", "F12", "text file"),
        ("a.json", b' {"a": 1}', "F12", "JSON"),
        ("a.tar.gz", b"\x1f\x8b\x08", "F12", "compressed"),
        ("a.onnx", b"\x08\x07\x12", "F12", "ONNX"),
        ("empty", b"", "F07", "empty"),
        ("a.ckpt", b"version https://git-lfs.github.com/spec/v1\nsize 9\n", "F07", "LFS"),
        ("b.ckpt", b"\n<!DOCTYPE html><html>", "F07", "web page"),
        ("a.zip", b"PK\x03\x04garbage", "F07", "damaged zip"),
        ("manifest.ocdbt", b"\x0c\xdb\x3a\x2a", "F12", "Orbax"),
    ],
)  # fmt: skip
def test_foreign_files_are_named(name, data, id, words, tmp_path):
    (tmp_path / name).write_bytes(data)
    finding = refused(tmp_path / name)
    assert finding.id == id
    assert words in finding.title


def test_a_pytorch_archive_and_an_npz(tmp_path):
    import zipfile

    import numpy as np

    with zipfile.ZipFile(tmp_path / "model.pt", "w") as archive:
        archive.writestr("archive/data.pkl", b"\x80\x02")
    assert "PyTorch" in refused(tmp_path / "model.pt").title
    np.savez(tmp_path / "w.npz", a=np.zeros(2))
    assert ".npz" in refused(tmp_path / "w.npz").title


def test_an_index_under_another_name(made, tmp_path):
    shutil.copy(made("runs.ten_steps") / "ckpt-1.index", tmp_path / "renamed")
    finding = refused(tmp_path / "renamed")
    assert finding.id == "F02"
    assert "under another name" in finding.title


def test_data_without_its_index(made, tmp_path):
    shutil.copy(made("runs.ten_steps") / "ckpt-1.data-00000-of-00001", tmp_path)
    with pytest.raises(Unreadable) as caught:
        recognise(str(tmp_path / "ckpt-1.data-00000-of-00001"))
    assert caught.value.finding.id == "F06"
    assert recognise(str(tmp_path / "ckpt-1")).kind is SourceKind.CHECKPOINT


def test_directories_without_anything(tmp_path):
    assert "empty" in refused(tmp_path).title
    (tmp_path / "notes.txt").write_text("x")
    assert "holds no checkpoint" in refused(tmp_path).title
    (tmp_path / "checkpoint").write_text('model_checkpoint_path: "gone-1"')
    assert refused(tmp_path).id == "F05"
    (tmp_path / "_METADATA").write_text("{}")
    assert "Orbax" in refused(tmp_path).title


def test_the_assets_of_a_saved_model_are_a_part_of_it(corpus, made, tmp_path):
    given = corpus / "tensorflow_serving/saved_model_half_plus_two_tf2_cpu/00000123"
    for part in ("assets", "assets/foo.txt"):
        found = recognise(str(given / part))
        assert (found.kind, found.path, found.given_as) == (
            SourceKind.SAVED_MODEL, str(given), GivenAs.PART
        )  # fmt: skip
        assert found.taken_for == "the SavedModel 00000123, from its assets"
    model = tmp_path / "model"
    shutil.copytree(given, model)
    (model / "assets" / "foo.txt").unlink()
    assert recognise(str(model / "assets")).path == str(model), "though it is empty"
    run = model / "assets.extra" / "run"
    shutil.copytree(made("runs.ten_steps"), run)
    assert recognise(str(run)).path == str(run), "what can be opened itself is not its model"
    assert recognise(str(run / "ckpt-3.index")).kind is SourceKind.CHECKPOINT
    (tmp_path / "assets").mkdir()
    assert refused(tmp_path / "assets").title == "The directory assets is empty."


def test_links_and_devices(tmp_path):
    (tmp_path / "link").symlink_to("/nowhere/ckpt")
    assert "a link to /nowhere/ckpt" in refused(tmp_path / "link").title
    os.mkfifo(tmp_path / "pipe")
    assert "neither a file nor a directory" in refused(tmp_path / "pipe").title
