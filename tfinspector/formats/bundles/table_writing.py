"""Writes the sorted table that a V2 index is stored in; `table` reads it and tells the layout.

Source: `tsl/lib/io/{table_builder,block_builder,format}.cc`.
"""

import struct
from collections.abc import Iterator, Sequence
from itertools import chain

from tfinspector.formats.bundles.table import FOOTER_NBYTES, MAGIC
from tfinspector.formats.checksum import crc32c, mask
from tfinspector.formats.wire import write_varint

Pairs = Sequence[tuple[bytes, bytes]]

_BLOCK_NBYTES = 1 << 18  # as TensorFlow's own tables
_RESTART_INTERVAL = 16


def write_table(pairs: Pairs) -> bytes:
    """A whole table file of ascending keys, none of them twice, not compressed."""
    out, index = bytearray(), []
    for part in _portions(pairs):
        raw = stored(block(part))
        index.append((part[-1][0], write_varint(len(out)) + write_varint(len(raw) - 5)))
        out += raw
    return finish(bytes(out), index)


def block(pairs: Pairs, restart_interval: int = _RESTART_INTERVAL) -> bytes:
    """The contents of one block, prefixes shared."""
    out, restarts, before = bytearray(), [], b""
    for index, (key, value) in enumerate(pairs):
        shared = 0
        if index % restart_interval == 0:
            restarts.append(len(out))
        else:
            while shared < min(len(key), len(before)) and key[shared] == before[shared]:
                shared += 1
        out += b"".join(map(write_varint, (shared, len(key) - shared, len(value))))
        out += key[shared:] + value
        before = key
    restarts = restarts or [0]
    return bytes(out) + struct.pack(f"<{len(restarts) + 1}I", *restarts, len(restarts))


def stored(contents: bytes, kind: int = 0) -> bytes:
    """A block as it lies in the file: with its type (0: not compressed) and checksum."""
    body = contents + bytes([kind])
    return body + struct.pack("<I", mask(crc32c(body)))


def finish(blocks: bytes, index: Pairs) -> bytes:
    """Adds the metaindex block, the index block and the footer to data blocks.

    `index` has for each block a key that is not before its last one, and its handle.
    """
    out = bytearray(blocks)
    handles = b""
    for contents in (block([]), block(index, 1)):
        handles += write_varint(len(out)) + write_varint(len(contents))
        out += stored(contents)
    return bytes(out) + handles.ljust(FOOTER_NBYTES - len(MAGIC), b"\0") + MAGIC


def _portions(pairs: Pairs) -> Iterator[Pairs]:
    """The pairs of each block: as many as make it as long as it should be."""
    first = nbytes = 0
    for place, (key, value) in enumerate(chain(pairs, [(b"", b"")])):
        if place > first and (nbytes >= _BLOCK_NBYTES or place == len(pairs)):
            yield pairs[first:place]
            first, nbytes = place, 0
        nbytes += len(key) + len(value)
