"""How the tensors of a bundle lie in its data files: overlaps, and bytes that no entry names.

TensorFlow writes one tensor after the other without a gap. Other programs may pad them; whatever
is longer than a page is no padding. An index that lost entries leaves their bytes unnamed.
"""

import os
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tfinspector.contents.checks import Overlap, Placement
from tfinspector.formats.bundles.bundle_index import Bundle
from tfinspector.formats.bundles.survey import survey

_MOST_PADDING = 4096
_MOST_TOLD = 20

Integers = NDArray[np.int64]


class _Runs(NamedTuple):
    """All runs of bytes in the data files that entries name; `of` is the place of the key."""

    shard: Integers
    start: Integers
    stop: Integers
    of: Integers


def placement_of(bundle: Bundle) -> Placement:
    """Overlaps, and stretches without an owner, of the data files that are there."""
    runs = _runs(bundle)
    overlaps: list[Overlap] = []
    unnamed: list[tuple[str, int]] = []
    for shard, stamp in bundle.stamps.items():
        here = runs.shard == shard
        start, stop, of = runs.start[here], runs.stop[here], runs.of[here]
        order = np.argsort(start, kind="stable")
        start, stop, of = start[order], stop[order], of[order]
        reached = np.maximum.accumulate(np.concatenate(([0], stop)))
        file = os.path.basename(bundle.shard_path(shard))
        for place in np.flatnonzero(start < reached[:-1]).tolist():
            if len(overlaps) < _MOST_TOLD:
                before = int(np.argmax(stop[:place]))
                shared = int(min(reached[place], stop[place]) - start[place])
                names = bundle.keys[int(of[before])], bundle.keys[int(of[place])]
                overlaps.append(Overlap(*names, file, shared))
        gaps = start - reached[:-1]
        free = int(gaps[gaps > _MOST_PADDING].sum())
        if stamp.fault is None and stamp.nbytes > reached[-1]:
            free += int(stamp.nbytes - reached[-1])
        if free:
            unnamed.append((file, free))
    return Placement(tuple(overlaps), tuple(unnamed))


def _runs(bundle: Bundle) -> _Runs:
    seen = survey(bundle.entries.values)
    whole = np.array([key not in bundle.entries.partitions for key in bundle.keys], bool)
    rows = [
        (piece.shard, piece.offset, piece.offset + piece.nbytes, bundle.positions[key])
        for key, partition in bundle.entries.partitions.items()
        for _, piece in partition.pieces
    ]
    pieces = np.array(rows, np.int64).reshape(-1, 4).T
    keys = np.arange(len(bundle.keys))
    plain = (seen.shard, seen.end - seen.nbytes, seen.end, keys)
    runs = [np.concatenate((a[whole], b)) for a, b in zip(plain, pieces, strict=True)]
    solid = (runs[2] > runs[1]) & (runs[1] >= 0)
    return _Runs(*(column[solid] for column in runs))
