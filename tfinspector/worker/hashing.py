"""Hashes of what variables hold, to be compared with what the file holds."""

import hashlib
from typing import Any

BLOCK_NBYTES = 1 << 22
LOW_BITS = {"int4": 15, "uint4": 15, "float4_e2m1fn": 15, "int2": 3, "uint2": 3}


def hash_of(value: Any) -> str:
    """SHA-256, in hex, of an array's elements in row-major, little-endian order.

    Of a string array: of each string's length as eight little-endian bytes, then its bytes.
    Types of less than a byte take one byte each, whose other bits mean nothing and count as zero.
    The engine's `referee.hash_stored` does the same with the bytes in the file.
    """
    digest = hashlib.sha256()
    import numpy as np  # here: the worker must start without it, to say that it is missing

    # NumPy would make fixed-length bytes of a lone string and lose the zeros at its end.
    array = np.asarray(value, object) if isinstance(value, bytes) else np.asarray(value)
    if array.dtype == object:
        for text in array.ravel().tolist():
            digest.update(len(text).to_bytes(8, "little"))
            digest.update(text)
        return digest.hexdigest()
    if array.dtype.byteorder == ">":
        array = array.byteswap()
    flat: Any = np.ascontiguousarray(array).reshape(-1).view(np.uint8)
    bits = LOW_BITS.get(array.dtype.name)
    if bits:
        flat = flat & bits
    for start in range(0, flat.size, BLOCK_NBYTES):
        digest.update(flat[start : start + BLOCK_NBYTES])
    return digest.hexdigest()
