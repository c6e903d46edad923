"""The element types a TensorFlow file can hold.

Numbers and names are those of `tensorflow/core/framework/types.proto`; the sizes are what one
element takes *in a checkpoint*, where the 4-bit and 2-bit types take a whole byte each.
"""

from dataclasses import dataclass
from enum import StrEnum


class DTypeKind(StrEnum):
    """What can be done with the elements of a type."""

    FLOAT = "float"
    INTEGER = "integer"
    BOOL = "bool"
    COMPLEX = "complex"
    STRING = "string"
    VARIANT = "variant"
    RESOURCE = "resource"
    UNKNOWN = "unknown"


_NO_NUMBERS = frozenset({DTypeKind.STRING, DTypeKind.VARIANT, DTypeKind.RESOURCE})


@dataclass(frozen=True, slots=True)
class DType:
    """One element type: TensorFlow's number and name, its kind, bytes per stored element.

    `itemsize` is 0 for strings, variants and types we do not know.
    """

    code: int
    name: str
    kind: DTypeKind
    itemsize: int

    @property
    def is_numeric(self) -> bool:
        """Whether statistics of the elements make sense (booleans count as 0 and 1)."""
        return self.itemsize > 0

    @property
    def holds_no_numbers(self) -> bool:
        """Whether the elements are known to be something else, so that it is no weight."""
        return self.kind in _NO_NUMBERS


def _table() -> dict[int, DType]:
    kinds = {
        DTypeKind.FLOAT: {
            1: ("float32", 4), 2: ("float64", 8), 14: ("bfloat16", 2), 19: ("float16", 2),
            24: ("float8_e5m2", 1), 25: ("float8_e4m3fn", 1), 26: ("float8_e4m3fnuz", 1),
            27: ("float8_e4m3b11fnuz", 1), 28: ("float8_e5m2fnuz", 1), 33: ("float4_e2m1fn", 1),
        },
        DTypeKind.INTEGER: {
            3: ("int32", 4), 4: ("uint8", 1), 5: ("int16", 2), 6: ("int8", 1), 9: ("int64", 8),
            11: ("qint8", 1), 12: ("quint8", 1), 13: ("qint32", 4), 15: ("qint16", 2),
            16: ("quint16", 2), 17: ("uint16", 2), 22: ("uint32", 4), 23: ("uint64", 8),
            29: ("int4", 1), 30: ("uint4", 1), 31: ("int2", 1), 32: ("uint2", 1),
        },
        DTypeKind.COMPLEX: {8: ("complex64", 8), 18: ("complex128", 16)},
        DTypeKind.BOOL: {10: ("bool", 1)},
        DTypeKind.STRING: {7: ("string", 0)},
        DTypeKind.VARIANT: {21: ("variant", 0)},
        DTypeKind.RESOURCE: {20: ("resource", 0)},
    }  # fmt: skip
    return {
        code: DType(code, name, kind, size)
        for kind, rows in kinds.items()
        for code, (name, size) in rows.items()
    }


DTYPES = _table()
DTYPE_BY_NAME = {dtype.name: dtype for dtype in DTYPES.values()}

_REFERENCE = 100  # TF1 reference types are the base type's number + 100


def dtype_of_code(code: int) -> DType:
    """The type with TensorFlow's number `code`; unknown numbers stay visible as "dtype 77"."""
    known = DTYPES.get(code) or DTYPES.get(code - _REFERENCE)
    return known or DType(code, f"dtype {code}", DTypeKind.UNKNOWN, 0)
