"""A factory whose model answers in several kinds, and whose sample inputs are others each time."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
import tensorflow as tf
from cli_restores import Net  # it lies beside this file, as users' modules do


class Noisy(Net):
    """One of its outputs is never the same twice."""

    def call(self, inputs: Any) -> Any:
        noise = tf.random.normal((3,)) + tf.cast(os.getpid() % 1000, tf.float32)
        return {
            "logits": super().call(inputs["points"]),
            "noise": noise,
            "words": inputs["words"],
            "count": tf.reduce_sum(inputs["number"]),
        }


def noisy() -> Any:
    return {"model": Noisy()}


def sample_inputs() -> Any:
    random = np.random.default_rng()
    return {
        "points": random.normal(size=(2, 3)).astype("float32"),
        "number": random.integers(0, 1000, (5,)),
        "words": tf.constant([str(random.integers(1 << 40)), "ä"]),
    }
