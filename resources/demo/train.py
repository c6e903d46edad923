"""The demo: trains a small model on two spirals, and keeps what such runs keep.

    python train.py [FOLDER]

Writes into FOLDER (the current one if left out): `run` with a snapshot every 100 steps,
`run_with_nan`, the same run with one spoiled snapshot, `saved_model` (by tf.saved_model.save),
`exported` (by model.export) and `spirals.keras`. Lines that start with "@" tell how far it is.
"""

import os
import shutil
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")  # four thousand weights: the CPU is faster

import keras
import numpy as np
import tensorflow as tf
from factory import SECTORS, build

STEPS = 1600
EVERY = 100
TURNS = 3
FROZEN = range(600, 1000)
"""Steps in which `hidden_1` is kept as it is."""
SPOILED = 1200
"""The step whose snapshot in `run_with_nan` holds NaN."""


def tell(done, text):
    """One line of progress, of 100."""
    sys.stdout.write(f"@{done} {text}\n")
    sys.stdout.flush()


def two_spirals(count, rng):
    """`count` points: inputs as the model takes them, and the spiral (0 or 1) of each."""
    label = rng.integers(0, 2, count)
    radius = np.sqrt(rng.uniform(0.02, 1.0, count))
    angle = radius * TURNS * 2 * np.pi + np.pi * label
    position = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    position += rng.normal(0.0, 0.03, position.shape)
    around = np.arctan2(position[:, 1], position[:, 0]) / (2 * np.pi) + 0.5
    sector = np.minimum((around * SECTORS).astype("int32"), SECTORS - 1)
    return {"position": position.astype("float32"), "sector": sector}, label


def step_function(model, optimizer, frozen):
    """One compiled step of training; layers in `frozen` keep their weights."""
    kept = {id(v) for layer in frozen for v in layer.trainable_variables}
    moving = [v for v in model.trainable_variables if id(v) not in kept]
    loss_of = keras.losses.SparseCategoricalCrossentropy(from_logits=True)

    @tf.function
    def step(inputs, label, weight=1.0):
        with tf.GradientTape() as tape:
            loss = loss_of(label, model(inputs, training=True)) * weight
        gradients = tape.gradient(loss, [v.value for v in moving])
        optimizer.apply(gradients, moving)
        return loss

    return step


def train(model, optimizer, checkpoint, folder):
    """The run: a snapshot every `EVERY` steps, all kept."""
    manager = tf.train.CheckpointManager(checkpoint, folder, max_to_keep=None)
    all_layers = step_function(model, optimizer, [])
    without_first = step_function(model, optimizer, [model.hidden_1])
    rng = np.random.default_rng(7)
    for number in range(1, STEPS + 1):
        step = without_first if number - 1 in FROZEN else all_layers
        loss = step(*two_spirals(256, rng))
        if number % EVERY == 0:
            manager.save(checkpoint_number=number)
            tell(20 + 55 * number // STEPS, f"step {number} of {STEPS}, loss {float(loss):.3f}")


def spoil(model, optimizer, checkpoint, run, spoiled):
    """A copy of the run in which one snapshot was written after a step whose loss was NaN.

    The layers before `hidden_2` were not trained in it, so that the pictures show where it begins.
    """
    shutil.copytree(run, spoiled)
    checkpoint.read(str(run / f"ckpt-{SPOILED}")).assert_consumed()
    early = [model.sector_embedding, model.hidden_1, model.norm_1]
    inputs, label = two_spirals(256, np.random.default_rng(11))
    step_function(model, optimizer, early)(inputs, label, weight=float("nan"))
    checkpoint.write(str(spoiled / f"ckpt-{SPOILED}"))
    checkpoint.read(str(run / f"ckpt-{STEPS}")).assert_consumed()


def served(model):
    """The signature of the SavedModel: points and sectors to the probability of each spiral."""

    @tf.function(
        input_signature=[
            tf.TensorSpec((None, 2), tf.float32, "position"),
            tf.TensorSpec((None,), tf.int32, "sector"),
        ]
    )
    def classify(position, sector):
        logits = model({"position": position, "sector": sector}, training=False)
        return {"probability": tf.nn.softmax(logits)}

    return classify


def functional(model):
    """The same layers as a functional model, which needs no class to be loaded."""
    inputs = {
        "position": keras.Input((2,), name="position"),
        "sector": keras.Input((), dtype="int32", name="sector"),
    }
    return keras.Model(inputs, model.call(inputs), name="spirals")


def main():
    """Everything, into the folder given."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()
    tell(15, "making the model")
    keras.utils.set_random_seed(1)
    model, optimizer = build()
    checkpoint = tf.train.Checkpoint(model=model, optimizer=optimizer)
    train(model, optimizer, checkpoint, folder / "run")
    tell(78, "spoiling one snapshot")
    spoil(model, optimizer, checkpoint, folder / "run", folder / "run_with_nan")
    tell(84, "writing saved_model")
    tf.saved_model.save(model, str(folder / "saved_model"), signatures=served(model))
    tell(90, "writing exported")
    functional(model).export(str(folder / "exported"), verbose=False)
    tell(97, "writing spirals.keras")
    functional(model).save(folder / "spirals.keras")
    inputs, label = two_spirals(2000, np.random.default_rng(3))
    right = np.mean(np.argmax(model(inputs).numpy(), axis=1) == label)
    tell(100, f"{right:.1%} of new points are put on the right spiral")


if __name__ == "__main__":
    main()
