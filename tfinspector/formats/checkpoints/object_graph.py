"""The object graph inside a checkpoint: the bytes of one string tensor to `ObjectGraph`.

The message is `TrackableObjectGraph` (tensorflow/core/protobuf/trackable_object_graph.proto):

    nodes 1: children 1 {node_id 1, local_name 2}, attributes 2 {name 1, full_name 2,
    checkpoint_key 3}, slot_variables 3 {original_variable_node_id 1, slot_name 2,
    slot_variable_node_id 3}, registered_saver 4 {name 1, object_name 2}, has_checkpoint_values 5

Decoded by hand, because a model of 100,000 variables has 125,000 nodes and 300,000 edges and a
person waits for them: one walk notes where every edge and attribute lies, then all of them are
decoded at once with NumPy. The bytes are looked at once as Latin-1 text, so that a name is a slice
of it. What is not laid out as TensorFlow lays it out takes the slow way, field by field. Broken
input never raises: what can't be understood is left out and told in `problems`.
"""

from array import array

import numpy as np
from numpy.typing import NDArray

from tfinspector.contents.graphs import Attribute, Node, ObjectGraph, Slot
from tfinspector.formats.checkpoints.graph_columns import GraphColumns, StoredGraph
from tfinspector.formats.checkpoints.graph_fields import (
    FIELD_1,
    FIELD_2,
    FIELD_3,
    FIELD_4,
    NUMBER_1,
    BrokenMessage,
    parse_attribute,
    parse_edge,
    parse_slot,
    skip_field,
    varint,
)

_KNOWN = frozenset({FIELD_1, FIELD_2, FIELD_3, FIELD_4})
_HAS_VALUES, _NBYTES_OF_FLAG = 0x2A, 4  # BoolValue{true} with its head
_SHORTEST_LEAF = 7  # bytes: an attribute's head, one byte, has_checkpoint_values
_MOST_PROBLEMS = 20
_VALUE = "VARIABLE_VALUE"  # the name of a variable's only attribute
_Positions = NDArray[np.int64]


class _Layout:
    """Where edges and attributes lie, node by node; rare parts already decoded.

    Arrays, not lists: NumPy takes them as they are.
    """

    def __init__(self) -> None:
        self.edges = array("q")  # start, stop, start, stop, ...
        self.attributes = array("q")
        self.edge_bounds = array("q", [0])  # how many numbers the nodes up to here took
        self.attribute_bounds = array("q", [0])
        self.rare: dict[int, tuple[list[Slot], str]] = {}  # node -> slots, saver


def parse_object_graph(data: bytes) -> ObjectGraph:
    """The graph that `data` serializes. Never raises; see `ObjectGraph.problems`.

    Edges and slots to ids outside the range are dropped. A node that can't be decoded stays as
    an empty node, because the ids of all later ones are positions.
    """
    problems: list[str] = []
    columns = _columns(data, _walk(data, problems), problems)
    dropped = _without_dangling(columns, problems)
    if not len(columns):
        problems.append("the object graph has no nodes")
    if len(problems) > _MOST_PROBLEMS:
        more = len(problems) - _MOST_PROBLEMS
        problems[_MOST_PROBLEMS:] = [f"and {more} more problems in the object graph"]
    if dropped is not None:
        return ObjectGraph(dropped, tuple(problems))
    return StoredGraph(columns, tuple(problems))


def _walk(data: bytes, problems: list[str]) -> _Layout:
    """Note where every node's parts lie; what comes after a break at the top level is lost."""
    layout = _Layout()
    position, end = 0, len(data)
    edge_bound, attribute_bound = layout.edge_bounds.append, layout.attribute_bounds.append
    attribute = layout.attributes.append
    try:
        while position < end:
            if data[position] != FIELD_1:
                position = skip_field(data, position, end)
                continue
            start = position + 2
            length = data[position + 1]
            if length > 127:
                length, start = varint(data, position + 1)
            position = start + length
            if position > end:
                raise BrokenMessage(f"a node of {length} bytes begins {end - start} before the end")
            if length > _SHORTEST_LEAF and data[start] == FIELD_2:
                # Nine nodes of ten: a variable, with one attribute and has_checkpoint_values.
                first, begin = data[start + 1], start + 2
                if first > 127:
                    first, begin = (first & 127) | data[begin] << 7, start + 3
                rest = position - begin - first
                if not rest or (rest == _NBYTES_OF_FLAG and data[begin + first] == _HAS_VALUES):
                    attribute(begin)
                    attribute(begin + first)
                    edge_bound(len(layout.edges))
                    attribute_bound(len(layout.attributes))
                    continue
            try:
                _walk_node(data, start, position, layout)
            except (BrokenMessage, IndexError) as error:
                place = len(layout.edge_bounds) - 1
                problems.append(f"node {place} of the object graph can't be decoded: {error}")
                del layout.edges[layout.edge_bounds[-1] :]
                del layout.attributes[layout.attribute_bounds[-1] :]
            edge_bound(len(layout.edges))
            attribute_bound(len(layout.attributes))
    except (BrokenMessage, IndexError) as error:
        count = len(layout.edge_bounds) - 1
        problems.append(f"the object graph breaks off after {count} nodes: {error}")
    return layout


def _walk_node(data: bytes, position: int, end: int, layout: _Layout) -> None:
    edge, attribute = layout.edges.append, layout.attributes.append
    while position < end and data[position] == FIELD_1 and data[position + 1] < 128:
        start = position + 2  # children come first, and their names are short
        position = start + data[position + 1]
        edge(start)
        edge(position)
    while position < end:
        tag = data[position]
        length = data[position + 1]
        if tag == _HAS_VALUES and length == _NBYTES_OF_FLAG - 2:
            position += _NBYTES_OF_FLAG
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


def _note_rare(data: bytes, tag: int, start: int, stop: int, layout: _Layout) -> None:
    slots, saver = layout.rare.get(len(layout.edge_bounds) - 1, ([], ""))
    if tag == FIELD_3:
        slots.append(parse_slot(data, start, stop))
    else:
        saver = parse_attribute(data, start, stop).name
    layout.rare[len(layout.edge_bounds) - 1] = (slots, saver)


def _columns(data: bytes, layout: _Layout, problems: list[str]) -> GraphColumns:
    text = data.decode("latin-1")
    octets = np.frombuffer(data or b"\0", np.uint8)
    places = range(len(layout.edge_bounds) - 1)
    rare = [(place, *layout.rare[place]) for place in layout.rare if place in places]
    return GraphColumns(
        (
            *_decode_edges(data, text, octets, layout.edges, problems),
            np.asarray(layout.edge_bounds) >> 1,
        ),
        (
            *_decode_attributes(data, text, octets, layout.attributes, problems),
            np.asarray(layout.attribute_bounds) >> 1,
        ),
        {place: tuple(slots) for place, slots, _ in rare if slots},
        {place: saver for place, _, saver in rare if saver},
    )


def _decode_edges(
    data: bytes, text: str, octets: NDArray[np.uint8], spans: "array[int]", problems: list[str]
) -> tuple[list[str], _Positions]:
    """Name and child of every edge."""
    places = np.asarray(spans).reshape(-1, 2)
    starts, stops = places[:, 0], places[:, 1]
    has_id = _octets_at(octets, starts) == NUMBER_1
    ids, after = _varints(octets, starts + 1)
    ids = np.where(has_id, ids, 0)
    begins, ends = _string_spans(octets, FIELD_2, np.where(has_id, after, starts))
    names = _slices(data, text, begins, ends)
    for place in np.flatnonzero(ends != stops).tolist():
        try:
            names[place], node = parse_edge(data, int(starts[place]), int(stops[place]))
            ids[place] = min(node, len(data))
        except (BrokenMessage, IndexError) as error:
            names[place], ids[place] = "", len(data)  # to nowhere: dropped with the dangling ones
            problems.append(f"an edge of the object graph can't be decoded: {error}")
    return names, ids


def _decode_attributes(
    data: bytes, text: str, octets: NDArray[np.uint8], spans: "array[int]", problems: list[str]
) -> tuple[list[str], list[str], list[str]]:
    """Name, full name and key of every attribute."""
    places = np.asarray(spans).reshape(-1, 2)
    starts, stops = places[:, 0], places[:, 1]
    begins, ends = _string_spans(octets, FIELD_1, starts)
    names = _usual_names(octets, begins, ends)
    if names is None:
        names = _slices(data, text, begins, ends)
    begins, ends = _string_spans(octets, FIELD_2, ends)
    full_names = _slices(data, text, begins, ends)
    begins, ends = _string_spans(octets, FIELD_3, ends)
    keys = _slices(data, text, begins, ends)
    for place in np.flatnonzero(ends != stops).tolist():
        try:
            attribute = parse_attribute(data, int(starts[place]), int(stops[place]))
        except (BrokenMessage, IndexError) as error:
            attribute = Attribute("", "", "")
            problems.append(f"an attribute of the object graph can't be decoded: {error}")
        names[place], full_names[place], keys[place] = attribute
    return names, full_names, keys


def _usual_names(
    octets: NDArray[np.uint8], begins: _Positions, ends: _Positions
) -> list[str] | None:
    """The names if all of them are that of a variable's value, as in most files; else None."""
    if not (ends - begins == len(_VALUE)).all():
        return None
    letters = enumerate(_VALUE.encode())
    if any((_octets_at(octets, begins + place) != letter).any() for place, letter in letters):
        return None
    return [_VALUE] * len(begins)


def _octets_at(octets: NDArray[np.uint8], at: _Positions) -> NDArray[np.uint8]:
    """The bytes at these positions; beyond the end the last one, where no field fits any more."""
    return octets[np.minimum(at, len(octets) - 1)]


def _varints(octets: NDArray[np.uint8], at: _Positions) -> tuple[_Positions, _Positions]:
    """The varints of up to four bytes at `at`, and where each ends. `at` may lie anywhere."""
    value = np.zeros(len(at), np.int64)
    going = np.ones(len(at), bool)
    after = at.copy()
    for shift in (0, 7, 14, 21):
        byte = _octets_at(octets, after).astype(np.int64)
        value += np.where(going, (byte & 0x7F) << shift, 0)
        after += going
        going &= byte > 127
        if not going.any():
            break
    return value, after


def _string_spans(
    octets: NDArray[np.uint8], tag: int, at: _Positions
) -> tuple[_Positions, _Positions]:
    """Where the strings of field `tag` begin and end; both `at` where the field is not there."""
    present = _octets_at(octets, at) == tag
    lengths, after = _varints(octets, at + 1)
    return np.where(present, after, at), np.where(present, after + lengths, at)


def _slices(data: bytes, text: str, begins: _Positions, ends: _Positions) -> list[str]:
    pairs = zip(begins.tolist(), ends.tolist(), strict=True)
    names = [text[begin:end] for begin, end in pairs]
    if not "".join(names).isascii():
        pairs = zip(begins.tolist(), ends.tolist(), strict=True)
        names = [data[begin:end].decode("utf-8", "replace") for begin, end in pairs]
    return names


def _without_dangling(columns: GraphColumns, problems: list[str]) -> tuple[Node, ...] | None:
    """The nodes without edges and slots to nodes that do not exist; None if there are no such."""
    count = len(columns)
    in_slots = [
        n for slots in columns.slots.values() for s in slots for n in (s.original, s.variable)
    ]
    if columns.edge_nodes.max(initial=0) < count and max(in_slots, default=0) < count:
        return None
    nodes = list(columns.nodes())
    for place, node in enumerate(nodes):
        children = tuple([edge for edge in node.children if edge[1] < count])
        slots = tuple([s for s in node.slots if s.original < count and s.variable < count])
        lost = len(node.children) - len(children) + len(node.slots) - len(slots)
        if lost:
            nodes[place] = node._replace(children=children, slots=slots)
            problems.append(f"node {place} of the object graph points to {lost} absent node(s)")
    return tuple(nodes)
