"""Factories for the worker, and makers of the checkpoints that belong to them.

Each factory is asked for as `tests/makers/worker_models.py:NAME` of a real worker.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

WIDTH = 3


def functional() -> Any:
    inputs = keras.Input((WIDTH,), name="features")
    hidden = keras.layers.Dense(4, name="hidden")(inputs)
    return keras.Model(inputs, keras.layers.Dense(2, name="top")(hidden), name="functional")


def two_inputs() -> Any:
    left, right = keras.Input((2,), name="left"), keras.Input((3,), name="right", dtype="float64")
    joined = keras.layers.Concatenate()([left, keras.ops.cast(right, "float32")])
    return keras.Model({"left": left, "right": right}, keras.layers.Dense(1)(joined))


class Net(keras.Model):
    """Waits for its first call; its layers' shapes follow from each other."""

    def __init__(self, width: int = 5) -> None:
        super().__init__()
        self.first = keras.layers.Dense(width, name="first")
        self.norm = keras.layers.BatchNormalization(name="norm")
        self.drop = keras.layers.Dropout(0.5, name="drop")
        self.second = keras.layers.Dense(2, name="second")

    def call(self, inputs: Any, training: bool = False) -> Any:
        return self.second(self.drop(self.norm(self.first(inputs)), training=training))


def unbuilt(width: int = 5) -> Any:
    return Net(width)


def built(width: int = 5) -> Any:
    model = Net(width)
    model(np.zeros((1, WIDTH), "float32"))
    return model


def unbuilt_with_optimizer() -> Any:
    return Net(), keras.optimizers.Adam()


def compiled() -> Any:
    model = functional()
    model.compile(optimizer=keras.optimizers.SGD(momentum=0.9))
    return model


class Adversaries(keras.Model):
    """Nothing but a holder of two nets."""


def two_models() -> Any:
    generator, critic = Net(4), functional()
    return {
        "critic": critic,
        "generator": generator,
        "generator_optimizer": keras.optimizers.Adam(),
        "critic_optimizer": keras.optimizers.SGD(momentum=0.9),
        "step": tf.Variable(0, dtype=tf.int64),
    }


class Blocks(keras.Model):
    """Keeps layers in a list, where Keras 3's checkpoints do not find them."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks = [keras.layers.Dense(WIDTH, name=f"block_{n}") for n in range(2)]
        self.top = keras.layers.Dense(1, name="top")

    def call(self, inputs: Any) -> Any:
        for block in self.blocks:
            inputs = block(inputs)
        return self.top(inputs)


def blocks() -> Any:
    model = Blocks()
    model(np.zeros((1, WIDTH), "float32"))
    return model


class Pictures(keras.Model):
    """Convolutions of each kind, waiting."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = keras.layers.Conv2D(4, 3, name="conv")
        self.norm = keras.layers.BatchNormalization(name="norm")
        self.depth = keras.layers.DepthwiseConv2D(3, depth_multiplier=2, name="depth")
        self.apart = keras.layers.SeparableConv2D(5, 3, name="apart")
        self.grouped = keras.layers.Conv2D(10, 3, groups=5, name="grouped")
        self.back = keras.layers.Conv2DTranspose(6, 3, name="back")
        self.top = keras.Sequential([keras.layers.GlobalAveragePooling2D(), keras.layers.Dense(2)])

    def call(self, inputs: Any) -> Any:
        hidden = self.apart(self.depth(self.norm(self.conv(inputs))))
        return self.top(self.back(self.grouped(hidden)))


def pictures() -> Any:
    return Pictures()


class Texts(keras.Model):
    """Embedding, recurrence and attention, waiting."""

    def __init__(self) -> None:
        super().__init__()
        self.words = keras.layers.Embedding(11, 6, name="words")
        self.memory = keras.layers.LSTM(7, return_sequences=True, name="memory")
        self.both = keras.layers.Bidirectional(keras.layers.GRU(3, return_sequences=True))
        self.look = keras.layers.MultiHeadAttention(2, 4, name="look")
        self.calm = keras.layers.LayerNormalization(name="calm")
        self.top = keras.layers.Dense(2, name="top")

    def call(self, inputs: Any) -> Any:
        hidden = self.both(self.memory(self.words(inputs)))
        return self.top(self.calm(self.look(hidden, hidden)))


def texts() -> Any:
    return Texts()


def sequential_unbuilt() -> Any:
    return keras.Sequential([keras.layers.Dense(4), keras.layers.Dense(2)])


class Counter(tf.Module):
    """Variables of many kinds, a list, a shared one and a circle; no Keras."""

    def __init__(self) -> None:
        super().__init__(name="counter")
        self.weight = tf.Variable(np.ones((2, 3), "float32"), name="weight")
        self.parts = [tf.Variable(1, dtype=tf.int64), tf.Variable([True, False], trainable=False)]
        self.again = self.weight
        self.me = self
        self.words = tf.Variable([b"ja", b"\xff\0"], name="words")
        self.brain = tf.Variable([1.5, 2.5], dtype=tf.bfloat16, name="brain")

    @tf.function(input_signature=[tf.TensorSpec([None, 2], tf.float32)])
    def __call__(self, inputs: Any) -> Any:
        return {"product": inputs @ self.weight}


def module() -> Any:
    return Counter()


def rooted_checkpoint() -> Any:
    return tf.train.Checkpoint(Counter(), step=tf.Variable(4, dtype=tf.int64))


def plain_checkpoint() -> Any:
    return tf.train.Checkpoint(model=Counter(), step=tf.Variable(4, dtype=tf.int64))


def others() -> Any:
    """Things that save what is no variable."""
    table = tf.lookup.experimental.MutableHashTable(tf.string, tf.int64, -1)
    table.insert([b"a"], [1])
    return {
        "table": table,
        "iterator": iter(tf.data.Dataset.range(5)),
        "random": tf.random.Generator.from_seed(3),
        "values": [tf.Variable(1.0), tf.Variable(2.0)],
    }


class Holder:
    """Callables that are no plain functions."""

    @staticmethod
    def make(units: int) -> Any:
        return keras.Sequential([keras.Input((WIDTH,)), keras.layers.Dense(units)])


def many(count: int = 5000) -> Any:
    """A flat model with many variables."""
    root = tf.Module()
    root.groups = [tf.Module() for _ in range(count // 100)]
    for group in root.groups:
        group.values = [tf.Variable(tf.zeros([4])) for _ in range(100)]
    return root


def returns_none() -> None:
    functional()


def returns_list() -> Any:
    return [functional()]


def returns_variables() -> Any:
    return [tf.Variable(1.0), tf.Variable(2.0)]


def returns_function() -> Any:
    return functional


def returns_class() -> Any:
    return Net


def returns_triple() -> Any:
    return functional(), keras.optimizers.Adam(), 3


def returns_numbers() -> Any:
    return {"a": 1, "b": np.zeros(3)}


def returns_traced() -> Any:
    return tf.function(lambda: 1)


not_callable = 3


def net(directory: Path) -> None:
    """`net` of `built()` as root, with the optimizer's state under a name in `trained`."""
    keras.utils.set_random_seed(7)
    model = built()
    tf.train.Checkpoint(model).write(str(directory / "net"))
    optimizer = keras.optimizers.Adam()
    optimizer.build(model.trainable_variables)
    tf.train.Checkpoint(model=model, optimizer=optimizer).save(str(directory / "trained"))
    wider = built(6)
    tf.train.Checkpoint(wider).write(str(directory / "wider"))


def pictures_written(directory: Path) -> None:
    model = pictures()
    model(np.zeros((1, 20, 20, 3), "float32"))
    tf.train.Checkpoint(model=model).write(str(directory / "pictures"))


def texts_written(directory: Path) -> None:
    model = texts()
    model(np.zeros((1, 5), "int32"))
    tf.train.Checkpoint(model=model).write(str(directory / "texts"))


def counter(directory: Path) -> None:
    """A module's values, other than those it is made with; by objects and by names."""
    model = Counter()
    model.weight.assign(np.arange(6).reshape(2, 3))
    model.parts[0].assign(9)
    model.words.assign([b"nein", b""])
    tf.train.Checkpoint(model).save(str(directory / "counter"))
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        weight = tf.compat.v1.get_variable("weight", initializer=np.full((2, 3), 5.0, "float32"))
        session.run(weight.initializer)
        saver = tf.compat.v1.train.Saver([weight])
        saver.save(session, str(directory / "by_name"), write_meta_graph=False)
    wrong = Counter()
    wrong.weight = tf.Variable(np.ones((4, 3), "float32"), name="weight")
    wrong.again = wrong.weight
    tf.train.Checkpoint(wrong).write(str(directory / "wrong_shape"))


def renamed(directory: Path) -> None:
    """Nothing in it has the names of `Counter`."""
    tf.train.Checkpoint(other=Counter()).save(str(directory / "renamed"))
