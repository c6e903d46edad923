"""Attributes: small named values of a group or a dataset; here texts, lists of texts, numbers.

HDF5 File Format Specification, IV.A.2.m (attribute message) and III.E (global heap).
"""

from collections.abc import Sequence
from math import prod

import numpy as np

from tfinspector.contents.dtypes import DTypeKind
from tfinspector.formats.hdf5.datatypes import ElementType, read_element_type, read_shape
from tfinspector.formats.hdf5.file_bytes import Broken, Fields, FileBytes
from tfinspector.formats.hdf5.headers import ATTRIBUTE, ATTRIBUTE_INFO, Message

Value = str | int | float | tuple[str | int | float, ...] | None
_MOST_TEXT = 256 << 20
_MOST_HEAPS = 64


class Attributes:
    """The attributes of one object, decoded when asked for. Raises `Broken`.

    `elsewhere` is True where the file keeps them in a heap of its own, which is not read.
    """

    def __init__(self, messages: Sequence[Message], bytes_of: FileBytes) -> None:
        self._raw: dict[str, Fields] = {}
        self.elsewhere = False
        for message in messages:
            if message.type == ATTRIBUTE and not message.shared:
                fields = Fields(message.data, bytes_of)
                self._raw[_name_of(fields)] = fields
            elif message.type == ATTRIBUTE_INFO:
                self.elsewhere |= _is_in_heap(message, bytes_of)
        self._bytes_of = bytes_of

    def __contains__(self, name: str) -> bool:
        return name in self._raw

    def get(self, name: str) -> Value:
        """The value; None if there is no such attribute, or none of these kinds."""
        found = self._raw.get(name)
        return None if found is None else _value(Fields(found.data, self._bytes_of), self._bytes_of)

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


def _is_in_heap(message: Message, bytes_of: FileBytes) -> bool:
    fields = Fields(message.data, bytes_of)
    fields.skip(1)
    fields.skip(2 if fields.byte() & 1 else 0)
    return fields.offset() is not None


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
        if flags & 3:
            return None  # its type is kept elsewhere, which Keras never does
    fields.raw(padded[0])
    element = read_element_type(fields.raw(padded[1]), bytes_of)
    shape = read_shape(fields.raw(padded[2]), bytes_of)
    if shape is None:
        return None
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
