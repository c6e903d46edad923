"""The three ways of saving that a tutorial shows and that go wrong for its readers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf


class TwoLayers(keras.Model):
    """The subclassed model: nothing is built until it is called."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden = keras.layers.Dense(8, activation="relu")
        self.out = keras.layers.Dense(3)

    def call(self, inputs: Any) -> Any:
        return self.out(self.hidden(inputs))


@keras.saving.register_keras_serializable("tutorial")
class Scale(keras.layers.Layer):
    """A custom layer that can be made again from its config."""

    def __init__(self, factor: float = 2.0, **options: Any) -> None:
        super().__init__(**options)
        self.factor = factor

    def build(self, shape: Any) -> None:
        self.gain = self.add_weight(shape=(shape[-1],), initializer="ones", name="gain")

    def call(self, inputs: Any) -> Any:
        return inputs * self.gain * self.factor

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "factor": self.factor}


def _compiled() -> TwoLayers:
    keras.utils.set_random_seed(7)
    model = TwoLayers()
    model.compile("adam", "mse")
    return model


def built(directory: Path) -> None:
    """Trained, then saved as a SavedModel. Reloaded, it can't be called."""
    model = _compiled()
    model.fit(np.ones((8, 4)), np.ones((8, 3)), epochs=1, verbose=0)
    tf.saved_model.save(model, str(directory / "model"))


def unbuilt(directory: Path) -> None:
    """Compiled, never called, saved as a SavedModel."""
    tf.saved_model.save(_compiled(), str(directory / "model"))


def saved_twice(directory: Path) -> None:
    """`checkpoint.save(manager.save())`: the files are called ckpt-1-2."""
    model = _compiled()
    model.fit(np.ones((8, 4)), np.ones((8, 3)), epochs=1, verbose=0)
    checkpoint = tf.train.Checkpoint(model=model, optimizer=model.optimizer)
    manager = tf.train.CheckpointManager(checkpoint, str(directory), max_to_keep=3)
    checkpoint.save(manager.save())


def custom_layer(directory: Path) -> None:
    """A Sequential with a custom layer, saved as a SavedModel."""
    keras.utils.set_random_seed(7)
    layers = [Scale(3.0, name="scale"), keras.layers.Dense(2, name="last")]
    model = keras.Sequential([keras.Input((4,)), *layers])
    tf.saved_model.save(model, str(directory / "model"))


def save_again(code: str, kind: str) -> None:
    """Runs a fix that needs the user's `model` ("keras" or "module") and one `batch`."""

    class Double(tf.Module):
        def __call__(self, inputs: Any) -> Any:
            return inputs * 2

    model = _compiled() if kind == "keras" else Double()
    exec(compile(code, "fix", "exec"), {"model": model, "batch": tf.ones([2, 4])})
