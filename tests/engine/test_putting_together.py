"""Any sources as one run: the axis and what tells it, any kinds, and all that a run can do."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.tensorflow_process import TensorFlowProcess
from tfinspector.contents.figures import Statistics
from tfinspector.contents.findings import Unreadable
from tfinspector.contents.sources import SourceKind
from tfinspector.engine.checking import check
from tfinspector.engine.comparing.comparing import Side, compare
from tfinspector.engine.comparing.drifting import drift
from tfinspector.engine.measuring import measure
from tfinspector.engine.opening import OpenSource
from tfinspector.engine.putting_together import opened_again, put_together
from tfinspector.engine.trusting import trust

Made = Callable[[str], Path]


def together(*paths: Path) -> OpenSource:
    return put_together([str(path) for path in paths])


def names(source: OpenSource) -> list[str]:
    return [os.path.basename(one.path) for one in source.source.snapshots]


def test_steps_in_names_are_the_axis(made: Made) -> None:
    run = made("drift.run")
    source = together(run / "ckpt-500.index", run / "ckpt-100", run / "ckpt-300")
    assert source.source.kind is SourceKind.RUN
    assert names(source) == ["ckpt-100", "ckpt-300", "ckpt-500"]
    assert source.source.taken_for == (
        "3 snapshots of 3 sources, put together by hand, in the order of the steps in their names"
    )
    assert source.source.path == str(run / "ckpt-500 + ckpt-100 + ckpt-300")
    told = [each for each in source.source.findings if each.id == "D07"]
    assert "ckpt-100 was given after ckpt-500" in told[0].title


def test_numbers_that_only_the_names_together_tell(made: Made) -> None:
    """`model.02-0.57.keras` tells no step by itself."""
    files = sorted((made("keras_files.callbacks") / "models").iterdir(), reverse=True)
    source = together(*files)
    assert [one.step for one in source.source.snapshots] == [1, 2, 3]
    assert {one.step_from for one in source.source.snapshots} == {"file name"}


def test_counters_tell_where_names_do_not(made: Made) -> None:
    run = made("runs.unnumbered")
    source = together(run / "last", run / "first", run / "best")
    assert names(source) == ["first", "best", "last"]
    assert [(one.step, one.step_from) for one in source.source.snapshots] == [
        (10, "step"), (40, "step"), (90, "step"),
    ]  # fmt: skip
    assert source.source.taken_for.endswith("in the order of their step")


def test_the_iterations_of_a_keras_optimizer_tell(made: Made, tmp_path: Path) -> None:
    files = sorted((made("keras_files.callbacks") / "models").iterdir())
    for file, name in zip(files, ("start", "best", "last"), strict=True):
        shutil.copy2(file, tmp_path / f"{name}.keras")
    source = together(*(tmp_path / f"{name}.keras" for name in ("last", "start", "best")))
    assert names(source) == ["start.keras", "best.keras", "last.keras"]
    steps = [one.step for one in source.source.snapshots]
    assert steps == sorted(set(steps))  # type: ignore[type-var]
    assert source.source.taken_for.endswith("in the order of their iterations")


def test_else_the_times_of_the_files(tensorflow: TensorFlowProcess, tmp_path: Path) -> None:
    for name, time in (("late", 3_000), ("early", 1_000), ("middle", 2_000)):
        tensorflow.call("tests.makers.growing:save", str(tmp_path / name), float(time))
        for file in tmp_path.glob(f"{name}.*"):
            os.utime(file, (time, time))
    source = together(tmp_path / "late", tmp_path / "middle", tmp_path / "early")
    assert names(source) == ["early", "middle", "late"]
    assert source.source.taken_for.endswith("in the order of the times of their files")
    for file in tmp_path.iterdir():
        os.utime(file, (1, 1))
    source = together(tmp_path / "late", tmp_path / "middle", tmp_path / "early")
    assert names(source) == ["late", "middle", "early"]
    assert source.source.taken_for.endswith("in the order given")
    assert {one.step_from for one in source.source.snapshots} == {"order given"}


def test_steps_of_several_directories_may_be_counted_anew(made: Made, tmp_path: Path) -> None:
    """The second training went on from the first, and began to count at 1: the order stays."""
    for folder, name, time in (("one", "ckpt-500", 1), ("two", "ckpt-100", 2)):
        (tmp_path / folder).mkdir()
        for file in made("drift.run").glob(f"{name}.*"):
            os.utime(shutil.copy(file, tmp_path / folder), (time, time))
    source = together(tmp_path / "one" / "ckpt-500", tmp_path / "two" / "ckpt-100")
    assert names(source) == ["ckpt-500", "ckpt-100"]
    assert source.source.taken_for.endswith("in the order given")
    for file in (tmp_path / "two").iterdir():
        os.utime(file, (0, 0))
    source = together(tmp_path / "one" / "ckpt-500", tmp_path / "two" / "ckpt-100")
    assert names(source) == ["ckpt-100", "ckpt-500"], "the times of the files say so too"


def test_every_kind_at_once(made: Made) -> None:
    kinds = made("drift.every_kind")
    given = ["one.keras", "two.weights.h5", "three.h5", "four", "five", "six"]
    source = together(*(kinds / name for name in given))
    table = drift([source])
    row = table.row_of("only/kernel")
    assert table.present[row].all()
    assert table.values("mean")[row].tolist() == [1, 2, 3, 4, 5, 6]
    assert table.values("max_abs")[row].tolist() == [0, 1, 2, 3, 4, 5]
    for snapshot, number in zip(source.source.snapshots, range(1, 7), strict=True):
        variable = source.find(table.rows[row].names[number - 1], snapshot.path)
        assert (source.reader(snapshot.path).read(variable.key) == number).all()


def test_it_does_what_any_run_does(made: Made) -> None:
    run = made("drift.run")
    source = together(run / "ckpt-100", run / "ckpt-600")
    figures = measure(source.reader(), source.find("moving/bias"))
    assert isinstance(figures, Statistics)
    assert figures.max == 0.5
    assert check(source).checked
    paths = [one.path for one in source.source.snapshots]
    found = compare(Side(source, paths[0]), Side(source, paths[1]))
    assert "moving/bias" in {pair.name for pair in found.moved}
    assert source.part_with(None).source.path == paths[1]
    assert source.part_with(paths[0]).source.path == paths[0]
    assert trust(source).executes is False
    with pytest.raises(Unreadable):
        source.checkpoint(str(run / "ckpt-300"))


def test_parts_that_change_make_it_stale(made: Made, tmp_path: Path) -> None:
    run = tmp_path / "run"
    run.mkdir()
    for step in (100, 200):
        for file in made("drift.run").glob(f"ckpt-{step}.*"):
            shutil.copy2(file, run)
    source = together(run, made("drift.run") / "ckpt-600")
    assert not source.is_stale()
    for file in made("drift.run").glob("ckpt-300.*"):
        shutil.copy2(file, run)
    assert source.is_stale()
    again = opened_again(source)
    assert len(again.source.snapshots) == 4
    assert again.source.path == source.source.path
    assert len(opened_again(together(run)).source.snapshots) == 3


def test_names_that_repeat_tell_their_folders(made: Made, tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        for file in made("drift.run").glob("ckpt-100.*"):
            shutil.copy2(file, tmp_path / folder)
    source = together(tmp_path / "a" / "ckpt-100", tmp_path / "b" / "ckpt-100")
    assert source.source.path == str(tmp_path / "a › ckpt-100 + b › ckpt-100")


def test_one_path_is_what_it_is_and_nothing_is_refused(made: Made, tmp_path: Path) -> None:
    assert together(made("drift.run")).source.kind is SourceKind.RUN
    assert together(made("drift.run") / "ckpt-100").source.kind is SourceKind.CHECKPOINT
    with pytest.raises(Unreadable) as refused:
        together(made("drift.run"), tmp_path / "nowhere")
    assert refused.value.finding.fix
