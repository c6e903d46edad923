"""Makers of SavedModels to call, and of models whose outputs are compared with theirs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

PAIR = '''
import keras


def build():
    """Inputs in another order than that of their names; not symmetric in them."""
    right, left = keras.Input((2,), name="right"), keras.Input((3,), name="left")
    joined = keras.layers.Concatenate()([right, left])
    one = keras.layers.Dense(4, activation="tanh", name="one")(joined)
    two = keras.layers.Dense(2, name="two")(joined)
    return keras.Model([right, left], [one, two])


def altered():
    model = build()
    dense = model.get_layer("two")
    dense.activation = keras.activations.relu
    return model


def one_input():
    inputs = keras.Input((5,))
    return keras.Model(inputs, keras.layers.Dense(4, name="one")(inputs))
'''


def pair(directory: Path) -> None:
    """`exported` and `other` (other values) of `factory.py:build`, and the checkpoints of both.

    `model.keras` is the exported one as a whole.
    """
    (directory / "factory.py").write_text(PAIR)
    space: dict[str, Any] = {}
    exec(PAIR, space)
    for name, seed in (("exported", 1), ("other", 2)):
        keras.utils.set_random_seed(seed)
        model = space["build"]()
        model.export(str(directory / name), verbose=False)
        tf.train.Checkpoint(model).save(str(directory / "checkpoints" / name))
        if name == "exported":
            model.save(directory / "model.keras")
    narrow = space["one_input"]()
    narrow.export(str(directory / "narrow"), verbose=False)


def picture(directory: Path) -> None:
    """Takes pictures of 4 x 6 pixels; `picture.png` is one of 8 x 12, red at the left."""

    class Sees(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec([None, 4, 6, 3], tf.float32, "image")])
        def see(self, image: Any) -> Any:
            return {"same": image}

        @tf.function(input_signature=[tf.TensorSpec([3, 4, 6], tf.uint8, "image")])
        def see_first(self, image: Any) -> Any:
            return {"same": image}

    model = Sees()
    signatures = {"see": model.see, "see_first": model.see_first}
    tf.saved_model.save(model, str(directory / "model"), signatures=signatures)
    pixels = np.zeros((8, 12, 3), np.uint8)
    pixels[:, :6, 0] = 255
    (directory / "picture.png").write_bytes(tf.io.encode_png(pixels).numpy())


def failing(directory: Path) -> None:
    """Its computation fails for what its signature allows: an empty batch, here any batch of 3."""

    class Fails(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec([None], tf.float32, "x")])
        def halves(self, x: Any) -> Any:
            return {"halves": tf.reshape(x, [-1, 2])}

    model = Fails()
    tf.saved_model.save(model, str(directory / "model"), signatures=model.halves)


def answers(path: str, signature: str, inputs: dict[str, Any]) -> dict[str, Any]:
    """What TensorFlow itself answers, for a test to compare with."""
    loaded = tf.saved_model.load(path)
    given = {name: tf.constant(value) for name, value in inputs.items()}
    return {name: value.numpy() for name, value in loaded.signatures[signature](**given).items()}


def forms(directory: Path) -> None:
    """One call traced for training and not, of two ranks; and nested inputs of every kind."""

    class Model(tf.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weight = tf.Variable(3.0)

        @tf.function
        def __call__(self, x: Any, training: bool = True) -> Any:
            return {"y": x * self.weight, "training": training, "rank": len(x.shape)}

        @tf.function
        def nested(self, features: dict[str, Any], *, pair: Any = None, mode: str = "sum") -> Any:
            left, right = pair
            total = features["a"] + features["deep"]["b"][0] + left
            return total + right if mode == "sum" else total - right

    model = Model()
    model(tf.zeros([2, 3]), training=True)
    model(tf.zeros([2, 3]), training=False)
    model(tf.zeros([2, 3, 4]), training=False)
    two = tf.zeros([2])
    features = {"a": two, "deep": {"b": [two]}}
    model.nested(features, pair=(two, two))
    model.nested(features, pair=(two, two), mode="difference")
    tf.saved_model.save(model, str(directory / "model"))


def awkward(directory: Path) -> None:
    """Row splits of int32, a table that makes itself, and a Python function that stays behind."""

    class Awkward(tf.Module):
        def __init__(self) -> None:
            super().__init__()
            keys = tf.lookup.KeyValueTensorInitializer(["a", "b"], [1, 2])
            self.table = tf.lookup.StaticHashTable(keys, 0)

        @tf.function(
            input_signature=[tf.RaggedTensorSpec([None, None], tf.int32, row_splits_dtype=tf.int32)]
        )
        def narrow(self, rows: Any) -> Any:
            return rows + 1

        @tf.function(input_signature=[tf.TensorSpec([None], tf.string, "words")])
        def look_up(self, words: Any) -> Any:
            return {"ids": self.table.lookup(words)}

        @tf.function(input_signature=[tf.TensorSpec([None], tf.float32, "x")])
        def python(self, x: Any) -> Any:
            return tf.py_function(lambda each: each * 2, [x], tf.float32)

        @tf.function(input_signature=[tf.TensorSpec([], tf.string, "name")])
        def read(self, name: Any) -> Any:
            return tf.io.read_file(name)

    tf.saved_model.save(Awkward(), str(directory / "model"))


NESTED = '''
import tensorflow as tf


class Model(tf.Module):
    """One dictionary as its input, not symmetric in what is in it."""

    def __init__(self):
        super().__init__()
        self.weight = tf.Variable(3.0)

    def __call__(self, inputs):
        return inputs["z"] * self.weight - inputs["a"]


def build():
    return Model()


def sample_inputs():
    return {"z": tf.zeros([2, 3]), "a": tf.ones([2, 3])}
'''


def nested_inputs(directory: Path) -> None:
    """`model` with a flat signature of `factory.py:build`, and the checkpoint `model-1` of it."""
    (directory / "factory.py").write_text(NESTED)
    space: dict[str, Any] = {}
    exec(NESTED, space)
    model = space["build"]()
    spec = tf.TensorSpec([None, 3], tf.float32)
    serve = tf.function(lambda a, z: {"y": model({"a": a, "z": z})}, input_signature=[spec, spec])
    tf.saved_model.save(model, str(directory / "model"), signatures=serve)
    tf.train.Checkpoint(model).save(str(directory / "model"))
