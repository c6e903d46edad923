"""A table that was trained in two parts, and is one variable in the program of today."""

from __future__ import annotations

from pathlib import Path

import tensorflow as tf


class Net(tf.Module):
    """What the factory builds."""

    def __init__(self) -> None:
        super().__init__()
        self.table = tf.Variable(tf.zeros([6, 3]))
        self.bias = tf.Variable(tf.zeros([3]))


def build() -> Net:
    return Net()


def two_parts(directory: Path) -> None:
    """`ckpt`: the rows 0 to 17 in parts of two and of four."""
    trained = tf.Module()
    trained.table = tf.Module()
    trained.table.part_0 = tf.Variable(tf.reshape(tf.range(6.0), [2, 3]))
    trained.table.part_1 = tf.Variable(tf.reshape(tf.range(6.0, 18.0), [4, 3]))
    trained.bias = tf.Variable([7.0, 8.0, 9.0])
    tf.train.Checkpoint(trained).write(str(directory / "ckpt"))
