"""Lists of chunks as newer HDF5 versions write them: arrays of places, and trees of them.

HDF5 File Format Specification, III.I (fixed array), III.J (extensible array), III.A.2 (tree). In
an array the chunks are numbered: in row-major order of the largest shape that the dataset may
grow to, an axis without end first.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from tfinspector.formats.hdf5.datasets import ChunkIndex, Chunks
from tfinspector.formats.hdf5.file_bytes import Broken, Fields, FileBytes
from tfinspector.formats.hdf5.tree2 import records_of

_PLAIN, _PACKED = 10, 11  # kinds of record in a tree
_MOST_ELEMENTS = 10_000_000
_CHECKSUM = 4


class Listed(NamedTuple):
    """A chunk: where it begins, counted in chunks along each axis, and where its bytes lie.

    `nbytes` is 0 where all chunks are stored in their full size.
    """

    at: tuple[int, ...]
    address: int
    nbytes: int
    mask: int


def listed_chunks(chunks: Chunks, bytes_of: FileBytes) -> Iterator[Listed]:
    """The chunks that were written, in the order of the list. Raises `Broken`."""
    if chunks.address is None:
        return
    if chunks.kept_as is ChunkIndex.TREE_OF_2:
        yield from _of_tree(chunks, chunks.address, bytes_of)
        return
    fixed = chunks.kept_as is ChunkIndex.FIXED_ARRAY
    elements = (_of_fixed_array if fixed else _of_growing_array)(bytes_of, chunks.address)
    place = numbering(chunks)
    for number, address, nbytes, mask in elements:
        yield Listed(place(number), address, nbytes, mask)


def numbering(chunks: Chunks) -> Callable[[int], tuple[int, ...]]:
    """From the number of a chunk to where it begins, counted in chunks."""
    counts = [
        None if most is None else -(-most // size)
        for most, size in zip(chunks.limits, chunks.shape, strict=True)
    ]
    endless = counts.index(None) if None in counts else 0
    order = [endless, *(axis for axis in range(len(counts)) if axis != endless)]

    def place(number: int) -> tuple[int, ...]:
        found = [0] * len(order)
        for axis in reversed(order[1:]):
            number, found[axis] = divmod(number, counts[axis] or 1)
        if order:
            found[order[0]] = number
        return tuple(found)

    return place


def _of_tree(chunks: Chunks, address: int, bytes_of: FileBytes) -> Iterator[Listed]:
    packed = bool(chunks.filters)
    axes = len(chunks.shape)
    for record in records_of(bytes_of, address, _PACKED if packed else _PLAIN):
        width = len(record.data) - bytes_of.offset_nbytes - 8 * axes
        place, nbytes, mask = record.offset(), 0, 0
        if packed:
            nbytes, mask = record.integer(width - 4), record.integer(4)
        at = tuple([record.integer(8) for _ in range(axes)])
        if place is not None:
            yield Listed(at, place, nbytes, mask)


_Element = tuple[int, int, int, int]  # number, address, bytes, mask


def _elements(fields: Fields, width: int, packed: bool, numbers: range) -> Iterator[_Element]:
    """Elements of an array that lie one after the other; those never written are left out."""
    for number in numbers:
        one = fields.part(width)
        address = one.offset()
        nbytes, mask = 0, 0
        if packed:
            nbytes, mask = one.integer(len(one.data) - one.position - 4), one.integer(4)
        if address is not None:
            yield number, address, nbytes, mask


def _head(bytes_of: FileBytes, address: int, nbytes: int, name: bytes) -> tuple[Fields, bool]:
    """The fields behind signature, version and kind, and whether chunks have sizes of their own."""
    fields = Fields(bytes_of.at(address, 6 + nbytes), bytes_of)
    if fields.raw(4) != name:
        raise Broken(f"there is no list of chunks at byte {address:,}, where one should lie")
    fields.skip(1)
    return fields, bool(fields.byte())


def _bit(bits: bytes, place: int) -> bool:
    return bool(bits[place // 8] & 0x80 >> place % 8)


def _of_fixed_array(bytes_of: FileBytes, address: int) -> Iterator[_Element]:
    o = bytes_of.offset_nbytes
    fields, packed = _head(bytes_of, address, 2 + bytes_of.length_nbytes + o, b"FAHD")
    width, page_bits = fields.byte(), fields.byte()
    count, block = fields.length(), fields.offset()
    if block is None:
        return
    if count > _MOST_ELEMENTS or page_bits > 63:
        raise Broken("a dataset in it would have millions of chunks")
    page = 1 << page_bits
    if count <= page:
        body, _ = _head(bytes_of, block, o + count * width, b"FADB")
        body.skip(o)
        yield from _elements(body, width, packed, range(count))
        return
    pages = -(-count // page)
    body, _ = _head(bytes_of, block, o + (pages + 7) // 8, b"FADB")
    body.skip(o)
    written = body.raw((pages + 7) // 8)
    start = block + body.position + _CHECKSUM
    for number in range(pages):
        numbers = range(number * page, min((number + 1) * page, count))
        if _bit(written, number):
            at = start + number * (page * width + _CHECKSUM)
            part = Fields(bytes_of.at(at, len(numbers) * width), bytes_of)
            yield from _elements(part, width, packed, numbers)


class _Growing(NamedTuple):
    """What the header of an extensible array tells.

    at_nbytes   bytes of a number of an element
    first       elements in the index block
    smallest    elements in the smallest data block
    pointers    data blocks that the smallest block of pointers has
    page        elements in a page of a large data block
    """

    width: int
    packed: bool
    at_nbytes: int
    bits: int
    first: int
    smallest: int
    pointers: int
    page: int


class _Group(NamedTuple):
    """Data blocks of one size: how many, of how many elements, beginning with which number."""

    blocks: int
    elements: int
    start: int


def _of_growing_array(bytes_of: FileBytes, address: int) -> Iterator[_Element]:
    o = bytes_of.offset_nbytes
    fields, packed = _head(bytes_of, address, 6 + 6 * bytes_of.length_nbytes + o, b"EAHD")
    width, bits, first, smallest, pointers, page_bits = [fields.byte() for _ in range(6)]
    fields.skip(6 * bytes_of.length_nbytes)
    index = fields.offset()
    if index is None:
        return
    if not smallest or not pointers or max(bits, page_bits) > 64:
        raise Broken("a list of chunks in it has blocks of no size")
    array = _Growing(
        width, packed, (bits + 7) // 8, bits, first, smallest, pointers, 1 << page_bits
    )
    groups = _groups(array)
    near = 2 * (pointers.bit_length() - 1)  # groups that the index block points to directly
    direct = [(one, place) for one in groups[:near] for place in range(one.blocks)]
    far = groups[near:]
    nbytes = o + first * width + o * (len(direct) + len(far))
    body, _ = _head(bytes_of, index, nbytes, b"EAIB")
    body.skip(o)
    yield from _elements(body, width, packed, range(first))
    for group, place in direct:
        block = body.offset()
        if block is not None:
            yield from _data_block(bytes_of, array, block, group, place, None)
    for group in far:
        block = body.offset()
        if block is not None:
            yield from _pointer_block(bytes_of, array, block, group)


def _groups(array: _Growing) -> list[_Group]:
    """As `H5EA__hdr_init` of the HDF5 library counts them: blocks and sizes double in turn."""
    found = []
    start = array.first
    for number in range(max(1 + array.bits - (array.smallest.bit_length() - 1), 0)):
        one = _Group(1 << number // 2, array.smallest << (number + 1) // 2, start)
        found.append(one)
        start += one.blocks * one.elements
    return found


def _pointer_block(
    bytes_of: FileBytes, array: _Growing, address: int, group: _Group
) -> Iterator[_Element]:
    o = bytes_of.offset_nbytes
    pages = group.elements // array.page if group.elements > array.page else 0
    bits_nbytes = (pages + 7) // 8
    nbytes = o + array.at_nbytes + group.blocks * (bits_nbytes + o)
    body, _ = _head(bytes_of, address, nbytes, b"EASB")
    body.skip(o + array.at_nbytes)
    bits = body.raw(group.blocks * bits_nbytes)  # one for each page, those of a block by its place
    for place in range(group.blocks):
        block = body.offset()
        if block is not None:
            written = [_bit(bits, place * pages + page) for page in range(pages)] or None
            yield from _data_block(bytes_of, array, block, group, place, written)


def _data_block(
    bytes_of: FileBytes, array: _Growing, address: int, group: _Group, place: int,
    written: list[bool] | None,
) -> Iterator[_Element]:  # fmt: skip
    """The elements of one data block; `written` tells which of its pages were, if it has some."""
    around = bytes_of.offset_nbytes + array.at_nbytes
    first = group.start + place * group.elements
    if written is None:
        body, _ = _head(bytes_of, address, around + group.elements * array.width, b"EADB")
        body.skip(around)
        numbers = range(first, first + group.elements)
        yield from _elements(body, array.width, array.packed, numbers)
        return
    head, _ = _head(bytes_of, address, around, b"EADB")
    start = address + len(head.data) + _CHECKSUM
    for page in range(group.elements // array.page):
        if written[page]:
            nbytes = array.page * array.width
            part = Fields(bytes_of.at(start + page * (nbytes + _CHECKSUM), nbytes), bytes_of)
            numbers = range(first + page * array.page, first + (page + 1) * array.page)
            yield from _elements(part, array.width, array.packed, numbers)
