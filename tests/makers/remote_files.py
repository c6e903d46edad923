"""A checkpoint of which parts are much less than the whole."""

from __future__ import annotations

from pathlib import Path

import numpy as np


def large(directory: Path) -> None:
    """Two tensors of several megabytes, in one data file."""
    import tensorflow as tf

    rng = np.random.default_rng(4)
    tensors = [rng.standard_normal((900, 1000)).astype("f4") for _ in range(2)]
    tf.raw_ops.SaveV2(
        prefix=str(directory / "large"), tensor_names=["first", "second"],
        shape_and_slices=["", ""], tensors=tensors,
    )  # fmt: skip


def models(directory: Path) -> None:
    """A model of some megabytes in every form, each with its weights in a few large tensors."""
    import keras
    import tensorflow as tf
    from tensorflow.python.framework.convert_to_constants import (
        convert_variables_to_constants_v2,
    )

    keras.utils.set_random_seed(4)
    model = keras.Sequential(
        [keras.Input((700,)), keras.layers.Dense(900, name="wide"), keras.layers.Dense(1100)]
    )
    model.save(str(directory / "net.keras"))
    model.save_weights(str(directory / "net.weights.h5"))
    model.save(str(directory / "net.h5"))
    model.export(str(directory / "serving" / "1"), verbose=False)
    model.export(str(directory / "serving" / "2"), verbose=False)
    call = tf.function(model).get_concrete_function(tf.TensorSpec((None, 700), tf.float32))
    frozen = convert_variables_to_constants_v2(call).graph.as_graph_def()
    (directory / "net.pb").write_bytes(frozen.SerializeToString())
    _save_in_the_old_format(directory / "old")


def _save_in_the_old_format(directory: Path) -> None:
    import tensorflow as tf

    v1 = tf.compat.v1
    rng = np.random.default_rng(5)
    directory.mkdir()
    with tf.Graph().as_default(), v1.Session() as session:
        for name in ("first", "second"):
            v1.get_variable(name, initializer=rng.standard_normal((900, 1000)).astype("f4"))
        session.run(v1.global_variables_initializer())
        saver = v1.train.Saver(write_version=v1.train.SaverDef.V1)
        saver.save(session, str(directory / "model.ckpt"), global_step=7)
        v1.train.Saver().save(session, str(directory / "new"), write_state=False)
    for ending in (".index", ".data-00000-of-00001"):
        (directory / f"new{ending}").unlink()


def keras_run(directory: Path) -> None:
    """Files of Keras as a callback leaves them."""
    import keras

    keras.utils.set_random_seed(6)
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])
    for epoch, loss in ((1, 0.5), (2, 0.25), (3, 0.125)):
        model.layers[0].set_weights([weights + 1 for weights in model.layers[0].get_weights()])
        model.save(str(directory / f"net.{epoch:02d}-{loss:.3f}.keras"))
