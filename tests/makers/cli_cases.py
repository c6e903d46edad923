"""Files for the command line's tests and for the speed of listing (P5)."""

from __future__ import annotations

from pathlib import Path

BLOCKS, LAYERS, EACH = 1000, 10, 10
"""1000 blocks of 10 layers of 10 variables: 100,000."""


def many_by_name(directory: Path) -> None:
    """100,000 variables known by name alone, as a TF1 Saver writes them."""
    import numpy as np

    names = [
        f"block_{block}/layer_{layer}/weight_{number}"
        for block in range(BLOCKS)
        for layer in range(LAYERS)
        for number in range(EACH)
    ]
    _save(directory / "many", {name: np.full(3, i, "float32") for i, name in enumerate(names)})


def many_by_object(directory: Path) -> None:
    """100,000 variables under an object graph, as `tf.train.Checkpoint` writes it.

    The graph is put together by hand: TensorFlow takes minutes to walk that many objects.
    """
    import numpy as np
    from tensorflow.core.protobuf import trackable_object_graph_pb2

    graph = trackable_object_graph_pb2.TrackableObjectGraph()
    graph.nodes.add()
    tensors = {}

    def child(parent: int, name: str) -> int:
        graph.nodes[parent].children.add(node_id=len(graph.nodes), local_name=name)
        graph.nodes.add()
        return len(graph.nodes) - 1

    model = child(0, "model")
    for block in range(BLOCKS):
        block_node = child(model, f"block_{block}")
        for layer in range(LAYERS):
            layer_node = child(block_node, f"layer_{layer}")
            for number in range(EACH):
                node = child(layer_node, f"weight_{number}")
                path = f"model/block_{block}/layer_{layer}/weight_{number}"
                key = f"{path}/.ATTRIBUTES/VARIABLE_VALUE"
                graph.nodes[node].attributes.add(
                    name="VARIABLE_VALUE", full_name=f"{path}:0", checkpoint_key=key
                )
                tensors[key] = np.full(3, node, "float32")
    tensors["_CHECKPOINTABLE_OBJECT_GRAPH"] = np.array(graph.SerializeToString(), object)
    _save(directory / "many", tensors)


def odd_values(directory: Path) -> None:
    """One checkpoint by name with everything that JSON finds hard to say."""
    import numpy as np
    import tensorflow as tf

    tensors = {
        "complex": np.array([[1 + 2j, complex(np.nan, -np.inf)]], "complex64"),
        "float/extremes": np.array([np.nan, np.inf, -np.inf, -0.0, 1.5], "float32"),
        "float/bfloat16": tf.constant([1.0, np.nan, 3.0], tf.bfloat16),
        "float/tiny": tf.cast(tf.constant([0.5, 2.0]), tf.dtypes.experimental.float8_e5m2),
        "int/grid": np.arange(60, dtype="int64").reshape(3, 4, 5),
        "int/scalar": np.array(7, "int32"),
        "flags": np.array([True, False]),
        "strings": np.array([b"plain", "grün".encode(), b"\xff\x00"], object),
        "empty": np.zeros((0, 3), "float32"),
        "ansi\x1b[31mred": np.zeros(1, "float32"),
    }
    _save(directory / "odd", tensors)


def damaged(directory: Path) -> None:
    """Two tensors; a byte of the first one's value was changed afterwards."""
    import numpy as np

    _save(directory / "bad", {"a": np.arange(8, dtype="float32"), "b": np.ones(8, "float32")})
    data = directory / "bad.data-00000-of-00001"
    raw = bytearray(data.read_bytes())
    raw[5] ^= 0x40
    data.write_bytes(raw)


def _save(prefix: Path, tensors: dict) -> None:
    import tensorflow as tf

    tf.raw_ops.SaveV2(
        prefix=str(prefix),
        tensor_names=list(tensors),
        shape_and_slices=[""] * len(tensors),
        tensors=[tf.convert_to_tensor(value) for value in tensors.values()],
    )
