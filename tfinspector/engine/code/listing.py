"""The pages Overview and Variables: open a source, list it, read some of its variables."""

import os
from collections.abc import Sequence

from tfinspector.contents.sources import SourceKind
from tfinspector.contents.variables import Variable
from tfinspector.engine.code.reading import (
    NUMBERS,
    literal,
    opening_code,
    path_in_code,
    readable,
    script,
)
from tfinspector.engine.open_source import OpenSource

_LIST = """
values = open_values({path!r})
shapes, types = values.get_variable_to_shape_map(), values.get_variable_to_dtype_map()
shapes.pop("_CHECKPOINTABLE_OBJECT_GRAPH", None)  # how the objects hang together, no variable
for key in sorted(shapes):
    print(key, types[key].name, shapes[key])
parameters = sum(int(np.prod(shape)) for shape in shapes.values())
print(len(shapes), "variables,", parameters, "parameters")
"""
_LIST_KERAS = """
values = open_values({path!r})
shapes = {{}}


def note(name, item):
    if isinstance(item, h5py.Dataset):
        shapes[name] = item.shape
        print(name, item.attrs.get("dtype", item.dtype), item.shape)


for file in values.files:
    file.visititems(note)
parameters = sum(int(np.prod(shape)) for shape in shapes.values())
print(len(shapes), "variables,", parameters, "parameters")
"""
_LIST_GRAPH = """
values = open_values({path!r})
for name, tensor in values.tensors.items():
    value = values.get_tensor(name)
    print(name, tf.as_dtype(tensor.dtype).name, value.shape)
print(len(values.tensors), "constants")
"""
_LIST_MODEL = """
from google.protobuf import text_format
from tensorflow.core.protobuf import saved_model_pb2

# The file that describes the model is parsed, not loaded: nothing of it is executed.
model, data = saved_model_pb2.SavedModel(), open({proto!r}, "rb").read()
text_format.Parse(data, model) if {is_text} else model.ParseFromString(data)
for graph in model.meta_graphs:
    print("tags", *sorted(graph.meta_info_def.tags), "by", graph.meta_info_def.tensorflow_version)
    for name, signature in sorted(graph.signature_def.items()):
        if name.startswith("__saved_model_"):  # what TensorFlow keeps for loading
            continue
        print("signature", name)
        for kind, infos in (("input", signature.inputs), ("output", signature.outputs)):
            for key, info in sorted(infos.items()):
                shape = tf.TensorShape(info.tensor_shape)
                print(" ", kind, key, tf.as_dtype(info.dtype).name, shape)
"""
_READ = """
values = open_values({path!r})
# Its name -> its key in the file.
VARIABLES = {variables}
for name, key in VARIABLES.items():
    value = np.asarray(values.get_tensor(key))
    if value.dtype.kind in "OSU":
        print(name, "string", value.shape, value.reshape(-1)[:4])
        continue
    numbers = numbers_of(value)
    finite = numbers[np.isfinite(numbers)]
    print(name, value.dtype.name, value.shape, "zeros", np.sum(numbers == 0),
          "nan", np.sum(np.isnan(numbers)), "inf", np.sum(np.isinf(numbers)))
    if finite.size:
        print("  min %.9g max %.9g mean %.9g std %.9g" % (
            finite.min(), finite.max(), finite.mean(), finite.std()))
"""


def open_and_list(opened: OpenSource, snapshot: str | None) -> str:
    """Open it and list what is inside; a SavedModel with its signatures, parsed and not loaded."""
    source = opened.source
    parts = []
    if source.kind is SourceKind.SAVED_MODEL and source.saved_model is not None:
        proto = source.saved_model.proto
        parts.append(_LIST_MODEL.format(proto=proto, is_text=proto.endswith(".pbtxt")))
    if snapshot:
        parts.append(opening_code([(opened, snapshot)]) + _list_code(opened, snapshot))
    return script(f"Lists what is in {os.path.basename(source.path)}.", *parts) if parts else ""


def read_variables(opened: OpenSource, snapshot: str, variables: Sequence[Variable]) -> str:
    """Read these by their keys, and print their figures."""
    chosen = {each.name: each.key for each in readable(variables)}
    if not chosen:
        return ""
    count = "a variable" if len(chosen) == 1 else f"{len(chosen)} variables"
    return script(
        f"Reads {count} of {os.path.basename(snapshot)}.",
        opening_code([(opened, snapshot)]), NUMBERS, "\n",
        _READ.format(path=path_in_code(opened, snapshot), variables=literal(chosen)),
    )  # fmt: skip


def _list_code(opened: OpenSource, snapshot: str) -> str:
    template = _LIST
    if opened.source.kind is SourceKind.GRAPH_DEF:
        template = _LIST_GRAPH
    elif opened.checkpoint(snapshot).keras is not None:
        template = _LIST_KERAS
    return "\n" + template.format(path=path_in_code(opened, snapshot))
