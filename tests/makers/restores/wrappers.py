"""M01 and M03 of layers in layers: wrapped, adapted, removed, or where Keras 3 does not look."""

from __future__ import annotations

import importlib.util
import textwrap

import tensorflow as tf

from tests.makers.restores.cases import Place, case, copy, fill, run
from tests.makers.restores.networks import changed


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
    changed(at, text.replace("HEAD", head),
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
    path = at.directory / "saver.py"  # tf.function reads its source
    path.write_text(textwrap.dedent(text.replace("NAME", "linear")))
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
