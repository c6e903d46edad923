"""Values of inputs and outputs that travel, so that two processes call a model with the same."""

import sys
from typing import Any, Callable, Dict, List

from .assigning import value_of
from .framework import tensorflow
from .inputs import Inputs
from .serving import Context

Attach = Callable[[Any], int]


def take(found: Inputs, params: Dict[str, Any], context: Context) -> Inputs:
    """The inputs that the request asks for, in the structure of those that were found.

    `inputs` [{"dtype", "shape"}] with one payload each (as of the method `assign`) are taken as
    they are; `seed` draws values, but not where the user's `sample_inputs` gave some.
    """
    tf = tensorflow()
    rows = params.get("inputs")
    if rows is not None:
        values = [
            value_of(context.payloads[number], tf.as_dtype(row["dtype"]), row["shape"])
            for number, row in enumerate(rows)
        ]
        return replaced(found, values)
    if params.get("seed") is None or found.origin == "sample_inputs":
        return found
    return replaced(found, _drawn(found, int(params["seed"])))


def told(found: Inputs, attach: Attach) -> List[Dict[str, Any]]:
    """What `take` needs in another process: {"dtype", "shape", "payload"} of each tensor."""
    rows = []
    for leaf in tensors(found):
        tensor = tensorflow().convert_to_tensor(leaf)
        row = {"dtype": tensor.dtype.name, "shape": tensor.shape.as_list()}
        rows.append(dict(row, payload=attach(tensor.numpy())))
    return rows


def values_in(tensor: Any) -> Any:
    """Its elements as an array; None for a type that has none outside TensorFlow."""
    tf = tensorflow()
    return None if tensor.dtype in (tf.resource, tf.variant) else tensor.numpy()


def attacher(context: Context) -> Attach:
    """Sends values along with the answer and numbers them; None takes no bytes."""
    return lambda value: context.attach(_bytes_of(value))


def _bytes_of(value: Any) -> bytes:
    """Row-major, little-endian elements; of strings, each one's length in eight bytes before it."""
    if value is None:
        return b""
    import numpy as np

    array = np.asarray(value, object) if isinstance(value, bytes) else np.asarray(value)
    if array.dtype == object:
        return b"".join(len(each).to_bytes(8, "little") + each for each in array.ravel().tolist())
    return (array.byteswap() if sys.byteorder == "big" else array).tobytes()


def _drawn(found: Inputs, seed: int) -> List[Any]:
    """Normal numbers, and zeros and ones for integers, which may be places in a small table."""
    import numpy as np

    tf = tensorflow()
    random = np.random.default_rng(seed)
    values = []
    for leaf in tensors(found):
        tensor = tf.convert_to_tensor(leaf)
        if tensor.dtype.is_floating or tensor.dtype.is_complex:
            value = tf.cast(random.standard_normal(tensor.shape), tensor.dtype)
        elif tensor.dtype.is_integer or tensor.dtype.is_bool:
            value = tf.cast(random.integers(0, 2, tensor.shape), tensor.dtype)
        else:
            value = tensor
        values.append(value)
    return values


def replaced(found: Inputs, values: List[Any]) -> Inputs:
    """The same structure with other tensors; what is no tensor stays."""
    nest = tensorflow().nest
    waiting = iter(values)
    leaves = [
        next(waiting, leaf) if _is_tensor(leaf) else leaf for leaf in nest.flatten(found.arguments)
    ]
    return found._replace(arguments=nest.pack_sequence_as(found.arguments, leaves))


def tensors(found: Inputs) -> List[Any]:
    """The tensors among the arguments, in TensorFlow's order."""
    return [leaf for leaf in tensorflow().nest.flatten(found.arguments) if _is_tensor(leaf)]


def _is_tensor(leaf: Any) -> bool:
    return hasattr(leaf, "dtype") and hasattr(leaf, "shape")
