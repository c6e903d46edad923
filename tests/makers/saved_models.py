"""Makers of SavedModels of every kind."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

v1 = tf.compat.v1


class Encoder(tf.Module):
    def __init__(self) -> None:
        super().__init__()
        self.scale = tf.Variable([1.0, 2.0, 3.0, 4.0], name="scale")
        self.steps = tf.Variable(7, trainable=False, dtype=tf.int64, name="steps")

    @tf.function(input_signature=[tf.TensorSpec([None, 4], tf.float32, name="x")])
    def encode(self, x: Any) -> Any:
        return {"scaled": x * self.scale, "parts": (x + 1.0, [x[:, 0], self.steps.read_value()])}


class Everything(tf.Module):
    """Shared, listed and named parts, a table of an asset, composite and traced arguments."""

    def __init__(self, words: Path) -> None:
        super().__init__()
        self.encoder = Encoder()
        self.shared = self.encoder.scale
        self.heads = [tf.Variable(tf.zeros([4, 2]), name="head"), Encoder()]
        self.by_name = {"a-b": tf.Variable(1.5, name="named"), "c": Encoder()}
        self.half = tf.Variable(tf.ones([2, 0, 3], tf.bfloat16), name="half")
        self.table = tf.lookup.StaticHashTable(_word_numbers(str(words)), -1)
        self.raw = tf.function(lambda left, right: left - right).get_concrete_function(
            tf.TensorSpec([2], name="left"), tf.TensorSpec([2], name="right")
        )

    @tf.function
    def __call__(self, inputs: Any, training: bool = False, *, mode: str = "fast") -> Any:
        factor = 2.0 if training else 1.0
        return inputs["left"] * factor + inputs["right"][0]

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string, name="words")])
    def look_up(self, words: Any) -> Any:
        return {"ids": self.table.lookup(words)}

    @tf.function(input_signature=[tf.SparseTensorSpec([None, 3], tf.int64)])
    def total(self, sparse: Any) -> Any:
        return tf.sparse.reduce_sum(sparse)

    @tf.function(input_signature=[tf.RaggedTensorSpec([None, None], tf.float32)])
    def lengths(self, ragged: Any) -> Any:
        return ragged.row_lengths()

    @tf.function
    def never_traced(self, x: Any) -> Any:
        return x


def _word_numbers(words: Any) -> Any:
    index = tf.lookup.TextFileIndex
    return tf.lookup.TextFileInitializer(
        words, tf.string, index.WHOLE_LINE, tf.int64, index.LINE_NUMBER
    )


def everything(directory: Path) -> None:
    words = directory / "words.txt"
    words.write_text("ja\nnein\nvielleicht\n")
    model = Everything(words)
    for training, mode in ((False, "fast"), (True, "slow")):
        pair = {"left": tf.TensorSpec([None, 2]), "right": (tf.TensorSpec([2]),)}
        model.__call__.get_concrete_function(pair, training=training, mode=mode)
    specs = [tf.TensorSpec([None, 4], tf.float32, "x"), tf.TensorSpec([], tf.float32, "y")]
    add = tf.function(lambda x, y: {"sum": x + y, "x": x}, input_signature=specs)
    tf.saved_model.save(
        model,
        str(directory / "model"),
        signatures={"serving_default": add, "look_up": model.look_up},
        options=tf.saved_model.SaveOptions(function_aliases={"finder": model.look_up}),
    )
    words.unlink()


def no_signatures(directory: Path) -> None:
    """Variables and an asset, so that ids and order are not those of the variables alone."""
    note = directory / "note.txt"
    note.write_text("hello")
    module = tf.Module()
    module.note = tf.saved_model.Asset(str(note))
    module.weights = [tf.Variable(float(index), name="w") for index in range(12)]
    tf.saved_model.save(module, str(directory / "model"))
    note.unlink()


def slots(directory: Path) -> None:
    """An optimizer whose slot variables hang on no object, as those of TensorFlow 1 and Keras 2."""
    module = tf.Module()
    module.weights = tf.Variable([1.0, 2.0], name="weights")
    module.optimizer = v1.train.AdamOptimizer(0.1)
    module.optimizer.minimize(lambda: module.weights**2, var_list=[module.weights])
    tf.saved_model.save(module, str(directory / "model"))


def only_call(directory: Path) -> None:
    """Callable, without a signature: TensorFlow makes one only of a single trace."""

    class Double(tf.Module):
        @tf.function
        def __call__(self, x: Any) -> Any:
            return x * 2

    double = Double()
    for dtype in (tf.int32, tf.float32):
        double.__call__.get_concrete_function(tf.TensorSpec([None], dtype))
    tf.saved_model.save(double, str(directory / "model"))


def untraced_call(directory: Path) -> None:
    """`__call__` is there and was never traced."""

    class Idle(tf.Module):
        @tf.function
        def __call__(self, x: Any) -> Any:
            return x

    tf.saved_model.save(Idle(), str(directory / "model"))


def no_variables(directory: Path) -> None:
    module = tf.Module()
    module.double = tf.function(lambda x: x * 2, input_signature=[tf.TensorSpec([], tf.int32)])
    tf.saved_model.save(module, str(directory / "model"), signatures=module.double)


def odd_types(directory: Path) -> None:
    """Signatures over the types whose example values are not simply zeros."""
    module = tf.Module()
    names = ("int4", "uint2", "float8_e5m2", "qint8", "quint16", "bfloat16", "complex64", "bool")
    signatures = {
        name: tf.function(
            lambda value: {"same": tf.identity(value)},
            input_signature=[tf.TensorSpec([2, None], tf.as_dtype(name), name="value")],
        )
        for name in names
    }
    tf.saved_model.save(module, str(directory / "model"), signatures=signatures)


def keras3_export(directory: Path) -> None:
    layers = [keras.layers.Dense(3, name="first"), keras.layers.Dense(1, name="last")]
    keras.Sequential([keras.Input((4,)), *layers]).export(str(directory / "model"), verbose=False)


def keras3_whole(directory: Path) -> None:
    """A trained Keras 3 model with its optimizer, by `tf.saved_model.save`."""
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2), keras.layers.Dropout(0.5)])
    model.compile("adam", "mse")
    model.fit(np.ones((8, 4)), np.ones((8, 2)), epochs=1, verbose=0)
    tf.saved_model.save(model, str(directory / "model"))


def tensorflow1(directory: Path) -> None:
    """Two tag sets, a partitioned variable, a table, an asset, a sparse input; also as text."""
    words = directory / "words.txt"
    words.write_text("ja\nnein\n")
    for form in ("binary", "text"):
        builder = v1.saved_model.Builder(str(directory / form))
        for tags in (["serve"], ["train", "gpu"]):
            with tf.Graph().as_default(), v1.Session() as session:
                signatures = _tensorflow1_graph(words)
                session.run([v1.global_variables_initializer(), v1.tables_initializer()])
                options = {
                    "signature_def_map": signatures,
                    "assets_collection": v1.get_collection(v1.GraphKeys.ASSET_FILEPATHS),
                    "main_op": v1.tables_initializer(),
                }
                if tags == ["serve"]:
                    builder.add_meta_graph_and_variables(session, tags, **options)
                else:
                    builder.add_meta_graph(tags, **options)
        builder.save(as_text=form == "text")
    words.unlink()


def _tensorflow1_graph(words: Path) -> dict[str, Any]:
    x = v1.placeholder(tf.float32, [None, 4], name="x")
    sparse = v1.sparse_placeholder(tf.float32, [None, 4], name="sparse")
    word = v1.placeholder(tf.string, None, name="word")
    table = tf.lookup.StaticHashTable(_word_numbers(str(words)), -1)
    weights = v1.get_variable("layer/w", [4, 2], initializer=v1.ones_initializer())
    old = v1.get_variable("old", [], use_resource=False, trainable=False)
    parts = v1.get_variable("parts", [4, 3], partitioner=v1.fixed_size_partitioner(2))
    y = tf.matmul(x, weights) + old
    z = tf.matmul(x, tf.convert_to_tensor(parts))
    s = v1.sparse_tensor_dense_matmul(sparse, weights)
    number = table.lookup(word)
    return {
        "serving_default": _tensorflow1_signature({"x": x}, {"y": y, "z": z}),
        "features": _tensorflow1_signature({"features": sparse, "x": x}, {"s": s, "twice": sparse}),
        "numbers": _tensorflow1_signature({"word": word}, {"number": number}),
    }


def _tensorflow1_signature(inputs: dict[str, Any], outputs: dict[str, Any]) -> Any:
    info = v1.saved_model.build_tensor_info
    return v1.saved_model.build_signature_def(
        {name: info(tensor) for name, tensor in inputs.items()},
        {name: info(tensor) for name, tensor in outputs.items()},
        "tensorflow/serving/predict",
    )
