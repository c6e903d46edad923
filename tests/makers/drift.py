"""Runs in which things move, stay, break and change their names, as TensorFlow writes them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

STEPS = 6
NAN_FROM = 4  # the number of the first snapshot with NaN
SAME = 2  # this one holds what the one before holds
WIDTH = 8


def run(directory: Path) -> None:
    """Six snapshots of a model with a frozen normalization, a frozen layer, and a dead unit.

    The values are set by hand, so that each test knows them: training would hide what is meant.
    """
    import keras

    keras.backend.clear_session()
    keras.utils.set_random_seed(5)
    model = keras.Sequential(
        [
            keras.Input((WIDTH,)),
            keras.layers.Dense(WIDTH, name="moving"),
            keras.layers.BatchNormalization(name="norm", trainable=False),
            keras.layers.Dense(WIDTH, name="frozen"),
            keras.layers.Dense(4, name="dead"),
        ]
    )
    counter = tf.Variable(0, dtype=tf.int64)
    checkpoint = tf.train.Checkpoint(model=model, iterations=counter)
    manager = tf.train.CheckpointManager(checkpoint, str(directory), None)
    random = np.random.default_rng(1)
    dead = random.standard_normal((WIDTH, 4)).astype("float32")
    dead[:, 1] = 0
    model.get_layer("dead").kernel.assign(dead)
    for at in range(STEPS):
        counter.assign(100 * (at + 1))
        if at != SAME:
            _move(model, random, at)
        manager.save(checkpoint_number=100 * (at + 1))


def _move(model: Any, random: np.random.Generator, at: int) -> None:
    moving, norm = model.get_layer("moving"), model.get_layer("norm")
    step = random.standard_normal((WIDTH, WIDTH)).astype("float32")
    kernel = moving.kernel.numpy() + 0.01 * step
    if at >= NAN_FROM:
        kernel[0, :3] = np.nan
    moving.kernel.assign(kernel)
    moving.bias.assign(moving.bias.numpy() + 0.1)
    norm.moving_mean.assign(norm.moving_mean.numpy() * 0.9 + 0.1)
    norm.moving_variance.assign(norm.moving_variance.numpy() * 0.9 + 0.2)
    dead = model.get_layer("dead")
    dead.kernel.assign(dead.kernel.numpy() * (1000.0 if at == 5 else 1.01))


DTYPES = (
    "float32", "float64", "float16", "bfloat16", "float8_e5m2", "float8_e4m3fn", "int8", "uint8",
    "int16", "uint16", "int32", "uint32", "int64", "uint64", "int4", "uint4", "bool", "complex64",
    "complex128", "string",
)  # fmt: skip
SHAPES: dict[str, tuple[int, ...]] = {
    "scalar": (),
    "empty": (0, 3),
    "vector": (37,),
    "matrix": (70, 101),
}


def values_of(dtype: str, shape: tuple[int, ...], step: int) -> np.ndarray[Any, Any]:
    """What stands in `DTYPE/SHAPE` at a step: some elements move, some stay, some are odd."""
    random = np.random.default_rng([len(dtype), len(shape), 3])
    base = random.standard_normal(shape) * 5
    move = np.random.default_rng([step, 9]).standard_normal(shape) * (0.5 * step)
    moves = random.random(shape) < 0.7
    wide = np.asarray(base + np.where(moves, move, 0.0))
    if dtype == "string":
        return np.asarray(np.round(wide)).astype("S8").astype(object)
    if dtype == "bool":
        return np.asarray(wide > 0)
    if dtype.startswith("complex"):
        wide = wide + 1j * np.roll(wide, 1) if shape else wide + 1j
        return np.asarray(_with_odd_ones(wide, step)).astype(dtype)
    element = tf.as_dtype(dtype).as_numpy_dtype
    if "int" in dtype:
        low, high = (-2, 1) if dtype == "int2" else (-8, 7)
        if dtype.startswith("u"):
            low, high = 0, 3 if dtype == "uint2" else 7
        return np.asarray(np.clip(np.round(wide), low, high)).astype(element)
    return np.asarray(_with_odd_ones(wide, step)).astype(element)


def _with_odd_ones(values: np.ndarray[Any, Any], step: int) -> np.ndarray[Any, Any]:
    if values.size > 30:
        flat = values.reshape(-1).copy()
        flat[3] = np.nan
        flat[5 + step] = np.inf
        flat[11] = -np.inf
        flat[20:24] = 0.0
        flat[24] = -0.0 if step else 0.0
        return flat.reshape(values.shape)
    return values


def all_dtypes(directory: Path) -> None:
    """step-0, step-1 and step-2: every type in every shape, and a constant."""
    for step in range(3):
        tensors = {
            f"{dtype}/{name}": tf.constant(values_of(dtype, shape, step), tf.as_dtype(dtype))
            for dtype in DTYPES
            for name, shape in SHAPES.items()
        }
        tensors["constant"] = tf.fill((50, 4), 2.5)
        _save(directory / f"step-{step}", tensors)


RARE = (
    "float8_e4m3fnuz", "float8_e4m3b11fnuz", "float8_e5m2fnuz", "float4_e2m1fn", "int2", "uint2",
)  # fmt: skip
QUANTISED = {
    "qint8": "int8", "quint8": "uint8", "qint16": "int16", "quint16": "uint16", "qint32": "int32",
}  # fmt: skip


def rare_dtypes(directory: Path) -> None:
    """As `all_dtypes`: types that few files have, and whole numbers over their whole range."""
    for step in range(3):
        tensors = {}
        for name, shape in SHAPES.items():
            for dtype in RARE:
                values = values_of(dtype, shape, step)
                tensors[f"{dtype}/{name}"] = tf.constant(values, tf.as_dtype(dtype))
            for dtype, plain in QUANTISED.items():
                values = tf.constant(values_of(plain, shape, step))
                tensors[f"{dtype}/{name}"] = tf.bitcast(values, tf.as_dtype(dtype))
        for dtype in ("int8", "int32", "uint32", "int64", "uint64"):
            random = np.random.default_rng(5)
            low, high = np.iinfo(dtype).min, np.iinfo(dtype).max
            values = random.integers(low, high, (40, 50), dtype, endpoint=True)
            values[:2] = np.array([[low], [high]])[:: -1 if step else 1]
            values[5 + step] ^= np.array(1, dtype)  # is lost in float64 where values are large
            tensors[f"{dtype}/whole range"] = tf.constant(values)
        _save(directory / f"step-{step}", tensors)


def _save(prefix: Path, tensors: dict[str, Any]) -> None:
    names = sorted(tensors)
    tf.raw_ops.SaveV2(
        prefix=str(prefix), tensor_names=names, shape_and_slices=[""] * len(names),
        tensors=[tensors[name] for name in names],
    )  # fmt: skip


def renamed(directory: Path) -> None:
    """`old` and `new`: a layer has another name, and moved a little; one was added."""
    values = np.random.default_rng(3).standard_normal((5, 7)).astype("float32")
    for name, layer in (("old", "enc"), ("new", "encoder")):
        root = tf.Module()
        part = tf.Module()
        part.kernel = tf.Variable(values + (0.125 if name == "new" else 0.0))
        part.bias = tf.Variable(values[0])
        setattr(root, layer, part)
        head = tf.Module()
        head.kernel = tf.Variable(values[:3])
        root.head = head
        if name == "new":
            root.extra = tf.Variable([1.0, 2.0])
        tf.train.Checkpoint(model=root).write(str(directory / name))


def reshaped(directory: Path) -> None:
    """A run whose variables appear, disappear, change shape and type on the way."""
    shapes = [(3, 4), (3, 4), (3, 5), (3, 5)]
    for step, shape in enumerate(shapes, 1):
        parts = {
            "grows": tf.Variable(tf.ones(shape) * step),
            "casts": tf.Variable(tf.ones((6,), tf.float32 if step < 3 else tf.float16) * step),
        }
        if step in (2, 3):
            parts["passes_by"] = tf.Variable([1.0 * step])
        tf.train.Checkpoint(**parts).write(str(directory / f"ckpt-{step}"))


def large_pair(directory: str, nbytes: int) -> None:
    """`a` and `b`, two checkpoints of so many bytes: b moved a little from a."""
    from tests.makers import large

    large.write(f"{directory}/a", "float32", nbytes)
    reader = tf.train.load_checkpoint(f"{directory}/a")
    random = np.random.default_rng(1)
    stock = (random.standard_normal(1 << 20) * 1e-3).astype("float32")
    names = sorted(reader.get_variable_to_shape_map())
    moved = []
    for name in names:
        values = reader.get_tensor(name)
        values += np.resize(stock, values.shape)
        moved.append(tf.constant(values))
    tf.raw_ops.SaveV2(
        prefix=f"{directory}/b", tensor_names=names, shape_and_slices=[""] * len(names),
        tensors=moved,
    )  # fmt: skip


def drift_with_numpy(directory: str) -> tuple[float, float]:
    """Seconds that NumPy on TensorFlow's tensors takes for all metrics; without distributions."""
    import time

    start = time.perf_counter()
    ranks = 0.0
    readers = [tf.train.load_checkpoint(f"{directory}/{name}") for name in "ab"]
    for key in readers[0].get_variable_to_shape_map():
        a, b = (reader.get_tensor(key) for reader in readers)
        x, y = a.astype(np.float64).ravel(), b.astype(np.float64).ravel()
        d = y - x
        away = np.abs(d)
        norms = np.linalg.norm(x), np.linalg.norm(y)
        np.linalg.norm(d) / norms[0], x @ y / norms[0] / norms[1], away.max(), away.mean()
        (a.view(np.uint32) != b.view(np.uint32)).mean()
        (away > 1e-6 * np.maximum(np.abs(x), np.abs(y))).mean(), (np.sign(x) != np.sign(y)).mean()
        for values in (x, y):
            values.mean(), values.std(), (values == 0).mean(), values.min(), values.max()
            np.isnan(values).sum(), np.isposinf(values).sum(), np.isneginf(values).sum()
        begin = time.perf_counter()
        grid = np.concatenate([x, y])
        grid.sort()
        x.sort()
        y.sort()
        apart = np.abs(np.searchsorted(x, grid, "right") - np.searchsorted(y, grid, "right"))
        (apart[:-1] * np.diff(grid)).sum() / len(x), apart.max() / len(x)
        ranks += time.perf_counter() - begin
    whole = time.perf_counter() - start
    return whole, whole - ranks


def every_kind(directory: Path) -> None:
    """One model as each kind of file in turn, its kernel filled with the number of the snapshot."""
    import keras

    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4, name="only")])
    saves = (
        lambda: model.save(directory / "one.keras"),
        lambda: model.save_weights(directory / "two.weights.h5"),
        lambda: model.save(directory / "three.h5"),
        lambda: tf.train.Checkpoint(model=model).write(str(directory / "four")),
        lambda: tf.saved_model.save(model, str(directory / "five")),
        lambda: tf.train.Checkpoint(model).write(str(directory / "six")),
    )
    for number, save in enumerate(saves, 1):
        model.get_layer("only").kernel.assign(np.full((3, 4), number, "float32"))
        save()
