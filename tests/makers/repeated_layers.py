"""A run of a model whose layers repeat."""

from __future__ import annotations

from pathlib import Path

STEPS = (10, 20, 30)


def run(directory: Path) -> None:
    """Three snapshots of `block_1` to `block_3`, of which the second moves farthest."""
    import numpy as np
    import tensorflow as tf

    random = np.random.default_rng(3)
    blocks = {number: tf.Module() for number in (1, 2, 3)}
    for block in blocks.values():
        block.kernel = tf.Variable(random.standard_normal((6, 6)).astype("float32"))
        block.bias = tf.Variable(random.standard_normal(6).astype("float32"))
    checkpoint = tf.train.Checkpoint(**{f"block_{number}": each for number, each in blocks.items()})
    for step in STEPS:
        for number, block in blocks.items():
            move = random.standard_normal((6, 6)).astype("float32")
            block.kernel.assign_add((0.5 if number == 2 else 0.01) * move)
        checkpoint.write(str(directory / f"ckpt-{step}"))
