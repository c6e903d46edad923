"""Describes all tensors of a bundle at once, fast enough for 100,000 of them.

An entry starts with its dtype and shape, and few of those starts differ: they are decoded once
and remembered by their bytes. What follows (shard, offset, size, checksum) is decoded for all
entries together with NumPy. Whatever is not written in this usual way is decoded one by one.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tfinspector.contents.dtypes import DType
from tfinspector.formats.entries import Entry, decode_entry

_TAIL_NBYTES = 40  # shard 1+10, offset 1+10, size 1+10, checksum 1+4: at most 38
_SHARD, _OFFSET, _SIZE, _CHECKSUM = 0x18, 0x20, 0x28, 0x35  # tags: field number, wire type
_FAR = 1 << 62  # positions beyond are left to the exact decoder, so sums stay in int64


class Description(NamedTuple):
    """What a row shows: element type, shape, bytes in the file, why it can't be read."""

    dtype: DType
    shape: tuple[int, ...]
    nbytes: int
    problem: str


class Survey(NamedTuple):
    """Parallel to the entries: descriptions, and where each tensor lies.

    `shard`, `end` (offset + size) and `nbytes` are int64; `odd` holds the entries that were
    decoded one by one, by position.
    """

    descriptions: list[Description]
    shard: NDArray[np.int64]
    end: NDArray[np.int64]
    nbytes: NDArray[np.int64]
    odd: dict[int, Entry]


def survey(values: Sequence[bytes]) -> Survey:
    """Describes every entry; `values` are the index's raw values without the header."""
    heads: dict[bytes, Description] = {}
    descriptions: list[Description] = []
    tails: list[bytes] = []
    add_description, add_tail = descriptions.append, tails.append
    for value in values:
        try:
            stop = value[3] + 4
            known = heads[value[:stop]]
        except (KeyError, IndexError):
            known, stop = _learn(value, heads)
        add_description(known)
        add_tail(value[stop : stop + _TAIL_NBYTES])
    shard, offset, nbytes, regular = _decode_tails(tails)
    expected = np.fromiter((d.nbytes for d in descriptions), np.int64, len(descriptions))
    regular &= nbytes == expected
    odd: dict[int, Entry] = {}
    for position in np.flatnonzero(~regular).tolist():
        entry = odd[position] = decode_entry(values[position])
        descriptions[position] = Description(
            entry.dtype, entry.shape, max(entry.nbytes, 0), entry.problem
        )
        placed = not entry.slices and entry.nbytes > 0 and entry.offset >= 0
        shard[position] = entry.shard
        nbytes[position] = min(entry.nbytes, _FAR) if placed else 0
        offset[position] = min(entry.offset, _FAR - 1) if placed else 0
    return Survey(descriptions, shard, offset + nbytes, nbytes, odd)


def _learn(value: bytes, heads: dict[bytes, Description]) -> tuple[Description, int]:
    """Decodes the start of an entry and remembers it if it is written in the usual way.

    Otherwise the description is one that no size fits, so the entry is decoded on its own.
    """
    odd = Description(decode_entry(b"").dtype, (), -1, "")
    if len(value) < 4 or value[0] != 0x08 or value[1] >= 0x80 or value[2] != 0x12:
        return odd, len(value)
    stop = value[3] + 4
    if value[3] >= 0x80 or stop > len(value):
        return odd, len(value)
    entry = decode_entry(value[:stop])
    nbytes = entry.dtype.itemsize
    for axis in entry.shape:
        nbytes *= axis
    if not 0 <= nbytes < _FAR or not entry.dtype.itemsize or min(entry.shape, default=0) < 0:
        return odd, len(value)
    known = heads[value[:stop]] = Description(entry.dtype, entry.shape, nbytes, "")
    return known, stop


def _decode_tails(
    tails: list[bytes],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """Shard, offset and size of each tail, and whether it held these and a checksum only."""
    joined = b"".join([tail.ljust(_TAIL_NBYTES, b"\0") for tail in tails])
    rows = np.frombuffer(joined, np.uint8).reshape(-1, _TAIL_NBYTES)
    lengths = np.fromiter(map(len, tails), np.int64, len(tails))
    position = np.zeros(len(tails), np.int64)
    fine = np.ones(len(tails), np.bool_)
    numbers = [_optional(rows, position, fine, tag) for tag in (_SHARD, _OFFSET, _SIZE)]
    every = np.arange(len(tails))
    fine &= rows[every, np.minimum(position, _TAIL_NBYTES - 1)] == _CHECKSUM
    fine &= (position + 5 == lengths) & (numbers[1] < _FAR)
    return numbers[0], numbers[1], numbers[2], fine


def _optional(
    rows: NDArray[np.uint8], position: NDArray[Any], fine: NDArray[np.bool_], tag: int
) -> NDArray[np.int64]:
    """Decodes a varint field where it is present (0 elsewhere) and moves `position` past it."""
    number = np.zeros(len(rows), np.int64)
    active = np.flatnonzero(rows[np.arange(len(rows)), np.minimum(position, 39)] == tag)
    position[active] += 1
    for shift in range(0, 63, 7):
        if not len(active):
            return number
        byte = rows[active, np.minimum(position[active], _TAIL_NBYTES - 1)].astype(np.int64)
        number[active] |= (byte & 0x7F) << shift
        position[active] += 1
        active = active[byte >= 0x80]
    fine[active] = False
    return number
