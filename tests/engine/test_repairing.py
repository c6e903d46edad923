"""Repaired checkpoints, and the generated programs: what plain TensorFlow then restores."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.tensorflow_process import TensorFlowProcess
from tfinspector.contents.findings import Severity
from tfinspector.contents.restores import Attachment, Outcome, Rename
from tfinspector.diagnosis.renames import suggest
from tfinspector.engine.opening import open_source
from tfinspector.engine.repairing import write_fixed
from tfinspector.engine.restoring import RestoreRequest, dry_run
from tfinspector.engine.worker_client import WorkerClient

FACTORIES = Path(__file__).parent.parent / "makers" / "renames.py"
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
    before = {file: file.stat() for file in source.parent.rglob("*")}
    prefix = tmp_path / "fixed-1"
    report = write_fixed(request, renames, str(prefix), client)
    assert [one.title for one in report.findings if one.severity is Severity.ERROR] == []
    assert report.outcome is Outcome.RESTORED
    assert report.renames == renames
    assert Path(report.prefix) == prefix
    assert sorted(os.listdir(tmp_path)) == ["fixed-1.data-00000-of-00001", "fixed-1.index"]
    assert {file: file.stat() for file in source.parent.rglob("*")} == before
    data = source / "variables" / "variables" if source.is_dir() else source
    answer: dict[str, Any] = tensorflow.call(
        "tests.makers.renames:restore_plainly", name, str(prefix), str(data), truth
    )
    assert answer == {"consumed": "", "wrong": []}
