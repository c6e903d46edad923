"""M02 and M11: what Keras 2 saved (see `keras2`), into Keras 3, or at home."""

from __future__ import annotations

import numpy as np

from tests.makers.restores.cases import LEGACY, Place, case
from tests.makers.restores.keras2 import SUBCLASS


def _right(at: Place, factory: str) -> None:
    """The weights of both Keras have one order."""
    built = at.factory(factory).build()
    model = built[0] if isinstance(built, tuple) else built
    stored = np.load(at.directory / "weights.npz")
    for variable, name in zip(model.weights, stored.files, strict=True):
        variable.assign(stored[name])
    at.right(model)


@case(
    "M02", {"restored": 1, "missing_in_model": 8, "missing_in_checkpoint": 8}, "partial 0/8",
    repair="write_fixed", attach="model",
)  # fmt: skip
def functional(at: Place) -> None:
    """layer_with_weights-N against _operations/N: nothing matches."""
    _right(at, """
        import keras

        def build():
            layers = keras.layers
            features = keras.Input((3,), name="features")
            hidden = layers.Dense(4, activation="relu", name="hidden")(features)
            hidden = layers.BatchNormalization(name="norm")(hidden)
            return keras.Model(features, layers.Dense(2, name="top")(hidden))
    """)  # fmt: skip


@case(
    "M02", {"restored": 1, "missing_in_model": 14, "missing_in_checkpoint": 4}, "partial 0/4",
    repair="write_fixed", attach="model",
)  # fmt: skip
def sequential_with_optimizer(at: Place) -> None:
    """A Sequential with a convolution, saved with its optimizer."""
    _right(at, """
        import keras

        def build():
            layers = keras.layers
            return keras.Sequential([
                keras.Input((6, 6, 1)), layers.Conv2D(3, 3), layers.Flatten(), layers.Dense(2)
            ])
    """)  # fmt: skip


SUBCLASS_3 = SUBCLASS.replace("import tensorflow as tf\nlayers = tf.keras.layers", """
import keras
import numpy as np
layers = keras.layers
""".strip()).replace("tf.keras", "keras").replace("tf.zeros([1, 2], tf.int32)",
                                                  'np.zeros((1, 2), "int32")')  # fmt: skip


@case(
    "M02", {"restored": 9, "missing_in_model": 2, "missing_in_checkpoint": 2}, "partial 8/10",
    repair="write_fixed", attach="model",
)  # fmt: skip
def subclass(at: Place) -> None:
    """Half-silent: recurrent weights, biases and averages come, kernels and embeddings do not."""
    _right(at, SUBCLASS_3)


@case(
    "M02", {"restored": 1, "missing_in_model": 17, "missing_in_checkpoint": 4}, "partial 0/4",
    also=("M11",), repair="write_fixed", attach="model",
)  # fmt: skip
def old_optimizer(at: Place) -> None:
    """Saved with the slots of an old optimizer; Keras 3 wants the weights only."""
    _right(at, """
        import keras

        def build():
            layers = [keras.layers.Dense(4), keras.layers.Dense(2)]
            return keras.Sequential([keras.Input((3,)), *layers])
    """)  # fmt: skip


OWN = """
    import tensorflow as tf

    def build():
        model = tf.keras.Sequential([tf.keras.Input((3,)), SIZES])
        OPTIMIZER
        return model, optimizer
"""


@case(
    "M11", {}, "ValueError 0/7", python=LEGACY,
)  # fmt: skip
def old_optimizer_into_new(at: Place) -> None:
    """Keras 2's new optimizer refuses the state of the old one, and the weights with it."""
    at.factory(
        OWN.replace("SIZES", "tf.keras.layers.Dense(2)").replace(
            "OPTIMIZER", "optimizer = tf.keras.optimizers.Adam(0.01)"
        )
    )


@case("", {"restored": 18}, "consumed 13/13", python=LEGACY)
def keras2_in_its_own(at: Place) -> None:
    """Keras 2's checkpoint in Keras 2, with the slots of the old optimizer."""
    at.factory(
        OWN.replace("SIZES", "tf.keras.layers.Dense(4), tf.keras.layers.Dense(2)").replace(
            "OPTIMIZER", "optimizer = tf.keras.optimizers.legacy.Adam(0.01)"
        )
    )


@case("", {"restored": 11}, "consumed 10/10", python=LEGACY, attach="model")
def keras2_subclass_in_its_own(at: Place) -> None:
    """A subclass of Keras 2, in Keras 2."""
    at.factory(SUBCLASS)


@case(
    "M11", {"restored": 3, "missing_in_model": 6, "missing_in_checkpoint": 4}, "partial 2/6",
    also=("M02",),
)  # fmt: skip
def slots_of_modules(at: Place) -> None:
    """A tf.Module's weights come; the slots of the old optimizer do not fit Keras 3's."""
    at.factory("""
        import keras
        import tensorflow as tf

        class Net(tf.Module):
            def __init__(self):
                super().__init__()
                self.w = tf.Variable(tf.zeros([3, 2]))
                self.b = tf.Variable(tf.zeros([2]))

        def build():
            net, optimizer = Net(), keras.optimizers.SGD(0.1, momentum=0.9)
            optimizer.build([net.w, net.b])
            return {"model": net, "optimizer": optimizer}
    """)


IN_SCOPE = """
    import tensorflow as tf

    def net(*sizes):
        layers = [tf.keras.layers.Dense(size) for size in sizes]
        return tf.keras.Sequential([tf.keras.Input((3,)), *layers])

    def build():
        strategy = tf.distribute.MirroredStrategy(["CPU:0"])
        with strategy.scope():
            NETS
        return MADE
"""


@case("M17", {}, "ValueError 0/6", python=LEGACY)
def outside_of_the_scope(at: Place) -> None:
    """Networks in a scope and their optimizer outside: the restore would make its slots there."""
    at.factory(
        IN_SCOPE.replace("NETS", "left, right = net(4), net(2, 2)").replace(
            "MADE",
            '{"left": left, "right": right, "trainer": tf.keras.optimizers.legacy.Adam(0.01)}',
        )
    )


@case("M17", {}, "ValueError 0/4", python=LEGACY)
def checkpoint_of_a_scope(at: Place) -> None:
    """The same of the factory's own tf.train.Checkpoint, and of another optimizer."""
    made = "trainer=tf.keras.optimizers.legacy.SGD(0.1, 0.9)"
    at.factory(
        IN_SCOPE.replace("NETS", "first, second = net(4), net(2)").replace(
            "MADE", f"tf.train.Checkpoint(first=first, second=second, {made})"
        )
    )


@case("", {"restored": 5}, "consumed 4/4", python=LEGACY, attach="model")
def keras2_mirrored(at: Place) -> None:
    """Mirrored variables: the file knows of no strategy, and the call uses their copies."""
    at.factory(IN_SCOPE.replace("NETS", "made = net(4, 2)").replace("MADE", "made"))
