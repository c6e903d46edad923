"""Gives variables of the built model the values that are sent along."""

import sys
from typing import Any, Dict

from .building import holding
from .describing import value_hash
from .failures import Explained
from .framework import tensorflow
from .hashing import hash_of
from .objects import short_device
from .serving import Context


class WrongSize(Explained):
    """The bytes are not as many as the variable's shape and type need."""


def assign(params: Dict[str, Any], context: Context) -> Dict[str, Any]:
    """`rows`: [{"variable": index}], with one payload each -> `rows`, one answer each.

    The index -1 is that of TensorFlow's own count of saves, which `write` then writes.

    A payload holds the elements in row-major, little-endian order in the variable's own type and
    shape; of strings each one's length as eight little-endian bytes, then its bytes; types of
    less than a byte take one byte each. Each answer is {"variable", "done", "sha256", "device",
    "problem"}; `done` only if the variable then holds exactly what was sent.
    """
    held = holding()
    answers = []
    rows = params["rows"]
    if len(rows) != len(context.payloads):
        raise WrongSize("%d rows came with %d payloads" % (len(rows), len(context.payloads)))
    for done, payload in enumerate(context.payloads):
        row = rows[done]
        context.report(done, len(rows), "assigning")
        number = int(row["variable"])
        variable = held.saves if number < 0 else held.variables[number].variable
        answers.append(dict(_assign(variable, payload), variable=row["variable"]))
    return {"rows": answers}


def _assign(variable: Any, payload: bytes) -> Dict[str, Any]:
    answer = {"done": False, "sha256": "", "device": short_device(variable.device), "problem": ""}
    try:
        value = value_of(payload, variable.dtype.base_dtype, variable.shape.as_list())
        with tensorflow().device(variable.device):
            variable.assign(value)
        answer.update(value_hash(variable))
    except Exception as error:  # noqa: BLE001 - told in the row; the others are still assigned
        answer["problem"] = "%s: %s" % (type(error).__name__, error)
        return answer
    answer["done"] = answer["sha256"] == hash_of(value)
    if not answer["done"] and not answer["problem"]:
        answer["problem"] = "it holds something else after it was assigned"
    return answer


def value_of(payload: bytes, dtype: Any, shape: Any) -> Any:
    """The array that a payload holds. Raises WrongSize."""
    import numpy as np

    if dtype == tensorflow().string:
        return _strings(payload, shape)
    kind = np.dtype(dtype.as_numpy_dtype)
    count = int(np.prod(shape, dtype=np.int64))
    if len(payload) != count * kind.itemsize:
        told = "%d bytes came for %d elements of %d bytes" % (len(payload), count, kind.itemsize)
        raise WrongSize(told)
    array = np.frombuffer(payload, kind).reshape(shape)
    return array.byteswap() if sys.byteorder == "big" else array


def _strings(payload: bytes, shape: Any) -> Any:
    import numpy as np

    texts, at = [], 0
    while at < len(payload):
        length = int.from_bytes(payload[at : at + 8], "little")
        texts.append(payload[at + 8 : at + 8 + length])
        at += 8 + length
    count = int(np.prod(shape, dtype=np.int64))
    if len(texts) != count or at != len(payload):
        raise WrongSize("%d strings came for %d elements" % (len(texts), count))
    array = np.empty(count, object)
    array[:] = texts
    return array.reshape(shape)
