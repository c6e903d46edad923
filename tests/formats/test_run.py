from __future__ import annotations

import os
import shutil

import pytest

from tfinspector.formats.checkpoints.run import list_run, snapshot_paths
from tfinspector.formats.file_names import natural_key, step_in_name, steps_in_names


@pytest.fixture
def copied(made, tmp_path):
    """`copied("ten_steps")`: a copy that a test may damage."""

    def copy(name):
        target = tmp_path / name
        shutil.copytree(made(f"runs.{name}"), target)
        return target

    return copy


def names(listing):
    return [os.path.relpath(snapshot.path, listing.path) for snapshot in listing.snapshots]


def test_nine_comes_before_ten(made):
    listing = list_run(str(made("runs.ten_steps")))
    assert names(listing) == [f"ckpt-{step}" for step in range(1, 12)]
    assert [snapshot.step for snapshot in listing.snapshots] == list(range(1, 12))
    assert {snapshot.step_from for snapshot in listing.snapshots} == {"file name"}
    assert all(snapshot.complete for snapshot in listing.snapshots)
    assert listing.leftovers == ()


def test_sizes_and_times(made):
    directory = made("checkpoints.keras_sequential")
    listing = list_run(str(directory))
    assert listing.state is not None
    assert [snapshot.time for snapshot in listing.snapshots] == list(listing.state.timestamps)
    last = listing.snapshots[-1]
    files = [file for file in directory.iterdir() if file.name.startswith("ckpt-5.")]
    assert last.nbytes == sum(file.stat().st_size for file in files)


def test_files_that_the_state_file_does_not_know_are_listed(made):
    assert names(list_run(str(made("runs.saved_twice")))) == ["x-1", "x-1-2", "x-3", "x-3-4"]


def test_counters_inside_tell_where_names_do_not(made):
    listing = list_run(str(made("runs.unnumbered")))
    assert names(listing) == ["first", "best", "last"]
    assert [(one.step, one.step_from) for one in listing.snapshots] == [
        (10, "step"), (40, "step"), (90, "step"),
    ]  # fmt: skip


def test_global_step_of_a_tf1_checkpoint(made):
    snapshot = list_run(str(made("checkpoints.name_based_momentum"))).snapshots[0]
    assert (snapshot.step, snapshot.step_from) == (5, "global_step")


def test_one_directory_per_snapshot(made):
    listing = list_run(str(made("runs.directory_per_step")))
    assert names(listing) == [f"step_{step}/weights" for step in (5, 10, 100)]
    assert [snapshot.step for snapshot in listing.snapshots] == [5, 10, 100]


def test_without_any_number_time_decides(copied):
    directory = copied("shards")
    os.utime(directory / "one.index", (1000, 1000))
    os.utime(directory / "one.data-00000-of-00001", (1000, 1000))
    listing = list_run(str(directory))
    assert names(listing) == ["one", "many"]
    assert {snapshot.step_from for snapshot in listing.snapshots} == {"file time"}


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (lambda d: (d / "ckpt-11.index").unlink(), "ckpt-11.index is missing"),
        (lambda d: (d / "ckpt-11.index").write_bytes(b""), "0 bytes only"),
        (lambda d: (d / "ckpt-11.data-00000-of-00001").unlink(), "no file ckpt-11.data-..."),
        (lambda d: os.truncate(d / "ckpt-11.data-00000-of-00001", 20), "has 20 of"),
        (lambda d: os.truncate(d / "ckpt-11.index", 100), "is cut off"),
    ],
)  # fmt: skip
def test_an_incomplete_snapshot_is_marked(harm, words, copied):
    directory = copied("ten_steps")
    harm(directory)
    last = list_run(str(directory)).snapshots[-1]
    assert os.path.basename(last.path) == "ckpt-11"
    assert not last.complete
    assert words in last.problem


def test_a_missing_shard_is_counted(copied):
    directory = copied("shards")
    (directory / "many.data-00002-of-00004").unlink()
    many = next(one for one in list_run(str(directory)).snapshots if one.path.endswith("many"))
    assert many.problem == "1 of 4 data files are missing, first number 2"


def test_a_running_save_is_a_snapshot_that_is_not_complete(copied):
    directory = copied("ten_steps")
    temporary = directory / "ckpt-12_temp"
    temporary.mkdir()
    (temporary / "part-00000-of-00001.data-00000-of-00001.tempstate123").write_bytes(bytes(50))
    last = list_run(str(directory)).snapshots[-1]
    assert (last.path, last.step, last.nbytes) == (str(directory / "ckpt-12"), 12, 50)
    assert last.problem == "only ckpt-12_temp/ is there"


def test_leftovers_of_finished_saves_are_named(copied):
    directory = copied("ten_steps")
    (directory / "ckpt-3_temp").mkdir()
    (directory / "ckpt-3_temp" / "part-00000-of-00001.index").write_bytes(b"x")
    (directory / "ckpt-4.data-00000-of-00001.tempstate99").write_bytes(b"x")
    listing = list_run(str(directory))
    assert listing.leftovers == ("ckpt-3_temp", "ckpt-4.data-00000-of-00001.tempstate99")
    assert all(snapshot.complete for snapshot in listing.snapshots)


def test_other_directories_ending_in_temp_are_not_saves(copied):
    directory = copied("ten_steps")
    (directory / "my_temp").mkdir()
    assert len(list_run(str(directory)).snapshots) == 11


def test_an_empty_directory_has_no_snapshots(tmp_path):
    assert list_run(str(tmp_path)).snapshots == ()


def test_the_paths_alone_are_the_same(made):
    for name in ("ten_steps", "directory_per_step", "shards"):
        listing = list_run(str(made(f"runs.{name}")))
        assert snapshot_paths(listing.path) == {one.path for one in listing.snapshots}


@pytest.mark.parametrize(
    ("name", "step"),
    [
        ("ckpt-10", 10), ("model.ckpt-2000", 2000), ("cp-0004.ckpt", 4), ("weights.03-0.52", 3),
        ("epoch_7", 7), ("ckpt-2-3", 3), ("step=12,loss=0.5", 12), ("resnet_v1_50.ckpt", None),
        ("v1.2", None), ("variables", None), ("run-" + "9" * 30, None), ("", None),
    ],
)  # fmt: skip
def test_step_in_a_name(name, step):
    assert step_in_name(name) == step


def test_a_number_by_which_names_differ_is_a_step():
    assert steps_in_names(["m1", "m20", "other"]) == [1, 20, None]
    assert steps_in_names(["resnet_v1_50.ckpt"]) == [None]


def test_natural_order():
    assert sorted(["a10", "a9", "a", "b1"], key=natural_key) == ["a", "a9", "a10", "b1"]


def test_the_state_file_of_a_copy_leads_to_the_original(made, tmp_path):
    original = tmp_path / "original"
    shutil.copytree(made("runs.ten_steps"), original)
    names = sorted(path.stem for path in original.glob("*.index"))
    text = "".join(f'all_model_checkpoint_paths: "{original / name}"\n' for name in names)
    (original / "checkpoint").write_text(f'model_checkpoint_path: "{original / names[0]}"\n{text}')
    shutil.copytree(original, tmp_path / "copy")
    (tmp_path / "link").symlink_to(original)
    written = tuple(str(original / name) for name in names)

    state = list_run(str(tmp_path / "copy")).state
    assert state is not None
    assert (set(state.elsewhere), state.here) == (set(written), ())
    state = list_run(str(tmp_path / "link")).state
    assert state is not None
    assert (state.elsewhere, set(state.here)) == ((), set(written))
    shutil.rmtree(original)
    state = list_run(str(tmp_path / "copy")).state
    assert state is not None
    assert (state.elsewhere, state.here) == ((), ())


def test_a_state_file_of_snapshots_one_level_below_leads_nowhere_else(made, tmp_path):
    shutil.copytree(made("runs.ten_steps"), tmp_path / "step_1")
    (tmp_path / "checkpoint").write_text('model_checkpoint_path: "step_1/ckpt-9"\n')
    state = list_run(str(tmp_path)).state
    assert state is not None
    assert (state.elsewhere, state.here) == ((), ())
