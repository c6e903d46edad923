"""Reads the sorted table that a V2 index and a whole V1 checkpoint are stored in.

It is LevelDB's table format of 2011 (`tsl/lib/io/{format,table_builder,block}.cc`): blocks of
key-value pairs whose keys share prefixes, each with a masked CRC32C, then an index block and a
footer of 48 bytes. All integers are little-endian. A damaged data block costs its own keys only;
TensorFlow drops them without a word, here they are told as `LostBlock`s.
"""

import struct
from collections.abc import Callable, Sequence
from typing import NamedTuple

from tfinspector.contents.checkpoints import LostBlock
from tfinspector.formats.bundles.packed import GAP, Packed
from tfinspector.formats.bundles.table_entries import Block, entries_of
from tfinspector.formats.checksum import crc32c, mask
from tfinspector.formats.wire import Malformed, read_varint, text

FOOTER_NBYTES = 48
MAGIC = bytes.fromhex("57fb808b247547db")

_TRAILER_NBYTES = 5
_STORED, _SNAPPY = 0, 1
_SNAPPY_EXPANSION = 32  # one copy element of 3 bytes makes at most 64
_KEYS_EXPANSION = 64  # a writer restarts every 16 keys, so real tables stay below 16
_KEYS_FREE_NBYTES = 1 << 20

_THREE_BYTES = struct.Struct("3B").unpack_from

ReadAt = Callable[[int, int], bytes]
"""`read_at(offset, nbytes)`: that many bytes of the file, or fewer where it ends."""


class Handle(NamedTuple):
    """Where a block lies: its offset, and its size without the trailer."""

    offset: int
    size: int


class Table(NamedTuple):
    """Keys and values of all readable blocks, in the order of the file."""

    keys: Packed
    values: Packed
    lost: tuple[LostBlock, ...]


def index_handle(footer: bytes) -> Handle:
    """The handle of the index block, from the last 48 bytes of the file."""
    if len(footer) < FOOTER_NBYTES or footer[-len(MAGIC) :] != MAGIC:
        raise Malformed("the last 8 bytes are not those of a table")
    position = 0
    for _ in range(2):  # the handle of the metaindex block, which is always empty
        _, position = read_varint(footer, position)
    offset, position = read_varint(footer, position)
    return Handle(offset, read_varint(footer, position)[0])


def read_table(data: bytes, check: bool = True) -> Table:
    """The whole table of a file.

    Raises `Malformed` where footer or index block are damaged. With `check=False` blocks are
    taken though their checksum does not hold.
    """
    separators, handles = _index(data, index_handle(data[-FOOTER_NBYTES:]), check)
    blocks: list[Block | Malformed] = []
    free_from = 0
    for packed in handles:
        try:
            handle = _handle(packed)
            if handle.offset < free_from:
                raise Malformed("it overlaps the block before it")
            blocks.append(_block(data, handle, check))
        except Malformed as error:
            blocks.append(error)
        else:
            free_from = handle.offset + handle.size + _TRAILER_NBYTES
    whole = [block for block in blocks if isinstance(block, Block)]
    together = entries_of(whole) if len(whole) == len(blocks) else None
    if together is not None:
        return Table(*together, ())
    return _one_by_one(separators, blocks)


def _one_by_one(separators: Sequence[bytes], blocks: Sequence[Block | Malformed]) -> Table:
    """The table of blocks of which some are damaged, or laid out in an unusual way."""
    keys: list[bytes] = []
    values: list[bytes] = []
    lost: list[LostBlock] = []
    after = b""
    for separator, block in zip(separators, blocks, strict=True):
        try:
            if isinstance(block, Malformed):
                raise block
            more_keys, more_values = parse_block(block.data[block.start : block.stop])
        except Malformed as error:
            lost.append(LostBlock(text(after), text(separator), error.finding.title))
            after = separator
            continue
        keys += more_keys
        values += more_values
        after = keys[-1] if more_keys else after
    return Table(Packed.of(keys, GAP), Packed.of(values), tuple(lost))


def _index(data: bytes, handle: Handle, check: bool) -> tuple[list[bytes], list[bytes]]:
    try:
        block = _block(data, handle, check)
        return parse_block(block.data[block.start : block.stop])
    except Malformed as error:
        raise Malformed(f"its list of blocks can't be read: {error.finding.title}") from error


def _handle(packed: bytes) -> Handle:
    offset, position = read_varint(packed, 0)
    return Handle(offset, read_varint(packed, position)[0])


def read_block(read_at: ReadAt, handle: Handle, nbytes: int, check: bool = True) -> bytes:
    """The contents of one block, its checksum held and Snappy undone."""
    offset, size = handle
    if offset + size + _TRAILER_NBYTES > nbytes:
        raise Malformed(f"a block ends at byte {offset + size}, the file at byte {nbytes}")
    raw = read_at(offset, size + _TRAILER_NBYTES)
    if len(raw) < size + _TRAILER_NBYTES:
        raise Malformed(f"the file ends within the block at byte {offset}")
    is_packed = _is_compressed(memoryview(raw), offset, check)
    return _unsnap(raw[:size]) if is_packed else raw[:size]


def _block(data: bytes, handle: Handle, check: bool) -> Block:
    """As `read_block`, of a file in memory: what is not compressed stays where it is."""
    offset, size = handle
    stop = offset + size
    if stop + _TRAILER_NBYTES > len(data):
        raise Malformed(f"a block ends at byte {stop}, the file at byte {len(data)}")
    if not _is_compressed(memoryview(data)[offset : stop + _TRAILER_NBYTES], offset, check):
        return Block(data, offset, stop)
    contents = _unsnap(data[offset:stop])
    return Block(contents, 0, len(contents))


def _is_compressed(raw: memoryview, offset: int, check: bool) -> bool:
    """Whether Snappy must be undone; raises `Malformed` if the checksum does not hold."""
    if check:
        stored = int.from_bytes(raw[-4:], "little")
        computed = mask(crc32c(raw[:-4]))
        if stored != computed:
            raise Malformed(
                f"the checksum of the block at byte {offset} does not hold "
                f"(stored {stored:#010x}, computed {computed:#010x})"
            )
    kind = raw[-_TRAILER_NBYTES]
    if kind not in (_STORED, _SNAPPY):
        raise Malformed(f"the block at byte {offset} is of the unknown type {kind}")
    return kind == _SNAPPY


def _unsnap(raw: bytes) -> bytes:
    """Undoes raw Snappy, the declared length bounded before anything is allocated."""
    from cramjam import DecompressionError, snappy

    declared, _ = read_varint(raw, 0)
    if declared > len(raw) * _SNAPPY_EXPANSION:
        raise Malformed(f"a compressed block of {len(raw)} bytes claims to hold {declared}")
    try:
        return bytes(snappy.decompress_raw(raw))
    except DecompressionError as error:
        raise Malformed(f"a block does not decompress: {error}") from None


def parse_block(data: bytes) -> tuple[list[bytes], list[bytes]]:
    """Keys and values of one block, entry by entry; raises `Malformed` and says why."""
    end = _entries_end(data)
    keys: list[bytes] = []
    values: list[bytes] = []
    add_key, add_value = keys.append, values.append
    budget = len(data) * _KEYS_EXPANSION + _KEYS_FREE_NBYTES
    position, key = 0, b""
    while position < end:
        shared, fresh, length = _THREE_BYTES(data, position)
        position += 3
        if shared | fresh | length >= 0x80:
            shared, position = read_varint(data, position - 3)
            fresh, position = read_varint(data, position)
            length, position = read_varint(data, position)
            budget -= shared
        if shared > len(key) or budget < 0:
            raise Malformed("an entry of a block shares more than there is")
        value_at = position + fresh
        key = key[:shared] + data[position:value_at]
        position = value_at + length
        add_key(key)
        add_value(data[value_at:position])
    if position != end:
        raise Malformed("an entry of a block runs past its end")
    return keys, values


def _entries_end(data: bytes) -> int:
    """Where the entries end and the restart offsets begin (those are only for seeking)."""
    restarts = int.from_bytes(data[-4:], "little")
    end = len(data) - 4 - 4 * restarts
    if len(data) < 4 or end < 0:
        raise Malformed(f"a block of {len(data)} bytes claims {restarts} restart points")
    return end
