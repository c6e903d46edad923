"""V1 checkpoints, written by `tf.compat.v1.train.Saver(write_version=V1)`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np


def _all_values() -> dict[str, Any]:
    rng = np.random.default_rng(7)
    values: dict[str, Any] = {
        "float32": rng.standard_normal((3, 5)).astype("f4"),
        "float64": rng.standard_normal((4,)),
        "half": rng.standard_normal((5, 2)).astype("f2"),
        "complex64": (rng.standard_normal(3) + 1j * rng.standard_normal(3)).astype("c8"),
        "complex128": rng.standard_normal(3) + 1j * rng.standard_normal(3),
        "bool": np.array([[True, False], [False, True]]),
        "string": np.array([b"", b"ab\0c", b"\xff" * 300, "schön".encode()], object),
        "scalar": np.float32(3.5),
        "counter": np.int64(-7),
        "empty": np.zeros((0, 4), "f4"),
        "odd/näme \\": rng.standard_normal((2, 2)).astype("f4"),
    }
    for bits in (8, 16, 32, 64):
        info = np.iinfo(f"int{bits}")
        values[f"int{bits}"] = np.array([info.min, -1, 0, 1, 127, info.max], f"i{bits // 8}")
    for bits in (8, 16):
        values[f"uint{bits}"] = np.array(
            [0, 1, 127, 128, np.iinfo(f"u{bits // 8}").max], f"u{bits // 8}"
        )
    return values


def _save(build: Any, path: Path, **options: Any) -> None:
    import tensorflow as tf

    v1 = tf.compat.v1
    with tf.Graph().as_default():
        build()
        saver = v1.train.Saver(write_version=v1.train.SaverDef.V1, **options.pop("saver", {}))
        with v1.Session(config=v1.ConfigProto(device_count={"CPU": 2})) as session:
            session.run(v1.global_variables_initializer())
            saver.save(session, str(path), **options)


def all_dtypes(directory: Path) -> None:
    import tensorflow as tf

    values = _all_values()

    def build() -> None:
        for name, value in values.items():
            safe = name.replace(" ", "_").replace("\\", "_").replace("ä", "a")
            tf.compat.v1.Variable(value, name=safe, use_resource=False)

    _save(build, directory / "model.ckpt")
    safe_values = {
        name.replace(" ", "_").replace("\\", "_").replace("ä", "a"): value
        for name, value in values.items()
    }
    np.savez(directory / "truth.npz", **{k.replace("/", "|"): v for k, v in safe_values.items()})


def partitioned(directory: Path) -> None:
    """Slices of three types, along two axes, in one file."""
    import tensorflow as tf

    v1 = tf.compat.v1
    v1.disable_resource_variables()

    def build() -> None:
        for dtype in ("float32", "float16", "int32"):
            value = np.arange(7 * 6).reshape(7, 6).astype(dtype)
            for axis, shape in ((0, [3, 1]), (1, [1, 4])):
                v1.get_variable(
                    f"{dtype}_{axis}", shape=(7, 6), dtype=tf.as_dtype(dtype),
                    initializer=lambda shape, dtype=None, partition_info=None, value=value: (
                        tf.constant(
                            value[tuple(
                                slice(o, o + n)
                                for o, n in zip(partition_info.var_offset, shape, strict=True)
                            )],
                            dtype,
                        )
                    ),
                    partitioner=lambda shape, dtype=None, parts=tuple(shape): list(parts),
                    use_resource=False,
                )  # fmt: skip

    _save(build, directory / "part")


def sharded(directory: Path) -> None:
    """Two devices, so two files; a partitioned variable lies in both."""
    import tensorflow as tf

    v1 = tf.compat.v1

    def build() -> None:
        def value(shape: Any, dtype: Any = None, partition_info: Any = None) -> Any:
            start = partition_info.var_offset[0]
            return tf.reshape(tf.range(start * 4.0, start * 4.0 + shape[0] * 4.0), shape)

        def device(op: Any) -> str:
            return "/cpu:1" if "part_1" in op.name or "second" in op.name else "/cpu:0"

        with v1.device(device):
            v1.get_variable(
                "table", (6, 4), tf.float32, initializer=value, use_resource=False,
                partitioner=lambda shape, dtype=None: [2, 1],
            )  # fmt: skip
            v1.Variable(np.arange(5, dtype="i8"), name="first", use_resource=False)
            v1.Variable(np.arange(5, dtype="f8"), name="second", use_resource=False)

    _save(build, directory / "m1", saver={"sharded": True}, global_step=5)


def run(directory: Path) -> None:
    """Three saves of a run, whose state file names absolute paths that are dead by now."""
    import tensorflow as tf

    v1 = tf.compat.v1
    with tf.Graph().as_default():
        weights = v1.get_variable("w", initializer=tf.zeros((40, 3)), use_resource=False)
        grow = v1.assign_add(weights, tf.ones((40, 3)))
        saver = v1.train.Saver(write_version=v1.train.SaverDef.V1)
        with v1.Session() as session:
            session.run(v1.global_variables_initializer())
            for step in (10, 20, 100):
                session.run(grow)
                saver.save(session, str(directory / "model"), global_step=step)


def large(directory: Path) -> None:
    """Tensors larger than a block, and many small ones."""
    import tensorflow as tf

    def build() -> None:
        rng = np.random.default_rng(3)
        for number in range(300):
            tf.compat.v1.Variable(
                rng.standard_normal((9, 9)).astype("f4"), name=f"small_{number}", use_resource=False
            )
        tf.compat.v1.Variable(
            rng.standard_normal((700, 1000)).astype("f4"), name="big", use_resource=False
        )
        tf.compat.v1.Variable(
            rng.integers(-(2**40), 2**40, (300, 700)), name="big_int", use_resource=False
        )

    _save(build, directory / "large")


def values_of(
    prefix: str, names: list[str], shapes: list[list[int]], dtypes: list[str]
) -> list[Any]:
    """TensorFlow's own restore of V1 tensors, by the op of its saver (which knows more types than
    its `CheckpointReader`): bytes, or a list of strings.
    """
    import tensorflow as tf

    out = []
    for name, shape, dtype in zip(names, shapes, dtypes, strict=True):
        value = tf.raw_ops.Restore(file_pattern=prefix, tensor_name=name, dt=tf.as_dtype(dtype))
        assert list(value.shape) == shape
        array = value.numpy()
        out.append(
            array.ravel().tolist() if dtype == "string" and shape
            else [array] if dtype == "string" else array.tobytes()
        )  # fmt: skip
    return out
