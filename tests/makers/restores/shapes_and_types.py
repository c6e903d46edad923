"""M08 and M09: the right variable, of another shape or another type."""

from __future__ import annotations

import tensorflow as tf

from tests.makers.restores.cases import Place, case, fill, run


def _saved(at: Place, training: str, factory: str, attach: str = "") -> None:
    source = run(training).build()
    fill(source.variables)
    at.save(tf.train.Checkpoint(**{attach: source}) if attach else tf.train.Checkpoint(source))
    at.factory(factory)


HEAD = """
    import keras

    def build(classes=CLASSES):
        features = keras.Input((3,))
        hidden = keras.layers.Dense(4, name="hidden")(features)
        return keras.Model(features, keras.layers.Dense(classes, name="head")(hidden))
"""


@case("M08", {"restored": 3, "shape_mismatch": 2}, "ValueError 2/4")
def other_number_of_classes(at: Place) -> None:
    """The head was trained for 10 classes and is wanted for 3."""
    _saved(at, HEAD.replace("CLASSES", "10"), HEAD.replace("CLASSES", "3"))


WORDS = """
    import keras
    import numpy as np

    class Words(keras.Model):
        def __init__(self, count=COUNT):
            super().__init__()
            self.embedding = keras.layers.Embedding(count, 4)
            self.top = keras.layers.Dense(1)

        def call(self, x):
            return self.top(self.embedding(x))

    def build():
        model = Words()
        model(np.zeros((1, 2), "int32"))
        return model
"""


@case("M08", {"restored": 3, "shape_mismatch": 1}, "ValueError 0/3", attach="model")
def other_vocabulary(at: Place) -> None:
    """The vocabulary grew from 20 words to 25."""
    _saved(at, WORDS.replace("COUNT", "20"), WORDS.replace("COUNT", "25"), "model")


ORDER = """
    import tensorflow as tf

    class Dense(tf.Module):
        def __init__(self, shape=SHAPE):
            super().__init__()
            self.kernel = tf.Variable(tf.zeros(shape), name="kernel")
            self.bias = tf.Variable(tf.zeros([4]), name="bias")

    def build():
        return Dense()
"""


@case(
    "M08", {"restored": 2, "shape_mismatch": 1}, "ValueError 1/2", repair="write_fixed",
    accept=("transpose",),
)  # fmt: skip
def transposed_kernel(at: Place) -> None:
    """(4, 3) as other frameworks have it, (3, 4) here."""
    source = run(ORDER.replace("SHAPE", "(4, 3)")).build()
    fill([source.bias, source.kernel])
    at.save(tf.train.Checkpoint(source))
    target = at.factory(ORDER.replace("SHAPE", "(3, 4)")).build()
    target.kernel.assign(tf.transpose(source.kernel))
    target.bias.assign(source.bias)
    at.right(target)


@case(
    "M08", {"restored": 2, "shape_mismatch": 1}, "ValueError 1/2", repair="write_fixed",
    accept=("transpose",),
)  # fmt: skip
def channels_first_kernel(at: Place) -> None:
    """A convolution's kernel as OIHW, where HWIO is wanted."""
    source = run(ORDER.replace("SHAPE", "(4, 2, 5, 3)")).build()
    fill([source.bias, source.kernel])
    at.save(tf.train.Checkpoint(source))
    target = at.factory(ORDER.replace("SHAPE", "(5, 3, 2, 4)")).build()
    target.kernel.assign(tf.transpose(source.kernel, [2, 3, 1, 0]))
    target.bias.assign(source.bias)
    at.right(target)


GRU = """
    import keras

    def build():
        return keras.Sequential([
            keras.Input((None, 2)),
            keras.layers.LAYER,
            keras.layers.Dense(1),
        ])
"""


@case("M08", {"restored": 5, "shape_mismatch": 1}, "ValueError 0/5")
def gru_reset_before(at: Place) -> None:
    """reset_after gives the GRU's bias a second row."""
    before = GRU.replace("LAYER", "GRU(3, reset_after=False)")
    _saved(at, GRU.replace("LAYER", "GRU(3)"), before)


@case("M08", {"restored": 3, "shape_mismatch": 3}, "ValueError 0/5")
def lstm_into_gru(at: Place) -> None:
    """Four gates were saved, three are wanted."""
    _saved(at, GRU.replace("LAYER", "LSTM(3)"), GRU.replace("LAYER", "GRU(3)"))


@case("M09", {"restored": 1, "dtype_mismatch": 4}, "InvalidArgumentError 0/4")
def pure_bfloat16(at: Place) -> None:
    """Trained in float32, built under the policy bfloat16."""
    text = """
        import keras

        def build(policy=POLICY):
            return keras.Sequential([
                keras.Input((3,)),
                keras.layers.Dense(4, dtype=policy),
                keras.layers.Dense(2, dtype=policy),
            ])
    """
    _saved(at, text.replace("POLICY", '"float32"'), text.replace("POLICY", '"bfloat16"'))


@case("M09", {"restored": 2, "dtype_mismatch": 1}, "InvalidArgumentError 0/2")
def step_of_another_width(at: Place) -> None:
    """The step was counted in int64 and is wanted in int32."""
    text = """
        import tensorflow as tf

        def build(dtype=tf.int32):
            weight = tf.Variable(tf.zeros([2, 2]), name="weight")
            return {"weight": weight, "step": tf.Variable(0, dtype=dtype, name="step")}
    """
    source = at.factory(text).build(tf.int64)
    fill(source.values())
    at.save(tf.train.Checkpoint(**source))


@case("M09", {"restored": 1, "dtype_mismatch": 3}, "InvalidArgumentError 0/3", attach="net")
def double_precision(at: Place) -> None:
    """A module of doubles, saved from one of floats."""
    text = """
        import tensorflow as tf

        class Net(tf.Module):
            def __init__(self, dtype):
                super().__init__()
                self.w = tf.Variable(tf.zeros([2, 3], dtype))
                self.b = tf.Variable(tf.zeros([3], dtype))
                self.scale = tf.Variable(tf.zeros([], dtype))

        def build(dtype="DTYPE"):
            return Net(dtype)
    """
    _saved(at, text.replace("DTYPE", "float32"), text.replace("DTYPE", "float64"), "net")
