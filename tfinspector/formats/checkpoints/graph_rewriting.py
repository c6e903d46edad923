"""An object graph without the values that are lost, as bytes; everything else as it was.

TensorFlow restores by the graph: an attribute whose key is not in the file is an error, and a node
that only lost its attribute counts as restored though nothing was. So a node whose values are all
lost is cut off, too: then `assert_existing_objects_matched` names its object. Its place stays,
empty, because the ids of all other nodes are their positions.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from tfinspector.formats.checkpoints.graph_fields import (
    FIELD_1,
    FIELD_2,
    FIELD_3,
    parse_attribute,
    parse_edge,
    parse_slot,
    skip_field,
    varint,
)
from tfinspector.formats.wire_writing import message

IsLost = Callable[[str], bool]

_NODE = 1
_NODES = _CHILD = FIELD_1
_ATTRIBUTE, _SLOT = FIELD_2, FIELD_3
_BYTES = 2


class _Field(NamedTuple):
    """One field: its tag with the wire type, its content where that is bytes, and all of it."""

    tag: int
    content: bytes
    raw: bytes


def without_values(data: bytes, is_lost: IsLost) -> bytes:
    """The graph without the attributes whose key `is_lost`, and without ways to what lost all.

    Raises `BrokenMessage` or IndexError if the bytes are no message.
    """
    fields = list(_fields(data))
    nodes = [list(_fields(one.content)) for one in fields if one.tag == _NODES]
    keys = [_keys(node) for node in nodes]
    lost = [sum(map(is_lost, of_node)) for of_node in keys]
    if not any(lost):
        return data
    gone = {
        place
        for place, (node, of_node) in enumerate(zip(nodes, keys, strict=True))
        if of_node and lost[place] == len(of_node) and all(one.tag != _CHILD for one in node)
    }
    out = [message(_NODE, b"".join(_kept(node, is_lost, gone))) for node in nodes]
    return b"".join([*out, *(one.raw for one in fields if one.tag != _NODES)])


def keys_of_graph(data: bytes) -> list[str]:
    """The keys that the graph names. Raises `BrokenMessage` or IndexError, likewise."""
    return [
        key for one in _fields(data) if one.tag == _NODES for key in _keys(_fields(one.content))
    ]


def _fields(data: bytes) -> Iterator[_Field]:
    start, end = 0, len(data)
    while start < end:
        stop = skip_field(data, start, end)
        tag, position = varint(data, start)
        if tag & 7 == _BYTES:
            _, position = varint(data, position)
            yield _Field(tag, data[position:stop], data[start:stop])
        else:
            yield _Field(tag, b"", data[start:stop])
        start = stop


def _keys(node: "Iterator[_Field] | list[_Field]") -> list[str]:
    return [
        parse_attribute(one.content, 0, len(one.content)).key
        for one in node
        if one.tag == _ATTRIBUTE
    ]


def _kept(node: list[_Field], is_lost: IsLost, gone: set[int]) -> Iterator[bytes]:
    """The fields of a node that stay."""
    for tag, content, raw in node:
        end = len(content)
        if tag == _ATTRIBUTE and is_lost(parse_attribute(content, 0, end).key):
            continue
        if tag == _CHILD and parse_edge(content, 0, end).node in gone:
            continue
        if tag == _SLOT:
            slot = parse_slot(content, 0, end)
            if slot.original in gone or slot.variable in gone:
                continue
        yield raw
