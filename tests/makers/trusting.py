"""SavedModels that do more than compute, and some that this TensorFlow can't run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import tensorflow as tf
from tensorflow.core.protobuf.saved_model_pb2 import SavedModel
from tensorflow.python.client import pywrap_tf_session
from tensorflow.python.trackable.resource import TrackableResource

ROW = [tf.TensorSpec([None], tf.float32)]


def versions() -> tuple[str, int]:
    """This TensorFlow, and the version of its graphs."""
    return tf.__version__, tf.version.GRAPH_DEF_VERSION


def registered_operations() -> list[str]:
    """What this TensorFlow registers."""
    from tensorflow.core.framework.op_def_pb2 import OpList

    operations = OpList()
    operations.ParseFromString(
        bytes(pywrap_tf_session.TF_GetBuffer(pywrap_tf_session.TF_GetAllOpList()))
    )
    return [operation.name for operation in operations.op]


class Reaching(tf.Module):
    """Writes a file and calls Python, two functions below its signature."""

    def __init__(self, words: Path) -> None:
        super().__init__()
        self.weight = tf.Variable([1.0, 2.0])
        initializer = tf.lookup.TextFileInitializer(
            str(words), tf.string, tf.lookup.TextFileIndex.WHOLE_LINE,
            tf.int64, tf.lookup.TextFileIndex.LINE_NUMBER,
        )  # fmt: skip
        self.table = tf.lookup.StaticHashTable(initializer, -1)

    @tf.function(input_signature=ROW)
    def serve(self, x: Any) -> Any:
        return self.inner(x)

    @tf.function(input_signature=ROW)
    def inner(self, x: Any) -> Any:
        tf.io.write_file("/nowhere/out.txt", "x")
        return tf.numpy_function(lambda row: row + 1, [x], tf.float32) * self.weight[0]


def reaching(directory: Path) -> None:
    words = directory / "words.txt"
    words.write_text("a\nb\n", encoding="utf-8")
    module = Reaching(words)
    tf.saved_model.save(module, str(directory / "model"), signatures=module.serve)


class Resource(TrackableResource):
    """Reads a file as soon as it is loaded."""

    def _create_resource(self) -> Any:
        return tf.raw_ops.MutableHashTableV2(key_dtype=tf.string, value_dtype=tf.int64)

    def _initialize(self) -> None:
        tf.io.read_file(__file__)


def at_loading(directory: Path) -> None:
    module = tf.Module()
    module.resource = Resource()
    module.weight = tf.Variable(1.0)
    tf.saved_model.save(module, str(directory / "model"))


class Computing(tf.Module):
    """A convolution with the channels first."""

    def __init__(self) -> None:
        super().__init__()
        self.kernel = tf.Variable(tf.ones([3, 3, 2, 4]))

    @tf.function(input_signature=[tf.TensorSpec([None, 2, 8, 8], tf.float32)])
    def serve(self, x: Any) -> Any:
        return tf.nn.conv2d(x, self.kernel, 1, "SAME", data_format="NCHW")


def channels_first(directory: Path) -> None:
    module = Computing()
    tf.saved_model.save(module, str(directory / "model"), signatures=module.serve)


def _changed(directory: Path, change: Callable[[Any], None]) -> None:
    """An ordinary SavedModel with something changed in its graph."""
    channels_first(directory)
    path = directory / "model" / "saved_model.pb"
    message = SavedModel.FromString(path.read_bytes())
    change(message.meta_graphs[0].graph_def)
    path.write_bytes(message.SerializeToString())


def _convolution(graph: Any) -> Any:
    nodes = (node for function in graph.library.function for node in function.node_def)
    return next(node for node in nodes if node.op == "Conv2D")


def foreign_operation(directory: Path) -> None:
    def change(graph: Any) -> None:
        _convolution(graph).op = "RegexSplitWithOffsets"

    _changed(directory, change)


def nobodys_operation(directory: Path) -> None:
    def change(graph: Any) -> None:
        _convolution(graph).op = "QuiteUnheardOf"

    _changed(directory, change)


def without_kernels(directory: Path) -> None:
    """One operation that this TensorFlow computes on a GPU only, and one that it can't any more."""

    @tf.function(input_signature=[tf.TensorSpec([2, 4], tf.complex64, "x")])
    def serve(x: Any) -> Any:
        ensemble = tf.raw_ops.BoostedTreesEnsembleResourceHandleOp()
        with tf.control_dependencies([ensemble]):
            return tf.raw_ops.FFTND(input=x, fft_length=[2, 4], axes=[0, 1])

    module = tf.Module()
    module.serve = serve
    tf.saved_model.save(module, str(directory / "model"), signatures=serve)


def newer(directory: Path) -> None:
    """A graph for a TensorFlow to come, with an XLA module that is newer too."""

    def change(graph: Any) -> None:
        node = _convolution(graph)
        node.op = "XlaCallModule"
        node.attr["version"].i = 99
        graph.versions.producer = graph.versions.min_consumer = 999_999

    _changed(directory, change)


def text(directory: Path) -> None:
    """The model of `reaching` in protobuf's text format."""
    from google.protobuf import text_format

    reaching(directory)
    path = directory / "model" / "saved_model.pb"
    message = SavedModel.FromString(path.read_bytes())
    path.with_suffix(".pbtxt").write_text(text_format.MessageToString(message), encoding="utf-8")
    path.unlink()


def counted(path: str) -> dict[str, int]:
    """Every operation of the graph and its functions, as TensorFlow's own messages tell it."""
    graph = (
        SavedModel.FromString(Path(path, "saved_model.pb").read_bytes()).meta_graphs[0].graph_def
    )
    names = {function.signature.name for function in graph.library.function}
    counts: dict[str, int] = {}
    for node in (*graph.node, *(n for each in graph.library.function for n in each.node_def)):
        if node.op not in names:
            counts[node.op] = counts.get(node.op, 0) + 1
    return counts


def fingerprints(lengths: list[int]) -> list[int]:
    """`Fingerprint64` of bytes 0, 1, 2, ... as TensorFlow computes it."""
    data = [bytes(at % 256 for at in range(length)) for length in lengths]
    hashes = tf.raw_ops.Fingerprint(data=tf.constant(data)[:, None], method="farmhash64")
    return [int.from_bytes(bytes(row), "little") for row in hashes.numpy()]
