"""Describes all tensors of a bundle at once, fast enough for 100,000 of them.

An entry starts with its dtype and shape, and few of those starts differ: each is decoded once
and remembered by its bytes. What follows (shard, offset, size, checksum) is decoded for all
entries together with NumPy. Whatever is not written in this usual way is decoded one by one.
"""

from collections.abc import Sequence
from math import prod
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tfinspector.contents.dtypes import DType, dtype_of_code
from tfinspector.formats.bundles.entries import Entry, decode_entry

_SHARD, _OFFSET, _SIZE, _CHECKSUM = 0x18, 0x20, 0x28, 0x35  # tags: field number, wire type
_FAR = 1 << 62  # positions beyond are left to the exact decoder, so that sums stay in int64
_SLACK = 320  # zeros after the last entry: a wrong head reaches 259 bytes on, three numbers 33

Integers = NDArray[np.int64]


class Description(NamedTuple):
    """What a row shows: element type, shape, bytes in the file, why it can't be read."""

    dtype: DType
    shape: tuple[int, ...]
    nbytes: int
    problem: str


class Survey(NamedTuple):
    """Parallel to the entries: descriptions, and where each tensor lies.

    `end` is offset + size. `odd` holds the entries that were decoded one by one, by position.
    """

    descriptions: list[Description]
    shard: Integers
    end: Integers
    nbytes: Integers
    odd: dict[int, Entry]


def survey(values: Sequence[bytes]) -> Survey:
    """Describes every entry; `values` are the index's raw values without the header."""
    heads = _Heads()
    padded = values
    if min(map(len, values), default=4) < 4:
        padded = [value.ljust(4, b"\xff") for value in values]  # no message starts like that
    ids = [heads[value[: value[3] + 4]] for value in padded]
    descriptions = list(map(heads.descriptions.__getitem__, ids))
    of_heads = np.array([description.nbytes for description in heads.descriptions], np.int64)
    expected = of_heads[np.fromiter(ids, np.int64, len(ids))]
    shard, offset, nbytes, fine = _decode_tails(padded)
    odd: dict[int, Entry] = {}
    for position in np.flatnonzero(~(fine & (nbytes == expected))).tolist():
        entry = odd[position] = decode_entry(values[position])
        descriptions[position] = Description(
            entry.dtype, entry.shape, max(entry.nbytes, 0), entry.problem
        )
        placed = not entry.slices and entry.nbytes > 0 and entry.offset >= 0
        shard[position] = entry.shard
        nbytes[position] = min(entry.nbytes, _FAR) if placed else 0
        offset[position] = min(entry.offset, _FAR - 1) if placed else 0
    return Survey(descriptions, shard, offset + nbytes, nbytes, odd)


class _Heads(dict[bytes, int]):
    """The starts of entries seen so far -> position in `descriptions`.

    The start is `08 DTYPE 12 LENGTH SHAPE`. Position 0 is for all others: no size fits it, so
    these entries are decoded on their own.
    """

    def __init__(self) -> None:
        super().__init__()
        self.descriptions = [Description(dtype_of_code(0), (), -1, "")]

    def __missing__(self, head: bytes) -> int:
        usual = head[0] == 0x08 and head[1] < 0x80 and head[2] == 0x12 and head[3] < 0x80
        if not usual or len(head) != head[3] + 4:
            return 0
        entry = decode_entry(head)
        nbytes = prod(entry.shape) * entry.dtype.itemsize
        if not entry.dtype.itemsize or not nbytes < _FAR or min(entry.shape, default=0) < 0:
            return 0
        self[head] = len(self.descriptions)
        self.descriptions.append(Description(entry.dtype, entry.shape, nbytes, ""))
        return self[head]


def _decode_tails(
    values: Sequence[bytes],
) -> tuple[Integers, Integers, Integers, NDArray[np.bool_]]:
    """Shard, offset and size after each head, and whether these and a checksum were all."""
    joined = np.frombuffer(b"".join([*values, bytes(_SLACK)]), np.uint8)
    stops = np.cumsum(np.fromiter(map(len, values), np.int64, len(values)))
    starts = np.concatenate((np.zeros(1, np.int64), stops[:-1]))[: len(stops)]
    position = starts + joined[starts + 3] + 4
    fine = position < stops
    shard, offset, nbytes = (
        _optional(joined, position, fine, tag) for tag in (_SHARD, _OFFSET, _SIZE)
    )
    fine &= (joined[position] == _CHECKSUM) & (position + 5 == stops) & (offset < _FAR)
    return shard, offset, nbytes, fine


def _optional(
    joined: NDArray[np.uint8], position: Integers, fine: NDArray[np.bool_], tag: int
) -> Integers:
    """Decodes a varint field where it is present (0 elsewhere) and moves `position` past it."""
    number = np.zeros(len(position), np.int64)
    active = np.flatnonzero(fine & (joined[position] == tag))
    at = position[active] + 1
    for shift in range(0, 63, 7):
        byte = joined[at].astype(np.int64)
        number[active] |= (byte & 0x7F) << shift
        at += 1
        more = byte >= 0x80
        position[active[~more]] = at[~more]
        active, at = active[more], at[more]
        if not len(active):
            return number
    fine[active] = False
    return number
