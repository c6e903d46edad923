"""Training that goes on: other optimizers, scaled losses, counters and averages."""

from __future__ import annotations

import tensorflow as tf

from tests.makers.restores.cases import Place, case, fill, run

PAIR = """
    import keras

    def model():
        dense = keras.layers.Dense
        return keras.Sequential([keras.Input((3,)), dense(4), dense(2)])

    def build():
        return model(), WORD
"""


def _trained_by(at: Place, before: str, after: str, only_head: bool = False) -> None:
    made = at.factory(PAIR.replace("WORD", after))
    model, optimizer = made.model(), run(f"import keras\nmade = {before}").made
    trained = model.layers[-1].trainable_variables if only_head else model.trainable_variables
    optimizer.build(trained)
    fill(model.variables)
    fill(optimizer.variables, 1)
    at.save(tf.train.Checkpoint(model=model, optimizer=optimizer))
    if only_head:
        at.right((model, optimizer), without=range(4, 4 + len(optimizer.variables)))


ADAM = "keras.optimizers.Adam(0.1)"


@case("", {"restored": 15}, "consumed 14/14", also=("M11",))
def adam_goes_on_as_adamw(at: Place) -> None:
    """AdamW keeps the same state as Adam."""
    _trained_by(at, ADAM, "keras.optimizers.AdamW(0.1)")


@case("M11", {"restored": 7, "missing_in_checkpoint": 8}, "partial 6/14", also=("M06",))
def sgd_goes_on_as_adamw(at: Place) -> None:
    """SGD without momentum keeps nothing that AdamW could take."""
    _trained_by(at, "keras.optimizers.SGD(0.1)", "keras.optimizers.AdamW(0.1)")


@case("M11", {"restored": 15, "missing_in_checkpoint": 1}, "partial 14/15", also=("M06",))
def adam_goes_on_as_nadam(at: Place) -> None:
    """Nadam keeps one number more, outside of its list: it is not in the file."""
    _trained_by(at, ADAM, "keras.optimizers.Nadam(0.1)")


@case(
    "M11",
    {"restored": 7, "shape_mismatch": 2, "missing_in_model": 10, "missing_in_checkpoint": 6},
    "InvalidArgumentError 0/14",
)
def scaled_loss_left_off(at: Place) -> None:
    """Trained with LossScaleOptimizer around Adam, goes on with Adam alone."""
    _trained_by(at, f"keras.optimizers.LossScaleOptimizer({ADAM})", ADAM)


@case(
    "M06",
    {"restored": 3, "not_assigned": 2, "shape_mismatch": 6, "missing_in_checkpoint": 6},
    "ValueError 2/14", also=("M11",), repair="write_fixed",
)  # fmt: skip
def only_the_head_was_trained(at: Place) -> None:
    """The optimizer knew two of the four weights; now it is to train all."""
    _trained_by(at, ADAM, ADAM, only_head=True)


@case("M01", {"restored": 5, "missing_in_model": 1, "missing_in_checkpoint": 1}, "partial 4/5",
      repair="write_fixed")  # fmt: skip
def step_of_another_name(at: Place) -> None:
    """The counter was called step and is called global_step."""
    text = """
        import keras
        import tensorflow as tf

        def model():
            return keras.Sequential([keras.Input((3,)), keras.layers.Dense(4),
                                     keras.layers.Dense(2)])

        def build():
            return {"model": model(), "global_step": tf.Variable(0, dtype=tf.int64)}
    """
    target = at.factory(text).build()
    fill([*target["model"].variables, target["global_step"]])
    at.save(tf.train.Checkpoint(model=target["model"], step=target["global_step"]))
    at.right(target)


@case("", {"restored": 5, "missing_in_model": 11}, "partial 4/4", also=("M01", "M11"),
      attach="net")  # fmt: skip
def loop_with_other_words(at: Place) -> None:
    """Checkpoint(net=, optim=, step=) of a training loop, into the bare network."""
    made = at.factory("""
        import keras

        def build():
            dense = keras.layers.Dense
            return keras.Sequential([keras.Input((3,)), dense(4), dense(2)])
    """)
    import keras

    net, optim = made.build(), keras.optimizers.Adam()
    optim.build(net.trainable_variables)
    fill(net.variables)
    fill(optim.variables, 1)
    at.save(tf.train.Checkpoint(net=net, optim=optim, step=tf.Variable(7, dtype=tf.int64)))
    at.right(net)


@case("", {"restored": 5, "missing_in_model": 4}, "partial 4/4", also=("M01", "M12"),
      attach="model")  # fmt: skip
def averaged_copy_beside(at: Place) -> None:
    """Checkpoint(ema=, model=): the network and a copy with its averages; the network is meant."""
    made = at.factory("""
        import keras

        def build():
            dense = keras.layers.Dense
            return keras.Sequential([keras.Input((3,)), dense(4), dense(2)])
    """)
    net, average = made.build(), made.build()
    fill(net.variables)
    fill(average.variables, 1)
    at.save(tf.train.Checkpoint(ema=average, model=net))
    at.right(net)
