"""The generated programs, run by a Python that knows nothing of this one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tfinspector.contents.restores import Attachment, Outcome, Rename, RestoreReport
from tfinspector.diagnosis.renames import suggest
from tfinspector.engine.opening import open_source
from tfinspector.engine.restoring.code import code_for
from tfinspector.engine.restoring.restore import RestoreRequest, dry_run
from tfinspector.engine.worker.client import WorkerClient

FACTORIES = Path(__file__).parent.parent / "makers" / "renames.py"
LOOKING = """
import json, sys
import {module} as program
built = program.restore()
root = program.root_of(built)
reader = program.tf.train.load_checkpoint(program.PREFIX)
truth = json.loads(sys.argv[1])
wrong = []
for key, path in truth.items():
    value, found = reader.get_tensor(key), program.find(root, path).numpy()
    value = value if value.shape == found.shape else value.T
    if not (value.astype(found.dtype) == found).all():
        wrong.append(path)
print(json.dumps(wrong))
"""
Told = tuple[RestoreRequest, RestoreReport, tuple[Rename, ...], dict[str, str]]


@pytest.fixture(scope="module")
def client() -> Iterator[WorkerClient]:
    with WorkerClient() as client:
        yield client


@pytest.fixture
def dry(made: Callable[[str], Path], client: WorkerClient) -> Callable[..., Told]:
    def get(name: str, factory: str = "", **more: Any) -> Told:
        directory = made(f"renames.{name}")
        spec = f"{FACTORIES}:{factory or f'build_{name}'}"
        request = RestoreRequest(str(directory / "ckpt"), spec, attachment=Attachment(), **more)
        report = dry_run(request, client)
        assert report.model
        assert report.table
        checkpoint = open_source(request.path).checkpoint()
        truth = json.loads((directory / "truth.json").read_text(encoding="utf-8"))
        return request, report, suggest(checkpoint, report.model, report.table), truth

    return get


def run(directory: Path, code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    (directory / "looking.py").write_text(code, encoding="utf-8")
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    environment |= {"TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1"}
    return subprocess.run(
        [sys.executable, "looking.py", *arguments], cwd=directory, env=environment,
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    "name", ["attributes", "inserted", "tf1", "slots", "salvaged", "transposed", "halves"]
)
def test_it_restores_what_belongs_where(
    dry: Callable[..., Told], tmp_path: Path, name: str
) -> None:
    request, report, renames, truth = dry(name)
    code = code_for(request, report, renames)
    assert "tfinspector" not in code.replace(str(FACTORIES.parents[2]), "").replace(
        report.prefix, ""
    )
    (tmp_path / "program.py").write_text(code, encoding="utf-8")
    done = run(tmp_path, LOOKING.format(module="program"), json.dumps(truth))
    assert done.returncode == 0, done.stderr
    *_, wrong = lines = done.stdout.strip().splitlines()
    assert json.loads(wrong) == []
    [said] = [line for line in lines if line.startswith("restored ")]
    assert f"by renames {len(renames)};" in said
    assert report.model
    known = [each for each in report.model.variables if not each.random_state]
    assert f" of {len(known)} variables of the model" in said


def test_it_builds_what_waits_for_its_first_call(dry: Callable[..., Told], tmp_path: Path) -> None:
    request, report, renames, truth = dry("attributes", "build_waiting")
    assert report.model
    assert report.model.built_by == "kernel shapes"
    assert renames == ()
    truth = {key: key.partition("/.ATTRIBUTES/")[0] for key in truth}
    code = code_for(request, report)
    assert "tf.train.Checkpoint(built)" in code  # TensorFlow's own call, for all that matches
    (tmp_path / "program.py").write_text(code, encoding="utf-8")
    done = run(tmp_path, LOOKING.format(module="program"), json.dumps(truth))
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.strip().splitlines()[-1]) == []


def test_it_tells_what_it_leaves_as_the_factory_made_it(
    dry: Callable[..., Told], tmp_path: Path
) -> None:
    request, report, _, _ = dry("transposed")
    done = run(tmp_path, code_for(request, report))
    assert done.returncode == 0, done.stderr
    said = done.stdout.strip().splitlines()[-2:]
    assert said[0].startswith("restored 3 of 4 variables of the model, by renames 0;")
    assert said[1] == "1 keep their initial values: hidden/kernel"


def test_it_fails_where_a_value_does_not_fit(dry: Callable[..., Told], tmp_path: Path) -> None:
    request, report, renames, _ = dry("transposed")
    unturned = tuple(each._replace(transform="", axes=()) for each in renames)
    done = run(tmp_path, code_for(request, report, unturned))
    assert done.returncode == 1
    assert "(4, 3) does not fit (3, 4)" in done.stderr


def test_it_goes_through_links_where_tensorflow_takes_the_path_for_a_pattern(
    dry: Callable[..., Told], client: WorkerClient, tmp_path: Path
) -> None:
    request, _, _, truth = dry("attributes")
    odd = tmp_path / "run [b]"
    odd.mkdir()
    for file in Path(request.path).parent.glob("ckpt.*"):
        (odd / file.name).write_bytes(file.read_bytes())
    request = replace(request, path=str(odd / "ckpt"))
    report = dry_run(request, client)
    assert report.model
    assert report.table
    renames = suggest(open_source(request.path).checkpoint(), report.model, report.table)
    (tmp_path / "mapped.py").write_text(code_for(request, report, renames), encoding="utf-8")
    ended = run(tmp_path, LOOKING.format(module="mapped"), json.dumps(truth))
    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout.splitlines()[-1]) == []


def test_there_is_none_without_a_model(dry: Callable[..., Told]) -> None:
    request, report, renames, _ = dry("transposed")
    failed = replace(report, model=None, table=None, outcome=Outcome.FAILED)
    assert code_for(request, failed, renames) == ""
