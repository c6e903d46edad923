"""Files of Keras 2, written by tf_keras in the second environment of `tests/legacy_keras.py`.

Run as a program there: `python -m tests.makers.keras_legacy DIRECTORY`.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.legacy_keras import ROOT, legacy_environment, legacy_python


def every_kind(directory: Path) -> None:
    """One model in every kind of file that Keras 2 writes, and what it holds."""
    subprocess.run(
        [str(legacy_python()), "-m", "tests.makers.keras_legacy", str(directory)],
        cwd=ROOT, env=legacy_environment(), check=True, capture_output=True, timeout=300,
    )  # fmt: skip


def _write(directory: Path) -> None:
    import numpy as np
    import tf_keras as keras

    keras.utils.set_random_seed(7)
    given = keras.Input((8,), name="given")
    x = keras.layers.Dense(5, name="zeta")(given)
    x = keras.layers.BatchNormalization(name="norm")(x)
    inner = keras.Sequential(
        [keras.Input((5,)), keras.layers.Dense(4, name="alpha"),
         keras.layers.Dense(4, name="beta", trainable=False)],
        name="inner",
    )  # fmt: skip
    x = keras.layers.Reshape((4, 1), name="fold")(inner(x))
    x = keras.layers.Bidirectional(keras.layers.LSTM(3), name="both")(x)
    x = keras.layers.Lambda(lambda value: value * 2, name="twice")(x)
    x = keras.layers.Dense(1, name="alpha_out")(x)
    for name, optimizer in (
        ("new", keras.optimizers.Adam()), ("old", keras.optimizers.legacy.Adam()),
    ):  # fmt: skip
        model = keras.Model(given, x, name="net")
        model.compile(optimizer, "mse")
        random = np.random.default_rng(1)
        model.fit(random.random((8, 8)), random.random((8, 1)), verbose=0)
        model.save(directory / f"{name}.h5")
        model.save(directory / f"{name}.keras", save_format="keras")
        if name == "new":
            model.save_weights(directory / "new.weights.h5")
            model.save_weights(directory / "old_weights.h5", save_format="h5")
            np.savez(directory / "truth.npz", **{
                f"{place} {one.name}": one.numpy() for place, one in enumerate(model.weights)
            })  # fmt: skip


if __name__ == "__main__":
    _write(Path(sys.argv[1]))
