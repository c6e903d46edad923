"""Inputs that a model can be called with: the user's own, or as much as can be told of them."""

import inspect
from typing import Any, Dict, List, NamedTuple, Optional

from .framework import tensorflow
from .objects import attribute, is_layer

UNKNOWN_SIZE = 1  # for a dimension that may have any size


class Inputs(NamedTuple):
    """Arguments for a call, and where they come from ("sample_inputs", "model", "signature")."""

    arguments: List[Any]
    origin: str


def given(model: Any, value: Any) -> Inputs:
    """The value of `sample_inputs()`: a tuple is spread over the arguments if it is as long."""
    if isinstance(value, tuple) and len(value) > 1 and _required_count(model) == len(value):
        return Inputs(list(value), "sample_inputs")
    return Inputs([value], "sample_inputs")


def of_built(model: Any) -> Optional[Inputs]:
    """Zeros for a model that knows its inputs: Keras remembers them, a function's are declared."""
    tf = tensorflow()
    inputs = attribute(model, "inputs")
    if is_layer(model) and inputs:
        structure = attribute(model, "_inputs_struct")
        if isinstance(structure, dict):
            return Inputs([{name: _zeros_of(each) for name, each in structure.items()}], "model")
        values = [_zeros_of(each) for each in inputs]
        return Inputs([values if len(values) > 1 else values[0]], "model")
    shapes = attribute(model, "_build_shapes_dict")
    if isinstance(shapes, dict) and len(shapes) == 1:
        shape = next(iter(shapes.values()))
        if _is_shape(shape):
            return Inputs([tf.zeros(_sizes(shape), tf.float32)], "model")
    signature = attribute(attribute(model, "__call__"), "input_signature")
    if signature and not any(isinstance(each, dict) for each in signature):
        return Inputs([_zeros_of(each) for each in tf.nest.flatten(signature)], "model")
    return None


def of_signature(signature: List[Dict[str, Any]]) -> Optional[Inputs]:
    """Zeros for a signature's inputs, {"name", "dtype", "shape"}; a dict if there are several."""
    tf = tensorflow()
    values = {}
    for spec in signature:
        if spec.get("shape") is None:
            return None
        values[spec["name"]] = _zeros(_sizes(spec["shape"]), tf.as_dtype(spec["dtype"]))
    if not values:
        return None
    only = list(values.values())
    return Inputs([only[0] if len(only) == 1 else values], "signature")


def call(model: Any, inputs: Inputs) -> Any:
    """One call, not in training."""
    return model(*inputs.arguments)


def _required_count(model: Any) -> int:
    function = attribute(model, "call") if is_layer(model) else model
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return 1
    plain = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return len(
        [
            each
            for each in parameters
            if each.kind in plain and each.default is inspect.Parameter.empty
        ]
    )


def _zeros_of(spec: Any) -> Any:
    tf = tensorflow()
    dtype = spec.dtype if isinstance(spec.dtype, tf.DType) else tf.as_dtype(str(spec.dtype))
    return _zeros(_sizes(spec.shape), dtype)


def _zeros(sizes: List[int], dtype: Any) -> Any:
    tf = tensorflow()
    return tf.fill(sizes, "") if dtype == tf.string else tf.zeros(sizes, dtype)


def _sizes(shape: Any) -> List[int]:
    return [UNKNOWN_SIZE if size is None else int(size) for size in shape]


def _is_shape(value: Any) -> bool:
    return isinstance(value, (tuple, list)) and all(
        size is None or isinstance(size, int) for size in value
    )
