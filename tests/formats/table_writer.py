"""Writes tables and bundles byte by byte, for the cases that TensorFlow can't or won't write.

What is ordinary of them is written by the product's own writer; what is odd is added here.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tfinspector.formats.bundles.ordered_code import encode_slice_key
from tfinspector.formats.bundles.table_writing import Pairs, block, finish, stored
from tfinspector.formats.bundles.writing import (
    encode_entry,
    encode_header,
    encode_shape,
    string_parts,
)
from tfinspector.formats.checksum import crc32c, mask
from tfinspector.formats.wire import write_varint
from tfinspector.formats.wire_writing import message, number

header, shape_message = encode_header, encode_shape

__all__ = [
    "BundleWriter", "block", "entry", "finish", "flip", "header", "message", "number",
    "shape_message", "slice_message", "snappy", "stored", "string_tensor", "table",
    "variant_tensor",
]  # fmt: skip


def snappy(contents: bytes) -> bytes:
    """A compressed block as it lies in the file."""
    from cramjam import snappy

    return stored(bytes(snappy.compress_raw(contents)), 1)


def table(
    pairs: Pairs, per_block: int = 10_000, restart_interval: int = 16, compress: bool = False
) -> bytes:
    """A whole table file; `separators` are the last keys of the blocks, plus a byte."""
    out, index = bytearray(), []
    for first in range(0, len(pairs), per_block):
        part = pairs[first : first + per_block]
        contents = block(part, restart_interval)
        raw = snappy(contents) if compress else stored(contents)
        index.append((part[-1][0] + b"\0", write_varint(len(out)) + write_varint(len(raw) - 5)))
        out += raw
    return finish(out, index)


def slice_message(extents: Iterable[tuple[int, int]]) -> bytes:
    """A TensorSliceProto; a length of -1 is left out, as for a whole axis."""
    return b"".join(
        message(1, number(1, start) + (b"" if length < 0 else b"\x10" + write_varint(length)))
        for start, length in extents
    )


def entry(
    dtype: int, shape: Sequence[int], shard: int = 0, offset: int = 0, nbytes: int = 0,
    checksum: int = 0, slices: Iterable[Sequence[tuple[int, int]]] = (),
) -> bytes:  # fmt: skip
    """An entry as TensorFlow's writer makes it, and the slices of a partitioned tensor."""
    plain = encode_entry(dtype, shape, shard, offset, nbytes, checksum)
    return plain + b"".join(message(7, slice_message(extents)) for extents in slices)


@dataclass
class BundleWriter:
    """Collects tensors and writes `PREFIX.index` and its data files."""

    num_shards: int = 1
    big_endian: bool = False
    version: bytes = b"\x08\x01"
    alignment: int = 1
    entries: dict[bytes, bytes] = field(default_factory=dict)
    data: dict[int, bytearray] = field(default_factory=dict)

    def put(self, data: bytes, shard: int = 0) -> int:
        """Appends bytes to a data file and gives their offset."""
        file = self.data.setdefault(shard, bytearray())
        file += bytes(-len(file) % self.alignment)
        file += data
        return len(file) - len(data)

    def add(
        self, key: str | bytes, dtype: int, shape: Sequence[int], data: bytes, shard: int = 0,
        checksum: int | None = None,
    ) -> None:  # fmt: skip
        """A plain tensor, its bytes as they lie in the file."""
        raw = key.encode() if isinstance(key, str) else key
        checksum = mask(crc32c(data)) if checksum is None else checksum
        offset = self.put(data, shard)
        self.entries[raw] = entry(dtype, shape, shard, offset, len(data), checksum)

    def add_slices(
        self, key: str | bytes, dtype: int, shape: Sequence[int],
        slices: Iterable[tuple[Sequence[tuple[int, int]], Sequence[int], bytes, int]],
    ) -> None:  # fmt: skip
        """A partitioned tensor: (extents, shape, bytes, shard) of each slice."""
        raw = key.encode() if isinstance(key, str) else key
        slices = list(slices)
        self.entries[raw] = entry(dtype, shape, slices=[extents for extents, *_ in slices])
        for extents, part_shape, data, shard in slices:
            self.add(encode_slice_key(raw, extents), dtype, part_shape, data, shard)

    def index(self, **options: int) -> bytes:
        """The bytes of the index file."""
        first = (b"", encode_header(self.num_shards, int(self.big_endian), self.version))
        return table([first, *sorted(self.entries.items())], **options)

    def write(self, prefix: Path, **options: int) -> str:
        """Writes all files; gives the prefix as text."""
        Path(f"{prefix}.index").write_bytes(self.index(**options))
        for shard in range(min(self.num_shards, 10)):
            name = f"{prefix}.data-{shard:05d}-of-{self.num_shards:05d}"
            Path(name).write_bytes(self.data.get(shard, b""))
        return str(prefix)


def string_tensor(strings: Sequence[bytes], order: str = "little") -> tuple[bytes, int]:
    """Bytes and masked checksum of a tensor of strings below 4 GiB, after `WriteStringTensor`."""
    if order == "little":
        data, crc = b"", 0
        for written, counted in string_parts(strings):
            data, crc = data + bytes(written), crc32c(counted, crc)
        return data, mask(crc)
    crc = crc32c(struct.pack(f">{len(strings)}I", *map(len, strings)))
    checksum = mask(crc).to_bytes(4, "big")
    body = b"".join(strings)
    crc = crc32c(body, crc32c(checksum, crc))
    return b"".join(write_varint(len(s)) for s in strings) + checksum + body, mask(crc)


def variant_tensor(messages: Sequence[bytes]) -> tuple[bytes, int]:
    """Bytes and masked checksum of a variant tensor, after `WriteVariantTensor`."""
    out, crc = b"", 0
    for content in messages:
        crc = crc32c(content, crc32c(struct.pack("<Q", len(content)), crc))
        checksum = struct.pack("<I", mask(crc))
        crc = crc32c(checksum, crc)
        out += write_varint(len(content)) + content + checksum
    return out, mask(crc)


def flip(data: bytes, at: Mapping[int, int]) -> bytes:
    """A copy with the given bits flipped at the given positions."""
    out = bytearray(data)
    for position, bits in at.items():
        out[position] ^= bits
    return bytes(out)
