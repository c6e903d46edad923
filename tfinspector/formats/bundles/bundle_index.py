"""What the index of a tensor bundle (V2 checkpoint) says, as a value that holds no file."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from typing import NamedTuple

from tfinspector.contents.checkpoints import LostBlock, Shard
from tfinspector.contents.findings import Finding, Unreadable
from tfinspector.contents.kinds import Kinds
from tfinspector.contents.tensors import Piece, StoredTensor
from tfinspector.formats import faults
from tfinspector.formats.bundles.entries import Entry, Header, decode_entry
from tfinspector.formats.bundles.partitions import Partition
from tfinspector.formats.bundles.survey import Description
from tfinspector.formats.texts import Texts
from tfinspector.formats.varints import Integers

_PORTION = 2048
_CHECKSUM_NBYTES = 4  # at the end of every entry that is written in the usual way


class Stamp(NamedTuple):
    """What tells that a data file is still the one that was opened; (-1, 0) where it is missing.

    `fault` is why nothing of it can be read, though it is there.
    """

    nbytes: int
    mtime_ns: int
    fault: Finding | None = None


class Entries(NamedTuple):
    """The visible entries, parallel to the keys: raw values, descriptions, where they lie.

    An offset of -1 stands where an entry is not written in the usual way: it has to be decoded.
    """

    values: Sequence[bytes]
    descriptions: Kinds[Description]
    partitions: Mapping[str, Partition]
    shards: Integers
    offsets: Integers

    def placed(self, place: int) -> Entry:
        """The entry at `place`; decoding it takes longer than reading a small tensor."""
        value, offset = self.values[place], int(self.offsets[place])
        if offset < 0:
            return decode_entry(value)
        dtype, shape, nbytes, _ = self.descriptions[place]
        checksum = int.from_bytes(value[-_CHECKSUM_NBYTES:], "little")
        return Entry(dtype, shape, int(self.shards[place]), offset, nbytes, checksum)


@dataclass(frozen=True, eq=False, repr=False)
class Bundle:
    """A parsed index.

    prefix, keys   keys in the order of the file, those of slices hidden; `\\xff` for odd bytes
    header         number of data files, byte order, versions
    lost_blocks    parts of the index that can't be read
    problems       sentences about the index as a whole
    index_nbytes, mtime   of the index file; seconds since the epoch
    stamps         the data files as they were when the bundle was opened
    needed         bytes that the index places in each data file
    """

    prefix: str
    keys: Texts | tuple[str, ...]
    header: Header
    lost_blocks: tuple[LostBlock, ...]
    problems: tuple[str, ...]
    index_nbytes: int
    mtime: float
    stamps: Mapping[int, Stamp]
    needed: Mapping[int, int]
    entries: Entries

    @property
    def num_shards(self) -> int:
        """How many data files the header speaks of."""
        return self.header.num_shards

    @property
    def big_endian(self) -> bool:
        """Whether numbers in the data files have their high byte first."""
        return self.header.big_endian

    @property
    def producer(self) -> int:
        """The format version that the writer states."""
        return self.header.producer

    @property
    def min_consumer(self) -> int:
        """The oldest reader that the writer allows."""
        return self.header.min_consumer

    def __contains__(self, key: str) -> bool:
        return key in self.positions

    @cached_property
    def positions(self) -> Mapping[str, int]:
        """Key -> its place in `keys`. Made when first asked: a listing does without."""
        keys = tuple(self.keys)
        positions: dict[str, int] = {}
        for first in range(0, len(keys), _PORTION):  # between portions other threads may run
            positions.update(zip(keys[first : first + _PORTION], count(first), strict=False))
        return positions

    @property
    def descriptions(self) -> Kinds[Description]:
        """What `describe` says of every key, parallel to `keys`."""
        return self.entries.descriptions

    def describe(self, key: str) -> Description:
        """(DType, shape, nbytes, problem) of a key; raises `Unreadable` if it is unknown."""
        try:
            return self.entries.descriptions[self._place(key)]
        except KeyError:
            raise self._unknown(key) from None

    def _place(self, key: str) -> int:
        """The first key, mostly that of the object graph, is found without `positions`."""
        return 0 if self.keys and self.keys[0] == key else self.positions[key]

    def shards(self) -> tuple[Shard, ...]:
        """The data files: bytes needed, and the size when the bundle was opened (-1: missing)."""
        return tuple(
            Shard(self.shard_path(shard), self.needed.get(shard, 0), stamp.nbytes, stamp.fault)
            for shard, stamp in self.stamps.items()
        )

    def shard_path(self, shard: int) -> str:
        """Where the data file with this number is."""
        return shard_path(self.prefix, shard, self.num_shards)

    def locate(self, key: str) -> StoredTensor:
        """Where the tensor's bytes lie; what is wrong with its description is its `problem`.

        Raises `Unreadable` for an unknown key only.
        """
        dtype, shape, nbytes, problem = self.describe(key)
        if partition := self.entries.partitions.get(key):
            pieces = tuple(self._piece(entry, start) for start, entry in partition.pieces)
        else:
            pieces = (self._piece(self.entries.placed(self._place(key)), (0,) * len(shape)),)
        return StoredTensor(key, dtype, shape, nbytes, pieces, self.big_endian, problem)

    def _piece(self, entry: Entry, start: tuple[int, ...]) -> Piece:
        where = unreachable(
            entry.shard, entry.offset + entry.nbytes, entry.nbytes, self.num_shards, self.stamps
        )
        return Piece(
            self.shard_path(entry.shard), entry.offset, entry.nbytes, start, entry.shape,
            entry.checksum, entry.shard, entry.problem or where,
        )  # fmt: skip

    def _unknown(self, key: str) -> Unreadable:
        from difflib import get_close_matches

        near = get_close_matches(key, self.keys, 3) if len(self.keys) < 20_000 else []
        hint = f"Did you mean {' or '.join(near)}?" if near else "Look at the list of variables."
        return faults.unreadable(
            "F03", f"{os.path.basename(self.prefix)} holds nothing under the key {key!r}",
            self.prefix, hint,
        )  # fmt: skip


def shard_path(prefix: str, shard: int, num_shards: int) -> str:
    """A data file's name (`naming.cc`); appended, because prefixes contain dots."""
    return f"{prefix}.data-{shard:05d}-of-{num_shards:05d}"


def unreachable(
    shard: int, end: int, nbytes: int, num_shards: int, stamps: Mapping[int, Stamp]
) -> str:
    """Why the `nbytes` bytes before `end` of a data file can't be read; "" if they can.

    The words complete "this tensor ...".
    """
    if not nbytes:
        return ""
    if not 0 <= shard < num_shards:
        return f"lies in data file {shard}, but the checkpoint has {num_shards} of them"
    stamp = stamps.get(shard)
    if stamp is not None and stamp.fault is not None:
        what = stamp.fault.title.removeprefix(os.path.basename(stamp.fault.where)).strip(" .")
        return f"lies in data file {shard} of {num_shards}, which {what}"
    size = stamp.nbytes if stamp is not None else -1
    if size < 0:
        return f"lies in data file {shard} of {num_shards}, which is missing"
    if end > size:
        return f"ends at byte {end:,} of data file {shard}, which is cut off at byte {size:,}"
    return ""
