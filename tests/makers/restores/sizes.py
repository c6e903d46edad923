"""M08 and M09 of unlike networks: sizes, axes and types that changed."""

from __future__ import annotations

import tensorflow as tf

from tests.makers.restores.cases import Place, case, fill, run


def _other(at: Place, text: str, before: str, after: str, attach: str = "") -> tuple:
    """Save with the one word in the text, restore with the other."""
    source, target = run(text.replace("WORD", before)).build(), at.factory(
        text.replace("WORD", after)).build()  # fmt: skip
    fill(source.variables)
    at.save(tf.train.Checkpoint(**{attach: source}) if attach else tf.train.Checkpoint(source))
    return source, target


DENSE = """
    import keras

    def build():
        dense = keras.layers.Dense
        return keras.Sequential([keras.Input((3,)), dense(4), dense(WORD), dense(2)])
"""


@case("M08", {"restored": 4, "shape_mismatch": 3}, "ValueError 2/6", also=("M06",))
def hidden_units(at: Place) -> None:
    """The middle layer has 8 units instead of 5: its kernel, its bias, and the kernel after it."""
    _other(at, DENSE, "5", "8")


@case("M08", {"restored": 1, "shape_mismatch": 3}, "ValueError 0/3")
def recurrent_units(at: Place) -> None:
    """A GRU of 6 units into one of 4."""
    _other(at, """
        import keras

        def build():
            return keras.Sequential([keras.Input((2, 3)), keras.layers.GRU(WORD)])
    """, "6", "4")  # fmt: skip


@case("M08", {"restored": 2, "shape_mismatch": 7}, "ValueError 0/8")
def attention_heads(at: Place) -> None:
    """Two heads of four became four heads of two: as many values, in another form."""
    _other(at, """
        import keras
        import numpy as np

        class Net(keras.Model):
            def __init__(self):
                super().__init__()
                self.attention = keras.layers.MultiHeadAttention(WORD)

            def call(self, x):
                return self.attention(x, x)

        def build():
            net = Net()
            net(np.zeros((1, 3, 8), "float32"))
            return net
    """, "2, 4", "4, 2")  # fmt: skip


@case("M08", {"restored": 3, "shape_mismatch": 2}, "ValueError 0/4", attach="model")
def fewer_words(at: Place) -> None:
    """The vocabulary shrank: the embedding and the bias of the words at the end."""
    _other(at, """
        import keras
        import numpy as np

        class Words(keras.Model):
            def __init__(self, words=WORD):
                super().__init__()
                self.embed = keras.layers.Embedding(words, 4)
                self.mix = keras.layers.Dense(4)
                self.bias = self.add_weight(shape=(words,), name="bias")

            def call(self, x):
                mixed = self.mix(self.embed(x))
                return mixed @ keras.ops.transpose(self.embed.embeddings) + self.bias

        def build():
            net = Words()
            net(np.zeros((1, 2), "int32"))
            return net
    """, "30", "20", "model")  # fmt: skip


@case("M08", {"restored": 2, "shape_mismatch": 1}, "ValueError 0/2",
      repair="write_fixed", accept=("reshape",))  # fmt: skip
def convolution_of_another_rank(at: Place) -> None:
    """Conv1D was saved, Conv2D over one row is wanted: one axis of length 1 more."""
    text = """
        import keras

        def build():
            return keras.Sequential([WORD])
    """
    before = "keras.Input((8, 2)), keras.layers.Conv1D(3, 4)"
    after = "keras.Input((1, 8, 2)), keras.layers.Conv2D(3, (1, 4))"
    source, target = _other(at, text, before, after)
    target.variables[0].assign(source.variables[0].numpy()[None])
    target.variables[1].assign(source.variables[1])
    at.right(target)


TURNED = """
    import tensorflow as tf

    class Net(tf.Module):
        def __init__(self, turned=WORD):
            super().__init__()
            for number, (inputs, outputs) in enumerate([(3, 4), (4, 5)]):
                part = tf.Module()
                shape = (outputs, inputs) if turned else (inputs, outputs)
                part.w = tf.Variable(tf.zeros(shape), name="w")
                part.b = tf.Variable(tf.zeros([outputs]), name="b")
                setattr(self, f"fc{number}", part)

    def build():
        return Net()
"""


@case("M08", {"restored": 3, "shape_mismatch": 2}, "ValueError 1/4",
      repair="write_fixed", accept=("transpose",))  # fmt: skip
def kernels_of_another_framework(at: Place) -> None:
    """All matrices are stored output first."""
    source, target = _other(at, TURNED, "True", "False")
    for mine, other in zip(target.variables, source.variables, strict=True):
        value = other.numpy()
        mine.assign(value.T if value.ndim == 2 else value)
    at.right(target)


@case("M08", {"restored": 3, "shape_mismatch": 2}, "ValueError 2/4")
def classes_in_a_dict_of_heads(at: Place) -> None:
    """One of several heads, kept in a dict, has other classes."""
    _other(at, """
        import tensorflow as tf

        class Net(tf.Module):
            def __init__(self):
                super().__init__()
                self.heads = {}
                for name, classes in {"colour": 3, "kind": WORD}.items():
                    head = tf.Module()
                    head.w = tf.Variable(tf.zeros([4, classes]), name=name)
                    head.b = tf.Variable(tf.zeros([classes]), name=name)
                    self.heads[name] = head

        def build():
            return Net()
    """, "10", "7")  # fmt: skip


@case("M08", {"restored": 3, "shape_mismatch": 2}, "ValueError 0/4")
def more_channels(at: Place) -> None:
    """Images in colour instead of grey, and a kernel of 5 x 5 instead of 3 x 3 behind it."""
    source = run(CONVOLUTIONS.replace("WORD", "1").replace("SIZE", "3")).build()
    at.factory(CONVOLUTIONS.replace("WORD", "3").replace("SIZE", "5"))
    fill(source.variables)
    at.save(tf.train.Checkpoint(source))


CONVOLUTIONS = """
    import keras

    def build():
        conv = keras.layers.Conv2D
        return keras.Sequential([keras.Input((8, 8, WORD)), conv(4, 3), conv(2, SIZE)])
"""


@case("M09", {"restored": 2, "dtype_mismatch": 1}, "InvalidArgumentError 0/2")
def mask_of_another_type(at: Place) -> None:
    """A mask of bytes was saved, one of truth values is wanted."""
    _other(at, """
        import tensorflow as tf

        class Pruned(tf.Module):
            def __init__(self):
                super().__init__()
                self.w = tf.Variable(tf.zeros([3, 2]), name="w")
                self.mask = tf.Variable(tf.zeros([3, 2], tf.WORD), name="mask")

        def build():
            return Pruned()
    """, "uint8", "int32")  # fmt: skip


@case("M09", {"restored": 4, "dtype_mismatch": 1}, "InvalidArgumentError 0/4")
def one_layer_in_half_precision(at: Place) -> None:
    """Only the head was made in float16."""
    _other(at, """
        import keras

        def build():
            dense = keras.layers.Dense
            return keras.Sequential([
                keras.Input((3,)), dense(4), dense(2, use_bias=False, dtype="WORD"),
                keras.layers.BatchNormalization(scale=False, center=False, dtype="float32"),
            ][:3] + [dense(1, use_bias=False)])
    """, "float32", "float16")  # fmt: skip
