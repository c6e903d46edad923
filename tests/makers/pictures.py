"""Files for the pictures of the window: every kind of tensor, and a model to call."""

from __future__ import annotations

from pathlib import Path

STEPS = (100, 200, 300)


def run(directory: Path) -> None:
    """Three snapshots, `run/ckpt-100` to `run/ckpt-300`, of a module with odd tensors."""
    import numpy as np
    import tensorflow as tf

    draw = np.random.default_rng(7)
    kernel = draw.normal(0, 0.1, (40, 30)).astype(np.float32)
    spoiled = draw.normal(0, 1, (20, 20)).astype(np.float32)
    spoiled[3, :5] = np.nan
    spoiled[4, 1] = np.inf
    spoiled[5, 2] = -np.inf
    spoiled[6, :3] = 0
    module = tf.Module()
    module.kernel = tf.Variable(kernel)
    module.spoiled = tf.Variable(spoiled)
    module.narrow = tf.Variable((0.97 + 0.0005 * draw.standard_normal(5000)).astype(np.float32))
    module.conv = tf.Variable(np.arange(3 * 4 * 5 * 6, dtype=np.float32).reshape(3, 4, 5, 6))
    module.wide = tf.Variable(draw.uniform(1, 2, (1300, 700)).astype(np.float32))
    module.constant = tf.Variable(tf.fill([64], 0.25))
    module.scalar = tf.Variable(1200, dtype=tf.int64)
    module.empty = tf.Variable(tf.zeros([0, 4]))
    module.numbers = tf.Variable(draw.integers(-3, 9, 500).astype(np.int32))
    module.flags = tf.Variable(np.arange(10) % 3 == 0)
    module.waves = tf.Variable(np.exp(1j * np.linspace(0, 6, 50)).astype(np.complex64))
    module.negative = tf.Variable(tf.linspace(-3.0, -1.0, 50))
    module.words = tf.Variable([b"first", b"\xff\xfe", "größer".encode()])
    module.nothing = tf.Variable(tf.fill([4], float("nan")))
    checkpoint = tf.train.Checkpoint(module=module)
    (directory / "run").mkdir()
    for step in STEPS:
        module.kernel.assign(kernel * (step / 100))
        checkpoint.write(str(directory / "run" / f"ckpt-{step}"))


def model(directory: Path) -> None:
    """`model/`: two signatures, a function with two call forms, no `__call__`."""
    import tensorflow as tf

    class Model(tf.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.weight = tf.Variable(tf.ones([4, 2]), name="weight")

        @tf.function
        def score(self, x, doubled=False):  # type: ignore[no-untyped-def]
            answer = tf.matmul(x, self.weight)
            return 2 * answer if doubled else answer

        @tf.function(input_signature=[tf.TensorSpec([None, 4], tf.float32, name="x")])
        def serve(self, x):  # type: ignore[no-untyped-def]
            return {"score": self.score(x)}

        @tf.function(input_signature=[tf.TensorSpec([], tf.string, name="text")])
        def count(self, text):  # type: ignore[no-untyped-def]
            return {"length": tf.strings.length(text)}

    made = Model()
    spec = tf.TensorSpec([None, 4], tf.float32)
    made.score.get_concrete_function(spec, doubled=False)
    made.score.get_concrete_function(spec, doubled=True)
    signatures = {"serving_default": made.serve, "count": made.count}
    tf.saved_model.save(made, str(directory / "model"), signatures=signatures)


def optimized(directory: Path) -> None:
    """`run/`: one snapshot of a Keras model with an optimizer that has slots."""
    import keras
    import numpy as np
    import tensorflow as tf

    network = keras.Sequential([keras.layers.Input([4]), keras.layers.Dense(3, name="dense")])
    network.compile("adam", "mse")
    network.fit(np.ones((8, 4)), np.ones((8, 3)), verbose=0)
    (directory / "run").mkdir()
    checkpoint = tf.train.Checkpoint(model=network, optimizer=network.optimizer)
    checkpoint.write(str(directory / "run" / "ckpt-8"))


def partitioned(directory: Path) -> None:
    """`parts`: a TF1 checkpoint with one variable in two pieces."""
    import tensorflow as tf

    v1 = tf.compat.v1
    with tf.Graph().as_default(), v1.Session() as session:
        v1.get_variable(
            "table", [10, 4], partitioner=v1.fixed_size_partitioner(2), use_resource=False
        )
        session.run(v1.global_variables_initializer())
        v1.train.Saver().save(session, str(directory / "parts"), write_meta_graph=False)
