"""Arrays as they travel to the worker and back: the counterpart of `worker/sharing.py`."""

import sys
from collections.abc import Iterator, Sequence
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tfinspector.contents.calls import GivenInput
from tfinspector.contents.dtypes import DTYPE_BY_NAME
from tfinspector.engine.running.number_types import numpy_type

_LENGTH = 8  # bytes before each string


def payload_of(values: NDArray[Any] | bytes) -> bytes:
    """Row-major, little-endian elements; of strings, each one's length in eight bytes before it."""
    if isinstance(values, bytes):
        return values
    if values.dtype == object:
        return b"".join(
            len(each).to_bytes(_LENGTH, "little") + each for each in values.ravel().tolist()
        )
    return (values.byteswap() if sys.byteorder == "big" else values).tobytes()


def rows_of(given: Sequence[GivenInput]) -> list[dict[str, Any]]:
    """What the worker must know about each input beside its payload."""
    return [
        {
            "name": each.name, "dtype": each.dtype, "shape": list(each.shape),
            "picture": each.is_picture, "scale": each.scale,
        }
        for each in given
    ]  # fmt: skip


def array_of(payload: bytes, dtype: str, shape: Sequence[int]) -> NDArray[Any]:
    """What `payload_of` made. A type without numbers (variants) is as many empty objects."""
    if dtype == "string":
        values = np.empty(prod(shape), object)
        values[:] = list(_texts(payload))
        return values.reshape(shape)
    known = DTYPE_BY_NAME.get(dtype)
    kind = numpy_type(known) if known else None
    if kind is None:
        return np.full(shape, None, object)
    array = np.frombuffer(payload, kind).reshape(shape)
    return array.byteswap() if sys.byteorder == "big" else array


def _texts(payload: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(payload):
        end = at + _LENGTH + int.from_bytes(payload[at : at + _LENGTH], "little")
        yield payload[at + _LENGTH : end]
        at = end
