"""How the elements of each type are put into buckets.

Types of at most 16 bits have a bucket for every value, so all that is drawn from them is exact.
Wider types keep sign, exponent and the first 7 bits of the fraction: the bit pattern of an IEEE
754 number is already a logarithmic scale, and shifting it right is all the arithmetic a bucket
costs. A bucket then spans at most 2**-7 of its value, its midpoint is at most 2**-8 (0.39 %) off.

float32 keeps the top 16 bits (65,536 buckets). float64 needs three more for its exponent (the top
19 bits, 524,288 buckets) and also takes the integers of 32 and 64 bits, which are converted to
float64, and the magnitudes of complex numbers.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

QUANTILE_ERROR = 2.0**-8
"""Largest relative error of a bucket's midpoint, for normal numbers of the wide types."""

SHIFT_32, SHIFT_64 = 16, 45
"""How many of the last bits of a pattern a bucket leaves out, by the bits of the float."""

_UINT32, _UINT64 = np.dtype(np.uint32), np.dtype(np.uint64)
_INT32, _INT64 = np.dtype(np.int32), np.dtype(np.int64)
_QUANTIZED = {"qint8": "int8", "quint8": "uint8", "qint16": "int16", "quint16": "uint16"}
_WIDE_INTEGERS = {
    "int32": "int32", "qint32": "int32", "uint32": "uint32", "int64": "int64", "uint64": "uint64",
}  # fmt: skip
_COMPLEX = ("complex64", "complex128")


@dataclass(frozen=True, eq=False)
class NarrowLayout:
    """A type of at most 16 bits: one bucket per value.

    pattern   the unsigned type of the same width; a block is viewed as it
    value     float64 per bit pattern, NaN and infinities as they are
    bucket    int32 per bit pattern: the rank of its value; -1 for what is not finite
    levels    float64, ascending: every finite value the type has
    """

    family: str
    pattern: np.dtype[Any]
    value: Floats
    bucket: NDArray[np.int32]
    levels: Floats

    @property
    def size(self) -> int:
        """Number of bit patterns."""
        return len(self.value)

    @property
    def is_integer(self) -> bool:
        """Whether the elements are whole numbers (or truth values)."""
        return self.family.lstrip("qu").startswith(("int", "bool"))

    def indices(self, block: NDArray[Any]) -> NDArray[Any]:
        """The bit pattern of each element."""
        return np.ascontiguousarray(block).reshape(-1).view(self.pattern)


@dataclass(frozen=True)
class WideLayout:
    """A type of more than 16 bits: a bucket keeps the first bits of a float pattern.

    Buckets have signed numbers in the order of their values: 0 holds exact zeros only (of both
    signs), +-(k + 1) the numbers whose pattern without its sign starts with k.
    """

    family: str
    source: str
    bits: int
    shift: int

    @property
    def size(self) -> int:
        """Number of table entries, sign included."""
        return 1 << (self.bits - self.shift)

    @property
    def half(self) -> int:
        """Table entries of one sign; those above belong to negative numbers."""
        return self.size >> 1

    @property
    def infinite(self) -> int:
        """First table entry of one sign that holds no finite number."""
        exponent = 8 if self.bits == 32 else 11
        return ((1 << exponent) - 1) << (self.bits - 1 - exponent - self.shift)

    @property
    def is_integer(self) -> bool:
        """Whether the elements are whole numbers."""
        return self.source in _WIDE_INTEGERS

    @property
    def exceeds_floats(self) -> bool:
        """Whether the elements are whole numbers of more digits than float64 has."""
        return self.source in ("int64", "uint64")

    @property
    def of_magnitude(self) -> bool:
        """Whether the elements are complex and measured by their magnitude."""
        return self.source in _COMPLEX

    @property
    def pattern(self) -> np.dtype[Any]:
        """The unsigned type that a bit pattern is viewed as."""
        return _UINT32 if self.bits == 32 else _UINT64

    @property
    def signed_pattern(self) -> np.dtype[Any]:
        """The signed type of the same width."""
        return _INT32 if self.bits == 32 else _INT64

    @property
    def no_floats(self) -> NDArray[Any]:
        """An empty array of the floats that are counted."""
        return np.empty(0, np.float32 if self.bits == 32 else np.float64)

    def floats(self, block: NDArray[Any]) -> NDArray[Any]:
        """The block as a flat float array whose bit patterns are counted (a view if it can be)."""
        flat = block if block.ndim == 1 else np.ascontiguousarray(block).reshape(-1)
        if self.of_magnitude:
            return magnitudes(flat)
        if self.is_integer:
            return flat.view(_WIDE_INTEGERS[self.source]).astype(np.float64)
        return flat.view(np.float32 if self.bits == 32 else np.float64)

    def indices(self, floats: NDArray[Any]) -> NDArray[Any]:
        """The table entry of each element."""
        shifted: NDArray[Any] = floats.view(self.pattern) >> self.pattern.type(self.shift)
        return shifted

    def bucket_of(self, finite: NDArray[Any]) -> NDArray[np.int32]:
        """The signed bucket number of each finite float."""
        index = self.indices(finite)
        magnitude = (index & index.dtype.type(self.half - 1)).astype(np.int32) + 1
        bucket = np.where(index >= self.half, -magnitude, magnitude)
        return np.where(finite == 0, 0, bucket).astype(np.int32)

    def bounds(self, buckets: NDArray[np.int32]) -> tuple[Floats, Floats]:
        """The least and greatest value that each bucket can hold, both included."""
        lower, upper = self.all_bounds()
        place = buckets + self.half
        return lower[place], upper[place]

    def all_bounds(self) -> tuple[Floats, Floats]:
        """The bounds of the buckets from -half to half, infinite where a bucket is."""
        return _bounds_of_all(self)

    def ends_of(self, block: NDArray[Any]) -> tuple[int, int]:
        """The least and the greatest of whole numbers, exactly, also beyond 2**53."""
        integers = block.view(_WIDE_INTEGERS[self.source])
        return int(integers.min()), int(integers.max())


@lru_cache(maxsize=4)
def _bounds_of_all(layout: WideLayout) -> tuple[Floats, Floats]:
    """The bounds of all buckets from -half to half; infinite where a bucket is."""
    start = np.arange(layout.half + 1, dtype=layout.pattern) << layout.pattern.type(layout.shift)
    start[0] = 1  # pattern 0 is zero, which has a bucket of its own
    floats = layout.no_floats.dtype
    with np.errstate(invalid="ignore"):  # patterns of NaN
        near = start[:-1].view(floats).astype(np.float64)
        far = (start[1:] - layout.pattern.type(1)).view(floats).astype(np.float64)
        if layout.is_integer:
            near, far = np.ceil(near), np.floor(far)
    zero = np.zeros(1)
    return (
        np.concatenate([-far[::-1], zero, near]),
        np.concatenate([-near[::-1], zero, far]),
    )


Layout = NarrowLayout | WideLayout


@lru_cache(maxsize=64)
def layout_of(dtype_name: str) -> Layout:
    """The layout of one of TensorFlow's numeric types ("float32", "bfloat16", "int4", ...).

    Raises KeyError for a type whose elements are not numbers.
    """
    if dtype_name == "float32":
        return WideLayout("top16", dtype_name, 32, SHIFT_32)
    if dtype_name == "float64" or dtype_name in _WIDE_INTEGERS or dtype_name in _COMPLEX:
        return WideLayout("top19", dtype_name, 64, SHIFT_64)
    return _narrow_layout(dtype_name)


def _narrow_layout(dtype_name: str) -> NarrowLayout:
    element = numpy_type(_QUANTIZED.get(dtype_name, dtype_name))
    pattern = np.dtype(f"u{element.itemsize}")
    patterns = np.arange(1 << 8 * element.itemsize).astype(pattern)
    # Any byte but 0 is True; NumPy would not promise that for a view of foreign bytes.
    decoded = patterns != 0 if element == np.bool_ else patterns.view(element)
    # Casting a signalling NaN raises a floating point flag; it is still a NaN and counted as one.
    with np.errstate(invalid="ignore"):
        value = decoded.astype(np.float64)
    finite = np.isfinite(value)
    levels = np.unique(value[finite]) + 0.0  # + 0.0 turns a possible -0.0 into 0.0
    bucket = np.full(len(value), -1, np.int32)
    bucket[finite] = np.searchsorted(levels, value[finite])
    return NarrowLayout(dtype_name, pattern, value, bucket, levels)


def numpy_type(name: str) -> np.dtype[Any]:
    """NumPy's type of that name, from ml_dtypes where NumPy has none. Raises KeyError."""
    if name in ("bool", "int8", "uint8", "int16", "uint16", "float16"):
        return np.dtype(name)
    import ml_dtypes

    if name not in _EXTENDED:
        raise KeyError(name)
    extended: np.dtype[Any] = np.dtype(getattr(ml_dtypes, name))
    return extended


_EXTENDED = (
    "bfloat16", "float8_e5m2", "float8_e4m3fn", "float8_e4m3fnuz", "float8_e4m3b11fnuz",
    "float8_e5m2fnuz", "float4_e2m1fn", "int4", "uint4", "int2", "uint2",
)  # fmt: skip


def magnitudes(values: NDArray[Any]) -> Floats:
    """float64 magnitudes of complex values.

    NaN where a part is NaN (also beside an infinity), and the greatest float64 instead of an
    infinity where both parts are finite and only their magnitude is too large.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        wide = values.astype(np.complex128)
        result: Floats = np.abs(wide)
    result[np.isnan(wide)] = np.nan
    result[np.isinf(result) & np.isfinite(wide)] = np.finfo(np.float64).max
    return result
