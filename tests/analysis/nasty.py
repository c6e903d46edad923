"""Arrays that break careless statistics, for every type."""

from __future__ import annotations

from typing import Any

import ml_dtypes
import numpy as np
from numpy.typing import NDArray

FLOATS = ["float32", "float64", "float16", "bfloat16"]
SMALL_FLOATS = [
    "float8_e5m2", "float8_e4m3fn", "float8_e4m3fnuz", "float8_e4m3b11fnuz", "float8_e5m2fnuz",
    "float4_e2m1fn",
]  # fmt: skip
INTEGERS = [
    "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "int4", "uint4",
    "int2", "uint2",
]  # fmt: skip
ALL = [*FLOATS, *SMALL_FLOATS, *INTEGERS, "bool", "complex64", "complex128"]


def numpy_type(name: str) -> np.dtype[Any]:
    return np.dtype(getattr(ml_dtypes, name, None) or name)


def any_bits(name: str, size: int, seed: int = 0) -> NDArray[Any]:
    """Random bit patterns: NaNs of all kinds, infinities, zeros of both signs, subnormals."""
    dtype = numpy_type(name)
    random = np.random.default_rng(seed)
    if name == "bool":
        return random.integers(0, 2, size).astype(bool)
    raw = random.integers(0, 256, size * dtype.itemsize, np.uint8).view(dtype)
    assert len(raw) == size
    return raw


def as_float(values: NDArray[Any]) -> NDArray[np.float64]:
    """The values, or their magnitudes, in float64, without the warnings of odd casts."""
    with np.errstate(all="ignore"):
        if np.iscomplexobj(values):
            wide = values.astype(np.complex128)
            return np.where(np.isnan(wide), np.nan, np.abs(wide))
        return values.astype(np.float64)


def hard_cases() -> dict[str, NDArray[np.float64]]:
    """Values on which naive sums of squares, or of values, lose their digits."""
    random = np.random.default_rng(5)
    size = 300_000
    small = random.standard_normal(size)
    step = np.where(np.arange(size) < 9_000, 0.0, 1e8 + small)
    return {
        "large offset": 1e8 + small,
        "offset, tiny spread": 1e8 + 1e-3 * small,
        "alternating signs": np.where(np.arange(size) % 2, 1.0, -1.0) * 1e10 + small,
        "a step": step,
        "ascending": np.arange(size, dtype=np.float64),
        "many magnitudes": small * 10.0 ** random.integers(-30, 30, size),
        "one outlier": np.concatenate([small, [1e30]]),
        "mostly zero": np.where(random.random(size) < 0.99, 0.0, small),
        "constant": np.full(size, 0.1),
        "whole range": random.integers(-(1 << 31), 1 << 31, size).astype(np.float64),
    }
