"""The second environment is what it claims: Keras 2 inside, Keras 3 and this program outside."""

from __future__ import annotations

import subprocess

from tests.legacy_keras import legacy_environment, legacy_python

LOOK = """
import importlib.util
import tensorflow as tf
print(type(tf.keras.Sequential()).__module__)
print([name for name in ("keras", "tfinspector", "numba") if importlib.util.find_spec(name)])
"""


def test_keras_2_and_nothing_of_ours() -> None:
    command = [str(legacy_python()), "-c", LOOK]
    said = subprocess.run(
        command, env=legacy_environment(), cwd="/", capture_output=True, text=True, check=True
    ).stdout
    assert said == "tf_keras.src.engine.sequential\n[]\n"
