"""Checkpoints as large as a benchmark needs, shaped like a model's: few large, many small."""

from __future__ import annotations

from pathlib import Path


def write(prefix: str, dtype: str, nbytes: int) -> None:
    """About `nbytes` of normally distributed weights: an embedding, matrices, biases."""
    import numpy as np
    import tensorflow as tf

    Path(prefix).parent.mkdir(parents=True, exist_ok=True)
    element = tf.as_dtype(dtype).as_numpy_dtype
    itemsize = np.dtype(element).itemsize
    random = np.random.default_rng(7)
    scale = 20.0 if dtype.startswith("int") else 0.02
    stock = (random.standard_normal(1 << 22) * scale).astype(element)

    def weights(rows: int, columns: int) -> np.ndarray:
        start = int(random.integers(len(stock)))
        return np.take(stock, np.arange(start, start + rows * columns), mode="wrap").reshape(
            rows, columns
        )

    columns = 1024
    rows = nbytes // itemsize // columns
    tensors = {"embedding/table": weights(rows // 8, columns)}
    for layer in range(56):
        tensors[f"block_{layer:02}/kernel"] = weights(rows // 64, columns)
        tensors[f"block_{layer:02}/bias"] = weights(1, columns)[0]
    names = sorted(tensors)
    tf.raw_ops.SaveV2(
        prefix=prefix,
        tensor_names=names,
        shape_and_slices=[""] * len(names),
        tensors=[tf.constant(tensors[name]) for name in names],
    )


def figures_with_tensorflow(prefix: str) -> float:
    """Seconds that NumPy on TensorFlow's tensors takes: histogram(64), min, max, mean, std."""
    import time

    import numpy as np
    import tensorflow as tf

    start = time.perf_counter()
    reader = tf.train.load_checkpoint(prefix)
    for key in reader.get_variable_to_shape_map():
        value = reader.get_tensor(key)
        if value.dtype == tf.bfloat16.as_numpy_dtype:  # NumPy has no histogram of it
            value = value.astype(np.float32)
        np.histogram(value, 64)
        value.min(), value.max(), value.mean(), value.std()
    return time.perf_counter() - start
