"""Trees of records as newer HDF5 versions write them, for names and for chunks ("B-tree v2").

HDF5 File Format Specification, III.A.2. How many bytes a child's count takes is not written: it
follows from how many records fit into a node, as in `H5B2__hdr_init` of the HDF5 library.
"""

from collections.abc import Iterator
from typing import NamedTuple

from tfinspector.formats.hdf5.file_bytes import Broken, Fields, FileBytes

_AROUND_NBYTES = 10  # signature, version, kind and checksum of a node
_DEEPEST = 32
_MOST_RECORDS = 10_000_000


class _Level(NamedTuple):
    """Of the nodes so far above the leaves: the bytes of a count of records in one of their
    children, and of a count of all below it."""

    count_nbytes: int
    total_nbytes: int


def records_of(bytes_of: FileBytes, address: int, kind: int) -> Iterator[Fields]:
    """The records of the tree whose header lies at `address`, leaves and nodes in no order.

    `kind` is the type of record that is expected. Raises `Broken`.
    """
    head = Fields(
        bytes_of.at(address, 22 + bytes_of.offset_nbytes + bytes_of.length_nbytes), bytes_of
    )
    if head.raw(4) != b"BTHD":
        raise Broken(f"there is no tree at byte {address:,}, where one should lie")
    head.skip(1)
    if (found := head.byte()) != kind:
        raise Broken(f"a tree in it holds records of kind {found} instead of {kind}")
    node_nbytes, record_nbytes, depth = head.integer(4), head.integer(2), head.integer(2)
    head.skip(2)
    root, count, total = head.offset(), head.integer(2), head.length()
    if root is None or not total:
        return
    if depth > _DEEPEST or not record_nbytes or total > _MOST_RECORDS:
        raise Broken("a tree in it is larger than any can be")
    levels = _levels(node_nbytes, record_nbytes, depth, bytes_of.offset_nbytes)
    queue = [(root, count, depth)]
    seen: set[int] = set()
    while queue:
        address, count, depth = queue.pop()
        if address in seen:
            raise Broken("a tree in it leads in a circle")
        seen.add(address)
        level = levels[depth]
        pointer = bytes_of.offset_nbytes + level.count_nbytes + level.total_nbytes
        nbytes = 6 + count * record_nbytes + (pointer * (count + 1) if depth else 0)
        node = Fields(bytes_of.at(address, nbytes), bytes_of)
        if node.raw(4) != (b"BTIN" if depth else b"BTLF"):
            raise Broken(f"there is no node of a tree at byte {address:,}, where one should lie")
        node.skip(2)
        for _ in range(count):
            yield Fields(node.raw(record_nbytes), bytes_of)
        for _ in range(count + 1 if depth else 0):
            child, below = node.offset(), node.integer(level.count_nbytes)
            node.skip(level.total_nbytes)
            if child is None:
                raise Broken("a part of a tree in it is missing")
            queue.append((child, below, depth - 1))


def _levels(node_nbytes: int, record_nbytes: int, depth: int, offset_nbytes: int) -> list[_Level]:
    """How counts are written in nodes of each depth, leaves first."""
    most = total = (node_nbytes - _AROUND_NBYTES) // record_nbytes
    if most < 1:
        raise Broken("a tree in it has nodes that hold nothing")
    count_nbytes = _nbytes_of(most)
    levels = [_Level(0, 0)]
    total_nbytes = 0
    for _ in range(depth):
        levels.append(_Level(count_nbytes, total_nbytes))
        pointer = offset_nbytes + count_nbytes + total_nbytes
        most = (node_nbytes - _AROUND_NBYTES - pointer) // (record_nbytes + pointer)
        if most < 1:
            raise Broken("a tree in it has nodes that hold nothing")
        total = (most + 1) * total + most
        total_nbytes = _nbytes_of(total)
    return levels


def _nbytes_of(largest: int) -> int:
    """Bytes that the numbers up to `largest` are written in (`H5VM_limit_enc_size`)."""
    return (largest.bit_length() - 1) // 8 + 1
