"""Checkpoints as people's programs write them: Keras 3, `tf.Module`, TF1 Saver, tables, iterators."""

from __future__ import annotations

from pathlib import Path


def keras_sequential(directory: Path) -> None:
    """A Sequential model with Adam, trained two steps, saved by a CheckpointManager (keeps 3)."""
    import keras
    import numpy as np
    import tensorflow as tf

    keras.utils.set_random_seed(1)
    model = keras.Sequential(
        [
            keras.Input((4,)),
            keras.layers.Dense(3, activation="relu"),
            keras.layers.BatchNormalization(),
            keras.layers.Dropout(0.5),
            keras.layers.Dense(2),
        ]
    )
    model.compile(keras.optimizers.Adam(0.01), "mse", metrics=["mae"])
    checkpoint = tf.train.Checkpoint(model=model, step=tf.Variable(0, dtype=tf.int64))
    manager = tf.train.CheckpointManager(checkpoint, str(directory), max_to_keep=3)
    x, y = np.ones((8, 4), "float32"), np.zeros((8, 2), "float32")
    for _ in range(5):
        model.fit(x, y, batch_size=4, verbose=0)
        checkpoint.step.assign_add(2)
        manager.save()


def keras_functional(directory: Path) -> None:
    """Two inputs, a shared Dense, an Embedding; Checkpoint(model, optimizer) with SGD momentum."""
    import keras
    import numpy as np
    import tensorflow as tf

    keras.utils.set_random_seed(2)
    left, right = keras.Input((6,), name="left"), keras.Input((6,), name="right")
    shared = keras.layers.Dense(5, name="shared")
    words = keras.Input((3,), dtype="int32", name="words")
    embedded = keras.layers.Flatten()(keras.layers.Embedding(11, 2, name="lookup")(words))
    joined = keras.layers.Concatenate()([shared(left), shared(right), embedded])
    model = keras.Model([left, right, words], keras.layers.Dense(1, name="head")(joined))
    optimizer = keras.optimizers.SGD(0.1, momentum=0.9)
    model.compile(optimizer, "mse")
    data = [np.ones((4, 6), "float32"), np.zeros((4, 6), "float32"), np.ones((4, 3), "int32")]
    model.fit(data, np.zeros((4, 1), "float32"), verbose=0)
    tf.train.Checkpoint(model=model, optimizer=optimizer).save(str(directory / "ckpt"))


def keras_subclass(directory: Path) -> None:
    """A subclassed model with a nested layer, AdamW with EMA, optimizer named `opt` at the root."""
    import keras
    import numpy as np
    import tensorflow as tf

    keras.utils.set_random_seed(3)

    class Block(keras.layers.Layer):
        def __init__(self, width: int) -> None:
            super().__init__()
            self.inner = keras.layers.Dense(width)
            self.norm = keras.layers.LayerNormalization()

        def call(self, x):  # noqa: ANN001, ANN202
            return self.norm(self.inner(x))

    class Net(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.first = Block(4)
            self.second = Block(4)
            self.head = keras.layers.Dense(1)

        def call(self, x):  # noqa: ANN001, ANN202
            return self.head(self.second(self.first(x)))

    model = Net()
    optimizer = keras.optimizers.AdamW(0.01, use_ema=True)
    model.compile(optimizer, "mse")
    model(np.ones((1, 4), "float32"))
    model.fit(np.ones((4, 4), "float32"), np.zeros((4, 1), "float32"), verbose=0)
    checkpoint = tf.train.Checkpoint(model=model, opt=optimizer)
    tf.train.CheckpointManager(checkpoint, str(directory), 3, checkpoint_name="net").save(7)
