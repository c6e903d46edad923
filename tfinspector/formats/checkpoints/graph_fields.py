"""The parts of a `TrackableObjectGraph` one by one, field by field: the slow way.

For what `object_graph` does not find laid out as TensorFlow lays it out, and for rare parts.
"""

from tfinspector.contents.graphs import Attribute, Edge, Slot

FIELD_1, FIELD_2, FIELD_3, FIELD_4 = 0x0A, 0x12, 0x1A, 0x22  # length-delimited
NUMBER_1, NUMBER_3 = 0x08, 0x18  # varint
_LONGEST_VARINT = 10


class BrokenMessage(ValueError):
    """Bytes that are no protobuf message; caught where the message began."""


def parse_edge(data: bytes, position: int, end: int) -> Edge:
    """The `ObjectReference` between two positions; raises `BrokenMessage` or IndexError."""
    node, name = 0, ""
    while position < end:
        tag = data[position]
        if tag == FIELD_2:
            name, position = _string(data, position + 1, end)
        elif tag == NUMBER_1:
            node, position = varint(data, position + 1)
        else:
            position = skip_field(data, position, end)
    return Edge(name, node)


def parse_attribute(data: bytes, position: int, end: int) -> Attribute:
    """The `SerializedTensor` between two positions, likewise (or a saver's two names)."""
    name = full_name = key = ""
    while position < end:
        tag = data[position]
        if tag == FIELD_1:
            name, position = _string(data, position + 1, end)
        elif tag == FIELD_2:
            full_name, position = _string(data, position + 1, end)
        elif tag == FIELD_3:
            key, position = _string(data, position + 1, end)
        else:
            position = skip_field(data, position, end)
    return Attribute(name, full_name, key)


def parse_slot(data: bytes, position: int, end: int) -> Slot:
    """The `SlotVariableReference` between two positions, likewise."""
    original = variable = 0
    name = ""
    while position < end:
        tag = data[position]
        if tag == NUMBER_1:
            original, position = varint(data, position + 1)
        elif tag == FIELD_2:
            name, position = _string(data, position + 1, end)
        elif tag == NUMBER_3:
            variable, position = varint(data, position + 1)
        else:
            position = skip_field(data, position, end)
    return Slot(original, name, variable)


def _string(data: bytes, position: int, end: int) -> tuple[str, int]:
    """The string whose length stands at `position`, and where it ends."""
    length, position = varint(data, position)
    stop = position + length
    if stop > end:
        raise BrokenMessage("a name reaches beyond its message")
    return data[position:stop].decode("utf-8", "replace"), stop


def varint(data: bytes, position: int) -> tuple[int, int]:
    """The number that begins at `position`, and where it ends."""
    value = 0
    for shift in range(0, 7 * _LONGEST_VARINT, 7):
        byte = data[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, position
    raise BrokenMessage("a number of more than ten bytes")


def skip_field(data: bytes, position: int, end: int) -> int:
    """Where the field at `position` ends: unknown fields are allowed, groups are not."""
    tag, position = varint(data, position)
    wire = tag & 7
    if wire == 0:
        _, position = varint(data, position)
    elif wire == 2:
        length, position = varint(data, position)
        position += length
    elif wire in (1, 5):
        position += 8 if wire == 1 else 4
    else:
        raise BrokenMessage(f"wire type {wire}")
    if position > end:
        raise BrokenMessage("a field reaches beyond its message")
    return position
