"""M06: parts that are counted, where the counting changed."""

from __future__ import annotations

import tensorflow as tf

from tests.makers.restores.cases import Place, case, copy, fill, run

STACK = """
    import keras

    def stack(*sizes):
        layers = [keras.layers.Dense(size) for size in sizes]
        return keras.Sequential([keras.Input((3,)), *layers])

    def build():
        return stack(SIZES)
"""


@case(
    "M06", {"restored": 3, "shape_mismatch": 2, "missing_in_checkpoint": 2}, "ValueError 2/6",
    also=("M08",), repair="write_fixed",
)  # fmt: skip
def layer_inserted(at: Place) -> None:
    """A layer was put in at place 1: all that follow are counted on, and do not fit."""
    source = run(STACK.replace("SIZES", "4, 5")).build()
    fill(source.variables)
    at.save(tf.train.Checkpoint(source))
    target = at.factory(STACK.replace("SIZES", "4, 4, 5")).build()
    copy(source.variables, [*target.variables[:2], *target.variables[4:]])
    at.right(target, without=(2, 3))


@case(
    "M06", {"restored": 1, "shape_mismatch": 6, "missing_in_model": 2}, "ValueError 0/6",
    also=("M08",), repair="write_fixed",
)  # fmt: skip
def layer_removed(at: Place) -> None:
    """The first layer is gone."""
    source = run(STACK.replace("SIZES", "3, 4, 5, 6")).build()
    fill(source.variables)
    at.save(tf.train.Checkpoint(source))
    target = at.factory(STACK.replace("SIZES", "4, 5, 6")).build()
    copy(source.variables[2:], target.variables)
    at.right(target)


SEVERAL = """
    import tensorflow as tf

    class Towers(tf.Module):
        def __init__(self, names):
            super().__init__()
            self.towers = [tf.Variable(tf.zeros([3, 3]), name=name) for name in names]
            self.top = tf.Variable(tf.zeros([3]), name="top")

    def build():
        return Towers(NAMES)
"""


@case("M06", {"restored": 5}, "consumed 4/4", repair="write_fixed")
def reordered_alike(at: Place) -> None:
    """Three tensors of one shape in another order: all are restored, two of them swapped."""
    source = run(SEVERAL.replace("NAMES", '["left", "middle", "right"]')).build()
    fill([*source.towers, source.top])
    at.save(tf.train.Checkpoint(source))
    target = at.factory(SEVERAL.replace("NAMES", '["right", "middle", "left"]')).build()
    copy([*reversed(source.towers), source.top], [*target.towers, target.top])
    at.right(target)


@case(
    "M06", {"restored": 2, "shape_mismatch": 3, "missing_in_model": 1}, "ValueError 1/4",
    also=("M08",), repair="write_fixed",
)  # fmt: skip
def weights_as_a_list(at: Place) -> None:
    """Checkpoint(weights=model.weights): without its bias, the rest moves up."""
    text = """
        import keras
        import tensorflow as tf

        def weights(bias=False):
            model = keras.Sequential([
                keras.Input((3,)),
                keras.layers.Dense(4, use_bias=bias),
                keras.layers.Dense(5),
                keras.layers.Dense(6, use_bias=False),
            ])
            return [tf.Variable(each, name=each.path) for each in model.weights]

        def build():
            return {"weights": weights()}
    """
    source = run(text).weights(bias=True)
    fill(source)
    at.save(tf.train.Checkpoint(weights=source))
    target = at.factory(text).build()
    copy([source[0], *source[2:]], target["weights"])
    at.right(target)


ADAM_TO_SGD = """
    import keras

    def model():
        return keras.Sequential([keras.Input((3,)), keras.layers.Dense(4)])

    def build():
        return model(), keras.optimizers.OPTIMIZER
"""


@case(
    "M06", {"restored": 6, "shape_mismatch": 1, "missing_in_model": 2}, "ValueError 5/6",
    also=("M11",),
)  # fmt: skip
def adam_into_sgd(at: Place) -> None:
    """Adam's state goes by place into SGD's momenta."""
    import keras

    made = at.factory(ADAM_TO_SGD.replace("OPTIMIZER", "SGD(0.1, momentum=0.9)"))
    model, optimizer = made.model(), keras.optimizers.Adam()
    optimizer.build(model.trainable_variables)
    fill(model.variables)
    fill(optimizer.variables, 1)
    at.save(tf.train.Checkpoint(model=model, optimizer=optimizer))


@case("M06", {"restored": 9}, "consumed 8/8", also=("M11", "M20"))
def rmsprop_into_adam(at: Place) -> None:
    """RMSprop keeps velocities and momenta in blocks, Adam in pairs: all shapes fit."""
    import keras

    text = """
        import keras

        def model():
            return keras.Sequential([
                keras.Input((4,)),
                keras.layers.Dense(4, use_bias=False),
                keras.layers.Dense(4, use_bias=False),
            ])

        def build():
            return model(), keras.optimizers.Adam()
    """
    made = at.factory(text)
    model, optimizer = made.model(), keras.optimizers.RMSprop(momentum=0.9)
    optimizer.build(model.trainable_variables)
    fill(model.variables)
    fill(optimizer.variables, 1)
    at.save(tf.train.Checkpoint(model=model, optimizer=optimizer))
