"""Describes all tensors of a bundle at once, fast enough for 100,000 of them.

An entry starts with its dtype and shape, its *head*, and few heads differ: each is decoded once.
What follows (shard, offset, size, checksum) is decoded for all entries together with NumPy.
Whatever is not written in this usual way is decoded one by one.
"""

from collections.abc import Sequence
from math import prod
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tfinspector.contents.dtypes import DType, dtype_of_code
from tfinspector.contents.kinds import Kinds, renumbered
from tfinspector.formats.bundles.entries import Entry, decode_entry
from tfinspector.formats.bundles.packed import Packed
from tfinspector.formats.varints import Integers
from tfinspector.formats.words import WORD_NBYTES, every_word, mixed

_SHARD, _OFFSET, _SIZE, _CHECKSUM = 0x18, 0x20, 0x28, 0x35  # tags: field number, wire type
_FAR = 1 << 62  # positions beyond are left to the exact decoder, so that sums stay in int64
_SLACK = (
    320  # bytes after the last entry begins: a wrong head reaches 259 bytes on, three numbers 33
)
_LONGEST_HEAD = 40  # bytes: six axes of up to 2 million; longer ones are decoded one by one


class Description(NamedTuple):
    """What a row shows: element type, shape, bytes in the file, why it can't be read."""

    dtype: DType
    shape: tuple[int, ...]
    nbytes: int
    problem: str


_UNDECIDED = Description(dtype_of_code(0), (), -1, "")


class Survey(NamedTuple):
    """Parallel to the entries: descriptions, and where each tensor lies.

    `end` is offset + size. `odd` holds the entries that were decoded one by one, by position;
    all others end with their checksum.
    """

    descriptions: Kinds[Description]
    shard: Integers
    end: Integers
    nbytes: Integers
    odd: dict[int, Entry]

    def offsets(self) -> Integers:
        """Where in its data file each begins; -1 for those that have to be decoded one by one."""
        offsets = np.where(self.shard < 0, -1, self.end - self.nbytes)
        offsets[list(self.odd)] = -1
        return offsets


def survey(values: Sequence[bytes]) -> Survey:
    """Describes every entry; `values` are the index's raw values without the header."""
    packed = Packed.of(values)
    starts, stops = packed.starts, packed.stops
    data = packed.data
    if int(starts.max(initial=0)) + _SLACK > len(data):
        data += bytes(_SLACK)
    octets = np.frombuffer(data, np.uint8)
    heads = np.minimum(octets[starts + 3].astype(np.int64) + 4, stops - starts)
    descriptions = _describe_heads(packed, octets, heads)
    of_heads = np.array([each.nbytes for each in descriptions.samples], np.int64)
    expected = of_heads[descriptions.of]
    shard, offset, nbytes, fine = _decode_tails(octets, starts + heads, stops)
    odd: dict[int, Entry] = {}
    for position in np.flatnonzero(~(fine & (nbytes == expected))).tolist():
        entry = odd[position] = decode_entry(packed[position])
        descriptions.put(
            position, Description(entry.dtype, entry.shape, max(entry.nbytes, 0), entry.problem)
        )
        placed = not entry.slices and entry.nbytes > 0 and entry.offset >= 0
        shard[position] = entry.shard
        nbytes[position] = min(entry.nbytes, _FAR) if placed else 0
        offset[position] = min(entry.offset, _FAR - 1) if placed else 0
    return Survey(descriptions, shard, offset + nbytes, nbytes, odd)


def _describe_heads(
    packed: Packed, octets: NDArray[np.uint8], lengths: Integers
) -> Kinds[Description]:
    """The descriptions by the heads alone; a size of -1, which fits none, where that can't be."""
    words = _words(octets, packed.starts, np.minimum(lengths, _LONGEST_HEAD))
    distinct, of = renumbered(mixed(words, len(lengths)))
    firsts = np.zeros(len(distinct), np.int64)
    firsts[of[::-1]] = np.arange(len(of))[::-1]
    samples = [
        _describe_head(packed[first][:length])
        for first, length in zip(firsts.tolist(), lengths[firsts].tolist(), strict=True)
    ]
    doubtful = lengths > _LONGEST_HEAD
    for word in words:  # two heads may mix into one number
        doubtful |= word != word[firsts[of]]
    samples.append(_UNDECIDED)
    return Kinds(samples, np.where(doubtful, len(distinct), of))


def _words(
    octets: NDArray[np.uint8], starts: Integers, lengths: Integers
) -> list[NDArray[np.uint64]]:
    """The first bytes of every entry, eight to a number, with zeros after the head."""
    words = []
    at_every_byte = every_word(octets)
    for begin in range(0, int(lengths.max(initial=0)), WORD_NBYTES):
        masks = np.array([(1 << 8 * kept) - 1 for kept in range(WORD_NBYTES + 1)], np.uint64)
        kept = np.minimum(np.maximum(lengths - begin, 0), WORD_NBYTES)
        words.append(at_every_byte[starts + begin] & masks[kept])
    return words


def _describe_head(head: bytes) -> Description:
    """What `08 DTYPE 12 LENGTH SHAPE` says, the usual start of an entry."""
    usual = len(head) > 3 and head[0] == 0x08 and head[2] == 0x12 and head[1] | head[3] < 0x80
    if not usual or len(head) != head[3] + 4:
        return _UNDECIDED
    entry = decode_entry(head)
    nbytes = prod(entry.shape) * entry.dtype.itemsize
    if not entry.dtype.itemsize or not nbytes < _FAR or min(entry.shape, default=0) < 0:
        return _UNDECIDED
    return Description(entry.dtype, entry.shape, nbytes, "")


def _decode_tails(
    octets: NDArray[np.uint8], position: Integers, stops: Integers
) -> tuple[Integers, Integers, Integers, NDArray[np.bool_]]:
    """Shard, offset and size from `position` on, and whether these and a checksum were all."""
    fine = position < stops
    shard, offset, nbytes = (
        _optional(octets, position, fine, tag) for tag in (_SHARD, _OFFSET, _SIZE)
    )
    fine &= (octets[position] == _CHECKSUM) & (position + 5 == stops) & (offset < _FAR)
    return shard, offset, nbytes, fine


def _optional(
    octets: NDArray[np.uint8], position: Integers, fine: NDArray[np.bool_], tag: int
) -> Integers:
    """Decodes a varint field where it is present (0 elsewhere) and moves `position` past it."""
    number = np.zeros(len(position), np.int64)
    active = np.flatnonzero(fine & (octets[position] == tag))
    at = position[active] + 1
    for shift in range(0, 63, 7):
        byte = octets[at].astype(np.int64)
        number[active] |= (byte & 0x7F) << shift
        at += 1
        more = byte >= 0x80
        position[active[~more]] = at[~more]
        active, at = active[more], at[more]
        if not len(active):
            return number
    fine[active] = False
    return number
