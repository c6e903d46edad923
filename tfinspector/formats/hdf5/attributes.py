"""Attributes: small named values of a group or a dataset; here texts, lists of texts, numbers.

HDF5 File Format Specification, IV.A.2.m (attribute message), IV.A.2.v (attribute info) and III.E
(global heap).
"""

from collections.abc import Iterator, Sequence
from math import prod

import numpy as np

from tfinspector.contents.dtypes import DTypeKind
from tfinspector.formats.hdf5.datatypes import ElementType, read_element_type, read_extent
from tfinspector.formats.hdf5.file_bytes import Broken, Fields, FileBytes
from tfinspector.formats.hdf5.headers import (
    ATTRIBUTE,
    ATTRIBUTE_INFO,
    DATATYPE,
    Message,
    resolved,
)
from tfinspector.formats.hdf5.heap import Heap
from tfinspector.formats.hdf5.tree2 import records_of

Value = str | int | float | tuple[str | int | float, ...] | None
_MOST_TEXT = 256 << 20
_MOST_HEAPS = 64
_BY_NAME, _HEAP_NAME_NBYTES, _SHARED = 8, 8, 2  # records of the tree of names


class Attributes:
    """The attributes of one object, decoded when asked for. Raises `Broken`."""

    def __init__(self, messages: Sequence[Message], bytes_of: FileBytes) -> None:
        self._raw: dict[str, bytes] = {}
        for message in messages:
            if message.type == ATTRIBUTE and not message.shared:
                self._take(message.data, bytes_of)
            elif message.type == ATTRIBUTE_INFO:
                for data in _in_heap(message, bytes_of):
                    self._take(data, bytes_of)
        self._bytes_of = bytes_of

    def _take(self, data: bytes, bytes_of: FileBytes) -> None:
        self._raw[_name_of(Fields(data, bytes_of))] = data

    def __contains__(self, name: str) -> bool:
        return name in self._raw

    def get(self, name: str) -> Value:
        """The value; None if there is no such attribute, or none of these kinds."""
        found = self._raw.get(name)
        return None if found is None else _value(Fields(found, self._bytes_of), self._bytes_of)

    def text(self, name: str) -> str:
        """A text, "" where there is none."""
        value = self.get(name)
        return value if isinstance(value, str) else ""

    def texts(self, name: str) -> list[str] | None:
        """A list of texts, also one split over `name0`, `name1`, ...; None where there is none.

        Keras splits what is longer than 64 KiB (`save_attributes_to_hdf5_group`).
        """
        if name in self:
            return _as_list(self.get(name))
        if f"{name}0" not in self:
            return None
        found: list[str] = []
        number = 0
        while f"{name}{number}" in self:
            found += _as_list(self.get(f"{name}{number}"))
            number += 1
        return found


def _as_list(value: Value) -> list[str]:
    if value is None:
        return []
    return [str(one) for one in (value if isinstance(value, tuple) else (value,))]


def _in_heap(message: Message, bytes_of: FileBytes) -> Iterator[bytes]:
    """The attributes that newer HDF5 versions keep in a heap where they are many or long."""
    fields = Fields(message.data, bytes_of)
    fields.skip(1)
    fields.skip(2 if fields.byte() & 1 else 0)
    address, names = fields.offset(), fields.offset()
    if address is None or names is None:
        return
    heap = Heap(bytes_of, address)
    for record in records_of(bytes_of, names, _BY_NAME):
        name, flags = record.raw(_HEAP_NAME_NBYTES), record.byte()
        if not flags & _SHARED:
            yield heap.get(name)


def _name_of(fields: Fields) -> str:
    version = fields.byte()
    fields.skip(1)
    size = fields.integer(2)
    fields.skip(4)
    fields.skip(1 if version >= 3 else 0)
    return fields.raw(size).rstrip(b"\0").decode("utf-8", "replace")


def _value(fields: Fields, bytes_of: FileBytes) -> Value:
    version, flags = fields.byte(), fields.byte()
    sizes = [fields.integer(2) for _ in range(3)]
    if version == 1:
        padded = [-(-size // 8) * 8 for size in sizes]
    else:
        padded = sizes
        fields.skip(1 if version >= 3 else 0)
    fields.raw(padded[0])
    own_type = Message(DATATYPE, version > 1 and bool(flags & 1), fields.raw(padded[1]))
    element = read_element_type(resolved(own_type, bytes_of).data, bytes_of)
    extent = read_extent(fields.raw(padded[2]), bytes_of)
    if extent is None:
        return None
    shape = extent.shape
    count = prod(shape)
    if count * element.nbytes > len(fields.data):
        raise Broken("an attribute in it is cut off")
    data = fields.raw(count * element.nbytes)
    values = _values(data, element, count, bytes_of)
    if values is None:
        return None
    return tuple(values) if shape else values[0]


def _values(
    data: bytes, element: ElementType, count: int, bytes_of: FileBytes
) -> Sequence[str | int | float] | None:
    if element.dtype.kind is DTypeKind.STRING:
        return [one.decode("utf-8", "replace") for one in texts_of(data, element, count, bytes_of)]
    if element.dtype.kind not in (DTypeKind.INTEGER, DTypeKind.FLOAT, DTypeKind.BOOL):
        return None
    if element.dtype.name == "bfloat16" or element.dtype.name.startswith("float8"):
        return None
    dtype = np.dtype(element.dtype.name).newbyteorder(">" if element.big_endian else "<")
    found: list[int | float] = np.frombuffer(data, dtype, count).tolist()
    return found


def texts_of(data: bytes, element: ElementType, count: int, bytes_of: FileBytes) -> list[bytes]:
    """The strings of elements that lie one after the other; those in a heap are fetched."""
    if not element.variable:
        size = element.nbytes
        return [data[at * size : (at + 1) * size].rstrip(b"\0") for at in range(count)]
    found = []
    total = 0
    fields = Fields(data, bytes_of)
    for _ in range(count):
        length, address, index = fields.integer(4), fields.offset(), fields.integer(4)
        if not length or not address:
            found.append(b"")
            continue
        text = _heap(bytes_of, address).get(index)
        total += length
        if text is None or length > len(text) or total > _MOST_TEXT:
            raise Broken("a text in it is not where it should be")
        found.append(text[:length].rstrip(b"\0"))
    return found


def _heap(bytes_of: FileBytes, address: int) -> dict[int, bytes]:
    found = bytes_of.heaps.get(address)
    if found is None:
        if len(bytes_of.heaps) >= _MOST_HEAPS:
            bytes_of.heaps.clear()
        found = bytes_of.heaps[address] = _read_heap(bytes_of, address)
    return found


def _read_heap(bytes_of: FileBytes, address: int) -> dict[int, bytes]:
    """The objects of a global heap collection by their numbers."""
    head = Fields(bytes_of.at(address, 8 + bytes_of.length_nbytes), bytes_of)
    if head.raw(4) != b"GCOL":
        raise Broken(f"there is no heap at byte {address:,}, where texts should lie")
    head.skip(4)
    size = head.length()
    fields = Fields(bytes_of.at(address, size), bytes_of, head.position)
    objects: dict[int, bytes] = {}
    while fields.position + 8 + bytes_of.length_nbytes <= size:
        index = fields.integer(2)
        fields.skip(6)
        length = fields.length()
        if not index:
            break
        objects[index] = fields.raw(length)
        fields.skip(-length % 8)
    return objects
