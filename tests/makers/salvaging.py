"""Models for salvaging, and what TensorFlow says of the salvaged checkpoints."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def _parts(start: float) -> Any:
    import tensorflow as tf

    table = tf.lookup.experimental.MutableHashTable(tf.string, tf.int64, -1)
    root = tf.train.Checkpoint(
        a=tf.Variable([start, start + 1]),
        b=tf.Variable(tf.fill([300, 40], start)),
        deep=tf.train.Checkpoint(c=tf.Variable([start * 3]), same=tf.Variable(int(start))),
        table=table,
    )
    if start:
        table.insert(tf.constant(["x", "y"]), tf.constant([1, 2], tf.int64))
    return root


def parts(directory: Path) -> None:
    """A checkpoint by objects: variables and a lookup table."""
    _parts(5.0).write(str(directory / "all"))


def restored(prefix: str) -> dict[str, Any]:
    """What a new object holds after `read(prefix)`, and what the assertions say."""
    new = _parts(0.0)
    status = new.read(prefix)
    status.expect_partial()
    said = ""
    try:
        status.assert_existing_objects_matched()
    except AssertionError as error:
        said = str(error)
    return {
        "a": new.a.numpy().tolist(),
        "b": float(new.b[0, 0]),
        "c": new.deep.c.numpy().tolist(),
        "same": int(new.deep.same),
        "table": int(new.table.size()),
        "assert": said,
    }


def keras_restored(prefix: str) -> dict[str, Any]:
    """The values of a Keras model before and after `Checkpoint.restore(prefix)`, and the assert."""
    import keras
    import tensorflow as tf

    keras.backend.clear_session()
    model = keras.Sequential(
        [
            keras.Input((4,)),
            keras.layers.Dense(3, activation="relu"),
            keras.layers.BatchNormalization(),
            keras.layers.Dropout(0.5),
            keras.layers.Dense(2),
        ]
    )
    before = [value.copy() for value in model.get_weights()]
    status = tf.train.Checkpoint(model=model).restore(prefix)
    status.expect_partial()
    said = ""
    try:
        status.assert_existing_objects_matched()
    except AssertionError as error:
        said = str(error)
    paths = [weight.path for weight in model.weights]
    after = model.get_weights()
    return {
        "paths": paths,
        "kept": [bool((old == new).all()) for old, new in zip(before, after, strict=True)],
        "after": [value.tobytes() for value in after],
        "assert": said,
    }
