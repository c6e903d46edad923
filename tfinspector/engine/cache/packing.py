"""Figures as bytes and back: JSON for what is small, arrays as they lie in memory, a checksum.

Whole numbers stay exact (JSON has no bound for them), and floats come back bit by bit. Nothing in
a body is executed; one that is damaged, or of another making, comes back as None.
"""

import json
import struct
import sys
from collections.abc import Mapping
from math import prod
from typing import Any

import numpy as np
from crc32c import crc32c
from numpy.typing import NDArray

from tfinspector.analysis.layouts import NarrowLayout, layout_of
from tfinspector.contents.figures import Sketch, Statistics

_HEAD = struct.Struct("<4sIQ")  # mark, checksum of all that follows it, length of the JSON
_CHECKED = 8
_MARK = b"TFC1" if sys.byteorder == "little" else b"TFCB"
_ALIGNED = 8
_PLAIN = (
    "count", "nan", "posinf", "neginf", "zero", "negative", "min", "max", "mean", "std", "l1",
    "l2", "quantile_error", "of_magnitude",
)  # fmt: skip

Arrays = Mapping[str, NDArray[Any]]


def pack(about: object, arrays: Arrays) -> bytes:
    """What JSON can tell, and arrays of numbers by name."""
    listed = [(name, array.dtype.str, array.shape) for name, array in arrays.items()]
    text = json.dumps([about, listed]).encode()
    parts = [_padded(text), *(_padded(array.tobytes()) for array in arrays.values())]
    rest = b"".join([len(text).to_bytes(8, "little"), *parts])
    checksum: int = crc32c(rest)
    return _MARK + checksum.to_bytes(4, "little") + rest


def unpack(body: bytes) -> tuple[Any, dict[str, NDArray[Any]]] | None:
    """What `pack` was given; None for anything else. The arrays can't be written to."""
    start = _HEAD.size
    if len(body) < start:
        return None
    mark, checksum, length = _HEAD.unpack_from(body)
    if mark != _MARK or crc32c(memoryview(body)[_CHECKED:]) != checksum:
        return None
    about, listed = json.loads(body[start : start + length])
    arrays = {}
    at = start + length + -length % _ALIGNED
    for name, code, shape in listed:
        dtype = np.dtype(code)
        count = prod(shape)
        arrays[name] = np.frombuffer(body, dtype, count, at).reshape(shape)
        nbytes = count * dtype.itemsize
        at += nbytes + -nbytes % _ALIGNED
    return about, arrays


def pack_statistics(figures: Statistics, dtype_name: str) -> bytes:
    """The figures of a tensor of that type."""
    sketch = figures.sketch
    arrays = {"buckets": sketch.buckets, "counts": _narrowed(sketch.counts)}
    lower, upper = _bounds(dtype_name, sketch.buckets, figures.min, figures.max)
    if not (_is_same(lower, sketch.lower) and _is_same(upper, sketch.upper)):
        # Of few elements, buckets are bounded by the very elements.
        arrays |= {"lower": sketch.lower, "upper": sketch.upper}
    about = {
        "dtype": dtype_name, "family": sketch.family, "exact": sketch.exact,
        "figures": [getattr(figures, name) for name in _PLAIN],
        "quantiles": list(figures.quantiles.items()),
    }  # fmt: skip
    return pack(about, arrays)


def unpack_statistics(body: bytes) -> Statistics | None:
    """The figures; None where the body is damaged."""
    found = unpack(body)
    if found is None:
        return None
    about, arrays = found
    plain = dict(zip(_PLAIN, about["figures"], strict=True))
    quantiles = dict(about["quantiles"])
    buckets, counts = arrays["buckets"], arrays["counts"].astype(np.int64)
    if "lower" in arrays:
        lower, upper = arrays["lower"], arrays["upper"]
    else:
        lower, upper = _bounds(about["dtype"], buckets, plain["min"], plain["max"])
    sketch = Sketch(about["family"], buckets, counts, lower, upper, about["exact"])
    return Statistics(**plain, quantiles=quantiles, sketch=sketch)


def _bounds(
    dtype_name: str, buckets: NDArray[np.int32], low: float, high: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The bounds of buckets, as they follow from the type and the extremes."""
    layout = layout_of(dtype_name)
    if isinstance(layout, NarrowLayout):
        levels = layout.levels[buckets]
        return levels, levels
    lower, upper = layout.bounds(buckets)
    return np.maximum(lower, float(low)), np.minimum(upper, float(high))


def _is_same(one: NDArray[Any], other: NDArray[Any]) -> bool:
    return one.tobytes() == other.tobytes()


def _narrowed(counts: NDArray[np.int64]) -> NDArray[Any]:
    """In half the room where that holds them."""
    return counts.astype(np.uint32) if not (counts >> 32).any() else counts


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % _ALIGNED)
