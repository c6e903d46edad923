"""The elements of any numeric type as floats whose differences mean something.

Types of at most 16 bits become float32 and integers float64, value for value (64-bit integers
beyond 2**53 are rounded); booleans are 0 and 1; complex numbers are a pair of floats each.
"""

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tfinspector.analysis.compiled import aligned
from tfinspector.analysis.layouts import NarrowLayout, layout_of


class Decoded(NamedTuple):
    """A block: `floats` flat (`parts` per element) and `patterns`, unsigned integers as stored.

    `tells` is False where two elements that are not the same may be the same as floats.
    """

    floats: NDArray[Any]
    patterns: NDArray[Any]
    parts: int = 1
    tells: bool = True


_PARTS: dict[str, np.dtype[Any]] = {
    "complex64": np.dtype(np.float32),
    "complex128": np.dtype(np.float64),
}
_UNSIGNED: dict[int, np.dtype[Any]] = {4: np.dtype(np.uint32), 8: np.dtype(np.uint64)}


def decode(block: NDArray[Any], dtype_name: str) -> Decoded:
    """A block of a numeric TensorFlow type, native-endian, of any shape. KeyError for others."""
    flat = aligned(block).reshape(-1)
    if dtype_name in _PARTS:
        floats = flat.view(_PARTS[dtype_name])
        return Decoded(floats, floats.view(_UNSIGNED[floats.itemsize]), 2)
    layout = layout_of(dtype_name)
    if isinstance(layout, NarrowLayout):
        patterns = layout.indices(flat)
        values, tells = _values_32(dtype_name)
        return Decoded(values.take(patterns), patterns, tells=tells)
    is_rounded = layout.is_integer and flat.itemsize > 4
    floats, patterns = layout.floats(flat), flat.view(_UNSIGNED[flat.itemsize])
    return Decoded(floats, patterns, tells=not is_rounded)


_QUIET_NAN = 0x7FC00000


@lru_cache(maxsize=64)
def _values_32(dtype_name: str) -> tuple[NDArray[np.float32], bool]:
    """The value of each pattern, and whether no two patterns have the same (as those of int4)."""
    layout = layout_of(dtype_name)
    assert isinstance(layout, NarrowLayout)
    with np.errstate(invalid="ignore"):  # signalling NaN
        values = layout.value.astype(np.float32)
    odd = np.flatnonzero(np.isnan(values))
    values.view(np.uint32)[odd] = _QUIET_NAN | odd  # each pattern of a NaN stays its own
    return values, len(np.unique(values.view(np.uint32))) == len(values)
