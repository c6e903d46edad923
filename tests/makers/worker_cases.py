"""SavedModels for the worker: odd types of variables, a table from a file, two exports alike."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf


def odd_variables(directory: Path) -> None:
    """Values whose bytes need care: strings, types of less than a byte, NaNs, none, a scalar."""
    module = tf.Module()
    narrow = np.arange(-4, 4).reshape(2, 4)
    module.values = [
        tf.Variable([[b"", b"ja\0"], [b"\xff" * 300, b"nein"]], name="strings"),
        tf.Variable(b"alone\0\0", name="string"),
        tf.Variable(tf.cast(narrow, tf.as_dtype("int4")), name="int4"),
        tf.Variable(tf.cast(narrow + 4, tf.as_dtype("uint4")), name="uint4"),
        tf.Variable([1.5, float("nan"), float("-inf"), -0.0], dtype=tf.bfloat16, name="brain"),
        tf.Variable([True, False], name="flags"),
        tf.Variable(tf.zeros([0, 3], tf.float64), name="empty"),
        tf.Variable(2 + 3j, dtype=tf.complex64, name="complex"),
        tf.Variable(
            np.random.default_rng(1).normal(size=(900, 700)), dtype=tf.float32, name="large"
        ),
    ]
    tf.saved_model.save(module, str(directory / "model"))


class Reader(tf.Module):
    """Has variables, a table filled from an asset, and a signature."""

    def __init__(self, words: Path, width: int, value: float) -> None:
        super().__init__()
        self.kernel = tf.Variable(tf.fill([width], value), name="kernel")
        self.table = tf.lookup.StaticHashTable(
            tf.lookup.TextFileInitializer(
                str(words), tf.string, tf.lookup.TextFileIndex.WHOLE_LINE,
                tf.int64, tf.lookup.TextFileIndex.LINE_NUMBER,
            ),
            -1,
        )  # fmt: skip

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string, name="words")])
    def read(self, words: Any) -> Any:
        found = tf.cast(self.table.lookup(words), tf.float32)
        return {"sum": tf.reduce_sum(tf.raw_ops.Expm1(x=found)) + self.kernel[0]}


def reader(directory: Path) -> None:
    """`first` and `second` differ in values only, `wider` in a shape."""
    words = directory / "words.txt"
    words.write_text("ja\nnein\n")
    for name, width, value in (("first", 3, 1.0), ("second", 3, 2.0), ("wider", 5, 1.0)):
        model = Reader(words, width, value)
        tf.saved_model.save(model, str(directory / name), signatures=model.read)
    words.unlink()
