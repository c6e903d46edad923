"""Which Keras files of a directory are snapshots of one run, and which step each has."""

from __future__ import annotations

import os
import shutil

import h5py
import pytest

from tfinspector.contents.findings import Unreadable
from tfinspector.engine.opening import open_source
from tfinspector.formats.keras.run import keras_snapshot_paths, list_keras_run
from tfinspector.formats.keras.snapshot_names import metrics_among, snapshots_among


@pytest.mark.parametrize(
    ("names", "steps"),
    [
        (["model.05-0.12.keras", "model.10-0.09.keras"], [5, 10]),
        (["weights.01-0.60.weights.h5", "weights.02-0.57.weights.h5"], [1, 2]),
        (["net_epoch_1.h5", "net_epoch_10.h5", "net_epoch_9.h5"], [1, 10, 9]),
        (["resnet50_epoch3.keras", "resnet50_epoch7.keras"], [3, 7]),
        (["v2-0.5-epoch04.hdf5", "v2-0.4-epoch05.hdf5"], [4, 5]),
        (["w1.weights.json", "w2.weights.json", "w1_00000.weights.h5", "w2_00000.weights.h5"],
         [1, 2]),
        (["model.keras", "model.weights.h5", "legacy.h5"], []),
        (["model_1.keras"], []),
        (["a1.keras", "a2.keras", "b1.keras", "b2.keras"], []),
        (["loss-0.5.keras", "loss-0.6.keras"], []),
        (["a1.keras", "a2.keras", "notes1.txt", "notes2.txt"], [1, 2]),
    ],
)  # fmt: skip
def test_names(names, steps):
    found = snapshots_among(names)
    assert list(found.values()) == steps


@pytest.mark.parametrize(
    ("names", "metrics"),
    [
        (["model.05-0.12.keras", "model.10-0.09.keras"], ["0.12", "0.09"]),
        (["w.01-val_loss=0.60.weights.h5", "w.02-val_loss=0.57.weights.h5"],
         ["val_loss 0.60", "val_loss 0.57"]),
        (["e1_acc-0.5_loss-1.25.h5", "e2_acc-0.75_loss-1.20.h5"], ["acc 0.5", "acc 0.75"]),
        (["net_epoch_1.h5", "net_epoch_10.h5"], []),
    ],
)  # fmt: skip
def test_metrics_in_names(names, metrics):
    assert list(metrics_among(names).values()) == metrics


def test_a_number_that_is_no_step_is_not_taken_for_one():
    huge = "9" * 30
    assert snapshots_among([f"m{huge}.keras", f"m{huge}1.keras"]) == {}


def test_what_a_callback_leaves(made):
    for kind in ("models", "weights", "old"):
        directory = made("keras_files.callbacks") / kind
        listing = list_keras_run(str(directory))
        assert [one.step for one in listing.snapshots] == [1, 2, 3]
        assert all(one.complete for one in listing.snapshots)
        assert {one.path for one in listing.snapshots} == keras_snapshot_paths(str(directory))


def test_saves_that_did_not_end(tmp_path):
    for number in range(4):
        with h5py.File(tmp_path / f"w{number}.h5", "w") as file:
            file["x"] = [1.0]
    (tmp_path / "w1.h5").write_bytes(b"")
    data = (tmp_path / "w2.h5").read_bytes()
    (tmp_path / "w2.h5").write_bytes(data[:-100])
    (tmp_path / "w3.h5").write_bytes(b"x" * 900)
    snapshots = list_keras_run(str(tmp_path)).snapshots
    assert [one.complete for one in snapshots] == [True, False, False, False]
    assert "empty" in snapshots[1].problem
    assert "bytes" in snapshots[2].problem
    assert "does not begin" in snapshots[3].problem


def in_folders(made, directory, folders, name="model.keras"):
    """The models of a callback, each in a folder of its own."""
    files = sorted((made("keras_files.callbacks") / "models").iterdir())
    for file, folder in zip(files, folders, strict=True):
        (directory / folder).mkdir(parents=True)
        shutil.copy2(file, directory / folder / name)


def test_a_folder_for_each_snapshot(made, tmp_path):
    in_folders(made, tmp_path, ["epoch_1", "epoch_2", "epoch_10"])
    (tmp_path / "logs").mkdir()
    source = open_source(str(tmp_path))
    assert source.source.taken_for == (
        f"the run {tmp_path.name}, one snapshot in each of 3 directories"
    )
    assert [one.step for one in source.source.snapshots] == [1, 2, 10]
    assert {one.path for one in source.source.snapshots} == keras_snapshot_paths(str(tmp_path))
    key = source.find("optimizer/iterations").key
    counts = [int(source.reader(one.path).read(key)) for one in source.source.snapshots]
    assert counts == [1, 2, 3]
    assert not source.is_stale()
    in_folders(made, tmp_path, ["epoch_11", "epoch_12", "epoch_13"])
    assert source.is_stale()


def test_folders_without_numbers_go_by_time(made, tmp_path):
    in_folders(made, tmp_path, ["best", "last", "first"])
    for time, folder in enumerate(("first", "best", "last")):
        os.utime(tmp_path / folder / "model.keras", (time, time))
    snapshots = open_source(str(tmp_path)).source.snapshots
    assert [os.path.basename(os.path.dirname(one.path)) for one in snapshots] == [
        "first", "best", "last",
    ]  # fmt: skip
    assert {(one.step, one.step_from) for one in snapshots} == {(None, "file time")}


def test_files_of_other_names_in_folders_are_no_run(made, tmp_path):
    in_folders(made, tmp_path, ["a", "b", "c"])
    (tmp_path / "b" / "model.keras").rename(tmp_path / "b" / "other.keras")
    assert list_keras_run(str(tmp_path)).snapshots == ()
    with pytest.raises(Unreadable):
        open_source(str(tmp_path))


def test_a_run_within_a_folder_is_found(made, tmp_path):
    shutil.copytree(made("keras_files.callbacks") / "models", tmp_path / "experiment" / "models")
    source = open_source(str(tmp_path / "experiment"))
    assert source.source.path == str(tmp_path / "experiment" / "models")
    shutil.copytree(made("keras_files.callbacks") / "old", tmp_path / "experiment" / "old")
    with pytest.raises(Unreadable) as refused:
        open_source(str(tmp_path / "experiment"))
    assert "2 runs or models" in refused.value.finding.title
