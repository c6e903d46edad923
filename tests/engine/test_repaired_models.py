"""A model of Keras 2 with a legacy optimizer: why it does not load, and a copy that does."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.legacy_keras import legacy_command, legacy_environment, legacy_python
from tfinspector.contents.findings import Severity, Unreadable
from tfinspector.engine.loading import load_opened
from tfinspector.engine.opening import open_source
from tfinspector.engine.repaired_models import write_without_slots
from tfinspector.engine.running.asking import choices_of
from tfinspector.engine.running.run import CallRequest, run_opened
from tfinspector.engine.worker.client import WorkerClient

_MAKE = """
import sys
import numpy as np
import tensorflow as tf
from tensorflow import keras

keras.utils.set_random_seed(1)
model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(2)])
model.compile(keras.optimizers.legacy.Adam(), "mse")
model.fit(np.ones((8, 4)), np.ones((8, 2)), verbose=0)
tf.saved_model.save(model, sys.argv[1])
"""


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Saved by Keras 2 after one epoch, with slots of a legacy Adam."""
    path = tmp_path_factory.mktemp("legacy") / "model"
    words = [str(legacy_python()), "-c", _MAKE, str(path)]
    subprocess.run(words, env=legacy_environment(), check=True, capture_output=True)
    return path


@pytest.fixture(scope="module")
def client() -> Iterator[WorkerClient]:
    with WorkerClient() as client:
        yield client


def test_why_it_does_not_load(model: Path, client: WorkerClient) -> None:
    report = load_opened(open_source(str(model)), client)
    assert not report.loaded
    finding = report.findings[0]
    assert (finding.id, finding.severity) == ("S14", Severity.ERROR)
    assert "tf_keras" in finding.title
    assert finding.fix
    assert "--write-repaired" in finding.fix.code


def test_the_copy_loads_and_answers_as_the_original_where_that_loads(
    model: Path, client: WorkerClient, tmp_path: Path
) -> None:
    before = {path: path.read_bytes() for path in model.rglob("*") if path.is_file()}
    copy = tmp_path / "copy"
    report = write_without_slots(str(model), str(copy), client)
    assert report.loaded
    assert report.path == str(copy)
    assert [path.name for path in tmp_path.iterdir()] == ["copy"], "no draft stays"
    assert not any(one.severity is Severity.ERROR for one in report.findings)
    assert {path: path.read_bytes() for path in before} == before
    named, others, sizes = choices_of((), ("3",))
    request = CallRequest(inputs=named, others=others, sizes=sizes)
    with WorkerClient(legacy_command()) as keras2:
        original = run_opened(open_source(str(model)), request, keras2)
    repaired = run_opened(open_source(str(copy)), request, client)
    assert original.done
    assert repaired.done
    for one, other in zip(original.outputs, repaired.outputs, strict=True):
        np.testing.assert_array_equal(one.values, other.values)


def test_nothing_is_overwritten_and_nothing_is_copied_for_nothing(
    model: Path, client: WorkerClient, tmp_path: Path
) -> None:
    with pytest.raises(Unreadable) as there:
        write_without_slots(str(model), str(tmp_path), client)
    assert "nothing is overwritten" in there.value.finding.title
    fixed = tmp_path / "fixed"
    write_without_slots(str(model), str(fixed), client)
    with pytest.raises(Unreadable) as none:
        write_without_slots(str(fixed), str(tmp_path / "again"), client)
    assert "no references to slot variables" in none.value.finding.title
    assert [path.name for path in tmp_path.iterdir()] == ["fixed"]
