"""Where the values of a table file lie, without reading them: in a V1 checkpoint they are tensors.

Blocks of such a table are as large as the tensors in them, so their entries are walked by `pread`
from head to head. A compressed block is the exception: it must be undone to be walked.
"""

from collections.abc import Iterator
from typing import NamedTuple

from tfinspector.contents.checkpoints import LostBlock
from tfinspector.formats.bundles.table import (
    FOOTER_NBYTES,
    Handle,
    ReadAt,
    index_handle,
    parse_block,
    read_block,
)
from tfinspector.formats.wire import Malformed, read_varint, text
from tfinspector.formats.wire_in_file import Span, windowed

TRAILER_NBYTES = 5
_SNAPPY = 1
_HEAD_NBYTES = 30  # three varints


class Value(NamedTuple):
    """Where a value lies: its block, and its bytes in the file.

    In a `compressed` block the span counts from the beginning of the block's contents instead.
    """

    block: Handle
    compressed: bool
    span: Span


class TableIndex(NamedTuple):
    """The values by their keys, the blocks that can't be read, and whether keys are in order."""

    values: dict[bytes, Value]
    lost: tuple[LostBlock, ...]


def index_table(read_at: ReadAt, nbytes: int) -> TableIndex:
    """Where each value of a table of `nbytes` lies.

    Raises `Malformed` where footer or index block are damaged. Checksums of data blocks are not
    looked at: that would mean to read the whole file.
    """
    footer = read_at(max(nbytes - FOOTER_NBYTES, 0), FOOTER_NBYTES)
    try:
        separators, handles = parse_block(read_block(read_at, index_handle(footer), nbytes))
    except Malformed as error:
        raise Malformed(f"its list of blocks can't be read: {error.finding.title}") from error
    values: dict[bytes, Value] = {}
    lost: list[LostBlock] = []
    near = windowed(read_at)
    after, free_from = b"", 0
    for separator, packed in zip(separators, handles, strict=True):
        try:
            offset, position = read_varint(packed, 0)
            block = Handle(offset, read_varint(packed, position)[0])
            if block.offset < free_from:
                raise Malformed("it overlaps the block before it")
            values.update(_values_of(read_at, near, block, nbytes))
        except Malformed as error:
            lost.append(LostBlock(text(after), text(separator), error.finding.title))
        else:
            free_from = block.offset + block.size + TRAILER_NBYTES
        after = separator
    return TableIndex(values, tuple(lost))


def _values_of(
    read_at: ReadAt, near: ReadAt, block: Handle, nbytes: int
) -> list[tuple[bytes, Value]]:
    end = block.offset + block.size
    if end + TRAILER_NBYTES > nbytes:
        raise Malformed(f"a block ends at byte {end}, the file at byte {nbytes}")
    if read_at(end, 1) != bytes([_SNAPPY]):
        entries = _walk(near, block.offset, end)
        return [(key, Value(block, False, span)) for key, span in entries]
    contents = read_block(read_at, block, nbytes)
    entries = _walk(lambda at, size: contents[at : at + size], 0, len(contents))
    return [(key, Value(block, True, span)) for key, span in entries]


def _walk(read_at: ReadAt, start: int, end: int) -> Iterator[tuple[bytes, Span]]:
    """The keys of a block's entries, and where their values lie."""
    restarts = int.from_bytes(read_at(end - 4, 4), "little") if end - start >= 4 else 0
    stop = end - 4 - 4 * restarts
    if stop < start:
        raise Malformed(f"a block of {end - start} bytes claims {restarts} restart points")
    key, at = b"", start
    while at < stop:
        head = read_at(at, min(_HEAD_NBYTES, stop - at))
        shared, position = read_varint(head, 0)
        fresh, position = read_varint(head, position)
        length, position = read_varint(head, position)
        value_at = at + position + fresh
        if shared > len(key) or value_at + length > stop:
            raise Malformed("an entry of a block shares more than there is, or runs past its end")
        key = key[:shared] + read_at(at + position, fresh)
        yield key, Span(value_at, value_at + length)
        at = value_at + length
