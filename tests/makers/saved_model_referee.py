"""TensorFlow's own word on a SavedModel, as plain data. Runs in the TensorFlow process."""

from __future__ import annotations

import contextlib
import importlib
import io
import os
from typing import Any

import tensorflow as tf
from google.protobuf import descriptor_pool, text_format
from tensorflow.python.saved_model import loader_impl

from tests.formats.schema_fields import fields_of

_SCHEMA_MODULES = (
    "tensorflow.core.protobuf.saved_model_pb2", "tensorflow.core.protobuf.fingerprint_pb2",
    "tensorflow.core.protobuf.saved_object_graph_pb2", "tensorflow.core.protobuf.struct_pb2",
    "tensorflow.core.framework.variable_pb2", "tensorflow.core.framework.graph_pb2",
)  # fmt: skip
_HIDDEN = ("__saved_model_init_op", "__saved_model_train_op")


def describe(directory: str) -> dict[str, Any]:
    """The SavedModel message, parsed by TensorFlow, in the words of `contents`."""
    message = loader_impl.parse_saved_model(directory)
    return {
        "version": message.saved_model_schema_version,
        "graphs": [_describe_graph(directory, graph) for graph in message.meta_graphs],
    }


def _describe_graph(directory: str, graph: Any) -> dict[str, Any]:
    info, objects = graph.meta_info_def, graph.object_graph_def
    assets = loader_impl.get_asset_tensors(directory, graph)
    return {
        "graph_nbytes": graph.graph_def.ByteSize(),
        "tags": sorted(info.tags),
        "versions": (info.tensorflow_version, info.tensorflow_git_version),
        "aliases": dict(info.function_aliases),
        "signatures": {
            name: {
                "method": signature.method_name,
                "defaults": sorted(signature.defaults),
                "inputs": _tensors(signature.inputs),
                "outputs": _tensors(signature.outputs),
            }
            for name, signature in graph.signature_def.items()
            if name not in _HIDDEN
        },
        "variables": _object_variables(objects) if objects.nodes else _graph_variables(graph),
        "assets": sorted({os.path.basename(os.fsdecode(path)) for path in assets.values()}),
        "objects": len(objects.nodes),
        "traces": sum(len(node.function.concrete_functions) for node in objects.nodes),
    }


def _tensors(infos: Any) -> dict[str, tuple[str, str, Any]]:
    """name -> (tensor, dtype, shape); sparse ones by TensorFlow's names for their parts."""
    found = {}
    for name, info in infos.items():
        dtype = tf.as_dtype(info.dtype).name
        shape = None if info.tensor_shape.unknown_rank else _dims(info.tensor_shape)
        if info.WhichOneof("encoding") == "coo_sparse":
            sparse = info.coo_sparse
            found[f"{name}_indices"] = (sparse.indices_tensor_name, "int64", (None, len(shape)))
            found[f"{name}_values"] = (sparse.values_tensor_name, dtype, (None,))
            found[f"{name}_dense_shape"] = (sparse.dense_shape_tensor_name, "int64", (len(shape),))
        else:
            found[name] = (info.name, dtype, shape)
    return found


def _dims(shape: Any) -> tuple[int | None, ...]:
    return tuple(None if dim.size == -1 else dim.size for dim in shape.dim)


def _object_variables(objects: Any) -> list[tuple[str, str, Any, bool]]:
    return [
        (node.variable.name, tf.as_dtype(node.variable.dtype).name, _dims(node.variable.shape),
         node.variable.trainable)
        for node in objects.nodes
        if node.WhichOneof("kind") == "variable"
    ]  # fmt: skip


def _graph_variables(graph: Any) -> list[tuple[str, str, Any, bool]]:
    """What TensorFlow 1 makes of the collections, partitioned variables put together."""
    found = {}
    with tf.Graph().as_default():
        tf.compat.v1.train.import_meta_graph(graph, clear_devices=True)
        trainable = {variable.name for variable in tf.compat.v1.trainable_variables()}
        for variable in tf.compat.v1.global_variables():
            whole = variable._save_slice_info
            name = whole.full_name if whole else variable.op.name
            shape = tuple(whole.full_shape) if whole else tuple(variable.shape)
            found[name] = (name, variable.dtype.base_dtype.name, shape, variable.name in trainable)
    return [found[name] for name in sorted(found)]


def values(directory: str, paths: list[str]) -> list[bytes]:
    """What `tf.saved_model.load` puts into the variables at these paths of the loaded object."""
    loaded = tf.saved_model.load(directory)
    return [_follow(loaded, path).numpy().tobytes() for path in paths]


def _follow(value: Any, path: str) -> Any:
    for name in path.split("/"):
        if isinstance(value, list | tuple):
            value = value[int(name)]
        else:
            value = value[name] if isinstance(value, dict) else getattr(value, name)
    return value


def run(code: str) -> str:
    """Runs generated code as a person would; what it printed."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code, "generated", "exec"), {})
    return printed.getvalue()


def error_of_calling(directory: str) -> str:
    """What `loaded(x)` raises; "" when it works."""
    loaded = tf.saved_model.load(directory)
    try:
        loaded(tf.ones([1, 4]))
    except (TypeError, ValueError) as error:
        return f"{type(error).__name__}: {error}"
    return ""


def descriptors(names: list[str]) -> dict[str, dict[str, Any]]:
    """TensorFlow's declaration of each message or enum, as `fields_of` tells it."""
    for module in _SCHEMA_MODULES:
        importlib.import_module(module)
    return {name: fields_of(descriptor_pool.Default(), name) for name in names}


def as_text(directory: str) -> str:
    """The SavedModel message in the text format."""
    return text_format.MessageToString(loader_impl.parse_saved_model(directory))


def error_of_serving(directory: str) -> str:
    """What the default signature raises in a session, as in a server; "" when it works."""
    v1 = tf.compat.v1
    with tf.Graph().as_default(), v1.Session() as session:
        graph = v1.saved_model.load(session, ["serve"], directory)
        signature = graph.signature_def["serving_default"]
        (given,) = signature.inputs.values()
        (asked,) = signature.outputs.values()
        try:
            session.run(asked.name, {given.name: [[1.0, 2.0, 3.0, 4.0]]})
        except tf.errors.FailedPreconditionError as error:
            return str(error)
    return ""
