"""Checkpoints as people's programs write them: Keras 3, `tf.Module`, TF1 Saver, tables."""

from __future__ import annotations

from pathlib import Path


def _keras():
    """Keras with its counters of layer names at zero, whatever was made before."""
    import keras

    keras.backend.clear_session()
    keras.utils.set_random_seed(1)
    return keras


def keras_sequential(directory: Path) -> None:
    """A Sequential model with Adam, trained two steps, saved by a CheckpointManager (keeps 3)."""
    keras = _keras()
    import numpy as np
    import tensorflow as tf

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
    keras = _keras()
    import numpy as np
    import tensorflow as tf

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
    keras = _keras()
    import numpy as np
    import tensorflow as tf

    keras.utils.set_random_seed(3)

    class Block(keras.layers.Layer):
        def __init__(self, width: int) -> None:
            super().__init__()
            self.inner = keras.layers.Dense(width)
            self.norm = keras.layers.LayerNormalization()

        def call(self, x):
            return self.norm(self.inner(x))

    class Net(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.first = Block(4)
            self.second = Block(4)
            self.head = keras.layers.Dense(1)

        def call(self, x):
            return self.head(self.second(self.first(x)))

    model = Net()
    optimizer = keras.optimizers.AdamW(0.01, use_ema=True)
    model.compile(optimizer, "mse")
    model(np.ones((1, 4), "float32"))
    model.fit(np.ones((4, 4), "float32"), np.zeros((4, 1), "float32"), verbose=0)
    checkpoint = tf.train.Checkpoint(model=model, opt=optimizer)
    tf.train.CheckpointManager(checkpoint, str(directory), 3, checkpoint_name="net").save(7)


def module(directory: Path) -> None:
    """A plain tf.Module: lists, dicts, odd names, a shared variable, a cycle, `py_state`."""
    import tensorflow as tf

    class Linear(tf.Module):
        def __init__(self, width: int) -> None:
            super().__init__()
            self.w = tf.Variable(tf.ones((3, width)), name="w")
            self.b = tf.Variable(tf.zeros((width,)), name="b", trainable=False)

    root = tf.Module()
    root.first = Linear(2)
    root.layers = [Linear(1), Linear(2)]
    root.by_name = {"a/b": tf.Variable(1.0), "c.d": tf.Variable(2.0), "naïve ☃": tf.Variable([3.0])}
    root.tied = root.layers[0].w
    root.me = root
    root.step = tf.Variable(7, dtype=tf.int64)
    root.label = tf.Variable("seven")
    root.flags = tf.Variable([True, False])
    tf.train.Checkpoint(root=root).write(str(directory / "plain"))


def name_based(directory: Path) -> None:
    """A TF1 Saver: Adam slots, an exponential moving average, batch norm, V2 format."""
    import tensorflow as tf

    v1 = tf.compat.v1
    with tf.Graph().as_default(), v1.Session() as session:
        with v1.variable_scope("layer1"):
            w = v1.get_variable("w", (4, 3))
            b = v1.get_variable("b", (3,))
        v1.get_variable("layer1/bn/moving_mean", (3,), trainable=False)
        step = v1.train.get_or_create_global_step()
        loss = tf.reduce_sum(tf.matmul(tf.ones((1, 4)), w) + b)
        train = v1.train.AdamOptimizer(0.01).minimize(loss, global_step=step)
        average = tf.train.ExponentialMovingAverage(0.9)
        with tf.control_dependencies([train]):
            train = average.apply([w, b])
        session.run(v1.global_variables_initializer())
        saver = v1.train.Saver(max_to_keep=4)
        for _ in range(3):
            session.run(train)
            saver.save(session, str(directory / "model.ckpt"), global_step=step)


def name_based_momentum(directory: Path) -> None:
    """A TF1 Saver with Momentum slots and no step in the name."""
    import tensorflow as tf

    v1 = tf.compat.v1
    with tf.Graph().as_default(), v1.Session() as session:
        w = v1.get_variable("net/w", (2, 2))
        step = v1.train.get_or_create_global_step()
        train = v1.train.MomentumOptimizer(0.1, 0.9).minimize(tf.reduce_sum(w * w), step)
        session.run(v1.global_variables_initializer())
        for _ in range(5):
            session.run(train)
        v1.train.Saver().save(session, str(directory / "final.ckpt"))


def tables_and_iterators(directory: Path) -> None:
    """A mutable hash table, a dataset iterator, a metric, a Python state, a random generator."""
    import tensorflow as tf

    root = tf.train.Checkpoint()
    root.table = tf.lookup.experimental.MutableHashTable(tf.string, tf.int64, -1)
    root.table.insert(tf.constant(["a", "b"]), tf.constant([1, 2], tf.int64))
    root.data = iter(tf.data.Dataset.range(10).shuffle(3))
    next(root.data)
    root.metric = tf.keras.metrics.Mean()
    root.metric.update_state(4.0)
    root.generator = tf.random.Generator.from_seed(1)
    root.epoch = tf.Variable(3)
    root.save(str(directory / "state"))


def legacy_slots(directory: Path) -> None:
    """An optimizer with slot variables in the object graph (tf.compat.v1 Adam, eagerly)."""
    import tensorflow as tf

    model = tf.Module()
    model.dense = tf.Module()
    model.dense.kernel = tf.Variable(tf.ones((2, 3)), name="dense/kernel")
    model.dense.bias = tf.Variable(tf.zeros((3,)), name="dense/bias")
    optimizer = tf.compat.v1.train.AdamOptimizer(0.1)

    def loss():
        return tf.reduce_sum(model.dense.kernel) + tf.reduce_sum(model.dense.bias)

    optimizer.minimize(loss, var_list=[model.dense.kernel, model.dense.bias])
    tf.train.Checkpoint(model=model, optimizer=optimizer).save(str(directory / "ckpt"))


def keras2_names(directory: Path) -> None:
    """What Keras 2 writes for a functional model: `layer_with_weights-N` beside `layer-N`."""
    import tensorflow as tf

    model = tf.Module()
    for number, name in ((0, "embedding"), (1, "dense"), (2, "dense_1")):
        layer = tf.Module()
        layer.kernel = tf.Variable(tf.ones((2, number + 1)), name=f"{name}/kernel")
        layer.bias = tf.Variable(tf.zeros((number + 1,)), name=f"{name}/bias")
        setattr(model, f"layer_with_weights-{number}", layer)
        setattr(model, f"layer-{number + 1}", layer)
    setattr(model, "layer-0", tf.Module())
    tf.train.Checkpoint(model=model).write(str(directory / "weights"))


def shared_layers(directory: Path) -> None:
    """Two Sequential models that share their first layer: an autoencoder and its encoder."""
    keras = _keras()
    import tensorflow as tf

    code = keras.layers.Dense(2, name="code")
    encoder = keras.Sequential([keras.Input((4,)), code])
    both = keras.Sequential([keras.Input((4,)), code, keras.layers.Dense(4, name="back")])
    tf.train.Checkpoint(encoder=encoder, both=both).write(str(directory / "auto"))


def keras_lists(directory: Path) -> None:
    """Layers in a list, which Keras 3 does not track: only the optimizer reaches them (M03)."""
    keras = _keras()
    import numpy as np
    import tensorflow as tf

    class Net(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.blocks = [keras.layers.Dense(3, name=f"block_{i}") for i in range(2)]
            self.head = keras.layers.Dense(1, name="head")

        def call(self, x):
            for block in self.blocks:
                x = block(x)
            return self.head(x)

    model = Net()
    model.compile(keras.optimizers.RMSprop(0.1), "mse")
    model.fit(np.ones((2, 3), "float32"), np.zeros((2, 1), "float32"), verbose=0)
    tf.train.Checkpoint(model=model, optimizer=model.optimizer).write(str(directory / "net"))


def keras_nested(directory: Path) -> None:
    """A functional model with a nested Sequential, an LSTM, attention, a Bidirectional."""
    keras = _keras()
    import tensorflow as tf

    inner = keras.Sequential([keras.Input((6,)), keras.layers.Dense(6), keras.layers.Dense(5)])
    x = start = keras.Input((4, 6))
    x = keras.layers.MultiHeadAttention(2, 3)(x, x)
    x = keras.layers.Bidirectional(keras.layers.LSTM(3))(x)
    model = keras.Model(start, keras.layers.Dense(1)(inner(x)))
    tf.train.Checkpoint(model=model).write(str(directory / "nested"))


def two_models(directory: Path) -> None:
    """A generator and a discriminator, each with an optimizer of its own."""
    keras = _keras()
    import tensorflow as tf

    parts = {}
    for name, width in (("generator", 3), ("discriminator", 1)):
        model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(width, name="dense")])
        optimizer = keras.optimizers.Adam(0.01)
        optimizer.build(model.trainable_variables)
        parts |= {name: model, f"{name}_optimizer": optimizer}
    tf.train.Checkpoint(**parts).write(str(directory / "gan"))


def many_optimizers(directory: Path) -> None:
    """One checkpoint per Keras optimizer, each over the same two layers."""
    keras = _keras()
    import numpy as np
    import tensorflow as tf

    names = ("Adadelta", "Adafactor", "Adagrad", "Adam", "Adamax", "Ftrl", "Lamb", "Lion", "Nadam")
    for name in (*names, "RMSprop", "SGD", "LossScaleOptimizer"):
        model = keras.Sequential(
            [keras.Input((4,)), keras.layers.Dense(3, name="a"), keras.layers.Dense(1, name="b")]
        )
        if name == "LossScaleOptimizer":
            optimizer = keras.optimizers.LossScaleOptimizer(keras.optimizers.Adam())
        else:
            optimizer = getattr(keras.optimizers, name)()
        model.compile(optimizer, "mse")
        model.fit(np.ones((2, 4), "float32"), np.zeros((2, 1), "float32"), verbose=0)
        tf.train.Checkpoint(model=model).write(str(directory / name))


def exported(directory: Path) -> None:
    """A Keras 3 `export()` and a `tf.saved_model.save`, for their variables/."""
    keras = _keras()
    import tensorflow as tf

    model = keras.Sequential(
        [keras.Input((4,)), keras.layers.Dense(3), keras.layers.BatchNormalization()]
    )
    model.export(str(directory / "export"), verbose=False)
    tf.saved_model.save(model, str(directory / "saved"))
