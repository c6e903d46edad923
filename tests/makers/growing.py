"""A run that grows while somebody looks at it: one save at a time."""

from __future__ import annotations


def save(prefix: str, value: float) -> None:
    """One checkpoint of a thousand weights."""
    import tensorflow as tf

    tf.train.Checkpoint(w=tf.Variable(tf.fill((1000,), value))).write(prefix)


def save_keras(path: str, value: float) -> None:
    """One model, as a callback saves it."""
    import keras
    import numpy as np

    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4, name="only")])
    model.get_layer("only").set_weights([np.full((3, 4), value), np.full(4, value)])
    model.save(path)
