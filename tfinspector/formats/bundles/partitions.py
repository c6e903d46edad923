"""Puts partitioned tensors together: which slices there are, and whether they cover the whole.

TF1's partitioned variables, `ShardedVariable` and `MaxShardSizePolicy` write a tensor as
rectangles, each under an ordered-code key of its own (`ordered_code.py`). The order of the
slices is arbitrary, and the rectangles may be cut along several axes.
"""

from collections.abc import Callable, Sequence
from math import prod
from typing import NamedTuple

import numpy as np

from tfinspector.contents import numbers
from tfinspector.formats.bundles.entries import Entry, Extents
from tfinspector.formats.bundles.ordered_code import encode_slice_key

Start = tuple[int, ...]
Rectangle = tuple[Start, tuple[int, ...]]
"""(start, shape), both concrete."""


class Partition(NamedTuple):
    """A partitioned tensor. `pieces` are in file order; `problem` completes "this tensor ..."."""

    pieces: tuple[tuple[Start, Entry], ...]
    problem: str
    doubled: int


def slice_keys(name: bytes, full: Entry) -> list[bytes]:
    """The keys under which the slices of a full entry are stored: those that listings hide."""
    return [encode_slice_key(name, extents) for extents in full.slices]


def assemble(name: bytes, full: Entry, find: Callable[[bytes], Entry | None]) -> Partition:
    """Looks up the slices of a full entry and checks type, shape and coverage.

    `find` gives the entry under a key. Slices named twice are used once and counted.
    """
    pieces: list[tuple[Start, Entry]] = []
    problem = full.problem
    distinct = dict.fromkeys(full.slices)
    for extents in distinct:
        rectangle = _place(extents, full.shape)
        if rectangle is None:
            problem = problem or f"has a slice outside of its shape: {_show(extents)}"
            continue
        entry = find(encode_slice_key(name, extents))
        if entry is None:
            problem = problem or f"misses its slice {_show(extents)}: the index has no entry for it"
            continue
        pieces.append((rectangle[0], entry))
        problem = problem or _mismatch(full, entry, rectangle, extents)
    if not problem:
        problem = _coverage([(start, entry.shape) for start, entry in pieces], full.shape)
    pieces.sort(key=lambda piece: (piece[1].shard, piece[1].offset))
    return Partition(tuple(pieces), problem, len(full.slices) - len(distinct))


def _place(extents: Extents, shape: Sequence[int]) -> Rectangle | None:
    """The concrete rectangle, or None if it is not within `shape`."""
    if len(extents) != len(shape):
        return None
    starts, lengths = [], []
    for (start, length), size in zip(extents, shape, strict=True):
        if length < 0:
            start, length = 0, size
        if start < 0 or start + length > size:
            return None
        starts.append(start)
        lengths.append(length)
    return tuple(starts), tuple(lengths)


def _mismatch(full: Entry, entry: Entry, rectangle: Rectangle, extents: Extents) -> str:
    if entry.problem:
        return f"has a slice {_show(extents)} that {entry.problem}"
    if entry.dtype != full.dtype:
        return f"is {full.dtype.name}, but its slice {_show(extents)} is {entry.dtype.name}"
    if entry.shape != rectangle[1]:
        return f"has a slice {_show(extents)} that is stored with the shape {list(entry.shape)}"
    return ""


def _show(extents: Extents) -> str:
    parts = [":" if length < 0 else f"{start}:{start + length}" for start, length in extents]
    return f"[{', '.join(parts)}]"


def _coverage(rectangles: Sequence[Rectangle], shape: Sequence[int]) -> str:
    """What is wrong with the cover: rectangles that overlap, or elements in none of them."""
    solid = [r for r in rectangles if prod(r[1])]
    if len(shape) and (overlap := _overlap(solid)):
        return f"has slices that overlap, at {list(overlap)}"
    covered, total = sum(prod(r[1]) for r in solid), prod(shape)
    if covered != total:
        return f"has slices for {covered:,} of its {numbers.counted(total, 'element')} only"
    return ""


def _overlap(rectangles: Sequence[Rectangle]) -> Start | None:
    """The first corner of the overlap of two rectangles, or None.

    Swept along the axis with the most cuts, so each is compared with its neighbours only.
    """
    if len(rectangles) < 2:
        return None
    start = np.array([r[0] for r in rectangles], np.int64)
    stop = start + np.array([r[1] for r in rectangles], np.int64)
    axis = int(np.argmax([len(np.unique(column)) for column in start.T]))
    order = np.argsort(start[:, axis], kind="stable")
    start, stop = start[order], stop[order]
    ends = np.searchsorted(start[:, axis], stop[:, axis])  # the first that begins after this ends
    for one, end in enumerate(ends.tolist()):
        low = np.maximum(start[one], start[one + 1 : end])
        high = np.minimum(stop[one], stop[one + 1 : end])
        if len(hits := np.flatnonzero((low < high).all(axis=1))):
            return tuple(low[hits[0]].tolist())
    return None
