"""M01, M02, M03, M06 and M20 of unlike networks: parts renamed, wrapped, put in and taken out."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from tests.makers.restores.cases import Place, case, copy, fill, run


def changed(
    at: Place, before: str, after: str, attach: str = "", new: tuple[int, ...] = ()
) -> None:
    """Saved by the one program, restored by the other; `new`: numbers of variables without source.

    All others are the same variables in the same order.
    """
    source, target = run(before).build(), at.factory(after).build()
    fill(source.variables)
    at.save(tf.train.Checkpoint(**{attach: source}) if attach else tf.train.Checkpoint(source))
    copy(_weights(source), [each for n, each in enumerate(_weights(target)) if n not in new])
    at.right(target, without=new)


def _weights(built: Any) -> list[Any]:
    """Without the states of random numbers."""
    return [each for each in built.variables if "seed" not in str(getattr(each, "path", ""))]


SIAMESE = """
    import keras

    def build():
        layers = keras.layers
        left, right = keras.Input((3,), name="left"), keras.Input((3,), name="right")
        tower = layers.Dense(4, name="tower")
        both = layers.Concatenate()([tower(left), tower(right)])
        HEAD
        return keras.Model([left, right], layers.Dense(2, name="head")(both))
"""


@case(
    "M06", {"restored": 3, "shape_mismatch": 2, "missing_in_checkpoint": 2}, "ValueError 2/6",
    also=("M08",),
)  # fmt: skip
def put_in_behind_shared(at: Place) -> None:
    """Two inputs go through one layer; a layer is put in before the head."""
    after = SIAMESE.replace("HEAD", 'both = layers.Dense(5, name="mixed")(both)')
    source, target = run(SIAMESE.replace("HEAD", "")).build(), at.factory(after).build()
    fill(source.variables)
    at.save(tf.train.Checkpoint(source))
    copy(source.variables[:2], target.variables[:2])
    at.right(target, without=(2, 3, 4, 5))


BODY = """
    import keras

    class Net(keras.Model):
        def __init__(self):
            super().__init__()
            layers = keras.layers
            inside = keras.Input((3,))
            hidden = layers.Dense(4, name="one")(inside)
            DROPOUT
            self.NAME = keras.Model(inside, layers.Dense(5, name="two")(hidden))
            self.top = layers.Dense(2)

        def build(self, shape):
            self.NAME.build(shape)
            self.top.build((None, 5))
            self.built = True

        def call(self, x):
            return self.top(self.NAME(x))

    def build():
        net = Net()
        net.build((None, 3))
        return net
"""


@case(
    "M01", {"restored": 3, "missing_in_model": 4, "missing_in_checkpoint": 4}, "partial 2/6",
    repair="write_fixed", attach="model",
)  # fmt: skip
def renamed_and_counted_on(at: Place) -> None:
    """The functional model within has a new name, and a Dropout in it counts its layers on."""
    before = BODY.replace("NAME", "body").replace("DROPOUT", "pass")
    after = BODY.replace("NAME", "trunk").replace("DROPOUT", "hidden = layers.Dropout(.1)(hidden)")
    changed(at, before, after, "model")


TAGGER = """
    import keras
    import numpy as np

    class Tagger(keras.Model):
        def __init__(self):
            super().__init__()
            layers = keras.layers
            self.words = layers.Embedding(10, 4)
            self.reader = READER
            self.top = layers.Dense(3)

        def call(self, x):
            return self.top(self.reader(self.words(x)))

    def build():
        tagger = Tagger()
        tagger(np.zeros((1, 2), "int32"))
        return tagger
"""


@case(
    "M01", {"restored": 3, "missing_in_model": 3, "missing_in_checkpoint": 6, "shape_mismatch": 1},
    "ValueError 0/9", also=("M08",), repair="write_fixed",
)  # fmt: skip
def bidirectional_now(at: Place) -> None:
    """The LSTM became a bidirectional one: its values belong to the forward half."""
    source = run(TAGGER.replace("READER", "layers.LSTM(4)")).build()
    target = at.factory(TAGGER.replace("READER", "layers.Bidirectional(layers.LSTM(4))")).build()
    fill(_weights(source))
    at.save(tf.train.Checkpoint(source))
    copy(_weights(source)[:4], _weights(target)[:4])
    copy(source.top.variables[1:], target.top.variables[1:])
    at.right(target, without=(4, 5, 6, 7))


@case(
    "M01", {"restored": 4, "missing_in_model": 3, "missing_in_checkpoint": 3}, "partial 3/6",
    repair="write_fixed",
)  # fmt: skip
def not_renamed_back(at: Place) -> None:
    """A GRU under another name, in a model that waits for words."""
    text = TAGGER.replace("READER", "layers.GRU(4)")
    changed(at, text, text.replace("self.reader", "self.encoder"))


STAGES = """
    import keras
    import numpy as np

    class Block(keras.layers.Layer):
        def __init__(self, units):
            super().__init__()
            self.dense = keras.layers.Dense(units)
            self.norm = keras.layers.BatchNormalization()

        def call(self, x):
            return self.norm(self.dense(x))

    class Net(keras.Model):
        def __init__(self):
            super().__init__()
            for number in range(COUNT):
                setattr(self, f"NAME{number}", Block(4))

        def call(self, x):
            for number in range(COUNT):
                x = getattr(self, f"NAME{number}")(x)
            return x

    def build():
        net = Net()
        net(np.zeros((1, 4), "float32"))
        return net
"""


@case(
    "M01", {"restored": 1, "missing_in_model": 18, "missing_in_checkpoint": 18}, "partial 0/18",
    repair="write_fixed",
)  # fmt: skip
def blocks_renamed_alike(at: Place) -> None:
    """block0 to block2 became stage0 to stage2: all of one shape, so only names tell them apart."""
    text = STAGES.replace("COUNT", "3")
    changed(at, text.replace("NAME", "block"), text.replace("NAME", "stage"))


@case("M01", {"restored": 13, "missing_in_checkpoint": 12}, "partial 12/24")
def deeper_than_saved(at: Place) -> None:
    """Two blocks were saved, four are wanted: the model has grown."""
    text = STAGES.replace("NAME", "block")
    changed(at, text.replace("COUNT", "2"), text.replace("COUNT", "4"), new=tuple(range(12, 24)))


@case("", {"restored": 13, "missing_in_model": 12}, "partial 12/12", also=("M01",))
def shallower_than_saved(at: Place) -> None:
    """Four blocks were saved, the first two are wanted: the model is complete."""
    text = STAGES.replace("NAME", "block")
    source = run(text.replace("COUNT", "4")).build()
    target = at.factory(text.replace("COUNT", "2")).build()
    fill(source.variables)
    at.save(tf.train.Checkpoint(source))
    copy(source.variables[:12], target.variables)
    at.right(target)


LINEAR = """
    import tensorflow as tf

    class Linear(tf.Module):
        def __init__(self, inputs, outputs):
            super().__init__()
            self.W = tf.Variable(tf.zeros([inputs, outputs]), name="W")
            self.B = tf.Variable(tf.zeros([outputs]), name="B")

    class MLP(tf.Module):
        def __init__(self):
            super().__init__()
            self.layers = [Linear(3, 4), Linear(4, 4), Linear(4, 4), Linear(4, 2)]

    def build():
        return MLP()
"""


@case(
    "M01", {"restored": 1, "missing_in_model": 8, "missing_in_checkpoint": 8}, "partial 0/8",
    repair="write_fixed",
)  # fmt: skip
def leaves_renamed_everywhere(at: Place) -> None:
    """w and b of each linear module became kernel and bias."""
    changed(
        at, LINEAR.replace("self.W", "self.w").replace("self.B", "self.b"),
        LINEAR.replace("self.W", "self.kernel").replace("self.B", "self.bias"),
    )  # fmt: skip


@case(
    "M01", {"restored": 1, "missing_in_model": 4, "missing_in_checkpoint": 4}, "partial 0/4",
    repair="write_fixed",
)  # fmt: skip
def flat_names(at: Place) -> None:
    """Checkpoint(enc_w=..., enc_b=..., dec_w=..., dec_b=...): variables one by one, no modules."""
    target = at.factory("""
        import tensorflow as tf

        class Part(tf.Module):
            def __init__(self, inputs, outputs):
                super().__init__()
                self.w = tf.Variable(tf.zeros([inputs, outputs]), name="w")
                self.b = tf.Variable(tf.zeros([outputs]), name="b")

        class Coder(tf.Module):
            def __init__(self):
                super().__init__()
                self.enc, self.dec = Part(6, 2), Part(2, 6)

        def build():
            return Coder()
    """).build()
    fill(target.variables)
    at.save(tf.train.Checkpoint(enc_w=target.enc.w, enc_b=target.enc.b, dec_w=target.dec.w,
                                dec_b=target.dec.b))  # fmt: skip
    at.right(target)


DICT = """
    import tensorflow as tf

    class Tables(tf.Module):
        def __init__(self):
            super().__init__()
            self.tables = {name: tf.Variable(tf.zeros([size, 3]), name=name)
                           for name, size in NAMES.items()}
            self.scale = tf.Variable(0.0, name="scale")

    def build():
        return Tables()
"""


@case(
    "M01", {"restored": 2, "missing_in_model": 2, "missing_in_checkpoint": 2}, "partial 1/3",
    repair="write_fixed",
)  # fmt: skip
def keys_of_a_dict(at: Place) -> None:
    """The keys of a dict of variables are spelled differently."""
    changed(
        at, DICT.replace("NAMES", '{"user": 5, "item": 7}'),
        DICT.replace("NAMES", '{"user_id": 5, "item_id": 7}'),
    )  # fmt: skip


@case(
    "M01", {"restored": 1, "missing_in_model": 8, "missing_in_checkpoint": 8}, "partial 0/8",
    repair="write_fixed",
)  # fmt: skip
def two_models_renamed(at: Place) -> None:
    """Checkpoint(generator=, discriminator=) became {"gen": ..., "disc": ...}."""
    text = """
        import keras

        def net(*sizes):
            first, *rest = sizes
            return keras.Sequential([keras.Input((first,)), *map(keras.layers.Dense, rest)])

        def build():
            return {"gen": net(2, 4, 6), "disc": net(6, 3, 1)}
    """
    target = at.factory(text).build()
    fill([*target["gen"].variables, *target["disc"].variables])
    at.save(tf.train.Checkpoint(generator=target["gen"], discriminator=target["disc"]))
    at.right(target)


@case(
    "M01", {"restored": 1, "missing_in_model": 6, "missing_in_checkpoint": 4}, "partial 0/4",
    repair="write_fixed",
)  # fmt: skip
def backbone_of_a_sequential(at: Place) -> None:
    """The backbone was saved inside a Sequential with a head, and is wanted by itself."""
    text = """
        import keras

        def build():
            layers = keras.layers
            image = keras.Input((4, 4, 1))
            hidden = layers.Conv2D(3, 2)(image)
            return keras.Model(image, layers.Conv2D(2, 2)(hidden))
    """
    import keras

    backbone = at.factory(text).build()
    pool = keras.layers.GlobalAveragePooling2D()
    whole = keras.Sequential([keras.Input((4, 4, 1)), backbone, pool, keras.layers.Dense(2)])
    fill(whole.variables)
    at.save(tf.train.Checkpoint(whole))
    at.right(backbone)


@case(
    "M01", {"restored": 1, "missing_in_model": 4, "missing_in_checkpoint": 4}, "partial 0/4",
    repair="write_fixed",
)  # fmt: skip
def sequential_became_functional(at: Place) -> None:
    """The same two layers, written in the other way."""
    before = """
        import keras

        def build():
            dense = keras.layers.Dense
            return keras.Sequential([keras.Input((3,)), dense(4), dense(2)])
    """
    after = """
        import keras

        def build():
            dense = keras.layers.Dense
            features = keras.Input((3,))
            return keras.Model(features, dense(2)(dense(4)(features)))
    """
    changed(at, before, after)
