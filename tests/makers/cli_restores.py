"""A small real model, what was trained of it, and the ways in which a user's factory misses it.

The file is a factory file too: tests ask for `tests/makers/cli_restores.py:NAME` of a real worker.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

WIDTH = 4


class Net(keras.Model):
    """Two dense layers; `middle` is what some factories call otherwise."""

    def __init__(self, width: int = WIDTH, dtype: str | None = None) -> None:
        super().__init__(name="net", dtype=dtype)
        self.middle = keras.layers.Dense(width, activation="relu", name="middle", dtype=dtype)
        self.left = keras.layers.Dense(width, name="left", dtype=dtype)
        self.right = keras.layers.Dense(width, name="right", dtype=dtype)

    def call(self, inputs: Any) -> Any:
        return self.right(self.left(self.middle(inputs)))


class Renamed(Net):
    """`middle` is called `centre`."""

    def __init__(self) -> None:
        super().__init__()
        self.centre = self.middle
        del self.middle

    def call(self, inputs: Any) -> Any:
        return self.right(self.left(self.centre(inputs)))


def sample_inputs() -> Any:
    return np.linspace(-1, 1, 6, dtype="float32").reshape(2, 3)


def _built(model: Any) -> Any:
    model(sample_inputs())
    return model


def fitting(width: int = WIDTH) -> Any:
    model = _built(Net(width))
    optimizer = keras.optimizers.Adam(1e-2)
    optimizer.build(model.trainable_variables)
    return model, optimizer


def without_optimizer() -> Any:
    return {"model": _built(Net())}


def bare() -> Any:
    """Waits for its first call."""
    return Net()


def renamed() -> Any:
    return {"model": _built(Renamed())}


class Strange(Net):
    """Other names for all of them, which say nothing; two have one shape."""

    def __init__(self) -> None:
        super().__init__()
        self.alpha, self.omega, self.kappa = self.middle, self.left, self.right
        del self.middle, self.left, self.right

    def call(self, inputs: Any) -> Any:
        return self.kappa(self.omega(self.alpha(inputs)))


def strange() -> Any:
    return {"model": _built(Strange())}


def misnamed() -> Any:
    return {"net": _built(Net())}


def halved() -> Any:
    return {"model": _built(Net(dtype="float16"))}


def wider_end() -> Any:
    """The last layer has one unit more."""
    model = Net()
    model.right = keras.layers.Dense(WIDTH + 1, name="right")
    return {"model": _built(model)}


def turned() -> Any:
    """The first kernel is stored the other way round, as in PyTorch."""
    model = tf.Module()
    model.middle = tf.Module()
    model.middle._kernel = tf.Variable(tf.zeros((WIDTH, 3)))
    return {"model": model}


def longer() -> Any:
    """One more row than the file has: it could be filled up with zeros."""
    model = tf.Module()
    model.middle = tf.Module()
    model.middle._kernel = tf.Variable(tf.zeros((3 + 1, WIDTH)))
    return {"model": model}


def stranger() -> Any:
    """Nothing of it is in the file."""
    return {"other": tf.Variable(tf.ones((7, 7)))}


def needs_width(width: int) -> Any:
    return {"model": _built(Net(width))}


def raises() -> Any:
    raise RuntimeError("the configuration of the run is gone")


def exits() -> Any:
    sys.exit(4)


def aborts() -> Any:
    os._exit(7)


def imports() -> Any:
    import package_that_nobody_has  # type: ignore[import-not-found]  # noqa: F401


def loaded_crosswise() -> Any:
    """The kernels of `left` and `right` are loaded already, under other names, the other way."""
    model = tf.Module()
    model.alpha, model.beta = tf.Module(), tf.Module()
    model.alpha.kernel = tf.Variable(_kernel(2))
    model.beta.kernel = tf.Variable(_kernel(1))
    return model


def _kernel(number: int) -> Any:
    return np.random.default_rng(number).normal(size=(WIDTH, WIDTH)).astype("float32")


def nets(directory: Path) -> None:
    """`net-1`: model and Adam as `fitting` makes them, with values of their own; `bare`."""
    model, optimizer = fitting()
    for number, variable in enumerate([*model.variables, *optimizer.variables]):
        value = np.random.default_rng([7, number]).uniform(0.5, 1.5, variable.shape)
        variable.assign(np.asarray(value, variable.dtype if variable.shape else "int64"))
    model.left.kernel.assign(_kernel(1))
    model.right.kernel.assign(_kernel(2))
    tf.train.Checkpoint(model=model, optimizer=optimizer).save(str(directory / "net"))
    tf.train.Checkpoint(model).write(str(directory / "bare"))


def plain_restore(prefix: str, factory: str) -> dict[str, Any]:
    """What plain TensorFlow makes of a file: the model's values after `assert_consumed()`."""
    made = globals()[factory]()
    parts = made if isinstance(made, dict) else dict(zip(("model", "optimizer"), made, strict=True))
    status = tf.train.Checkpoint(**parts).restore(prefix)
    status.assert_consumed()
    model = next(iter(parts.values()))
    return {getattr(each, "path", each.name): np.asarray(each) for each in model.variables}
