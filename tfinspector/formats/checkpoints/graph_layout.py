"""Where the parts of a serialized object graph lie, found node by node.

Says of every node where it begins, and of every edge and attribute the bytes that are its message.
What is rare is decoded on the way. See `object_graph` for the message, `graph_leaves` for the
quick way to the same.
"""

from array import array
from typing import NamedTuple

import numpy as np

from tfinspector.contents import numbers
from tfinspector.contents.graphs import Slot
from tfinspector.formats.checkpoints.graph_fields import (
    FIELD_1,
    FIELD_2,
    FIELD_3,
    FIELD_4,
    BrokenMessage,
    parse_attribute,
    parse_slot,
    skip_field,
    varint,
)
from tfinspector.formats.varints import Integers

_KNOWN = frozenset({FIELD_1, FIELD_2, FIELD_3, FIELD_4})
HAS_VALUES, NBYTES_OF_FLAG = 0x2A, 4  # BoolValue{true} with its head


class Places(NamedTuple):
    """Places in the message, ascending.

    nodes              where each node's field begins
    edges, attributes  where each message begins and ends, (count, 2)
    rare               slots and saver of the few nodes that have some, by where the node begins
    """

    nodes: Integers
    edges: Integers
    attributes: Integers
    rare: dict[int, tuple[list[Slot], str]]


class Layout:
    """The same while it is found: arrays, because NumPy takes them as they are."""

    def __init__(self) -> None:
        self.nodes = array("q")
        self.edges = array("q")
        self.attributes = array("q")
        self.rare: dict[int, tuple[list[Slot], str]] = {}

    def places(self) -> Places:
        """What was found."""
        return Places(
            np.asarray(self.nodes),
            np.asarray(self.edges).reshape(-1, 2),
            np.asarray(self.attributes).reshape(-1, 2),
            self.rare,
        )


def walk(data: bytes, position: int, end: int, layout: Layout, problems: list[str]) -> int:
    """Note the nodes from `position` to `end`; where the last field ends.

    What comes after a break at the top level is lost.
    """
    try:
        while position < end:
            if data[position] != FIELD_1:
                position = skip_field(data, position, end)
                continue
            length, start = varint(data, position + 1)
            if start + length > end:
                short = start + length - end
                raise BrokenMessage(f"a node of {length} bytes ends {short} after the message")
            _note_node(data, position, start, start + length, layout, problems)
            position = start + length
    except (BrokenMessage, IndexError) as error:
        read = numbers.counted(len(layout.nodes), "node")
        problems.append(f"the object graph breaks off after {read}: {error}")
    return position


def _note_node(
    data: bytes, node: int, start: int, stop: int, layout: Layout, problems: list[str]
) -> None:
    edges, attributes = len(layout.edges), len(layout.attributes)
    layout.nodes.append(node)
    try:
        _walk_node(data, start, stop, layout)
    except (BrokenMessage, IndexError) as error:
        place = len(layout.nodes) - 1
        problems.append(f"node {place} of the object graph can't be decoded: {error}")
        del layout.edges[edges:], layout.attributes[attributes:]
        layout.rare.pop(node, None)


def _walk_node(data: bytes, position: int, end: int, layout: Layout) -> None:
    edge, attribute = layout.edges.append, layout.attributes.append
    while position < end and data[position] == FIELD_1 and data[position + 1] < 128:
        start = position + 2  # children come first, and their names are short
        position = start + data[position + 1]
        edge(start)
        edge(position)
    while position < end:
        tag = data[position]
        length = data[position + 1]
        if tag == HAS_VALUES and length == NBYTES_OF_FLAG - 2:
            position += NBYTES_OF_FLAG
            continue
        if tag not in _KNOWN:
            position = skip_field(data, position, end)
            continue
        start = position + 2
        if length > 127:
            length, start = varint(data, position + 1)
        position = start + length
        if tag == FIELD_1:
            edge(start)
            edge(position)
        elif tag == FIELD_2:
            attribute(start)
            attribute(position)
        elif position <= end:
            _note_rare(data, tag, start, position, layout)
    if position != end:
        raise BrokenMessage("a field reaches beyond its node")


def _note_rare(data: bytes, tag: int, start: int, stop: int, layout: Layout) -> None:
    slots, saver = layout.rare.get(layout.nodes[-1], ([], ""))
    if tag == FIELD_3:
        slots.append(parse_slot(data, start, stop))
    else:
        saver = parse_attribute(data, start, stop).name
    layout.rare[layout.nodes[-1]] = (slots, saver)
