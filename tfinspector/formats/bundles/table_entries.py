"""The entries of all blocks of a table at once, fast enough for 100,000 of them.

Where an entry begins is known from the one before it, but every sixteenth place is written down:
a block ends with its *restart points*, where a key shares nothing with the key before it. So the
first entries after all restart points are read together with NumPy, then all the second ones, and
so on. Whatever is not laid out as a writer lays it out is left to `table.parse_block`, which also
says what is wrong with it.
"""

from collections.abc import Sequence
from io import BytesIO
from itertools import accumulate, pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tfinspector.formats.bundles.packed import GAP, Packed
from tfinspector.formats.texts import closed
from tfinspector.formats.varints import Integers, varints
from tfinspector.formats.words import runs_at

_MOST_BETWEEN_RESTARTS = 64  # entries; writers put 16 there
_GROUPS_AT_ONCE = 1024  # so that their keys stay in the processor's cache
_MOST_NBYTES_AT_ONCE = 32 << 20


class Block(NamedTuple):
    """The contents of a block, as a stretch of a file or of what was made of it."""

    data: bytes
    start: int
    stop: int


def entries_of(blocks: Sequence[Block]) -> tuple[Packed, Packed] | None:
    """Keys and values of the blocks in order; None if that takes a closer look."""
    data, blocks = _in_one(blocks)
    groups = _groups(blocks)
    found = None if groups is None else _spans(data, *groups)
    if found is None:
        return None
    shared, fresh, values, stops = found
    keys = _keys(data, shared, fresh, values)
    return None if keys is None else (keys, Packed(data, values, stops))


def _in_one(blocks: Sequence[Block]) -> tuple[bytes, Sequence[Block]]:
    """The same blocks in one buffer, and that: the file itself, where none is compressed."""
    data = blocks[0].data if blocks else b""
    if all(block.data is data for block in blocks):
        return data, blocks
    data = b"".join([block.data[block.start : block.stop] for block in blocks])
    ends = accumulate([block.stop - block.start for block in blocks], initial=0)
    return data, [Block(data, start, stop) for start, stop in pairwise(ends)]


def _keys(data: bytes, shared: Integers, fresh: Integers, stops: Integers) -> Packed | None:
    """The whole keys, of which the file holds what differs from the key before."""
    lengths = shared + stops - fresh
    octets = np.frombuffer(data, np.uint8)
    firsts = np.append(np.flatnonzero(shared == 0)[::_GROUPS_AT_ONCE], len(shared)).tolist()
    spelled = BytesIO()
    for first, last in pairwise(firsts):
        part = slice(first, last)
        if (last - first) * (int(lengths[part].max()) + 1) > _MOST_NBYTES_AT_ONCE:
            return None
        spelled.write(_spell(octets, shared[part], fresh[part], lengths[part]))
    ends = np.cumsum(lengths + 1)
    return Packed(spelled.getvalue(), ends - lengths - 1, ends - 1, GAP, shared)


def _spell(
    octets: NDArray[np.uint8], shared: Integers, fresh: Integers, lengths: Integers
) -> bytes:
    """Some keys, each followed by a zero; the first one shares nothing.

    Every key has a row of bytes: first those of the file that end with its own, then, from the
    row above, what it shares. Rows that are equally far from a restart are done together.
    """
    width = int(lengths.max()) + 1
    rows = runs_at(octets, fresh - shared, width)
    narrow = np.min_scalar_type(width)
    column, shared = np.arange(width, dtype=narrow), shared.astype(narrow)
    firsts = np.flatnonzero(shared == 0)
    counts = np.diff(np.append(firsts, len(shared)))
    for step in range(1, int(counts.max())):
        places = firsts[counts > step] + step
        some = rows[places]
        np.copyto(some, rows[places - 1], where=column < shared[places, None])
        rows[places] = some
    return closed(rows, lengths)


def _groups(blocks: Sequence[Block]) -> tuple[Integers, Integers] | None:
    """Where the entries after each restart point begin and end, in the buffer of the blocks."""
    starts, stops = [], []
    for data, start, stop in blocks:
        count = int.from_bytes(data[stop - 4 : stop], "little") if stop - start >= 8 else 0
        end = stop - 4 - 4 * count
        if count < 1 or end < start:
            return None
        restarts = np.frombuffer(data, "<u4", count, end) + np.int64(start)
        limits = np.append(restarts[1:], end)
        if restarts[0] != start or (restarts > limits).any():
            return None
        starts.append(restarts)
        stops.append(limits)
    return (np.concatenate(starts), np.concatenate(stops)) if starts else None


def _spans(
    data: bytes, at: Integers, limits: Integers
) -> tuple[Integers, Integers, Integers, Integers] | None:
    """Of every entry: the shared bytes of its key, and where the fresh ones, its value and it end.

    None if the entries of a group do not end where the next one begins, or share too much.
    """
    octets = np.frombuffer(data, np.uint8)
    group = np.arange(len(at))
    known = np.zeros(len(at), np.int64)  # bytes of the key before
    steps: list[tuple[Integers, ...]] = []
    while True:
        if (at >= limits).any():
            going = at < limits
            group, at, limits, known = group[going], at[going], limits[going], known[going]
        if not len(at):
            return _in_order(steps)
        shared, place = varints(octets, at)
        count, place = varints(octets, place)
        length, start = varints(octets, place)
        value = start + count
        at = value + length
        wrong = (np.minimum(np.minimum(shared, count), length) < 0) | (shared > known)
        if (wrong | (at > limits)).any() or len(steps) == _MOST_BETWEEN_RESTARTS:
            return None
        known = shared + count
        steps.append((group, shared, start, value, at))


def _in_order(steps: list[tuple[Integers, ...]]) -> tuple[Integers, Integers, Integers, Integers]:
    """What was read step by step of all groups, group by group."""
    if not steps:
        nothing = np.zeros(0, np.int64)
        return nothing, nothing, nothing, nothing
    counts = np.bincount(np.concatenate([group for group, *_ in steps]))
    first = np.cumsum(counts) - counts
    columns = [np.empty(int(counts.sum()), np.int64) for _ in range(4)]
    for number, (group, *parts) in enumerate(steps):
        place = first[group] + number
        for column, part in zip(columns, parts, strict=True):
            column[place] = part
    return columns[0], columns[1], columns[2], columns[3]
