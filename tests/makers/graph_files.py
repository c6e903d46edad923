"""Graphs by themselves: frozen ones in binary and text form, and graphs beside checkpoints."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np


def _constants() -> dict[str, Any]:
    import ml_dtypes

    rng = np.random.default_rng(11)
    values: dict[str, Any] = {
        name: rng.integers(0, 2, (2, 3)).astype(name)
        for name in ("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32",
                     "uint64", "float16", "float32", "float64", "complex64", "complex128")
    }  # fmt: skip
    for name in ("bfloat16", "float8_e5m2", "float8_e4m3fn", "int4", "uint4"):
        values[name] = rng.integers(0, 3, (2, 3)).astype(getattr(ml_dtypes, name))
    values["string"] = np.array([b"", b"a\0b", b"\xff" * 200], object)
    values["scalar"] = np.float32(2.5)
    values["zeros"] = np.zeros((40, 50), "f4")
    values["empty"] = np.zeros((0, 3), "f4")
    values["matrix"] = rng.standard_normal((30, 20)).astype("f4")
    return values


def _graph() -> Any:
    import tensorflow as tf

    graph = tf.Graph()
    with graph.as_default():
        x = tf.compat.v1.placeholder(tf.float32, (None, 30), name="x")
        for name, value in _constants().items():
            tf.constant(value, name=name)
        with tf.name_scope("dense"):
            kernel = graph.get_tensor_by_name("matrix:0")
            logits = tf.linalg.matmul(x, kernel, name="logits")
        tf.nn.softmax(logits, name="probabilities")
    return graph.as_graph_def()


def frozen(directory: Path) -> None:
    """Constants of all types as TensorFlow writes them, binary and as text."""
    import tensorflow as tf

    definition = _graph()
    tf.io.write_graph(definition, str(directory), "frozen.pb", as_text=False)
    tf.io.write_graph(definition, str(directory), "frozen.pbtxt", as_text=True)


def packed(directory: Path) -> None:
    """The same with values in the fields of their types, repeated ones left out."""
    import tensorflow as tf

    definition = tf.compat.v1.GraphDef()
    values = {name: value for name, value in _constants().items() if np.size(value) < 100}
    values["all_ones"] = np.ones((5, 7), "i4")
    for name, value in values.items():
        node = definition.node.add(name=name, op="Const")
        tensor = tf.compat.v1.make_tensor_proto(value)
        node.attr["dtype"].type = tensor.dtype
        out = node.attr["value"].tensor
        out.CopyFrom(tensor)
        flat = np.asarray(value).reshape(-1)
        if not tensor.tensor_content:
            continue
        field = {
            "bool": "bool_val", "int64": "int64_val", "uint32": "uint32_val",
            "uint64": "uint64_val", "float32": "float_val", "float64": "double_val",
            "float16": "half_val", "bfloat16": "half_val", "complex64": "scomplex_val",
            "complex128": "dcomplex_val",
        }.get(flat.dtype.name, "int_val")  # fmt: skip
        if field == "half_val":
            flat = flat.view("u2")
        elif field in ("scomplex_val", "dcomplex_val"):
            flat = flat.view(flat.real.dtype)
        elif flat.dtype.name.startswith("float8"):
            out.tensor_content = b""
            out.float8_val = flat.tobytes()
            continue
        out.tensor_content = b""
        if name == "all_ones":
            flat = flat[:1]
        getattr(out, field).extend(flat.tolist())
    (directory / "packed.pb").write_bytes(definition.SerializeToString())


def function(directory: Path) -> None:
    """A frozen function of TensorFlow 2 with a loop, whose body is in the library."""
    import tensorflow as tf
    from tensorflow.python.framework.convert_to_constants import (
        convert_variables_to_constants_v2,
    )

    weights = tf.Variable(np.arange(12, dtype="f4").reshape(4, 3), name="w")

    @tf.function(input_signature=[tf.TensorSpec((None, 4), tf.float32, name="x")])
    def call(x: Any) -> Any:
        y = x @ weights
        for _ in tf.range(3):
            y = y + tf.constant([1.0, 2.0, 4.0])
        return y

    frozen = convert_variables_to_constants_v2(
        call.get_concrete_function(), lower_control_flow=False
    )
    tf.io.write_graph(frozen.graph, str(directory), "function.pb", as_text=False)


def lite(directory: Path) -> None:
    """A TensorFlow Lite model with a matrix in it."""
    import tensorflow as tf

    weights = tf.constant(np.arange(12, dtype="f4").reshape(4, 3) / 7)

    @tf.function(input_signature=[tf.TensorSpec((1, 4), tf.float32, name="x")])
    def call(x: Any) -> Any:
        return tf.nn.relu(x @ weights)

    converter = tf.lite.TFLiteConverter.from_concrete_functions([call.get_concrete_function()])
    (directory / "model.tflite").write_bytes(converter.convert())


def meta(directory: Path) -> None:
    """Checkpoints of TensorFlow 1 with their graphs, in both formats; one graph by itself."""
    import tensorflow as tf

    v1 = tf.compat.v1
    for version, name in ((v1.train.SaverDef.V1, "old"), (v1.train.SaverDef.V2, "new")):
        with tf.Graph().as_default(), v1.Session() as session:
            v1.get_variable("w", (4, 2), use_resource=False)
            v1.get_variable("b", (2,), tf.float64)
            session.run(v1.global_variables_initializer())
            v1.train.Saver(write_version=version).save(session, str(directory / name))
    alone = directory / "alone"
    alone.mkdir()
    (alone / "new.meta").write_bytes((directory / "new.meta").read_bytes())


def values_of(path: str) -> dict[str, Any]:
    """TensorFlow's values of all constants of a graph: type's name, shape, bytes or strings."""
    import tensorflow as tf
    from google.protobuf import text_format

    definition = tf.compat.v1.GraphDef()
    data = Path(path).read_bytes()
    if path.endswith(".pbtxt"):
        text_format.Parse(data, definition)
    else:
        definition.ParseFromString(data)
    nodes = [("", node) for node in definition.node]
    for inner in definition.library.function:
        nodes += [(f"{inner.signature.name}/", node) for node in inner.node_def]
    found = {}
    for within, node in nodes:
        if node.op != "Const":
            continue
        tensor = node.attr["value"].tensor
        value = tf.io.parse_tensor(tensor.SerializeToString(), tf.as_dtype(tensor.dtype)).numpy()
        name = tf.as_dtype(tensor.dtype).name
        flat = np.asarray(value).reshape(-1)
        data = flat.tolist() if name == "string" else flat.tobytes()
        found[within + node.name] = (name, tuple(np.shape(value)), data)
    return found


def operations_of(path: str) -> dict[str, int]:
    """How often each operation stands in a graph and its functions, by TensorFlow's messages."""
    import tensorflow as tf
    from google.protobuf import text_format

    data = Path(path).read_bytes()
    definition = tf.compat.v1.GraphDef()
    if path.endswith(".meta"):
        definition = tf.compat.v1.MetaGraphDef.FromString(data).graph_def
    elif path.endswith(".pbtxt"):
        text_format.Parse(data, definition)
    else:
        definition.ParseFromString(data)
    counts: dict[str, int] = {}
    for nodes in (definition.node, *(one.node_def for one in definition.library.function)):
        for node in nodes:
            counts[node.op] = counts.get(node.op, 0) + 1
    return counts
