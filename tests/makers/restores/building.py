"""M03 to M05: variables that no checkpoint can hold, and those that do not exist yet."""

from __future__ import annotations

import tensorflow as tf

from tests.makers.restores.cases import Place, case, fill, run

LISTED = """
    import keras
    import numpy as np

    class Blocks(keras.Model):
        def __init__(self):
            super().__init__()
            self.blocks = CONTAINER
            self.top = keras.layers.Dense(1)

        def call(self, x):
            for block in EACH:
                x = block(x)
            return self.top(x)

    def build():
        model = Blocks()
        model(np.zeros((1, 3), "float32"))
        return model
"""
LAYERS = "[keras.layers.Dense(3), keras.layers.Dense(3)]"
IN_LIST = LISTED.replace("CONTAINER", LAYERS).replace("EACH", "self.blocks")
IN_DICT = LISTED.replace(
    "CONTAINER", "{'low': keras.layers.Dense(3), 'high': keras.layers.Dense(4)}"
).replace("EACH", "self.blocks.values()")


@case("M03", {"restored": 3, "unreachable": 4}, "consumed 2/6")
def layers_in_a_list(at: Place) -> None:
    """Keras 3 does not checkpoint a list of layers; TensorFlow is content all the same."""
    built = at.factory(IN_LIST).build()
    fill(built.variables)
    at.save(tf.train.Checkpoint(built))


@case("M03", {"restored": 3, "unreachable": 4}, "consumed 2/6", attach="model")
def layers_in_a_dict(at: Place) -> None:
    """The same of a dict."""
    built = at.factory(IN_DICT).build()
    fill(built.variables)
    at.save(tf.train.Checkpoint(model=built))


@case("M03", {"restored": 3, "unreachable": 1}, "consumed 2/3")
def weight_without_attribute(at: Place) -> None:
    """add_weight() whose result is kept nowhere but in the layer's own list."""
    built = at.factory("""
        import keras
        import numpy as np

        class Scale(keras.layers.Layer):
            def build(self, shape):
                self.add_weight(shape=(shape[-1],), name="scale")

            def call(self, x):
                return x * self.weights[0]

        class Net(keras.Model):
            def __init__(self):
                super().__init__()
                self.dense = keras.layers.Dense(3)
                self.scale = Scale()

            def call(self, x):
                return self.scale(self.dense(x))

        def build():
            net = Net()
            net(np.zeros((1, 3), "float32"))
            return net
    """).build()  # fmt: skip
    fill(built.variables)
    at.save(tf.train.Checkpoint(built))


@case(
    "M03", {"restored": 3, "unreachable": 4, "missing_in_model": 18}, "partial 2/6",
    attach="model",
)  # fmt: skip
def listed_layers_in_the_optimizer(at: Place) -> None:
    """Saved with its optimizer, which lists the weights: there they can still be had."""
    built = at.factory(IN_LIST).build()
    optimizer = _adam(built)
    fill(built.variables)
    fill(optimizer.variables, 1)
    at.save(tf.train.Checkpoint(model=built, optimizer=optimizer))


def _adam(model: object) -> object:
    import keras

    optimizer = keras.optimizers.Adam(0.01)
    optimizer.build(model.trainable_variables)
    return optimizer


CUSTOM = """
    import keras
    import numpy as np

    class Mixer(keras.layers.Layer):
        def build(self, shape):
            if len(shape) != 4:
                raise ValueError("Mixer mixes pictures.")
            self.mix = self.add_weight(shape=(shape[1] * shape[3], 2), name="mix")

        def call(self, x):
            return keras.ops.reshape(x, (-1, x.shape[1] * x.shape[3])) @ self.mix

    class Net(keras.Model):
        def __init__(self):
            super().__init__()
            self.mixer = Mixer()
            self.top = keras.layers.Dense(1)

        def call(self, x):
            return self.top(self.mixer(x))

    def build():
        return Net()
"""


@case("M04", {"restored": 3, "not_built": 1}, "partial 0/0")
def no_way_to_build(at: Place) -> None:
    """A layer of the user's own: nothing tells what input it wants, and no sample_inputs()."""
    import numpy as np

    built = at.factory(CUSTOM).build()
    built(np.zeros((2, 3, 1, 2), "float32"))
    fill(built.variables)
    at.save(tf.train.Checkpoint(built))


@case("M04", {"restored": 1, "not_built": 4}, "partial 0/0")
def made_in_call(at: Place) -> None:
    """A tf.Module that makes its variables in its first call."""
    built = at.factory("""
        import tensorflow as tf

        class Lazy(tf.Module):
            def __init__(self):
                super().__init__()
                self.parts = {}
                self.kernel = None

            def __call__(self, x):
                if self.kernel is None:
                    self.kernel = tf.Variable(tf.zeros([x.shape[-1], 4]))
                    self.bias = tf.Variable(tf.zeros([4]))
                    self.up = tf.Variable(tf.zeros([4, 2]))
                    self.shift = tf.Variable(tf.zeros([2]))
                return (x @ self.kernel + self.bias) @ self.up + self.shift

        def build():
            return Lazy()
    """).build()  # fmt: skip
    built(tf.ones([1, 3]))
    fill([built.kernel, built.bias, built.up, built.shift])
    at.save(tf.train.Checkpoint(built))


DEFERRED = """
    import keras

    class Net(keras.Model):
        def __init__(self):
            super().__init__()
            self.first = keras.layers.Dense(4)
            self.second = keras.layers.Dense(2)

        def call(self, x):
            return self.second(self.first(x))

    def build():
        return Net()
"""


@case("", {"restored": 5}, "partial 0/0", also=("M04", "M05"), attach="model")
def built_by_kernel_shapes(at: Place) -> None:
    """Restored before its first call, the first kernel would be lost: it must be built first."""
    import numpy as np

    built = at.factory(DEFERRED).build()
    built(np.zeros((1, 3), "float32"))
    fill(built.variables)
    at.save(tf.train.Checkpoint(model=built))


@case("", {"restored": 7}, "partial 0/0", also=("M04", "M05"))
def built_by_kernel_shapes_from_a_dict(at: Place) -> None:
    """A model with inputs by name, which waits."""
    import numpy as np

    built = at.factory("""
        import keras

        class Net(keras.Model):
            def __init__(self):
                super().__init__()
                self.words = keras.layers.Embedding(5, 3)
                self.numbers = keras.layers.Dense(3)
                self.norm = keras.layers.LayerNormalization(center=False)
                self.top = keras.layers.Dense(1)

            def call(self, x):
                words = keras.ops.mean(self.words(x["words"]), axis=1)
                return self.top(self.norm(words + self.numbers(x["numbers"])))

        def build():
            return Net()
    """).build()  # fmt: skip
    built({"words": np.zeros((1, 2), "int32"), "numbers": np.zeros((1, 4), "float32")})
    fill(built.variables)
    at.save(tf.train.Checkpoint(built))


EARLY = """
    import os

    import keras
    import numpy as np
    import tensorflow as tf

    LAYERS

    def build():
        net = Net()
        prefix = os.path.join(os.path.dirname(os.path.abspath(__file__)), "ckpt-1")
        tf.train.Checkpoint(net).restore(prefix)
        net(INPUTS)
        return net
"""


def _restored_early(at: Place, layers: str, inputs: str) -> None:
    text = EARLY.replace("LAYERS", layers.strip()).replace("INPUTS", inputs)
    made = at.factory(text)
    source = made.Net()
    source(run(f"import numpy as np\ninputs = {inputs}").inputs)
    fill(source.variables)
    at.save(tf.train.Checkpoint(source))


@case("M05", {"restored": 5, "unreachable": 1}, "consumed 1/5")
def restored_by_the_factory(at: Place) -> None:
    """The factory restores before the first call, so that Keras builds the first layer twice."""
    _restored_early(at, """
    class Net(keras.Model):
        def __init__(self):
            super().__init__()
            self.first, self.last = keras.layers.Dense(4), keras.layers.Dense(2)

        def call(self, x):
            return self.last(self.first(x))
    """, 'np.ones((1, 3), "float32")')  # fmt: skip


@case("M05", {"restored": 4, "unreachable": 1}, "consumed 1/4")
def restored_by_the_factory_from_a_dict(at: Place) -> None:
    """The same of a model with inputs by name, whose first layer is an embedding."""
    _restored_early(at, """
    class Net(keras.Model):
        def __init__(self):
            super().__init__()
            self.embed, self.mix = keras.layers.Embedding(7, 3), keras.layers.Dense(2)

        def call(self, x):
            return self.mix(self.embed(x["ids"])) + x["shift"]
    """, '{"ids": np.zeros((1, 2), "int32"), "shift": np.zeros((1, 2, 2), "float32")}')  # fmt: skip
