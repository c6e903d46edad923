"""Tensor bundles as TensorFlow writes them: every dtype, shards, slices, strings, variants."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import tensorflow as tf

NUMERIC = [
    "float32", "float64", "int32", "uint8", "int16", "int8", "complex64", "int64", "bool",
    "bfloat16", "uint16", "complex128", "float16", "uint32", "uint64", "float8_e5m2",
    "float8_e4m3fn", "float8_e4m3fnuz", "float8_e4m3b11fnuz", "float8_e5m2fnuz", "int4", "uint4",
    "int2", "uint2", "float4_e2m1fn",
]  # fmt: skip
QUANTISED = ["qint8", "quint8", "qint32", "qint16", "quint16"]


def _save(prefix: Path, tensors: dict[str, tf.Tensor], slices: list[str] | None = None) -> None:
    tf.raw_ops.SaveV2(
        prefix=str(prefix), tensor_names=list(tensors),
        shape_and_slices=slices or [""] * len(tensors), tensors=list(tensors.values()),
    )  # fmt: skip


def _values(name: str, shape: tuple[int, ...]) -> tf.Tensor:
    """Random bytes seen as the type: NaNs, infinities and subnormals are among them."""
    dtype = tf.dtypes.as_dtype(name)
    count = int(np.prod(shape))
    raw = np.random.default_rng(dtype.as_datatype_enum).integers(0, 256, count * 16, np.uint8)
    if name == "bool":
        raw &= 1
    bits = {"int4": 15, "uint4": 15, "float4_e2m1fn": 15, "int2": 3, "uint2": 3}.get(name)
    if bits:
        raw &= bits
    array = raw[: count * dtype.size].view(dtype.as_numpy_dtype)
    return tf.constant(array.reshape(shape), dtype)


def all_dtypes(directory: Path) -> None:
    """Each type as a matrix, a scalar and an empty tensor; odd offsets come by themselves."""
    tensors = {}
    for name in NUMERIC:
        for label, shape in (("matrix", (7, 5)), ("scalar", ()), ("empty", (3, 0, 2))):
            tensors[f"{name}/{label}"] = _values(name, shape)
    for name in QUANTISED:
        plain = _values(name.removeprefix("q").replace("quint", "uint"), (6, 3))
        tensors[f"{name}/matrix"] = tf.bitcast(plain, tf.dtypes.as_dtype(name))
    _save(directory / "model.ckpt-5", tensors)


def strings(directory: Path) -> None:
    """Strings of odd lengths, with odd bytes, none at all, a scalar and a large vocabulary."""
    many = [f"token-{i}".encode() * (i % 50) for i in range(5000)]
    tensors = {
        "matrix": tf.constant([[b"", b"\0\xff", b"a" * 200], [b"\n", "ü€".encode(), b"b" * 20000]]),
        "scalar": tf.constant(b"x" * 300),
        "empty": tf.zeros([0, 4], tf.string),
        "blank": tf.constant([b"", b"", b""]),
        "vocabulary": tf.constant(many),
    }
    _save(directory / "strings", tensors)


def variants(directory: Path) -> None:
    """A tensor list, optionals and a vector of both."""
    element = tf.constant([], tf.int32)
    items = tf.raw_ops.TensorListFromTensor(
        tensor=tf.constant([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]), element_shape=tf.constant([2])
    )
    none = tf.raw_ops.OptionalNone()
    some = tf.raw_ops.OptionalFromValue(components=[tf.constant([[1, 2, 3]]), tf.constant(b"s")])
    empty = tf.raw_ops.EmptyTensorList(
        element_shape=element, max_num_elements=-1, element_dtype=tf.bfloat16
    )
    tensors = {
        "list": items, "none": none, "some": some,
        "vector": tf.stack([none, some, items, empty]),
    }  # fmt: skip
    _save(directory / "variants", tensors)


def iterator(directory: Path) -> None:
    """The state of a dataset's iterator: variants as TensorFlow itself stores them."""
    steps = iter(tf.data.Dataset.range(50).shuffle(10, seed=1).batch(3))
    next(steps)
    tf.train.Checkpoint(steps=steps).write(str(directory / "iterator"))


def cut_up(directory: Path) -> None:
    """Large tensors cut into irregular rectangles over several shards."""
    rng = np.random.default_rng(1)
    root = tf.train.Checkpoint(
        big=tf.Variable(rng.normal(size=(200, 300)).astype("float32")),
        cube=tf.Variable(rng.integers(0, 99, (30, 40, 20), "int32")),
        half=tf.Variable(rng.normal(size=(90, 110)).astype("float16")),
        brain=tf.Variable(tf.cast(rng.normal(size=(90, 110)), tf.bfloat16)),
        step=tf.Variable(7, dtype=tf.int64),
    )
    policy = tf.train.experimental.MaxShardSizePolicy(max_shard_size=9000)
    options = tf.train.CheckpointOptions(experimental_sharding_callback=policy)
    root.write(str(directory / "cut"), options)


def sliced(directory: Path) -> None:
    """TF1's partitioned variables, of types that TensorFlow itself can't put together too."""
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        names, slices, tensors = [], [], []
        for name in ("float32", "float16", "uint16", "string", "bool", "complex64"):
            count = 7 * 6
            whole = (
                np.array([b"s%d" % i for i in range(count)], object).reshape(7, 6)
                if name == "string"
                else (np.arange(count).reshape(7, 6) % 5).astype(name)
            )
            for start, length in ((3, 4), (0, 3)):
                names.append(f"{name}/\0ÿ")
                slices.append(f"7 6 {start},{length}:-")
                tensors.append(tf.constant(whole[start : start + length]))
        session.run(
            tf.raw_ops.SaveV2(
                prefix=str(directory / "sliced"), tensor_names=names, shape_and_slices=slices,
                tensors=tensors,
            )
        )  # fmt: skip


def shards(directory: Path) -> None:
    """Three bundles merged into one with three data files, the second of them empty."""
    parts = []
    for number in range(3):
        part = directory / f"part{number}"
        shape = (0, 3) if number == 1 else (50, number + 1)
        _save(part, {f"w{number}": tf.fill(shape, float(number)), f"v{number}": tf.zeros(shape)})
        parts.append(str(part))
    tf.raw_ops.MergeV2Checkpoints(
        checkpoint_prefixes=parts, destination_prefix=str(directory / "merged.v1.2"),
        delete_old_dirs=False,
    )  # fmt: skip


def many(directory: Path) -> None:
    """20,000 variables with long names, some not ASCII: an index of several blocks."""
    tensors = {f"modèle/couche_{i:05d}/noyau": tf.constant([float(i)]) for i in range(20_000)}
    _save(directory / "many", tensors)


def scalar(directory: Path) -> None:
    """The smallest checkpoint: one float32 3.5 under the name "scalar"."""
    _save(directory / "scalar", {"scalar": tf.constant(3.5)})


def object_based(directory: Path) -> None:
    """An ordinary tf.train.Checkpoint."""
    root = tf.train.Checkpoint(w=tf.Variable([[1.0, 2.0]]), step=tf.Variable(3, dtype=tf.int64))
    root.save(str(directory / "ckpt"))


def outcome(prefix: str, key: str) -> str:
    """How TensorFlow takes a hand-made file: "" if it reads the tensor, else its complaint."""
    try:
        tf.train.load_checkpoint(prefix).get_tensor(key)
    except Exception as error:  # noqa: BLE001 - the complaint is the answer
        return f"{type(error).__name__}: {error}"
    return ""
