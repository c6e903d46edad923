"""The half of the corpus that Keras 2 writes; runs in the environment of `tests.legacy_keras`.

`python -m tests.makers.restores.keras2 DIRECTORY`. Each training fills `DIRECTORY/case`; beside its
checkpoint it leaves `weights.npz`, the model's weights in order, for `from_keras2`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from tests.makers.restores.cases import fill, run

Training = Callable[[Path], None]
TRAININGS: dict[str, Training] = {}


def training(function: Training) -> Training:
    TRAININGS[function.__name__] = function
    return function


def _save(directory: Path, model: Any, **others: Any) -> None:
    fill(model.variables)
    for seed, other in enumerate(others.values(), 1):
        variables = other.variables
        fill(variables() if callable(variables) else variables, seed)
    name = others.pop("root", None)
    assert name is None
    tf.train.Checkpoint(model=model, **others).save(str(directory / "ckpt"))
    np.savez(directory / "weights.npz", *[each.numpy() for each in model.weights])


@training
def m02_functional(directory: Path) -> None:
    layers = tf.keras.layers
    features = tf.keras.Input((3,), name="features")
    hidden = layers.Dense(4, activation="relu", name="hidden")(features)
    hidden = layers.BatchNormalization(name="norm")(hidden)
    _save(directory, tf.keras.Model(features, layers.Dense(2, name="top")(hidden)))


@training
def m02_sequential_with_optimizer(directory: Path) -> None:
    layers = tf.keras.layers
    model = tf.keras.Sequential(
        [tf.keras.Input((6, 6, 1)), layers.Conv2D(3, 3), layers.Flatten(), layers.Dense(2)]
    )
    optimizer = tf.keras.optimizers.Adam(0.01)
    optimizer.build(model.trainable_variables)
    _save(directory, model, optimizer=optimizer)


SUBCLASS = """
import tensorflow as tf
layers = tf.keras.layers

class Net(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.words = layers.Embedding(7, 3)
        self.memory = layers.LSTM(2)
        self.norm = layers.BatchNormalization()
        self.top = layers.Dense(1)

    def call(self, x):
        return self.top(self.norm(self.memory(self.words(x))))

def build():
    net = Net()
    net(tf.zeros([1, 2], tf.int32))
    return net
"""


@training
def m02_subclass(directory: Path) -> None:
    _save(directory, run(SUBCLASS).build())


def _old_adam(model: Any) -> Any:
    optimizer = tf.keras.optimizers.legacy.Adam(0.01)
    optimizer._create_all_weights(model.trainable_variables)
    return optimizer


def _dense(*sizes: int) -> Any:
    layers = [tf.keras.layers.Dense(size) for size in sizes]
    return tf.keras.Sequential([tf.keras.Input((3,)), *layers])


@training
def m02_old_optimizer(directory: Path) -> None:
    """Weights with slots."""
    model = _dense(4, 2)
    _save(directory, model, optimizer=_old_adam(model))


@training
def m11_old_optimizer_into_new(directory: Path) -> None:
    model = _dense(2)
    _save(directory, model, optimizer=_old_adam(model))


@training
def healthy_keras2_in_its_own(directory: Path) -> None:
    model = _dense(4, 2)
    _save(directory, model, optimizer=_old_adam(model))


@training
def healthy_keras2_subclass_in_its_own(directory: Path) -> None:
    _save(directory, run(SUBCLASS).build())


def _trained_together(directory: Path, optimizer: Any, **nets: Any) -> None:
    """Several networks and their one optimizer, with slots, outside of any strategy."""
    weights = [each for net in nets.values() for each in net.trainable_variables]
    optimizer._create_all_weights(weights)
    fill(weights)
    fill(optimizer.variables(), 1)
    tf.train.Checkpoint(trainer=optimizer, **nets).save(str(directory / "ckpt"))


@training
def m17_outside_of_the_scope(directory: Path) -> None:
    adam = tf.keras.optimizers.legacy.Adam(0.01)
    _trained_together(directory, adam, left=_dense(4), right=_dense(2, 2))


@training
def m17_checkpoint_of_a_scope(directory: Path) -> None:
    sgd = tf.keras.optimizers.legacy.SGD(0.1, 0.9)
    _trained_together(directory, sgd, first=_dense(4), second=_dense(2))


@training
def healthy_keras2_mirrored(directory: Path) -> None:
    _save(directory, _dense(4, 2))


@training
def m11_slots_of_modules(directory: Path) -> None:
    """tf.Variables of a module, trained by an old optimizer: no layers, yet slots."""
    module = tf.Module()
    module.w, module.b = tf.Variable(tf.zeros([3, 2])), tf.Variable(tf.zeros([2]))
    optimizer = tf.keras.optimizers.legacy.SGD(0.1, momentum=0.9)
    optimizer._create_all_weights([module.w, module.b])
    fill([module.w, module.b])
    fill(optimizer.variables(), 1)
    tf.train.Checkpoint(model=module, optimizer=optimizer).save(str(directory / "ckpt"))
    np.savez(directory / "weights.npz", module.w.numpy(), module.b.numpy())


if __name__ == "__main__":
    for name, make in TRAININGS.items():
        place = Path(sys.argv[1]) / name
        place.mkdir(parents=True, exist_ok=True)
        tf.keras.backend.clear_session()
        make(place)
