"""The page Trust: the operations of a graph counted by protobuf, and every byte read once.

Nothing is loaded by either: the first parses the file, the second reads values with TensorFlow,
which checks the checksum of each.
"""

import os

from tfinspector.contents.keras_files import KerasLayout
from tfinspector.contents.sources import SourceKind
from tfinspector.engine.code.reading import opening_code, path_in_code, script
from tfinspector.engine.open_source import OpenSource

_PARSE = """
import collections

from google.protobuf import text_format
from tensorflow.core.protobuf import {module}

# Parsed, not loaded: nothing of it is executed.
message, data = {module}.{message}(), open({path!r}, "rb").read()
text_format.Parse(data, message) if {is_text} else message.ParseFromString(data)
counts = collections.Counter()
for graph in {graphs}:
    counts.update(node.op for node in graph.node)
    for function in graph.library.function:
        counts.update(node.op for node in function.node_def)
for operation, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
    print(operation, count)
"""
_CONFIGURATION = """
import json


def objects_in(value, place=""):
    \"\"\"Every serialised object of the configuration, with where it stands.\"\"\"
    if isinstance(value, dict):
        inner = value.get("config")
        name = inner.get("name") if isinstance(inner, dict) else None
        place = "/".join(filter(None, [place, name if "class_name" in value else None]))
        if "class_name" in value:
            yield place, value
        for each in value.values():
            yield from objects_in(each, place)
    elif isinstance(value, list):
        for each in value:
            yield from objects_in(each, place)


{configuration}
for place, each in objects_in(configuration):
    module = each.get("module") or ""
    executes = each["class_name"] in ("Lambda", "__lambda__", "TFSMLayer", "TorchModuleWrapper")
    if executes or each.get("registered_name") or (module and module.split(".")[0] != "keras"):
        name = each["config"] if each["class_name"] == "function" else each["class_name"]
        print("executes code" if executes else "not of Keras", name, module, place)
"""
_CONFIGURATIONS = {
    KerasLayout.ARCHIVE: (
        "configuration = json.loads(zipfile.ZipFile({path!r}).read('config.json'))"
    ),
    KerasLayout.DIRECTORY: (
        "configuration = json.load(open(os.path.join({path!r}, 'config.json')))"
    ),
    KerasLayout.HDF5_MODEL: (
        "file = h5py.File({path!r}, 'r')\n"
        "configuration = [json.loads(file.attrs.get(name, '{{}}'))\n"
        "                 for name in ('model_config', 'training_config')]"
    ),
}
_CHECK = """
# TensorFlow compares the checksum of each value that it reads.
for path in {paths!r}:
    values = open_values(path)
    keys = sorted(values.get_variable_to_shape_map())
    bad = []
    for key in keys:
        try:
            values.get_tensor(key)
        except tf.errors.OpError as error:
            if "hecksum" in str(error) or isinstance(error, tf.errors.DataLossError):
                bad.append(key)
            print(path, key, error)
    print(path, len(keys), "values read,", len(bad), "damaged")
"""
_CHECK_KERAS = """
# An archive has a checksum for each of its files; in HDF5 everything is read once.
for path in {paths!r}:
    if os.path.isfile(path) and zipfile.is_zipfile(path):
        print(path, "first bad file of the archive:", zipfile.ZipFile(path).testzip())
    read = []
    for file in open_values(path).files:
        keys = []
        file.visit(keys.append)
        read += [file[key][()].shape for key in keys if isinstance(file[key], h5py.Dataset)]
    print(path, len(read), "values read, 0 damaged")
"""
_CHECK_GRAPH = """
values = open_values({path!r})
read = [values.get_tensor(name).shape for name in values.tensors]
print({path!r}, len(read), "values read; a graph has no checksums")
"""


def trust_of(opened: OpenSource) -> str:
    """The operations or classes that the page judges, then the pass over the bytes."""
    source = opened.source
    parts = [_census(opened)]
    paths = [each.path for each in source.snapshots]
    if paths:
        parts.append(opening_code((opened, path) for path in paths))
        keras = source.checkpoint is not None and source.checkpoint.keras is not None
        if keras:
            parts += [_configuration(opened), _CHECK_KERAS.format(paths=paths)]
        elif source.kind is SourceKind.GRAPH_DEF:
            parts.append(_CHECK_GRAPH.format(path=source.path))
        else:
            parts.append(_CHECK.format(paths=[path_in_code(opened, path) for path in paths]))
    title = (
        f"What {os.path.basename(source.path)} would do if it were loaded, and whether it is whole."
    )
    return script(title, *parts) if any(parts) else ""


def _census(opened: OpenSource) -> str:
    source = opened.source
    model = source.saved_model
    if model is None:
        return ""
    module, message, graphs = {
        SourceKind.GRAPH_DEF: ("graph_pb2", "GraphDef", "[message]"),
        SourceKind.META_GRAPH: ("meta_graph_pb2", "MetaGraphDef", "[message.graph_def]"),
    }.get(
        source.kind,
        ("saved_model_pb2", "SavedModel", "[each.graph_def for each in message.meta_graphs]"),
    )
    code = _PARSE.format(
        module=module, message=message, graphs=graphs, path=model.proto,
        is_text=model.proto.endswith((".pbtxt", ".txt")),
    )  # fmt: skip
    return code.replace("core.protobuf import graph_pb2", "core.framework import graph_pb2")


def _configuration(opened: OpenSource) -> str:
    """Classes that are not of Keras, and layers that execute code, where the file has a model."""
    checkpoint = opened.source.checkpoint
    keras = checkpoint.keras if checkpoint else None
    if checkpoint is None or keras is None or keras.layout not in _CONFIGURATIONS:
        return ""
    where = _CONFIGURATIONS[keras.layout].format(path=checkpoint.prefix)
    return _CONFIGURATION.format(configuration=where)
