"""Checkpoints of TensorFlow 1 (V1), and the models of today that they are restored into."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def write(directory: Path) -> None:
    """`same` has the names of `module()`, `other` those of a network that `network()` follows.

    `parts` is `same` under a name that only a pattern of files has.
    """
    import tensorflow as tf

    v1 = tf.compat.v1
    for name, ends in (("same", ("layer/kernel", "layer/bias")),
                       ("parts", ("layer/kernel", "layer/bias")),
                       ("other", ("net/stem/weights", "net/stem/biases"))):  # fmt: skip
        with tf.Graph().as_default():
            for end, shape in zip(ends, ((4, 3), (3,)), strict=True):
                v1.get_variable(end, shape, initializer=v1.random_normal_initializer(seed=3))
            saver = v1.train.Saver(write_version=v1.train.SaverDef.V1, sharded=name == "parts")
            with v1.Session() as session:
                session.run(v1.global_variables_initializer())
                saver.save(session, str(directory / f"{name}.ckpt"))


def module() -> Any:
    """A module whose variables are called as in `same`."""
    import tensorflow as tf

    made = tf.Module()
    made.kernel = tf.Variable(tf.zeros((4, 3)), name="layer/kernel")
    made.bias = tf.Variable(tf.zeros((3,)), name="layer/bias")
    return made


def network() -> Any:
    """The network of `other`, in Keras 3."""
    import keras

    given = keras.Input((4,))
    return keras.Model(given, keras.layers.Dense(3, name="stem")(given), name="net")
