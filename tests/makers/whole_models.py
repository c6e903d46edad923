"""Makers of whole models of Keras that need something to be loaded: classes, or a consent."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

CLASSES = '''
"""The classes of the models beside this file."""

import keras


@keras.saving.register_keras_serializable("mine")
class Scale(keras.layers.Layer):
    def build(self, shape):
        self.factor = self.add_weight(shape=(shape[-1],), initializer="ones", name="factor")

    def call(self, x):
        return x * self.factor


class Plain(keras.layers.Layer):
    """Nobody registered it."""

    def __init__(self, units=2, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, shape):
        self.kernel = self.add_weight(shape=(shape[-1], self.units), name="kernel")

    def call(self, x):
        return x @ self.kernel

    def get_config(self):
        return {**super().get_config(), "units": self.units}


class Forgetful(Scale):
    """Sets its value anew whenever it is loaded."""

    def load_own_variables(self, store):
        super().load_own_variables(store)
        self.factor.assign(self.factor * 0)


@keras.saving.register_keras_serializable("mine")
class Touchy(keras.losses.Loss):
    """Can be saved, and not be made again."""

    def call(self, y, z):
        return keras.ops.mean(y - z)

    @classmethod
    def from_config(cls, config):
        raise ValueError("touched")


@keras.saving.register_keras_serializable("mine")
def odd_loss(y, z):
    return keras.ops.mean(keras.ops.abs(y - z))
'''


def whole(directory: Path) -> None:
    """`classes.py`, and models of its classes: trained, in both formats, one that forgets."""
    import keras
    import numpy as np

    keras.utils.set_random_seed(11)
    (directory / "classes.py").write_text(CLASSES)
    sys.path.insert(0, str(directory))
    import classes  # type: ignore[import-not-found]

    def model(*layers: Any) -> Any:
        made = keras.Sequential([keras.Input((3,)), *layers, keras.layers.Dense(2, name="dense")])
        made.compile("adam", classes.odd_loss)
        made.fit(np.ones((4, 3)), np.ones((4, 2)), verbose=0)
        return made

    custom = model(classes.Scale(name="scale"), classes.Plain(4, name="plain"))
    custom.save(directory / "custom.keras")
    custom.save(directory / "custom.h5")
    custom.save_weights(directory / "custom.weights.h5")
    model(classes.Forgetful(name="forgetful")).save(directory / "forgetful.keras")
    plain = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2, name="dense")])
    plain.save(directory / "plain.keras")
    plain.compile("sgd", classes.Touchy())
    plain.save(directory / "touchy.keras")
    model().save(directory / "loss_only.keras")


def with_code(directory: Path) -> None:
    """A Lambda that makes the directory $TRACE whenever it runs; the same with other weights."""
    import keras

    for name, seed in (("code", 1), ("other", 2)):
        keras.utils.set_random_seed(seed)
        tricky = keras.layers.Lambda(
            lambda x: (
                __import__("os").makedirs(__import__("os").environ.get("TRACE", "."), exist_ok=True)
                or x * 2
            ),
            name="tricky",
        )
        layers = [keras.Input((3,)), tricky, keras.layers.Dense(2, name="dense")]
        keras.Sequential(layers).save(directory / f"{name}.keras")
