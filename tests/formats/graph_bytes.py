"""Writes `TrackableObjectGraph` messages by hand, for graphs that TensorFlow would not write."""

from __future__ import annotations

from collections.abc import Sequence

from tfinspector.contents.graphs import Attribute, Edge, Node, Slot


def varint(value: int) -> bytes:
    data = b""
    while value > 127:
        data += bytes([value & 127 | 128])
        value >>= 7
    return data + bytes([value])


def field(number: int, value: bytes | str | int) -> bytes:
    if isinstance(value, int):
        return varint(number << 3) + varint(value) if value else b""
    data = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(data)) + data


def node_bytes(node: Node, extra: bytes = b"") -> bytes:
    parts = [field(1, field(1, edge.node) + field(2, edge.name)) for edge in node.children]
    parts += [
        field(2, b"".join(field(i + 1, text) for i, text in enumerate(attribute) if text))
        for attribute in node.attributes
    ]
    parts += [
        field(3, field(1, slot.original) + field(2, slot.name) + field(3, slot.variable))
        for slot in node.slots
    ]
    if node.saver:
        parts.append(field(4, field(1, node.saver) + field(2, "object")))
    return b"".join(parts) + extra


def graph_bytes(nodes: Sequence[Node]) -> bytes:
    return b"".join(field(1, node_bytes(node, b"\x2a\x02\x08\x01")) for node in nodes)


def variable(key: str, full_name: str = "", name: str = "VARIABLE_VALUE") -> Node:
    return Node(attributes=(Attribute(name, full_name, key),))


def branch(*edges: tuple[str, int], slots: Sequence[tuple[int, str, int]] = ()) -> Node:
    return Node(tuple(Edge(*edge) for edge in edges), slots=tuple(Slot(*slot) for slot in slots))
