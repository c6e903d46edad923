"""Which node of the object graph each key of an index belongs to.

A node's `checkpoint_key` usually is a key, but for lookup tables and iterators it is the head of
several ("m/table/.ATTRIBUTES/table" for `...table-keys` and `...table-values`), so the rule is:
the exact key, otherwise all keys that begin with it and belong to nobody else.
"""

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from tfinspector.contents.graphs import Attribute, ObjectGraph

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


def link_keys(keys: Sequence[str], graph: ObjectGraph) -> tuple[dict[str, Link], list[str]]:
    """key -> link, for the keys (ascending) that a node mentions; and what no key answers to."""
    existing = set(keys)
    links: dict[str, Link] = {}
    heads: list[Link] = []
    for place, node in enumerate(graph.nodes):
        for attribute in node.attributes:
            key = attribute.key
            if key not in existing:
                heads.append(Link(place, attribute))
            elif key not in links:
                links[key] = Link(place, attribute)
    lost = []
    for head in heads:
        begins = head.attribute.key
        at = bisect_left(keys, begins)
        found = False
        while begins and at < len(keys) and keys[at].startswith(begins):
            if keys[at] not in links:
                links[keys[at]] = head._replace(tail=keys[at][len(begins) :].strip("-_/"))
            found = True
            at += 1
        if not found:
            lost.append(begins or f"{head.attribute.name} of node {head.node}")
    return links, lost


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
