"""Bytes of numeric tensors as NumPy arrays: element types, byte order, odd booleans.

The 4-bit and 2-bit types lie one element to a byte, as ml_dtypes keeps them too.
"""

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tfinspector.contents.dtypes import DType, DTypeKind

_QUANTISED = {"qint8": "i1", "quint8": "u1", "qint32": "i4", "qint16": "i2", "quint16": "u2"}
_WORDS: dict[int, np.dtype[Any]] = {
    1: np.dtype("u1"),
    2: np.dtype("u2"),
    4: np.dtype("u4"),
    8: np.dtype("u8"),
}
_PAIRS: dict[int, np.dtype[Any]] = {8: np.dtype("u4"), 16: np.dtype("u8")}


@lru_cache(maxsize=128)
def numpy_dtype(dtype: DType) -> np.dtype[Any]:
    """The native NumPy type of a numeric DType; ml_dtypes is loaded only for its own types."""
    found: np.dtype[Any]
    name = _QUANTISED.get(dtype.name, dtype.name)
    try:
        found = np.dtype(name)
    except TypeError:
        import ml_dtypes

        found = np.dtype(getattr(ml_dtypes, name))
    return found


def word_dtype(itemsize: int) -> np.dtype[Any]:
    """A type of that size whose elements NumPy moves quickly, bit for bit."""
    return _WORDS.get(itemsize, np.dtype("c16"))


def to_native(raw: NDArray[Any], dtype: DType, big_endian: bool) -> NDArray[Any]:
    """Turns stored elements into native ones in place; the shape stays.

    `raw` is a C-contiguous, writeable array of words of the type's size. Complex numbers are
    swapped part by part. Any byte but 0 is a true boolean.
    """
    if big_endian and dtype.itemsize > 1:
        words: np.dtype[Any] = (
            _PAIRS[dtype.itemsize] if dtype.kind is DTypeKind.COMPLEX else raw.dtype
        )
        raw.reshape(-1).view(words).byteswap(inplace=True)
    if dtype.kind is DTypeKind.BOOL:
        np.not_equal(raw, 0, out=raw.view(np.bool_))
    return raw.view(numpy_dtype(dtype))
