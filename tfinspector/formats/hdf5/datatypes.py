"""Datatype and dataspace messages: which elements a dataset or an attribute holds, in which shape.

HDF5 File Format Specification, IV.A.2.b and IV.A.2.d. NumPy types that HDF5 does not have are
stored by h5py as others: bool as an enumeration, complex as a pair, bfloat16 as 2 opaque bytes.
"""

from typing import NamedTuple

from tfinspector.contents.dtypes import DTYPE_BY_NAME, DType, DTypeKind
from tfinspector.formats.hdf5.file_bytes import Broken, Fields, FileBytes

_FIXED, _FLOAT, _STRING, _OPAQUE, _COMPOUND, _ENUM, _VARIABLE = 0, 1, 3, 5, 6, 8, 9
_MOST_AXES = 32
_FLOATS = {
    (2, 5): "float16", (4, 8): "float32", (8, 11): "float64", (2, 8): "bfloat16",
    (1, 5): "float8_e5m2", (1, 4): "float8_e4m3fn",
}  # fmt: skip
_TWO_PARTS = 2
_FIXED_TYPE_NBYTES = 12


class ElementType(NamedTuple):
    """The type of the elements: as TensorFlow calls it, and how it lies in the file.

    nbytes    of one element in the file
    variable  strings whose bytes lie in a global heap
    """

    dtype: DType
    nbytes: int
    big_endian: bool = False
    variable: bool = False


def read_element_type(data: bytes, bytes_of: FileBytes) -> ElementType:
    """The type that a datatype message describes; one that nobody here knows keeps its number."""
    fields = Fields(data, bytes_of)
    head = fields.byte()
    kind, version = head & 15, head >> 4
    bits = fields.integer(3)
    nbytes = fields.integer(4)
    if kind == _FIXED:
        name = f"{'' if bits & 8 else 'u'}int{nbytes * 8}"
        return _of_name(name, nbytes, bool(bits & 1), kind)
    if kind == _FLOAT:
        fields.skip(5)
        name = _FLOATS.get((nbytes, fields.byte()), "")
        return _of_name(name, nbytes, bool(bits & 1), kind)
    if kind == _STRING:
        return ElementType(DTYPE_BY_NAME["string"], nbytes)
    if kind == _VARIABLE and bits & 15 == 1:
        return ElementType(DTYPE_BY_NAME["string"], nbytes, variable=True)
    if kind == _OPAQUE:
        return _of_name("bfloat16" if nbytes == 2 else "", nbytes, False, kind)
    if kind == _ENUM:
        return _enumeration(fields, bytes_of, version, bits & 0xFFFF, nbytes)
    if kind == _COMPOUND:
        return _pair(fields, bytes_of, version, bits & 0xFFFF, nbytes)
    return _of_name("", nbytes, False, kind)


def _of_name(name: str, nbytes: int, big_endian: bool, kind: int) -> ElementType:
    dtype = DTYPE_BY_NAME.get(name)
    if dtype is None or dtype.itemsize != nbytes:
        words = f"HDF5 type {kind} of {nbytes} bytes"
        dtype = DType(-1, words, DTypeKind.UNKNOWN, 0)
    return ElementType(dtype, nbytes, big_endian)


def _enumeration(
    fields: Fields, bytes_of: FileBytes, version: int, count: int, nbytes: int
) -> ElementType:
    """A bool where the names say so, else the integer that it is stored as."""
    base = read_element_type(fields.data[fields.position :], bytes_of)
    fields.skip(_FIXED_TYPE_NBYTES)
    if count != _TWO_PARTS or nbytes != 1:
        return base
    names = []
    for _ in range(count):
        start = fields.position
        names.append(fields.name())
        if version < 3:  # padded
            fields.position = start + -(-(len(names[-1]) + 1) // 8) * 8
    is_bool = names == [b"FALSE", b"TRUE"]
    return ElementType(DTYPE_BY_NAME["bool"], nbytes) if is_bool else base


def _pair(
    fields: Fields, bytes_of: FileBytes, version: int, count: int, nbytes: int
) -> ElementType:
    """A complex number where it is a pair of floats, as h5py writes it."""
    unknown = _of_name("", nbytes, False, _COMPOUND)
    if count != _TWO_PARTS or nbytes not in (8, 16):
        return unknown
    start = fields.position
    name = fields.name()
    if version < 3:
        fields.position = start + -(-(len(name) + 1) // 8) * 8
        fields.skip(4)
        fields.skip(28 if version == 1 else 0)
    else:
        fields.skip(1)
    part = read_element_type(fields.data[fields.position :], bytes_of)
    if part.dtype.name in ("float32", "float64") and part.nbytes * 2 == nbytes:
        return _of_name(f"complex{nbytes * 8}", nbytes, part.big_endian, _COMPOUND)
    return unknown


class Extent(NamedTuple):
    """A shape, and the largest that it may grow to: None for an axis without end."""

    shape: tuple[int, ...]
    limits: tuple[int | None, ...]


def read_extent(data: bytes, bytes_of: FileBytes) -> Extent | None:
    """What a dataspace message describes; None for one without any element."""
    fields = Fields(data, bytes_of)
    version, axes, flags = fields.byte(), fields.byte(), fields.byte()
    if axes > _MOST_AXES or version not in (1, 2):
        raise Broken(f"a shape in it has {axes} axes (version {version})")
    if version == 1:
        fields.skip(5)
    elif fields.byte() == 2:
        return None
    shape = tuple([fields.length() for _ in range(axes)])
    if not flags & 1:
        return Extent(shape, shape)
    endless = (1 << 8 * bytes_of.length_nbytes) - 1
    limits = [fields.length() for _ in range(axes)]
    return Extent(shape, tuple([None if one == endless else one for one in limits]))
