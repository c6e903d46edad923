"""M11 and M12: optimizer state that is left out, of another kind, or holds averages."""

from __future__ import annotations

import tensorflow as tf

from tests.makers.restores.cases import Place, case, fill

MODEL = """
    import keras

    def model():
        return keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])

    def build():
        return BUILT
"""


def _train(at: Place, built: str, **arguments: object) -> tuple[object, object]:
    import keras

    made = at.factory(MODEL.replace("BUILT", built))
    model, optimizer = made.model(), keras.optimizers.Adam(**arguments)
    optimizer.build(model.trainable_variables)
    fill(model.variables)
    fill(optimizer.variables, 1)
    return model, optimizer


@case("", {"restored": 3, "missing_in_model": 6}, "partial 2/2", also=("M11",), attach="model")
def inference_only(at: Place) -> None:
    """The optimizer's state is left in the file: harmless, and told as such."""
    model, optimizer = _train(at, "model()")
    at.save(tf.train.Checkpoint(model=model, optimizer=optimizer))
    at.right(model)


@case("", {"restored": 3, "missing_in_model": 7}, "partial 2/2", also=("M11",))
def inference_only_by_dict(at: Place) -> None:
    """The same of a dict, without optimizer and step."""
    model, optimizer = _train(at, '{"model": model()}')
    step = tf.Variable(12, dtype=tf.int64)
    at.save(tf.train.Checkpoint(model=model, optimizer=optimizer, step=step))
    at.right({"model": model})


@case("M11", {"restored": 3, "missing_in_checkpoint": 2}, "partial 2/8")
def weights_without_optimizer(at: Place) -> None:
    """Training goes on from weights alone: the optimizer starts afresh."""
    model, _ = _train(at, "model(), keras.optimizers.Adam()")
    at.save(tf.train.Checkpoint(model=model))


@case("M11", {"restored": 9, "missing_in_checkpoint": 2}, "partial 8/10", also=("M06",))
def more_state_wanted(at: Place) -> None:
    """Adam was saved, AMSGrad is wanted: the newest moments are missing."""
    model, optimizer = _train(at, "model(), keras.optimizers.Adam(amsgrad=True)")
    at.save(tf.train.Checkpoint(model=model, optimizer=optimizer))


@case("M12", {"restored": 3, "missing_in_model": 8}, "partial 2/2", attach="model")
def averaging_optimizer(at: Place) -> None:
    """Saved in the midst of a run: the averages that Keras keeps are not the weights."""
    model, optimizer = _train(at, "model()", use_ema=True)
    at.save(tf.train.Checkpoint(model=model, optimizer=optimizer))


@case(
    "", {"restored": 3, "missing_in_model": 8}, "partial 2/2", also=("M11", "M12"),
    attach="model",
)  # fmt: skip
def averages_in_use(at: Place) -> None:
    """As fit() ends: the weights have been set to their averages, and those are restored."""
    model, optimizer = _train(at, "model()", use_ema=True)
    optimizer.finalize_variable_values(model.trainable_variables)
    at.save(tf.train.Checkpoint(model=model, optimizer=optimizer))
    at.right(model)
