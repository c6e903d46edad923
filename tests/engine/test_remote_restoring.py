"""Restores from other machines: our own reader hands over what TensorFlow can not read there."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.formats.places.conftest import Put, Serve, memory, put, serve
from tests.tensorflow_process import TensorFlowProcess
from tfinspector.contents.restores import Outcome, State, Way
from tfinspector.engine.restoring.code import code_for
from tfinspector.engine.restoring.restore import RestoreRequest, dry_run, restore
from tfinspector.engine.worker.client import WorkerClient

__all__ = ["memory", "put", "serve"]

FACTORIES = Path(__file__).parent.parent / "makers" / "matching.py"


def test_a_checkpoint_elsewhere_is_restored_and_proved(
    made: Callable[[str], Path], put: Put
) -> None:
    put(made("matching.checkpoints"), "/far")
    request = RestoreRequest("memory://far/functional-1", f"{FACTORIES}:functional")
    with WorkerClient() as client:
        report = restore(request, client)
    assert report.outcome is Outcome.RESTORED
    assert report.parameters_restored == report.parameters_total == 68
    assert [each for each in report.findings if each.severity != "info"] == []


KERAS_MODELS = FACTORIES.parent / "keras_restores" / "models.py"


@pytest.fixture(scope="module")
def kinds(tensorflow: TensorFlowProcess, tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("kinds")
    tensorflow.call("tests.makers.keras_restores.writing:every_kind", str(directory))
    assert len(list(directory.glob("a_*.weights.h5"))) > 1
    return directory


@pytest.fixture(scope="module")
def client() -> Iterator[WorkerClient]:
    with WorkerClient() as client:
        yield client


@pytest.mark.parametrize(
    "name", ["a.keras", "a.weights.h5", "a.weights.json", "a.h5", "unpacked", "exported"]
)
@pytest.mark.parametrize("place", ["memory", "http", "here"])
def test_every_kind_of_file_is_restored(
    name: str, place: str, kinds: Path, client: WorkerClient, put: Put, serve: Serve
) -> None:
    """Wherever it lies; Keras's own call is taken where it can open the file."""
    put(kinds, "/far")
    with serve(kinds) as (url, _):
        base = {"memory": "memory://far", "http": url, "here": str(kinds)}[place]
        request = RestoreRequest(f"{base}/{name}", f"{KERAS_MODELS}:plain")
        renames = dry_run(request, client).renames if name == "exported" else ()
        report = restore(request, client, renames=renames)
    assert report.outcome is Outcome.RESTORED, report.findings
    assert sum(row.state is State.RESTORED and row.role == "weight" for row in report.rows) == 10
    assert [each for each in report.findings if each.severity == "error"] == []
    if name != "exported":
        assert report.way is (Way.LOAD_WEIGHTS if place == "here" else Way.ASSIGNMENT)


@pytest.mark.parametrize("name", ["a.keras", "a.weights.json", "unpacked", "exported"])
def test_the_script_fetches_what_it_restores(
    name: str, kinds: Path, client: WorkerClient, serve: Serve, tmp_path: Path
) -> None:
    script = tmp_path / "restore_it.py"
    with serve(kinds) as (url, _):
        request = RestoreRequest(f"{url}/{name}", f"{KERAS_MODELS}:plain")
        report = dry_run(request, client)
        script.write_text(code_for(request, report, report.renames))
        done = subprocess.run(
            [sys.executable, script], check=False, capture_output=True, text=True, cwd=tmp_path
        )
    assert done.returncode == 0, done.stderr
    assert "every value was compared" in done.stdout
