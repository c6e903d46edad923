"""Calls a signature or a function of a SavedModel with values that are sent along."""

import os
import time
from collections.abc import Mapping  # typing's own knows no wrapped dictionaries
from typing import Any, Dict, Iterator, List, Tuple

from .assigning import value_of
from .failures import describe
from .framework import tensorflow
from .placing import peak_memory, scope, split_cpu
from .saved_models import import_all
from .serving import Context
from .sharing import attacher, values_in

_kept: List[Tuple[Any, Any]] = []  # the model that was called last, under what it was asked for by


def run(params: Dict[str, Any], context: Context) -> Dict[str, Any]:
    """Load `path` and call it `repeat` times; `tags`, `device`, `imports` as of `load`.

    `logical_cpus` is as of `build`, for a worker that has not begun.

    `signature` is a name; or `function` a path from the root, with `arguments`: {"positional":
    [...], "keywords": {...}} of the structures that `_made` reads. `inputs` are [{"name", "dtype",
    "shape", "picture", "scale"}] with one payload each, as of the method `assign`; a picture's is
    its file. The model is kept for the next call. What loading raises is raised; the answer has
    `error` for what the call raised, and else `times` (seconds, from the call to the outputs being
    in this process's memory) and `outputs` [{"name", "dtype", "shape", "payload"}] of the first.
    """
    device = params.get("device")
    if params.get("logical_cpus"):
        split_cpu(int(params["logical_cpus"]))
    loaded, seconds = _load(params, context)
    answer = {"error": None, "load_seconds": seconds, "times": [], "outputs": []}  # type: Dict[str, Any]
    try:
        with scope(device):
            call, arguments, keywords = _call_of(loaded, params, inputs_of(params, context))
            for number in range(int(params.get("repeat", 1))):
                context.report(number, int(params.get("repeat", 1)), "calling it")
                started = time.monotonic()
                parts = [
                    (name, part, values_in(part))
                    for name, part in flattened("", call(*arguments, **keywords))
                ]
                answer["times"].append(time.monotonic() - started)
                if number == 0:
                    answer["outputs"] = _rows(parts, context)
    except Exception as error:  # noqa: BLE001 - the model may raise anything; it is the answer
        answer.update(error=describe(error), times=[], outputs=[])
        context.attached.clear()
    if (params.get("function") or "").rpartition("/")[2].startswith("_"):
        _kept.clear()  # `_destroy_resource` and its like leave a model that can't be called again
    answer.update(peak_memory(device))
    return answer


def _load(params: Dict[str, Any], context: Context) -> Tuple[Any, float]:
    """The model and the seconds it took, 0 where it was loaded already and has not changed."""
    tf = tensorflow()
    path, tags, device = params["path"], params.get("tags"), params.get("device")
    key = (path, tuple(tags or ()), device, _stamp(path))
    if _kept and _kept[0][0] == key:
        return _kept[0][1], 0.0
    _kept.clear()
    import_all(params, context)
    context.report(0, 0, "loading")
    started = time.monotonic()
    with scope(device):
        loaded = tf.saved_model.load(path, tags=tags)
    _kept.append((key, loaded))
    return loaded, time.monotonic() - started


def _stamp(path: str) -> List[Tuple[str, int, int]]:
    """What tells whether the files are still those that were loaded."""
    found = []
    for folder in (path, os.path.join(path, "variables"), os.path.join(path, "assets")):
        try:
            with os.scandir(folder) as entries:
                stats = [(entry.path, entry.stat()) for entry in entries if entry.is_file()]
        except OSError:  # a model without variables or assets, or a path that is not a local one
            continue
        found += [(name, stat.st_mtime_ns, stat.st_size) for name, stat in stats]
    return sorted(found)


def inputs_of(params: Dict[str, Any], context: Context) -> Dict[str, Any]:
    """The values that came with a request, as tensors by name; see `run`."""
    tf = tensorflow()
    values = {}
    for number, row in enumerate(params["inputs"]):
        dtype, payload = tf.as_dtype(row["dtype"]), context.payloads[number]
        if row.get("picture"):
            values[row["name"]] = _picture(payload, dtype, row["shape"], row["scale"])
        else:
            values[row["name"]] = tf.constant(value_of(payload, dtype, row["shape"]), dtype)
    return values


def _picture(data: bytes, dtype: Any, shape: List[int], scale: float) -> Any:
    """A picture's file as a tensor of that shape: [height, width, channels], maybe in a batch.

    Where the channels can only come first, they do. Every place of the batch gets the picture.
    """
    tf = tensorflow()
    first = shape[-1] not in (1, 3, 4) and shape[-3] in (1, 3, 4)
    height, width, channels = shape[-2:] + shape[-3:-2] if first else shape[-3:]
    pixels = tf.io.decode_image(data, channels=channels, expand_animations=False)
    pixels = tf.image.resize(tf.cast(pixels, tf.float32), [height, width]) * scale
    if dtype.is_integer:
        pixels = tf.round(pixels)
    if first:
        pixels = tf.transpose(pixels, [2, 0, 1])
    return tf.cast(tf.broadcast_to(pixels, shape), dtype)


def _call_of(
    loaded: Any, params: Dict[str, Any], values: Dict[str, Any]
) -> Tuple[Any, List[Any], Dict[str, Any]]:
    if params.get("function") is None:
        call = loaded.signatures[params["signature"]]
        return call, [], _joined(call, values)
    made = params["arguments"]
    arguments = [_made(each, values) for each in made["positional"]]
    keywords = {name: _made(each, values) for name, each in made["keywords"].items()}
    return _found(loaded, params["function"]), arguments, keywords


def _joined(call: Any, values: Dict[str, Any]) -> Dict[str, Any]:
    """A signature of TensorFlow 1 takes a sparse tensor whole; its file lists the three parts."""
    tf = tensorflow()
    left = dict(values)
    for name, spec in call.structured_input_signature[1].items():
        parts = [name + end for end in ("_indices", "_values", "_dense_shape")]
        if isinstance(spec, (tf.SparseTensorSpec, tf.SparseTensor)) and set(parts) <= set(left):
            left[name] = tf.SparseTensor(*[left.pop(part) for part in parts])
    return left


def _found(loaded: Any, path: str) -> Any:
    """The function at `path`; a `__call__` is the object itself."""
    node = loaded
    for name in path.split("/"):
        if name == "__call__":
            continue
        if isinstance(node, (list, tuple)):
            node = node[int(name)]
        elif isinstance(node, Mapping):
            node = node[name]
        else:
            node = getattr(node, name)
    return node


def _made(told: Dict[str, Any], values: Dict[str, Any]) -> Any:
    """An argument from its structure: one key says what it is."""
    tf = tensorflow()
    [(kind, what)] = told.items()
    if kind == "input":
        return values[what]
    if kind == "sparse":
        return tf.sparse.from_dense(values[what])
    if kind == "ragged":
        name, rank, splits = what
        splits = tf.as_dtype(splits)
        return tf.RaggedTensor.from_tensor(values[name], None, None, rank, row_splits_dtype=splits)
    if kind == "dtype":
        return tf.as_dtype(what)
    if kind in ("list", "tuple"):
        items = [_made(each, values) for each in what]
        return items if kind == "list" else tuple(items)
    if kind == "dict":
        return {name: _made(each, values) for name, each in what}
    if kind == "named":
        import collections

        names = [name for name, _ in what[1]]
        fields = [_made(each, values) for _, each in what[1]]
        return collections.namedtuple(what[0], names)(*fields)
    return what


def flattened(name: str, value: Any) -> Iterator[Tuple[str, Any]]:
    """Every tensor in what a call returned, with a name: "output", "output_1", "scores/left".

    A sparse or ragged tensor is the tensors that it consists of.
    """
    tf = tensorflow()
    if value is None:
        return
    if isinstance(value, Mapping):
        parts = [(str(key), value[key]) for key in sorted(value, key=str)]
    elif hasattr(value, "_fields"):
        parts = [(field, getattr(value, field)) for field in value._fields]
    elif isinstance(value, (list, tuple)):
        start = "" if name else "output_"
        parts = [("%s%d" % (start, number), each) for number, each in enumerate(value)]
    elif isinstance(value, tf.SparseTensor):
        parts = [(part, getattr(value, part)) for part in ("indices", "values", "dense_shape")]
    elif isinstance(value, tf.RaggedTensor):
        parts = [("values", value.flat_values)]
        parts += [("row_splits_%d" % at, each) for at, each in enumerate(value.nested_row_splits)]
    else:
        yield name or "output", tf.convert_to_tensor(value)
        return
    for part, each in parts:
        for found in flattened("%s/%s" % (name, part) if name else part, each):
            yield found


def _rows(parts: List[Tuple[str, Any, Any]], context: Context) -> List[Dict[str, Any]]:
    attach = attacher(context)
    return [
        {
            "name": name,
            "dtype": tensor.dtype.name,
            "shape": tensor.shape.as_list(),
            "payload": attach(value),
        }
        for name, tensor, value in parts
    ]
