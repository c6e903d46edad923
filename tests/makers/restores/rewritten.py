"""M01, M06, M08 and M20 after a program was written anew around the same weights."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from tests.makers.restores.cases import Place, case, copy, fill, run

SUBCLASS = """
    import keras
    import numpy as np

    class Net(keras.Model):
        def __init__(self):
            super().__init__()
            layers = keras.layers
            PARTS

        def call(self, x):
            return CALL

    def build():
        net = Net()
        net(np.zeros(SHAPE, "float32"))
        return net
"""


def _net(parts: str, call: str, shape: str) -> str:
    return SUBCLASS.replace("PARTS", parts).replace("CALL", call).replace("SHAPE", shape)


def _saved(at: Place, before: str, after: str) -> tuple[Any, Any]:
    """What the one program saved, and what the other builds."""
    source, target = run(before).build(), at.factory(after).build()
    fill(_weights(source))
    at.save(tf.train.Checkpoint(source))
    return source, target


def _weights(built: Any) -> list[Any]:
    return [each for each in built.variables if "seed" not in str(getattr(each, "path", ""))]


@case(
    "M01", {"restored": 3, "missing_in_model": 2, "missing_in_checkpoint": 2}, "partial 2/4",
    repair="write_fixed",
)  # fmt: skip
def spelled_otherwise(at: Place) -> None:
    """conv1 is spelled conv_1 now."""
    parts, shape = "self.NAME, self.top = layers.Conv1D(3, 2), layers.Dense(2)", "(1, 5, 2)"
    texts = [
        _net(parts, "self.top(self.NAME(x))", shape).replace("NAME", name)
        for name in ("conv1", "conv_1")
    ]
    source, target = _saved(at, *texts)
    copy(source.variables, target.variables)
    at.right(target)


@case(
    "M01", {"restored": 3, "missing_in_model": 6, "missing_in_checkpoint": 3}, "partial 2/5",
    repair="write_fixed",
)  # fmt: skip
def one_direction_now(at: Place) -> None:
    """A bidirectional LSTM was trained, and its forward half is wanted."""
    parts, call = "self.rnn, self.norm = RNN, layers.LayerNormalization()", "self.norm(self.rnn(x))"
    both = "layers.Bidirectional(layers.LSTM(3), merge_mode='sum')"
    texts = [_net(parts, call, "(1, 4, 2)").replace("RNN", rnn) for rnn in (both, "layers.LSTM(3)")]
    source, target = _saved(at, *texts)
    theirs = _weights(source)
    copy([*theirs[:3], *theirs[6:]], _weights(target))
    at.right(target)


@case(
    "M06",
    {"restored": 3, "shape_mismatch": 2, "missing_in_model": 6, "missing_in_checkpoint": 2},
    "ValueError 2/6", also=("M08",), repair="write_fixed",
)  # fmt: skip
def norm_taken_out(at: Place) -> None:
    """A BatchNormalization was taken out of a Sequential."""
    text = """
        import keras

        def build():
            layers = keras.layers
            return keras.Sequential([
                keras.Input((4,)), layers.Dense(6), NORM layers.Dense(3), layers.Dense(2)
            ])
    """
    norm = "layers.BatchNormalization(),"
    source, target = _saved(at, text.replace("NORM", norm), text.replace("NORM ", ""))
    copy([*source.variables[:2], *source.variables[6:]], target.variables)
    at.right(target)


@case(
    "M01", {"restored": 1, "missing_in_model": 14, "missing_in_checkpoint": 14}, "partial 0/14",
    repair="write_fixed",
)  # fmt: skip
def names_in_the_loop(at: Place) -> None:
    """The training loop calls the network and its optimizer by other names."""
    target = at.factory("""
        import keras

        def build():
            dense = keras.layers.Dense
            policy = keras.Sequential([keras.Input((3,)), dense(4), dense(2)])
            optimizer = keras.optimizers.Adam(0.1)
            optimizer.build(policy.trainable_variables)
            return {"policy": policy, "policy_optimizer": optimizer}
    """).build()
    policy, optimizer = target.values()
    fill(policy.variables)
    fill(optimizer.variables, 1)
    at.save(tf.train.Checkpoint(actor=policy, actor_optimizer=optimizer))
    at.right(target)


@case(
    "M01", {"restored": 1, "missing_in_model": 4, "missing_in_checkpoint": 4}, "partial 0/4",
    repair="write_fixed",
)  # fmt: skip
def halves_in_one_model(at: Place) -> None:
    """Checkpoint(encoder=, decoder=) of two layers, which are attributes of one model now."""
    parts = "self.enc, self.dec = layers.Dense(3), layers.Dense(5)"
    target = at.factory(_net(parts, "self.dec(self.enc(x))", "(1, 5)")).build()
    fill(target.variables)
    at.save(tf.train.Checkpoint(encoder=target.enc, decoder=target.dec))
    at.right(target)


@case("M20", {"restored": 3, "missing_in_checkpoint": 1}, "partial 2/3", repair="write_fixed")
def tied_no_more(at: Place) -> None:
    """The output used the table of the embedding, and has one of its own now."""
    text = """
        import tensorflow as tf

        class Words(tf.Module):
            def __init__(self):
                super().__init__()
                self.embed = tf.Variable(tf.zeros([9, 4]), name="embed")
                self.out = OUT
                self.bias = tf.Variable(tf.zeros([9]), name="bias")

        def build():
            return Words()
    """
    own = 'tf.Variable(tf.zeros([9, 4]), name="out")'
    source, target = _saved(at, text.replace("OUT", "self.embed"), text.replace("OUT", own))
    target.embed.assign(source.embed)
    target.out.assign(source.embed)
    target.bias.assign(source.bias)
    at.right(target)


@case(
    "M01",
    {"restored": 1, "shape_mismatch": 2, "missing_in_model": 2, "missing_in_checkpoint": 2},
    "ValueError 0/4", also=("M08",),
)  # fmt: skip
def renamed_and_other_classes(at: Place) -> None:
    """Two things at once: the body has a new name, and the head other classes."""
    texts = [
        _net(
            f"self.{name}, self.top = layers.Dense(4), layers.Dense({classes})",
            f"self.top(self.{name}(x))", "(1, 3)",
        )
        for name, classes in (("body", 10), ("trunk", 3))
    ]  # fmt: skip
    _saved(at, *texts)


@case(
    "M01", {"restored": 1, "missing_in_model": 4, "missing_in_checkpoint": 4}, "partial 0/4",
    repair="write_fixed",
)  # fmt: skip
def one_level_deeper(at: Place) -> None:
    """The layers moved from the model into a block of their own."""
    before = _net("self.one, self.two = layers.Dense(4), layers.Dense(3)",
                  "self.two(self.one(x))", "(1, 3)")  # fmt: skip
    after = """
        import keras
        import numpy as np

        class Block(keras.layers.Layer):
            def __init__(self):
                super().__init__()
                self.one, self.two = keras.layers.Dense(4), keras.layers.Dense(3)

            def call(self, x):
                return self.two(self.one(x))

        class Net(keras.Model):
            def __init__(self):
                super().__init__()
                self.block = Block()

            def call(self, x):
                return self.block(x)

        def build():
            net = Net()
            net(np.zeros((1, 3), "float32"))
            return net
    """
    source, target = _saved(at, before, after)
    copy(source.variables, target.variables)
    at.right(target)
