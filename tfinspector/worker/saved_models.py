"""Loads a SavedModel and tells what came out of it. This runs the model's own code."""

import time
from typing import Any, Dict, Iterator, List, Tuple

from .factories import module_at
from .framework import tensorflow
from .hashing import hash_of
from .placing import scope
from .serving import Context


def load(params: Dict[str, Any], context: Context) -> Dict[str, Any]:
    """`path`, `tags` (list or None), `device` ("GPU:0" or None), `hashes` (bool).

    `imports` are modules or files that register what the graph needs; they are executed first.
    `seconds` is the time of `tf.saved_model.load` alone. Variables come with every path from the
    root that reaches them, as the file's own object graph names them.
    """
    tf = tensorflow()
    path, tags, device = params["path"], params.get("tags"), params.get("device")
    import_all(params, context)
    context.report(0, 0, "loading")
    started = time.monotonic()
    with scope(device):
        loaded = tf.saved_model.load(path, tags=tags)
    seconds = time.monotonic() - started
    found = list(_variables(tf, loaded))
    variables = []
    for number, (paths, variable) in enumerate(found):
        context.report(number, len(found), variable.name)
        variables.append(_describe(paths, variable, params.get("hashes", True)))
    return {
        "version": tf.__version__,
        "seconds": seconds,
        "callable": callable(loaded),
        "signatures": [
            _signature(tf, name, loaded.signatures[name]) for name in sorted(loaded.signatures)
        ],
        "variables": variables,
    }


def import_all(params: Dict[str, Any], context: Context) -> None:
    """Execute what the request names as `imports`."""
    for place in params.get("imports", ()):
        context.report(0, 0, "importing %s" % place)
        module_at(place)


def _variables(tf: Any, loaded: Any) -> Iterator[Tuple[List[str], Any]]:
    """Each variable once, with its paths (a TF1 graph has no objects: then with none)."""
    paths: Dict[int, List[str]] = {}
    keep: Dict[int, Any] = {}
    seen = {id(loaded)}
    level: List[Tuple[str, Any]] = [("", loaded)]
    while level:
        following = []
        for path, node in level:
            for name, child in _children(node):
                child_path = path + "/" + name if path else name
                if isinstance(child, tf.Variable):
                    keep[id(child)] = child
                    paths.setdefault(id(child), []).append(child_path)
                elif id(child) not in seen:
                    seen.add(id(child))
                    following.append((child_path, child))
        level = following
    if not keep:
        for variable in getattr(loaded, "variables", None) or ():
            keep[id(variable)] = variable
    for key, variable in keep.items():
        yield paths.get(key, []), variable


def _children(node: Any) -> List[Tuple[str, Any]]:
    """The edges that a checkpoint follows (public: `tf.train.TrackableView`)."""
    children = getattr(node, "_trackable_children", None)
    return list(children().items()) if children is not None else []


def _describe(paths: List[str], variable: Any, hashes: bool) -> Dict[str, Any]:
    row = {
        "name": variable.name.split(":")[0],
        "paths": paths,
        "dtype": variable.dtype.base_dtype.name,
        "shape": None if variable.shape.rank is None else variable.shape.as_list(),
        "device": variable.device,
        "trainable": bool(variable.trainable),
        "sha256": "",
        "problem": "",
    }  # type: Dict[str, Any]
    if hashes:
        try:
            row["sha256"] = hash_of(variable.numpy())
        except Exception as error:  # noqa: BLE001 - told in the row; the others still count
            row["problem"] = "%s: %s" % (type(error).__name__, error)
    return row


def _signature(tf: Any, name: str, function: Any) -> Dict[str, Any]:
    outputs = function.structured_outputs
    if not isinstance(outputs, dict):
        outputs = {"output_%d" % i: spec for i, spec in enumerate(tf.nest.flatten(outputs))}
    return {
        "name": name,
        "inputs": _specs(tf, function.structured_input_signature[1]),
        "outputs": _specs(tf, outputs),
    }


def _specs(tf: Any, named: Dict[str, Any]) -> List[Dict[str, Any]]:
    """Plain tensors by name; a sparse one of a TF1 signature is three, as in the file."""
    plain = {}
    for name, spec in named.items():
        if isinstance(spec, (tf.SparseTensorSpec, tf.SparseTensor)):
            rank = spec.shape.rank
            plain[name + "_indices"] = tf.TensorSpec([None, rank], tf.int64)
            plain[name + "_values"] = tf.TensorSpec([None], spec.dtype)
            plain[name + "_dense_shape"] = tf.TensorSpec([rank], tf.int64)
        else:
            plain[name] = spec
    return [
        {
            "name": name,
            "dtype": spec.dtype.base_dtype.name,
            "shape": None if spec.shape.rank is None else spec.shape.as_list(),
        }
        for name, spec in sorted(plain.items())
    ]
