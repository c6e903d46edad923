"""The entries of all blocks of a table at once, fast enough for 100,000 of them.

Where an entry begins is known from the one before it, but every sixteenth place is written down:
a block ends with its *restart points*, where a key shares nothing with the key before it. So the
first entries after all restart points are read together with NumPy, then all the second ones, and
so on. Whatever is not laid out as a writer lays it out is left to `table.parse_block`, which also
says what is wrong with it.
"""

from collections.abc import Sequence
from itertools import accumulate, pairwise

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

from tfinspector.formats.bundles.packed import GAP, Packed
from tfinspector.formats.texts import closed
from tfinspector.formats.varints import varints

_MOST_BETWEEN_RESTARTS = 64  # entries; writers put 16 there
_GROUPS_AT_ONCE = 1024  # so that their keys stay in the processor's cache
_MOST_NBYTES_AT_ONCE = 32 << 20

Integers = NDArray[np.int64]


def entries_of(blocks: Sequence[bytes]) -> tuple[Packed, Packed] | None:
    """Keys and values of the blocks in order; None if that takes a closer look."""
    data = b"".join(blocks)
    groups = _groups(blocks)
    found = None if groups is None else _spans(data, *groups)
    if found is None:
        return None
    shared, fresh, values, stops = found
    keys = _keys(data, shared, fresh, values)
    return None if keys is None else (keys, Packed(data, values, stops))


def _keys(data: bytes, shared: Integers, fresh: Integers, stops: Integers) -> Packed | None:
    """The whole keys, of which the file holds what differs from the key before."""
    lengths = shared + stops - fresh
    padded = np.frombuffer(data + bytes(int(lengths.max(initial=0)) + 1), np.uint8)
    firsts = np.append(np.flatnonzero(shared == 0)[::_GROUPS_AT_ONCE], len(shared)).tolist()
    pieces = []
    for first, last in pairwise(firsts):
        part = slice(first, last)
        if (last - first) * (int(lengths[part].max()) + 1) > _MOST_NBYTES_AT_ONCE:
            return None
        pieces.append(_spell(padded, shared[part], fresh[part], lengths[part]))
    ends = np.cumsum(lengths + 1)
    return Packed(b"".join(pieces), ends - lengths - 1, ends - 1, gap=GAP)


def _spell(
    octets: NDArray[np.uint8], shared: Integers, fresh: Integers, lengths: Integers
) -> bytes:
    """Some keys, each followed by a zero; the first one shares nothing.

    Every key has a row of bytes: first those of the file that end with its own, then, from the
    row above, what it shares. Rows that are equally far from a restart are done together.
    """
    width = int(lengths.max()) + 1
    at_every_byte = as_strided(octets, (len(octets) - width + 1, width), (1, 1))
    rows = at_every_byte[fresh - shared]
    column = np.arange(width)
    firsts = np.flatnonzero(shared == 0)
    counts = np.diff(np.append(firsts, len(shared)))
    for step in range(1, int(counts.max())):
        places = firsts[counts > step] + step
        some = rows[places]
        np.copyto(some, rows[places - 1], where=column < shared[places, None])
        rows[places] = some
    return closed(rows, lengths)


def _groups(blocks: Sequence[bytes]) -> tuple[Integers, Integers] | None:
    """Where the entries after each restart point begin and end, in the joined blocks."""
    starts, stops = [], []
    bases = accumulate(map(len, blocks), initial=0)
    for base, block in zip(bases, blocks, strict=False):
        count = int.from_bytes(block[-4:], "little")
        end = len(block) - 4 - 4 * count
        if len(block) < 8 or count < 1 or end < 0:
            return None
        restarts = np.frombuffer(block, "<u4", count, end).astype(np.int64)
        limits = np.append(restarts[1:], end)
        if restarts[0] or (restarts > limits).any():
            return None
        starts.append(restarts + base)
        stops.append(limits + base)
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
    group = np.concatenate([step[0] for step in steps])
    counts = np.bincount(group)
    first = np.cumsum(counts) - counts
    place = first[group] + np.repeat(np.arange(len(steps)), [len(step[0]) for step in steps])
    columns = []
    for part in range(1, 5):
        column = np.empty(len(group), np.int64)
        column[place] = np.concatenate([step[part] for step in steps])
        columns.append(column)
    return columns[0], columns[1], columns[2], columns[3]
