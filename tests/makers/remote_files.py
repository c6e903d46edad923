"""A checkpoint of which parts are much less than the whole."""

from __future__ import annotations

from pathlib import Path

import numpy as np


def large(directory: Path) -> None:
    """Two tensors of several megabytes, in one data file."""
    import tensorflow as tf

    rng = np.random.default_rng(4)
    tensors = [rng.standard_normal((900, 1000)).astype("f4") for _ in range(2)]
    tf.raw_ops.SaveV2(
        prefix=str(directory / "large"), tensor_names=["first", "second"],
        shape_and_slices=["", ""], tensors=tensors,
    )  # fmt: skip
