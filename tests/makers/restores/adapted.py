"""Networks that were adapted since they were saved: adapters of low rank, weights in whole numbers,
another optimizer, parts deep in lists of dicts under other names, two causes at once.
"""

from __future__ import annotations

import tensorflow as tf

from tests.makers.restores.cases import Place, case, copy, fill, run
from tests.makers.restores.user import checkpoint_of

AFFINE = """
    import keras
    import numpy as np
    import tensorflow as tf

    class Affine(tf.Module):
        def __init__(self, inputs, outputs):
            super().__init__()
            self.weight = tf.Variable(tf.ones((inputs, outputs)))
            self.offset = tf.Variable(tf.zeros((outputs,)))
"""
TRANSFORMER = (
    AFFINE
    + """
    class Net(tf.Module):
        def __init__(self):
            super().__init__()
            self.blocks = [
                {"attention": Affine(4, 4), "WORD": [Affine(4, 8), Affine(8, 4)]} for _ in range(3)
            ]

    def build():
        return Net()
"""
)


@case("M01", {"restored": 7, "missing_in_model": 12, "missing_in_checkpoint": 12}, "partial 6/18",
      repair="write_fixed")  # fmt: skip
def deep_in_lists_of_dicts(at: Place) -> None:
    """A key of the dicts in a list is another one: three lists of two parts each."""
    source = run(TRANSFORMER.replace("WORD", "ffn")).build()
    target = at.factory(TRANSFORMER.replace("WORD", "mlp")).build()
    fill(source.variables)
    at.save(tf.train.Checkpoint(source))
    for theirs, mine in zip(source.blocks, target.blocks, strict=True):
        copy(theirs["attention"].variables, mine["attention"].variables)
        for one, other in zip(theirs["ffn"], mine["mlp"], strict=True):
            copy(one.variables, other.variables)
    at.right(target)


ADAPTERS = """
    import keras
    import numpy as np

    class Adapted(keras.layers.Layer):
        def __init__(self, units):
            super().__init__()
            self.base = keras.layers.Dense(units)
            self.down = keras.layers.Dense(2, use_bias=False)
            self.up = keras.layers.Dense(units, use_bias=False)

        def call(self, x):
            return self.base(x) + self.up(self.down(x))

    class Net(keras.Model):
        def __init__(self):
            super().__init__()
            self.query, self.value = WORD(4), WORD(4)

        def call(self, x):
            return self.query(x) + self.value(x)

    def build():
        net = Net()
        net(np.zeros((1, 3), "float32"))
        return net
"""


@case("M01", {"restored": 1, "missing_in_model": 4, "missing_in_checkpoint": 8}, "partial 0/8",
      repair="write_fixed")  # fmt: skip
def adapters_of_low_rank(at: Place) -> None:
    """Each Dense lies in a layer with adapters now, which nothing was saved for."""
    source = run(ADAPTERS.replace("WORD", "keras.layers.Dense")).build()
    target = at.factory(ADAPTERS.replace("WORD", "Adapted")).build()
    fill(source.variables)
    at.save(tf.train.Checkpoint(source))
    for theirs, mine in ((source.query, target.query), (source.value, target.value)):
        copy(theirs.variables, mine.base.variables)
    adapters = {id(v) for each in (target.query, target.value)
                for part in (each.down, each.up) for v in part.variables}  # fmt: skip
    left = [at for at, each in enumerate(target.variables) if id(each) in adapters]
    at.right(target, without=left)


@case(
    "M09", {"restored": 2, "dtype_mismatch": 1, "missing_in_model": 1}, "InvalidArgumentError 0/2"
)
def whole_numbers(at: Place) -> None:
    """A kernel that was quantised, with its scale beside it; the model's is not."""
    text = (
        AFFINE
        + """
    def build():
        net = tf.Module()
        net.kernel, net.bias = tf.Variable(tf.ones((4, 3))), tf.Variable(tf.ones((3,)))
        return net
    """
    )
    at.factory(text)
    source = tf.Module()
    source.kernel = tf.Variable(tf.zeros((4, 3), tf.int8))
    source.scale, source.bias = tf.Variable(tf.ones((3,))), tf.Variable(tf.ones((3,)))
    fill(source.variables)
    at.save(tf.train.Checkpoint(source))


TRAINED = """
    import keras

    def build():
        dense = keras.layers.Dense
        net = keras.Sequential([keras.Input((5,)), dense(4), dense(4), dense(UNITS)])
        optimizer = keras.optimizers.WORD
        optimizer.build(net.trainable_variables)
        return {"model": net, "optimizer": optimizer}
"""


def _trained(at: Place, units: str, before: str, after: str) -> None:
    saved = run(TRAINED.replace("UNITS", "2").replace("WORD", before)).build()
    at.factory(TRAINED.replace("UNITS", units).replace("WORD", after))
    fill([each for part in saved.values() for each in part.variables])
    at.save(checkpoint_of(saved, ""))


@case("M06", {"restored": 13, "shape_mismatch": 8}, "ValueError 8/20")
def adam_for_rmsprop(at: Place) -> None:
    """Two lists of the same names, but in another order; the weights are not concerned."""
    _trained(at, "2", "Adam()", "RMSprop(momentum=0.9)")


@case("M08", {"restored": 9, "missing_in_model": 6, "shape_mismatch": 6}, "ValueError 6/14")
def another_head_and_optimizer(at: Place) -> None:
    """Two causes: other classes, and SGD for Adam."""
    _trained(at, "7", "Adam()", "SGD(momentum=0.9)")


@case("", {"restored": 7}, "consumed 6/6", attach="model")
def compiled_and_shared(at: Place) -> None:
    """A layer used three times, compiled and never trained: the optimizer keeps nothing yet."""
    text = """
        import keras

        def build():
            shared = keras.layers.Dense(4, name="shared")
            one, other = keras.Input((4,)), keras.Input((4,))
            out = keras.layers.Dense(1)(shared(shared(one)) + shared(other))
            model = keras.Model([one, other], out)
            model.compile("adam", "mse")
            return model
    """
    built = at.factory(text).build()
    fill(built.variables)
    fill(built.optimizer.variables)
    at.save(tf.train.Checkpoint(model=built))
    at.right(built)
