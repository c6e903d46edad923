"""Restores that work: no error, no warning, and every variable proved equal to the file."""

from __future__ import annotations

import tensorflow as tf

from tests.makers.restores.cases import Place, case, fill

FUNCTIONAL = """
    import keras

    def build(units=4):
        features = keras.Input((3,), name="features")
        hidden = keras.layers.Dense(units, activation="relu", name="hidden")(features)
        return keras.Model(features, keras.layers.Dense(2, name="top")(hidden), name="small")
"""


def _trained(at: Place, text: str, attach: str | None = None) -> None:
    """Save what the factory builds, with other values."""
    built = at.factory(text).build()
    fill(built.variables)
    if getattr(built, "optimizer", None) is not None:
        fill(built.optimizer.variables, 1)
    at.save(tf.train.Checkpoint(**{attach: built}) if attach else tf.train.Checkpoint(built))
    at.right(built)


@case("", {"restored": 5}, "consumed 4/4")
def functional(at: Place) -> None:
    """A Functional model as the root of its checkpoint."""
    _trained(at, FUNCTIONAL)


@case("", {"restored": 5}, "consumed 4/4", attach="net")
def functional_under_a_name(at: Place) -> None:
    """The checkpoint holds it as net=; the factory returns the bare model."""
    _trained(at, FUNCTIONAL, "net")


@case("", {"restored": 9}, "consumed 8/8")
def sequential(at: Place) -> None:
    """Convolution and BatchNormalization, with moving averages."""
    _trained(at, """
        import keras

        def build():
            return keras.Sequential([
                keras.Input((8, 8, 1)),
                keras.layers.Conv2D(3, 3),
                keras.layers.BatchNormalization(),
                keras.layers.Dropout(0.5),
                keras.layers.GlobalAveragePooling2D(),
                keras.layers.Dense(2),
            ])
    """)  # fmt: skip


@case("", {"restored": 5}, "consumed 4/4", attach="model")
def subclass_with_build(at: Place) -> None:
    """A subclass that builds its layers itself."""
    _trained(at, """
        import keras

        class Net(keras.Model):
            def __init__(self):
                super().__init__()
                self.first = keras.layers.Dense(4)
                self.last = keras.layers.Dense(2)

            def build(self, shape):
                self.first.build(shape)
                self.last.build((None, 4))
                self.built = True

            def call(self, x):
                return self.last(self.first(x))

        def build():
            net = Net()
            net.build((None, 3))
            return net
    """, "model")  # fmt: skip


WAITING = """
    import keras
    import numpy as np

    class Net(keras.Model):
        def __init__(self):
            super().__init__()
            self.first = keras.layers.Dense(4)
            self.norm = keras.layers.BatchNormalization()
            self.last = keras.layers.Dense(2)

        def call(self, x):
            return self.last(self.norm(self.first(x)))

    def build():
        return Net()
"""
SAMPLE = """
    def sample_inputs():
        return np.ones((1, 3), "float32")
"""


@case("", {"restored": 9}, "consumed 8/8")
def subclass_without_build(at: Place) -> None:
    """A subclass that waits for its first call, with sample_inputs() beside it."""
    made = at.factory(WAITING + SAMPLE)
    net = made.build()
    net(made.sample_inputs())
    fill(net.variables)
    at.save(tf.train.Checkpoint(net))
    at.right(net)


@case("", {"restored": 5}, "consumed 4/4")
def tf_module(at: Place) -> None:
    """Variables in a list of sub-modules, without Keras."""
    _trained(at, """
        import tensorflow as tf

        class Layer(tf.Module):
            def __init__(self, size):
                super().__init__()
                self.w = tf.Variable(tf.zeros([size, size]), name="w")

        class Net(tf.Module):
            def __init__(self):
                super().__init__()
                self.layers = [Layer(2), Layer(3)]
                self.bias = tf.Variable(tf.zeros([2]), name="bias")
                self.calls = tf.Variable(0, dtype=tf.int64, trainable=False)

        def build():
            return Net()
    """)  # fmt: skip


@case("", {"restored": 3}, "consumed 2/2")
def shared_variables(at: Place) -> None:
    """One embedding for input and output: two paths to one variable, on both sides."""
    _trained(at, """
        import tensorflow as tf

        class Tied(tf.Module):
            def __init__(self):
                super().__init__()
                self.embedding = tf.Variable(tf.zeros([5, 2]))
                self.output = tf.Module()
                self.output.kernel = self.embedding
                self.output.bias = tf.Variable(tf.zeros([5]))

        def build():
            return Tied()
    """)  # fmt: skip


@case("", {"restored": 9}, "consumed 8/8")
def nested_models(at: Place) -> None:
    """Functional in Functional, and a Sequential beside it."""
    _trained(at, """
        import keras

        def tower(width):
            features = keras.Input((3,))
            return keras.Model(features, keras.layers.Dense(width)(features))

        def build():
            features = keras.Input((3,))
            dense = [keras.layers.Dense(3), keras.layers.Dense(2)]
            head = keras.Sequential([keras.Input((4,)), *dense])
            left, right = tower(4)(features), tower(4)(features)
            return keras.Model(features, head(keras.layers.Add()([left, right])))
    """)  # fmt: skip


@case("", {"restored": 5}, "consumed 4/4")
def mixed_precision(at: Place) -> None:
    """Computes in float16, keeps float32; saved without mixed precision."""
    text = """
        import keras

        def build(policy="mixed_float16"):
            return keras.Sequential([
                keras.Input((3,)),
                keras.layers.Dense(4, dtype=policy),
                keras.layers.Dense(2, dtype="float32"),
            ])
    """
    made = at.factory(text)
    source = made.build("float32")
    fill(source.variables)
    at.save(tf.train.Checkpoint(source))
    target = made.build()
    target.set_weights(source.get_weights())
    at.right(target)


@case("", {"restored": 13}, "consumed 12/12")
def recurrent(at: Place) -> None:
    """Embedding, LSTM, GRU and a bidirectional one would be too many: the cells are enough."""
    _trained(at, """
        import keras

        def build():
            return keras.Sequential([
                keras.Input((None,), dtype="int32"),
                keras.layers.Embedding(7, 3),
                keras.layers.LSTM(2, return_sequences=True),
                keras.layers.GRU(2, return_sequences=True),
                keras.layers.SimpleRNN(2),
                keras.layers.Dense(1),
            ])
    """)  # fmt: skip


@case("", {"restored": 14}, "consumed 13/13")
def dict_of_trackables(at: Place) -> None:
    """Two models, an optimizer and a step, as a training loop has them."""
    made = at.factory("""
        import keras
        import tensorflow as tf

        def dense(inputs, outputs):
            return keras.Sequential([keras.Input((inputs,)), keras.layers.Dense(outputs)])

        def build():
            generator, critic = dense(2, 3), dense(3, 1)
            optimizer = keras.optimizers.Adam(0.01)
            optimizer.build(generator.trainable_variables)
            momentum = tf.Variable(tf.zeros([3]), name="running")
            return {
                "generator": generator, "critic": critic, "generator_optimizer": optimizer,
                "step": tf.Variable(0, dtype=tf.int64), "running": momentum,
                "best": tf.Variable(0.0),
            }
    """)  # fmt: skip
    built = made.build()
    for seed, name in enumerate(("generator", "critic", "generator_optimizer")):
        fill(built[name].variables, seed)
    fill([built["step"], built["running"], built["best"]], 7)
    at.save(tf.train.Checkpoint(**built))
    at.right(built)


TUPLE = """
    import keras

    def build():
        model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
        return model, keras.optimizers.Adam(0.01)
"""


@case("", {"restored": 9}, "consumed 8/8")
def tuple_with_optimizer(at: Place) -> None:
    """Model and stepped optimizer; the factory's optimizer has no variables yet."""
    model, optimizer = at.factory(TUPLE).build()
    optimizer.build(model.trainable_variables)
    fill(model.variables)
    fill(optimizer.variables, 1)
    at.save(tf.train.Checkpoint(model=model, optimizer=optimizer))
    at.right((model, optimizer))


@case("", {"restored": 5}, "partial 2/8", also=("M11",))
def optimizer_never_stepped(at: Place) -> None:
    """Saved before the first step: the optimizer has a counter and a rate, and no momenta."""
    model, optimizer = at.factory(TUPLE).build()
    fill(model.variables)
    at.save(tf.train.Checkpoint(model=model, optimizer=optimizer))


@case("", {"restored": 4}, "partial 4/4", given="saved")
def saved_model_directory(at: Place) -> None:
    """A SavedModel of a Keras model, given as a checkpoint: TensorFlow maps it to variables/."""
    built = at.factory(FUNCTIONAL).build()
    fill(built.variables)
    tf.saved_model.save(built, str(at.directory / "saved"))
    at.right(built)


@case("", {"restored": 4}, "consumed 3/3")
def users_checkpoint(at: Place) -> None:
    """The factory returns its own tf.train.Checkpoint: a module and a number."""
    made = at.factory("""
        import tensorflow as tf

        def build():
            net = tf.Module()
            net.w = tf.Variable(tf.zeros([2, 2]))
            net.steps = [tf.Variable(0)]
            return tf.train.Checkpoint(net=net, rate=tf.Variable(0.5))
    """)
    checkpoint = made.build()
    fill([checkpoint.net.w, checkpoint.net.steps[0], checkpoint.rate])
    at.save(checkpoint)
    at.right(checkpoint)


@case("", {"restored": 7}, "consumed 6/6")
def compiled(at: Place) -> None:
    """The model holds its optimizer, and both are in the checkpoint through it."""
    _trained(at, """
        import keras

        def build():
            model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
            model.compile(optimizer=keras.optimizers.SGD(0.1, momentum=0.9), loss="mse")
            model.optimizer.build(model.trainable_variables)
            return model
    """)  # fmt: skip
