"""Writes a tensor bundle without TensorFlow: one little-endian data file, and the index to it.

Source: `core/util/tensor_bundle/tensor_bundle.cc`, `core/protobuf/tensor_bundle.proto`.
"""

import struct
from collections.abc import Iterable, Sequence
from math import prod
from typing import BinaryIO, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tfinspector.contents.dtypes import DType
from tfinspector.formats.bundles.strings import lengths_checksum
from tfinspector.formats.bundles.table_writing import write_table
from tfinspector.formats.checksum import crc32c, mask
from tfinspector.formats.wire import Malformed, write_varint
from tfinspector.formats.wire_writing import message, number

Buffer = bytes | NDArray[np.uint8]
_VERSION = b"\x08\x01"  # VersionDef {producer: 1}


class Part(NamedTuple):
    """The next bytes of a tensor, and those that its checksum counts in their place."""

    written: Buffer
    counted: Buffer

    @classmethod
    def plain(cls, data: Buffer) -> "Part":
        """Bytes that are counted as they are written."""
        return cls(data, data)


class TensorFile:
    """Appends tensors to a data file and keeps what the index will say of them."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._entries: dict[bytes, bytes] = {}
        self.nbytes = 0

    def add(self, key: str, dtype: DType, shape: Sequence[int], parts: Iterable[Part]) -> int:
        """Write one tensor; its masked checksum.

        Whatever ends it early leaves the file as if it had not begun. Raises `Malformed` for a
        key that was written, or for bytes that are not as many as the shape takes, and what
        `parts` raises.
        """
        raw = key.encode()
        if raw in self._entries or not raw:
            raise Malformed("its key is taken by another tensor")
        start, crc = self.nbytes, 0
        try:
            for written, counted in parts:
                self._file.write(written if isinstance(written, bytes) else written.data)
                self.nbytes += len(written)
                crc = crc32c(counted, crc)
            nbytes = self.nbytes - start
            if dtype.itemsize and nbytes != prod(shape) * dtype.itemsize:
                raise Malformed(f"{nbytes:,} bytes were read, which its shape does not take")
        except BaseException:
            self._file.seek(start)
            self._file.truncate()
            self.nbytes = start
            raise
        checksum = mask(crc)
        self._entries[raw] = encode_entry(dtype.code, shape, 0, start, nbytes, checksum)
        return checksum

    def index(self) -> bytes:
        """The bytes of the index file."""
        return write_table([(b"", encode_header()), *sorted(self._entries.items())])


def encode_header(num_shards: int = 1, endianness: int = 0, version: bytes = _VERSION) -> bytes:
    """A BundleHeaderProto."""
    return number(1, num_shards) + number(2, endianness) + message(3, version)


def encode_shape(shape: Iterable[int]) -> bytes:
    """A TensorShapeProto."""
    return b"".join(message(2, number(1, size)) for size in shape)


def encode_entry(
    dtype: int, shape: Sequence[int], shard: int, offset: int, nbytes: int, checksum: int
) -> bytes:
    """A BundleEntryProto of a tensor that is not partitioned."""
    fixed = b"\x35" + struct.pack("<I", checksum) if checksum else b""
    return (
        number(1, dtype) + message(2, encode_shape(shape)) + number(3, shard)
        + number(4, offset) + number(5, nbytes) + fixed
    )  # fmt: skip


def string_parts(strings: Sequence[bytes]) -> list[Part]:
    """A tensor of strings, after `WriteStringTensor`."""
    lengths = np.array([len(one) for one in strings], np.int64)
    varints = b"".join(write_varint(len(one)) for one in strings)
    crc = lengths_checksum(lengths, "<")
    return [*string_head(varints, lengths, crc), Part.plain(b"".join(strings))]


def string_head(varints: bytes, lengths: NDArray[np.int64], crc: int) -> list[Part]:
    """What stands before the strings; `crc` is the little-endian checksum of the lengths."""
    wide = (lengths > 0xFFFFFFFF).any()
    counted = b"".join(
        length.to_bytes(8 if length > 0xFFFFFFFF else 4, "little") for length in lengths.tolist()
    ) if wide else lengths.astype("<u4").view(np.uint8)  # fmt: skip
    return [Part(varints, counted), Part.plain(struct.pack("<I", mask(crc)))]
