"""M01, M02, M03, M06 and M20 of unlike networks: parts renamed, wrapped, put in and taken out."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from tests.makers.restores.cases import Place, case, copy, fill, run


def _changed(
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
    _changed(at, before, after, "model")


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
    _changed(at, text, text.replace("self.reader", "self.encoder"))


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
    _changed(at, text.replace("NAME", "block"), text.replace("NAME", "stage"))


@case("M01", {"restored": 13, "missing_in_checkpoint": 12}, "partial 12/24")
def deeper_than_saved(at: Place) -> None:
    """Two blocks were saved, four are wanted: the model has grown."""
    text = STAGES.replace("NAME", "block")
    _changed(at, text.replace("COUNT", "2"), text.replace("COUNT", "4"), new=tuple(range(12, 24)))


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
    _changed(
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
    _changed(
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
    _changed(at, before, after)


@case(
    "M01", {"restored": 3, "missing_in_model": 2, "missing_in_checkpoint": 2}, "partial 2/4",
    repair="write_fixed",
)  # fmt: skip
def wrapped_in_time_distributed(at: Place) -> None:
    """The head is applied to each step now, so it lies one level deeper."""
    text = """
        import keras
        import numpy as np

        class Net(keras.Model):
            def __init__(self):
                super().__init__()
                self.first = keras.layers.Dense(4)
                self.head = HEAD

            def call(self, x):
                return self.head(self.first(x))

        def build():
            net = Net()
            net(np.zeros((1, 2, 3), "float32"))
            return net
    """
    head = "keras.layers.Dense(2)"
    _changed(at, text.replace("HEAD", head),
             text.replace("HEAD", f"keras.layers.TimeDistributed({head})"))  # fmt: skip


@case("M01", {"restored": 5, "missing_in_checkpoint": 2}, "partial 4/6")
def lora_added(at: Place) -> None:
    """Keras's own enable_lora: the base is restored, the two small matrices start afresh."""
    text = """
        import keras

        def build():
            dense = keras.layers.Dense
            model = keras.Sequential([keras.Input((6,)), dense(5), dense(2)])
            LORA
            return model
    """
    source = run(text.replace("LORA", "pass")).build()
    target = at.factory(text.replace("LORA", "model.layers[0].enable_lora(2)")).build()
    fill(source.variables)
    at.save(tf.train.Checkpoint(source))
    names = [each.path.rpartition("/")[2] for each in target.variables]
    new = tuple(at for at, name in enumerate(names) if name.startswith("lora"))
    copy(source.variables, [each for at, each in enumerate(target.variables) if at not in new])
    at.right(target, without=new)


@case(
    "M01", {"restored": 3, "missing_in_model": 2, "missing_in_checkpoint": 4}, "partial 2/6",
    repair="write_fixed",
)  # fmt: skip
def lora_by_a_wrapper(at: Place) -> None:
    """The projection is wrapped in a layer of the user's own: it became `query/base`."""
    text = """
        import keras
        import numpy as np

        class Adapted(keras.layers.Layer):
            def __init__(self, base, rank=2):
                super().__init__()
                self.base = base
                self.down = keras.layers.Dense(rank, use_bias=False)
                self.up = keras.layers.Dense(4, use_bias=False)

            def call(self, x):
                return self.base(x) + self.up(self.down(x))

        class Net(keras.Model):
            def __init__(self):
                super().__init__()
                self.query = QUERY
                self.top = keras.layers.Dense(2)

            def call(self, x):
                return self.top(self.query(x))

        def build():
            net = Net()
            net(np.zeros((1, 3), "float32"))
            return net
    """
    source = run(text.replace("QUERY", "keras.layers.Dense(4)")).build()
    target = at.factory(text.replace("QUERY", "Adapted(keras.layers.Dense(4))")).build()
    fill(source.variables)
    at.save(tf.train.Checkpoint(source))
    copy(source.query.variables, target.query.base.variables)
    copy(source.top.variables, target.top.variables)
    adapters = [*target.query.down.variables, *target.query.up.variables]
    new = tuple(
        number for number, each in enumerate(target.variables)
        if any(each is one for one in adapters)
    )  # fmt: skip
    at.right(target, without=new)


@case("", {"restored": 3, "missing_in_model": 2}, "partial 2/2", also=("M01",), attach="model")
def head_removed(at: Place) -> None:
    """Two heads were trained, one is kept: what is left of the file is told as harmless."""
    text = """
        import keras

        class Heads(keras.Model):
            def __init__(self):
                super().__init__()
                for name in NAMES:
                    setattr(self, name, keras.layers.Dense(2))

            def build(self, shape):
                for name in NAMES:
                    getattr(self, name).build(shape)
                self.built = True

            def call(self, x):
                return [getattr(self, name)(x) for name in NAMES]

        def build():
            net = Heads()
            net.build((None, 3))
            return net
    """
    source = run(text.replace("NAMES", '("age", "sex")')).build()
    target = at.factory(text.replace("NAMES", '("age",)')).build()
    fill(source.variables)
    at.save(tf.train.Checkpoint(model=source))
    copy(source.variables[:2], target.variables)
    at.right(target)


@case("M03", {"restored": 3, "unreachable": 6}, "consumed 2/8")
def cells_in_a_list(at: Place) -> None:
    """RNN([cell, cell]) keeps its cells in a list, where Keras 3 does not look."""
    text = """
        import keras
        import numpy as np

        class Net(keras.Model):
            def __init__(self):
                super().__init__()
                cells = [keras.layers.LSTMCell(3), keras.layers.LSTMCell(4)]
                self.rnn = keras.layers.RNN(cells)
                self.top = keras.layers.Dense(2)

            def call(self, x):
                return self.top(self.rnn(x))

        def build():
            net = Net()
            net(np.zeros((1, 2, 3), "float32"))
            return net
    """
    source = at.factory(text).build()
    fill(source.variables)
    at.save(tf.train.Checkpoint(source))


@case("M03", {"restored": 3, "unreachable": 4}, "consumed 2/6")
def experts_in_a_nested_layer(at: Place) -> None:
    """A layer with a list of experts, inside a functional model."""
    text = """
        import keras

        class Experts(keras.layers.Layer):
            def __init__(self):
                super().__init__()
                self.experts = [keras.layers.Dense(4) for _ in range(2)]

            def build(self, shape):
                for each in self.experts:
                    each.build(shape)

            def call(self, x):
                return sum(each(x) for each in self.experts)

        def build():
            features = keras.Input((3,))
            return keras.Model(features, keras.layers.Dense(2)(Experts()(features)))
    """
    source = at.factory(text).build()
    fill(source.variables)
    at.save(tf.train.Checkpoint(source))


@case(
    "M01", {"restored": 0, "missing_in_model": 3, "missing_in_checkpoint": 3}, "partial 0/3",
    also=("S13",), given="saved", repair="write_fixed",
)  # fmt: skip
def saved_module_renamed(at: Place) -> None:
    """A SavedModel of a tf.Module with a function, whose part has a new name."""
    text = """
        import tensorflow as tf

        class Scorer(tf.Module):
            def __init__(self):
                super().__init__()
                self.NAME = tf.Module()
                self.NAME.w = tf.Variable(tf.zeros([3, 2]), name="w")
                self.NAME.b = tf.Variable(tf.zeros([2]), name="b")
                self.NAME.scale = tf.Variable(0.0, name="scale")

            @tf.function(input_signature=[tf.TensorSpec([None, 3])])
            def __call__(self, x):
                return self.NAME.scale * (x @ self.NAME.w + self.NAME.b)

        def build():
            return Scorer()
    """
    source = run(text.replace("NAME", "linear")).Scorer
    path = at.directory / "saver.py"  # tf.function reads its source
    path.write_text(__import__("textwrap").dedent(text.replace("NAME", "linear")))
    import importlib.util

    specification = importlib.util.spec_from_file_location(f"{at.case.name}_saver", path)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    source = module.build()
    fill(source.variables)
    tf.saved_model.save(source, str(at.directory / "saved"))
    target = at.factory(text.replace("NAME", "dense")).build()
    copy(source.variables, target.variables)
    at.right(target)
