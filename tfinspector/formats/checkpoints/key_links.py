"""Which node of the object graph each key of an index belongs to.

A node's `checkpoint_key` usually is a key, but for lookup tables and iterators it is the head of
several ("m/table/.ATTRIBUTES/table" for `...table-keys` and `...table-values`), so the rule is:
the exact key, otherwise all keys that begin with it and belong to nobody else.
"""

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from tfinspector.contents.graphs import Attribute, ObjectGraph
from tfinspector.formats.checkpoints.graph_columns import GraphColumns, Integers, columns_of
from tfinspector.formats.text_places import places_among

_ATTRIBUTES = "/.ATTRIBUTES/"
_SLOT = "/.OPTIMIZER_SLOT/"
_VALUE = "VARIABLE_VALUE"


class Link(NamedTuple):
    """A key's node and attribute; `tail` is what the key has beyond the attribute's own key."""

    node: int
    attribute: Attribute
    tail: str = ""


class SlotKey(NamedTuple):
    """What a slot variable's key says: whose it is, in which optimizer, under which name."""

    variable: str
    optimizer: str
    slot: str


class Links(NamedTuple):
    """The node of every key: `node_of` for plain variables (-1 for other keys), `odd` by position.

    `place_of` is the position of each node's plain key, -1 for nodes that have none; `lost` are
    the attributes' keys that no key answers to.
    """

    node_of: Integers
    place_of: Integers
    odd: dict[int, Link]
    lost: list[str]


def link_keys(keys: Sequence[str], graph: ObjectGraph) -> Links:
    """The node of every key (ascending) that the graph mentions; the first attribute gets it."""
    columns = columns_of(graph)
    place = places_among(keys, columns.keys)
    node = np.repeat(np.arange(len(columns)), np.diff(columns.value_bounds))
    owner = np.full(len(keys) + 1, -1)  # the last one stands for no place
    owner[place[::-1]] = np.arange(len(place))[::-1]
    owner[-1] = -1
    is_plain = np.ones(len(place), bool)
    if columns.value_names.count(_VALUE) < len(place):
        is_plain = np.fromiter(map(_VALUE.__eq__, columns.value_names), bool, len(place))
    node_of, place_of = np.full(len(keys), -1), np.full(len(columns), -1)
    owned = np.flatnonzero(owner[place] == np.arange(len(place)))
    plain = owned[is_plain[owned]]
    node_of[place[plain]] = node[plain]
    place_of[node[plain]] = place[plain]
    odd = {
        int(place[at]): Link(int(node[at]), _attribute(columns, at))
        for at in owned[~is_plain[owned]].tolist()
    }
    links = Links(node_of, place_of, odd, [])
    for at in np.flatnonzero(place < 0).tolist():
        if not _link_head(Link(int(node[at]), _attribute(columns, at)), keys, links):
            links.lost.append(columns.keys[at])
    return links


def _attribute(columns: GraphColumns, at: int) -> Attribute:
    return Attribute(columns.value_names[at], columns.full_names[at], columns.keys[at])


def _link_head(head: Link, keys: Sequence[str], links: Links) -> bool:
    """Link the keys that begin with the attribute's; whether there are any."""
    begin = head.attribute.key
    first = place = bisect_left(keys, begin)
    while begin and place < len(keys) and keys[place].startswith(begin):
        if links.node_of[place] < 0 and place not in links.odd:
            links.odd[place] = head._replace(tail=keys[place][len(begin) :].strip("-_/"))
        place += 1
    return place > first


def name_of_key(key: str) -> str:
    """A key for people: "m/kernel" for `m/kernel/.ATTRIBUTES/VARIABLE_VALUE`."""
    path, found, attribute = key.partition(_ATTRIBUTES)
    if not found:
        return key
    slot = slot_of_key(key)
    if slot is not None:
        return f"{unescape(slot.optimizer)}/{unescape(slot.slot)}/{unescape(slot.variable)}"
    return unescape(path) if attribute == _VALUE else f"{unescape(path)}/{unescape(attribute)}"


def slot_of_key(key: str) -> SlotKey | None:
    """The parts of `<variable>/.OPTIMIZER_SLOT/<optimizer>/<slot>/.ATTRIBUTES/...`."""
    variable, found, rest = key.partition(_SLOT)
    if not found:
        return None
    optimizer, _, slot = rest.partition(_ATTRIBUTES)[0].rpartition("/")
    return SlotKey(variable, optimizer, slot)


def unescape(path: str) -> str:
    """A path out of a key with the names as the program had them: ".." is ".", ".S" is "/"."""
    if "." not in path:
        return path
    return path.replace("..", "\0").replace(".S", "/").replace("\0", ".")
