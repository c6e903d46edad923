"""Formats of other programs: what they are, and how their tensors become a checkpoint.

Each piece of code is complete: it writes a checkpoint beside the file, which opens here.
"""

from tfinspector.formats.recognition.file_kind import FileKind

_SAVE = """
tf.raw_ops.SaveV2(
    prefix={path!r} + "-ckpt", tensor_names=list(tensors),
    shape_and_slices=[""] * len(tensors), tensors=list(tensors.values()),
)"""
_FROM_ORBAX = """import jax, orbax.checkpoint as ocp, tensorflow as tf
tree = ocp.StandardCheckpointer().restore({path!r})
tensors = {{
    jax.tree_util.keystr(key): jax.device_get(value)
    for key, value in jax.tree_util.tree_leaves_with_path(tree)
}}"""
_FROM_TFLITE = """import tensorflow as tf
interpreter = tf.lite.Interpreter({path!r})
tensors = {{}}
for each in interpreter.get_tensor_details():
    try:
        tensors[each["name"]] = interpreter.get_tensor(each["index"])
    except ValueError:
        pass  # computed when the model runs, not stored"""
_FROM_NPZ = """import numpy, tensorflow as tf
tensors = dict(numpy.load({path!r}))"""
_FROM_SAFETENSORS = """import tensorflow as tf
from safetensors.numpy import load_file
tensors = load_file({path!r})"""
_FROM_SAFETENSORS_DIRECTORY = """import glob, os, tensorflow as tf
from safetensors.numpy import load_file
tensors = {{}}
for file in sorted(glob.glob(os.path.join(glob.escape({path!r}), "*.safetensors"))):
    tensors |= load_file(file)"""
_FROM_TFJS = """import json, math, os, numpy, tensorflow as tf
tensors = {{}}
for group in json.load(open({path!r}))["weightsManifest"]:
    files = [os.path.join(os.path.dirname({path!r}), each) for each in group["paths"]]
    data, at = b"".join(open(each, "rb").read() for each in files), 0
    for each in group["weights"]:
        packed = each.get("quantization", {{}})
        kind, count = packed.get("dtype", each["dtype"]), math.prod(each["shape"])
        value = numpy.frombuffer(data, kind, count, at).reshape(each["shape"])
        at += value.nbytes
        if "scale" in packed:
            value = value * packed["scale"] + packed["min"]
        tensors[each["name"]] = value.astype(each["dtype"])"""
_FROM_ONNX = """import onnx, tensorflow as tf
graph = onnx.load({path!r}).graph
tensors = {{each.name: onnx.numpy_helper.to_array(each) for each in graph.initializer}}"""
_FROM_PYTORCH = """import torch, tensorflow as tf
state = torch.load({path!r}, map_location="cpu", weights_only=True)
state = state.get("state_dict", state)
tensors = {{
    name: (value.float() if value.dtype is torch.bfloat16 else value).numpy()
    for name, value in state.items()
    if torch.is_tensor(value)
}}"""

TFLITE = FileKind(
    None,
    "a TensorFlow Lite model",
    "Save what it stores as a checkpoint; quantised tensors keep their integers.",
    _FROM_TFLITE + _SAVE,
)
NPY = FileKind(
    None,
    "a NumPy array",
    "Save it as a checkpoint of one tensor.",
    'import numpy, tensorflow as tf\ntensors = {{"array": numpy.load({path!r})}}' + _SAVE,
)
NPZ = FileKind(
    None,
    "an archive of NumPy arrays (.npz)",
    "Save them as a checkpoint.",
    _FROM_NPZ + _SAVE,
)
SAFETENSORS = FileKind(
    None,
    "a safetensors file",
    "Save its tensors as a checkpoint (needs the package safetensors).",
    _FROM_SAFETENSORS + _SAVE,
)
SAFETENSORS_DIRECTORY = FileKind(
    None,
    "a directory of safetensors files",
    "Save their tensors as a checkpoint (needs the package safetensors).",
    _FROM_SAFETENSORS_DIRECTORY + _SAVE,
)
ORBAX = FileKind(
    None,
    "an Orbax checkpoint (JAX), not one of TensorFlow's",
    "Restore it with Orbax and save its arrays as a checkpoint (needs the packages "
    "orbax-checkpoint and jax).",
    _FROM_ORBAX + _SAVE,
)
ORBAX_PART = FileKind(
    None,
    "part of an Orbax checkpoint (JAX)",
    "Open the directory that holds it, which says how it becomes a checkpoint.",
)
TFJS = FileKind(
    None,
    "a TensorFlow.js model",
    "Save its weights as a checkpoint; what is quantised becomes floats again.",
    _FROM_TFJS + _SAVE,
)
ONNX = FileKind(
    None,
    "an ONNX model",
    "Save its weights as a checkpoint (needs the package onnx).",
    _FROM_ONNX + _SAVE,
)
PYTORCH = FileKind(
    None,
    "a PyTorch file, which is pickled Python and is not opened",
    "Save its tensors as a checkpoint (needs the package torch, which so loads tensors alone).",
    _FROM_PYTORCH + _SAVE,
)
