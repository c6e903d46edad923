"""The generated program where Keras 2 itself stops: slots of a legacy optimizer, a newer one."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.legacy_keras import legacy_command, legacy_environment, legacy_python
from tfinspector.engine.restoring.code import code_for
from tfinspector.engine.restoring.restore import RestoreRequest, dry_run
from tfinspector.engine.worker.client import WorkerClient

_FACTORY = """
import tf_keras as keras

def net():
    return keras.Sequential([keras.Input((4,)), keras.layers.Dense(3), keras.layers.Dense(2)])

def build():
    return net(), keras.optimizers.Adam()
"""
_MAKE = """
import numpy as np
import tensorflow as tf
from factory import keras, net

model = net()
model.compile(keras.optimizers.legacy.Adam(), "mse")
model.fit(np.ones((8, 4)), np.ones((8, 2)), verbose=0)
tf.train.Checkpoint(model=model, optimizer=model.optimizer).write("ckpt")
"""


def _python(directory: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(legacy_python()), *words], cwd=directory, env=legacy_environment(),
        capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `factory.py` and the checkpoint `ckpt` of a legacy Adam."""
    directory = tmp_path_factory.mktemp("legacy-optimizer")
    (directory / "factory.py").write_text(_FACTORY, encoding="utf-8")
    assert _python(directory, "-c", _MAKE).returncode == 0
    return directory


def test_its_weights_are_restored_without_the_call_that_raises(saved: Path) -> None:
    request = RestoreRequest(str(saved / "ckpt"), f"{saved / 'factory.py'}:build")
    with WorkerClient(legacy_command()) as client:
        report = dry_run(request, client)
    assert report.model is not None
    code = code_for(request, report, report.renames)
    (saved / "program.py").write_text(code, encoding="utf-8")
    ran = _python(saved, "program.py")
    assert ran.returncode == 0, ran.stderr[-2000:]
    assert "every value was compared" in ran.stdout
