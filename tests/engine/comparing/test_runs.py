"""What makes a run: a directory of any kind, or any sources put together by hand."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.engine.comparing.test_drift import opened
from tests.tensorflow_process import TensorFlowProcess
from tfinspector.engine.comparing.drifting import drift

Made = Callable[[str], Path]


@pytest.mark.parametrize(
    ("run", "steps", "told_by"),
    [
        ("runs.directory_per_step", [5, 10, 100], "file name"),
        ("runs.unnumbered", [10, 40, 90], "step"),
        ("keras_files.callbacks/models", [1, 2, 3], "file name"),
        ("keras_files.callbacks/weights", [1, 2, 3], "file name"),
        ("keras_files.callbacks/old", [1, 2, 3], "file name"),
    ],
)
def test_the_axis_and_where_it_comes_from(
    made: Made, run: str, steps: list[int], told_by: str
) -> None:
    maker, _, below = run.partition("/")
    table = drift(opened(made(maker) / below))
    assert [each.step for each in table.snapshots] == steps
    assert {each.step_from for each in table.snapshots} == {told_by}


def test_names_without_numbers_and_no_counter_go_by_the_time_of_the_file(
    tensorflow: TensorFlowProcess, tmp_path: Path
) -> None:
    for name, time in (("late", 3_000), ("early", 1_000), ("middle", 2_000)):
        tensorflow.call("tests.makers.growing:save", str(tmp_path / name), float(time))
        for file in tmp_path.glob(f"{name}.*"):
            os.utime(file, (time, time))
    table = drift(opened(tmp_path))
    names = [os.path.basename(each.path) for each in table.snapshots]
    assert names == ["early", "middle", "late"]
    assert {each.step_from for each in table.snapshots} == {"file time"}
    assert table.values("max_abs")[table.row_of("w")].tolist() == [0, 1000, 2000]


def test_runs_and_single_snapshots_of_any_kind_make_one_run(made: Made) -> None:
    kinds = made("keras_files.callbacks")
    last = sorted((kinds / "weights").iterdir())[-1]
    table = drift(opened(kinds / "models", last, kinds / "old"))
    suffixes = [os.path.splitext(each.path)[1] for each in table.snapshots]
    assert suffixes == [".keras"] * 3 + [".h5"] * 4
    row = table.row_of("only/kernel")
    assert table.present[row].all()
    moved = table.values("relative_l2")[row]
    np.testing.assert_array_equal(moved[:3], moved[4:])
    assert moved[3] == moved[2], "the same training, saved by another callback"
    assert moved[2] > 0


def test_two_runs_end_to_end(made: Made) -> None:
    run = made("drift.run")
    table = drift(opened(run / "ckpt-500", run, run / "ckpt-100"))
    assert len(table.snapshots) == 6, "none of them twice"
    assert sorted(each.step or 0 for each in table.snapshots) == list(range(100, 700, 100))


def test_a_snapshot_that_is_still_being_copied_waits_until_it_is_whole(
    made: Made, tmp_path: Path
) -> None:
    """Its index came first, and its data file grows: no name changes any more."""
    run = made("drift.run")
    for step in (100, 200):
        for file in run.glob(f"ckpt-{step}.*"):
            shutil.copy2(file, tmp_path)
    shutil.copy2(run / "ckpt-300.index", tmp_path)
    data = (run / "ckpt-300.data-00000-of-00001").read_bytes()
    half = tmp_path / "ckpt-300.data-00000-of-00001"
    half.write_bytes(data[:300])
    [source] = opened(tmp_path)
    assert [one.complete for one in source.source.snapshots] == [True, True, False]
    assert "F07" in [each.id for each in source.source.findings]
    assert len(drift([source]).snapshots) == 2
    assert not source.is_stale()
    half.write_bytes(data)
    assert source.is_stale()
    assert len(drift(opened(tmp_path)).snapshots) == 3


@pytest.mark.parametrize("kind", ["models", "weights", "old"])
def test_half_a_keras_snapshot_waits_too(made: Made, tmp_path: Path, kind: str) -> None:
    files = sorted((made("keras_files.callbacks") / kind).iterdir())
    for file in files:
        shutil.copy2(file, tmp_path)
    newest = tmp_path / files[-1].name
    whole = newest.read_bytes()
    newest.write_bytes(whole[: len(whole) // 2])
    [source] = opened(tmp_path)
    assert [one.complete for one in source.source.snapshots] == [True, True, False]
    assert len(drift([source]).snapshots) == 2
    newest.write_bytes(whole)
    assert source.is_stale()
    assert len(drift(opened(tmp_path)).snapshots) == 3
