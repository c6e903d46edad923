"""Checkpoints of TensorFlow 1 in their old format, restored into objects (F11, M10)."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tensorflow_process import TensorFlowProcess
from tfinspector.contents.findings import Severity
from tfinspector.contents.restores import Outcome, State, Way
from tfinspector.engine.restoring.code import code_for
from tfinspector.engine.restoring.repairing import write_fixed
from tfinspector.engine.restoring.restore import RestoreRequest, dry_run, restore
from tfinspector.engine.worker.client import WorkerClient

MODELS = Path(__file__).parent.parent / "makers" / "keras_restores" / "v1_models.py"


@pytest.fixture(scope="module")
def old(tensorflow: TensorFlowProcess, tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("v1")
    tensorflow.call("tests.makers.keras_restores.v1_models:write", directory)
    return directory


@pytest.fixture(scope="module")
def client() -> Iterator[WorkerClient]:
    with WorkerClient() as client:
        yield client


def test_the_same_names_are_restored(old: Path, client: WorkerClient) -> None:
    report = restore(RestoreRequest(str(old / "same.ckpt"), f"{MODELS}:module"), client)
    assert report.outcome is Outcome.RESTORED
    assert [row.state for row in report.rows] == [State.RESTORED] * 2
    assert {"F11", "M10"} <= {each.id for each in report.findings}
    assert {each.severity for each in report.findings} == {Severity.INFO}


@pytest.mark.parametrize("name", ["same", "parts", "other"])
def test_the_script_restores_by_itself(
    name: str, old: Path, client: WorkerClient, tmp_path: Path
) -> None:
    build = "network" if name == "other" else "module"
    request = RestoreRequest(str(old / f"{name}.ckpt"), f"{MODELS}:{build}")
    report = dry_run(request, client)
    script = tmp_path / "restore_it.py"
    script.write_text(code_for(request, report, report.renames))
    done = subprocess.run(
        [sys.executable, script], check=False, capture_output=True, text=True, cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    assert "2 of 2 variables of the model" in done.stdout


def test_other_names_go_by_the_map(old: Path, client: WorkerClient, tmp_path: Path) -> None:
    request = RestoreRequest(str(old / "other.ckpt"), f"{MODELS}:network")
    report = dry_run(request, client)
    assert report.findings[0].id == "M10"
    assert len(report.renames) == 2
    path = tmp_path / "new.weights.h5"
    written = write_fixed(request, report.renames, str(path), client)
    assert written.outcome is Outcome.RESTORED
    assert written.way is Way.LOAD_WEIGHTS
    assert path.exists()
