"""Repaired checkpoints, and the generated programs: what plain TensorFlow then restores."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.tensorflow_process import TensorFlowProcess
from tfinspector.contents.findings import Severity, Unreadable
from tfinspector.contents.restores import Attachment, Outcome, Rename
from tfinspector.diagnosis.renames import suggest
from tfinspector.engine.opening import open_source
from tfinspector.engine.restoring.repairing import write_fixed
from tfinspector.engine.restoring.restore import RestoreRequest, dry_run, restore
from tfinspector.engine.worker.client import WorkerClient

FACTORIES = Path(__file__).parent.parent / "makers" / "renames.py"
PARTIAL = ("inserted",)  # a layer that the source does not have
Proposed = Callable[..., tuple[RestoreRequest, tuple[Rename, ...], dict[str, str]]]


@pytest.fixture(scope="module")
def client() -> Iterator[WorkerClient]:
    with WorkerClient() as client:
        yield client


@pytest.fixture
def proposed(made: Callable[[str], Path], client: WorkerClient) -> Proposed:
    """The request, what is proposed for it, and what belongs where."""

    def get(name: str) -> tuple[RestoreRequest, tuple[Rename, ...], dict[str, str]]:
        directory = made(f"renames.{name}")
        export = directory / "export"
        path = export if export.exists() else directory / "ckpt"
        request = RestoreRequest(str(path), f"{FACTORIES}:build_{name}", attachment=Attachment())
        report = dry_run(request, client)
        assert report.model
        assert report.table
        checkpoint = open_source(str(path)).checkpoint()
        truth = json.loads((directory / "truth.json").read_text(encoding="utf-8"))
        return request, suggest(checkpoint, report.model, report.table), truth

    return get


def untouched(folder: Path) -> dict[Path, tuple[int, ...]]:
    """What changes when somebody writes: not the access time, which reading moves too."""
    stats = {file: file.stat() for file in folder.rglob("*")}
    return {
        file: (each.st_ino, each.st_mode, each.st_size, each.st_mtime_ns)
        for file, each in stats.items()
    }


@pytest.mark.parametrize(
    ("name", "accepted"),
    [
        ("attributes", ("",)),
        ("inserted", ("",)),
        ("tf1", ("",)),
        ("averages", ("",)),
        ("slots", ("",)),
        ("keras2", ("",)),
        ("exported", ("",)),
        ("salvaged", ("",)),
        ("transposed", ("", "transpose")),
        ("halves", ("", "cast")),
    ],
)
def test_the_ordinary_restore_takes_what_was_written(
    proposed: Proposed,
    client: WorkerClient,
    tensorflow: TensorFlowProcess,
    tmp_path: Path,
    name: str,
    accepted: tuple[str, ...],
) -> None:
    request, renames, truth = proposed(name)
    renames = tuple(each for each in renames if each.transform in accepted)
    source = Path(request.path)
    before = untouched(source.parent)
    prefix = tmp_path / "fixed-1"
    report = write_fixed(request, renames, str(prefix), client)
    assert [one.title for one in report.findings if one.severity is Severity.ERROR] == []
    assert report.outcome is (Outcome.PARTIAL if name in PARTIAL else Outcome.RESTORED)
    assert report.renames == renames
    assert Path(report.prefix) == prefix
    assert sorted(os.listdir(tmp_path)) == ["fixed-1.data-00000-of-00001", "fixed-1.index"]
    assert untouched(source.parent) == before
    data = source / "variables" / "variables" if source.is_dir() else source
    answer: dict[str, Any] = tensorflow.call(
        "tests.makers.renames:restore_plainly", name, str(prefix), str(data), truth
    )
    assert answer["wrong"] == []
    assert bool(answer["consumed"]) == (name in PARTIAL)


def test_nothing_is_turned_or_written_unless_that_was_accepted(
    proposed: Proposed, client: WorkerClient, tmp_path: Path
) -> None:
    request, renames, _ = proposed("transposed")
    assert [each.transform for each in renames] == ["transpose"]
    unturned = [each._replace(transform="", axes=()) for each in renames]
    for place, accepted in (("without", ()), ("unturned", unturned)):
        report = write_fixed(request, accepted, str(tmp_path / place), client)
        assert report.outcome is Outcome.PARTIAL
        [told] = [one for one in report.findings if one.id == "M32"]
        assert told.evidence["variables"] == ["hidden/kernel"]  # left out, and it says so
        assert "hidden/kernel (4 x 3 in the source, 3 x 4 in the model)" in told.title
        assert told.fix
        assert told.fix.code.endswith(f"{str(tmp_path / place)!r}).expect_partial()")
        keys = {each.key for each in open_source(report.prefix).checkpoint().variables}
        assert not any(key.startswith("hidden/kernel/") for key in keys)
        assert any(key.startswith("hidden/bias/") for key in keys)


def test_what_an_export_lists_twice_is_not_missed(
    proposed: Proposed, client: WorkerClient, tmp_path: Path
) -> None:
    request, renames, _ = proposed("exported")
    report = write_fixed(request, renames, str(tmp_path / "fixed"), client)
    assert report.outcome is Outcome.RESTORED
    assert [one.id for one in report.findings if one.id == "M36"] == []
    mapped = restore(request, client, None, renames)
    assert mapped.outcome is Outcome.RESTORED
    assert [one.title for one in mapped.findings if one.id == "M01"] == []


def test_nothing_is_written_where_no_weight_fits(
    proposed: Proposed, client: WorkerClient, tmp_path: Path
) -> None:
    request, _, _ = proposed("tf1")
    report = write_fixed(request, (), str(tmp_path / "fixed-1"), client)
    assert (report.outcome, report.findings[0].id) == (Outcome.NOTHING, "M33")
    assert os.listdir(tmp_path) == []


def test_what_nothing_fits_is_left_out_and_told(
    proposed: Proposed, client: WorkerClient, tmp_path: Path
) -> None:
    request, renames, _ = proposed("inserted")
    report = write_fixed(request, renames, str(tmp_path / "fixed-1"), client)
    assert report.findings[0].id == "M32"
    assert report.findings[0].severity is Severity.WARNING
    names = report.findings[0].evidence["variables"]
    assert names == ["_operations/2/_kernel", "_operations/2/bias"]
    assert report.findings[0].evidence["reasons"] == ["not in the source"] * 2


def test_what_was_turned_or_cast_on_the_way_is_named(
    proposed: Proposed, client: WorkerClient, tmp_path: Path
) -> None:
    request, renames, _ = proposed("transposed")
    report = write_fixed(request, renames, str(tmp_path / "turned"), client)
    [told] = [one for one in report.findings if one.id == "M38"]
    assert told.title == "1 value is transposed on the way: hidden/kernel (4 x 3 to 3 x 4)."
    assert told.severity is Severity.INFO
    request, renames, _ = proposed("halves")
    report = write_fixed(request, renames, str(tmp_path / "cast"), client)
    [told] = [one for one in report.findings if one.id == "M38"]
    assert " cast on the way" in told.title
    assert "rounded by at most" in told.detail or "stays the same" in told.detail


@pytest.mark.parametrize(
    ("taken", "asked", "why"),
    [
        ("fixed-1.index", "fixed-1", "is there already"),
        ("fixed-1.data-00000-of-00001", "fixed-1", "is there already"),
        ("other", "nowhere/fixed-1", "there is no directory"),
        ("other", "fixed-1.index", "without .index"),
    ],
)
def test_what_is_there_is_not_touched(
    made: Callable[[str], Path],
    client: WorkerClient,
    tmp_path: Path,
    taken: str,
    asked: str,
    why: str,
) -> None:
    (tmp_path / taken).write_bytes(b"precious")
    source = made("renames.attributes") / "ckpt"
    request = RestoreRequest(str(source), f"{FACTORIES}:build_attributes")
    with pytest.raises(Unreadable, match=why):
        write_fixed(request, (), str(tmp_path / asked), client)
    with pytest.raises(Unreadable, match="is there already"):
        write_fixed(request, (), str(source), client)
    assert os.listdir(tmp_path) == [taken]
    assert (tmp_path / taken).read_bytes() == b"precious"


def test_a_map_of_another_model_is_refused_and_leaves_nothing(
    proposed: Proposed, client: WorkerClient, tmp_path: Path
) -> None:
    request, renames, _ = proposed("attributes")
    wrong = (renames[0]._replace(path="no/such/variable"), *renames[1:])
    with pytest.raises(Unreadable, match="no/such/variable"):
        write_fixed(request, wrong, str(tmp_path / "fixed-1"), client)
    assert os.listdir(tmp_path) == []
