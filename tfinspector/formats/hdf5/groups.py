"""What a group holds: names and the addresses of objects.

HDF5 File Format Specification, III.A.1 (B-tree of groups), III.B (symbol table nodes), III.D
(local heap), IV.A.2.c (link info) and IV.A.2.g (link message). Only hard links are followed: a soft
or an external one can lead to any other file of this machine, and Keras refuses both too.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tfinspector.formats.hdf5.file_bytes import Broken, Fields, FileBytes
from tfinspector.formats.hdf5.headers import LINK, LINK_INFO, SYMBOL_TABLE, Message
from tfinspector.formats.hdf5.heap import Heap
from tfinspector.formats.hdf5.tree2 import records_of

_SOFT_IN_TABLE = 2
_HARD, _SOFT, _EXTERNAL = 0, 1, 64
_LINK_WORDS = {_SOFT: "a soft link", _EXTERNAL: "a link into another file"}
_DEEPEST = 64
_BY_NAME = 5  # kind of record
_HASH_NBYTES = 4


class Link(NamedTuple):
    """A name in a group; `refused` says why it is not followed."""

    name: str
    address: int
    refused: str = ""


def links_of(messages: Sequence[Message], bytes_of: FileBytes) -> Iterator[Link]:
    """The links of the group with these messages. Raises `Broken`."""
    for message in messages:
        if message.type == SYMBOL_TABLE:
            fields = Fields(message.data, bytes_of)
            tree, heap = fields.offset(), fields.offset()
            if tree is not None and heap is not None:
                yield from _links_of_table(bytes_of, tree, _local_heap(bytes_of, heap))
        elif message.type == LINK:
            yield _link(Fields(message.data, bytes_of))
        elif message.type == LINK_INFO:
            yield from _links_of_heap(message, bytes_of)


def is_group(messages: Sequence[Message]) -> bool:
    """Whether an object with these messages is a group."""
    return any(message.type in (SYMBOL_TABLE, LINK_INFO, LINK) for message in messages)


def _links_of_heap(message: Message, bytes_of: FileBytes) -> Iterator[Link]:
    """The links that a group of newer HDF5 versions with many of them keeps in a heap."""
    fields = Fields(message.data, bytes_of)
    fields.skip(1)
    fields.skip(8 if fields.byte() & 1 else 0)
    address, names = fields.offset(), fields.offset()
    if address is None or names is None:
        return
    heap = Heap(bytes_of, address)
    links = []
    for record in records_of(bytes_of, names, _BY_NAME):
        record.skip(_HASH_NBYTES)
        links.append(_link(Fields(heap.get(record.rest()), bytes_of)))
    yield from sorted(links)


def _local_heap(bytes_of: FileBytes, address: int) -> bytes:
    fields = Fields(bytes_of.at(address, 8 + 3 * bytes_of.length_nbytes), bytes_of)
    if fields.raw(4) != b"HEAP":
        raise Broken(f"there are no names at byte {address:,}, where those of a group should lie")
    fields.skip(4)
    size = fields.length()
    fields.length()
    data = fields.offset()
    if data is None:
        raise Broken("the names of a group are missing")
    return bytes_of.at(data, size)


def _links_of_table(bytes_of: FileBytes, root: int, heap: bytes) -> Iterator[Link]:
    """The entries of all leaves of a group's B-tree, in order."""
    queue: list[tuple[int, int]] = [(root, 0)]
    seen: set[int] = set()
    while queue:
        address, depth = queue.pop()
        if address in seen or depth > _DEEPEST:
            raise Broken("the tree of a group leads in a circle")
        seen.add(address)
        if bytes_of.at(address, 4) == b"SNOD":
            yield from _entries(bytes_of, address, heap)
            continue
        fields = Fields(bytes_of.at(address, 8 + 2 * bytes_of.offset_nbytes), bytes_of)
        if fields.raw(4) != b"TREE" or fields.byte() != 0:
            raise Broken(f"there is no tree of a group at byte {address:,}, where one should lie")
        fields.skip(1)
        count = fields.integer(2)
        start = 8 + 2 * bytes_of.offset_nbytes
        width = bytes_of.length_nbytes + bytes_of.offset_nbytes
        body = Fields(bytes_of.at(address + start, count * width), bytes_of)
        children = []
        for _ in range(count):
            body.length()
            child = body.offset()
            if child is not None:
                children.append((child, depth + 1))
        queue += reversed(children)


def _entries(bytes_of: FileBytes, address: int, heap: bytes) -> Iterator[Link]:
    head = Fields(bytes_of.at(address, 8), bytes_of, 6)
    count = head.integer(2)
    width = 2 * bytes_of.offset_nbytes + 24
    fields = Fields(bytes_of.at(address + 8, count * width), bytes_of)
    for _ in range(count):
        name_at, header = fields.offset(), fields.offset()
        cache = fields.integer(4)
        fields.skip(20)
        name = Fields(heap, bytes_of, name_at or 0).name().decode("utf-8", "replace")
        soft = cache == _SOFT_IN_TABLE
        yield Link(name, header or 0, _LINK_WORDS[_SOFT] if soft or header is None else "")


def _link(fields: Fields) -> Link:
    fields.skip(1)
    flags = fields.byte()
    kind = fields.byte() if flags & 8 else _HARD
    fields.skip(8 if flags & 4 else 0)
    fields.skip(1 if flags & 16 else 0)
    name = fields.raw(fields.integer(1 << (flags & 3)) if flags & 3 else fields.byte())
    text = name.decode("utf-8", "replace")
    if kind != _HARD:
        return Link(text, 0, _LINK_WORDS.get(kind, f"a link of kind {kind}"))
    address = fields.offset()
    return Link(text, address or 0, "" if address is not None else "a link to nowhere")
