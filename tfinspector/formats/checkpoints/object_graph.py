"""The object graph inside a checkpoint: the bytes of one string tensor to `ObjectGraph`.

The message is `TrackableObjectGraph` (tensorflow/core/protobuf/trackable_object_graph.proto):

    nodes 1: children 1 {node_id 1, local_name 2}, attributes 2 {name 1, full_name 2,
    checkpoint_key 3}, slot_variables 3 {original_variable_node_id 1, slot_name 2,
    slot_variable_node_id 3}, registered_saver 4 {name 1, object_name 2}, has_checkpoint_values 5

Decoded by hand, because a model of 100,000 variables has 125,000 nodes and 300,000 edges and a
person waits for them: first it is noted where every edge and attribute lies, then all of them are
decoded at once with NumPy. What is not laid out as TensorFlow lays it out takes the slow way, field
by field. Broken input never raises: what can't be understood is left out and told in `problems`.
"""

from collections.abc import Sequence

import numpy as np

from tfinspector.contents import numbers
from tfinspector.contents.graphs import Attribute, Node, ObjectGraph
from tfinspector.formats.checkpoints.graph_columns import GraphColumns, StoredGraph
from tfinspector.formats.checkpoints.graph_fields import (
    FIELD_1,
    FIELD_2,
    FIELD_3,
    NUMBER_1,
    BrokenMessage,
    parse_attribute,
    parse_edge,
)
from tfinspector.formats.checkpoints.graph_layout import Layout, Places, walk
from tfinspector.formats.checkpoints.graph_leaves import walk_around_leaves
from tfinspector.formats.texts import Texts, texts_of
from tfinspector.formats.varints import Integers, Octets, octets_at, varints
from tfinspector.formats.words import WORD_NBYTES, every_word

_MOST_PROBLEMS = 20
_VALUE = "VARIABLE_VALUE"  # the name of a variable's only attribute
_FIRST_WORD, _LAST_WORD = np.frombuffer(b"VARIABLELE_VALUE", "<u8")  # they overlap


def parse_object_graph(data: bytes) -> ObjectGraph:
    """The graph that `data` serializes. Never raises; see `ObjectGraph.problems`.

    Edges and slots to ids outside the range are dropped. A node that can't be decoded stays as
    an empty node, because the ids of all later ones are positions.
    """
    problems: list[str] = []
    places = walk_around_leaves(data)
    if places is None:
        layout = Layout()
        walk(data, 0, len(data), layout, problems)
        places = layout.places()
    columns = _columns(data, places, problems)
    dropped = _without_dangling(columns, problems)
    if not len(columns):
        problems.append("the object graph has no nodes")
    if len(problems) > _MOST_PROBLEMS:
        more = len(problems) - _MOST_PROBLEMS
        problems[_MOST_PROBLEMS:] = [
            f"and {numbers.counted(more, 'more problem')} in the object graph"
        ]
    if dropped is not None:
        return ObjectGraph(dropped, tuple(problems))
    return StoredGraph(columns, tuple(problems))


def _columns(data: bytes, places: Places, problems: list[str]) -> GraphColumns:
    octets = np.frombuffer(data or b"\0", np.uint8)
    numbers = np.searchsorted(places.nodes, list(places.rare)).tolist()
    rare = [(number, *parts) for number, parts in zip(numbers, places.rare.values(), strict=True)]
    bounds = np.append(places.nodes, len(data))
    return GraphColumns(
        (
            *_decode_edges(data, octets, places.edges, problems),
            np.searchsorted(places.edges[:, 0], bounds),
        ),
        (
            *_decode_attributes(data, octets, places.attributes, problems),
            np.searchsorted(places.attributes[:, 0], bounds),
        ),
        {number: tuple(slots) for number, slots, _ in rare if slots},
        {number: saver for number, _, saver in rare if saver},
    )


def _decode_edges(
    data: bytes, octets: Octets, spans: Integers, problems: list[str]
) -> tuple[list[str], Integers]:
    """Name and child of every edge."""
    starts, stops = spans[:, 0], spans[:, 1]
    has_id = octets_at(octets, starts) == NUMBER_1
    ids, after = varints(octets, starts + 1)
    ids = np.where(has_id, ids, 0)
    begins, ends = _string_spans(octets, FIELD_2, np.where(has_id, after, starts))
    names = texts_of(data, begins, ends)
    for place in np.flatnonzero((ends != stops) | (ids < 0)).tolist():
        try:
            names[place], node = parse_edge(data, int(starts[place]), int(stops[place]))
            ids[place] = min(node, len(data))
        except (BrokenMessage, IndexError) as error:
            names[place], ids[place] = "", len(data)  # to nowhere: dropped with the dangling ones
            problems.append(f"an edge of the object graph can't be decoded: {error}")
    return names, ids


def _decode_attributes(
    data: bytes, octets: Octets, spans: Integers, problems: list[str]
) -> tuple[Sequence[str], Sequence[str], Sequence[str]]:
    """Name, full name and key of every attribute, decoded when they are asked for."""
    starts, stops = spans[:, 0], spans[:, 1]
    begins, ends = _string_spans(octets, FIELD_1, starts)
    names: Sequence[str] | None = _usual_names(octets, begins, ends)
    if names is None:
        names = texts_of(data, begins, ends)
    begins, ends = _string_spans(octets, FIELD_2, ends)
    full_names: Sequence[str] = Texts(data, begins, ends)
    begins, ends = _string_spans(octets, FIELD_3, ends)
    keys: Sequence[str] = Texts(data, begins, ends)
    odd = np.flatnonzero(ends != stops).tolist()
    if odd:
        names, full_names, keys = list(names), list(full_names), list(keys)
        for place in odd:
            try:
                attribute = parse_attribute(data, int(starts[place]), int(stops[place]))
            except (BrokenMessage, IndexError) as error:
                attribute = Attribute("", "", "")
                problems.append(f"an attribute of the object graph can't be decoded: {error}")
            names[place], full_names[place], keys[place] = attribute
    return names, full_names, keys


def _usual_names(octets: Octets, begins: Integers, ends: Integers) -> list[str] | None:
    """The names if all of them are that of a variable's value, as in most files; else None."""
    if not (ends - begins == len(_VALUE)).all() or ends.max(initial=0) > len(octets):
        return None
    words = every_word(octets)
    is_other = (words[begins] != _FIRST_WORD) | (words[ends - WORD_NBYTES] != _LAST_WORD)
    return None if is_other.any() else [_VALUE] * len(begins)


def _string_spans(octets: Octets, tag: int, at: Integers) -> tuple[Integers, Integers]:
    """Where the strings of field `tag` begin and end; both `at` where the field is not there."""
    present = octets_at(octets, at) == tag
    lengths, after = varints(octets, at + 1)
    return np.where(present, after, at), np.where(present, after + lengths, at)


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
            problems.append(
                f"node {place} of the object graph points to {numbers.counted(lost, 'absent node')}"
            )
    return tuple(nodes)
