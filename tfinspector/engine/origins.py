"""Where bytes that are not those that were saved come from, told by their own checksums.

What was computed for a tensor is known anyway. If it is the checksum of zeros, the content was
lost; if it is what the index says of the same place in another data file, the files changed
places; if it is what the index of a checkpoint beside says, the data is that checkpoint's.
"""

import glob
import os
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from tfinspector.contents.checks import BadTensor, Origin
from tfinspector.contents.findings import Unreadable
from tfinspector.contents.tensors import Piece
from tfinspector.formats.bundles.bundle import BundleReader, read_bundle
from tfinspector.formats.checksum import crc32c, mask

_MOST_BESIDE = 20
_ZEROS_NBYTES = 1 << 20


def find_origin(reader: BundleReader, keys: Sequence[str], bad: Sequence[BadTensor]) -> Origin:
    """What the `bad` ones of the checked `keys` tell; only those that could be read do."""
    changed = [one for one in bad if not one.problem]
    if not changed:
        return Origin()
    places = _places(reader, [one.key for one in changed])
    several = reader.bundle.num_shards > 1
    return Origin(
        zeros=sum(
            _zeros_checksum(places[one.key].nbytes) == one.computed
            for one in changed
            if one.key in places
        ),
        of_files=_of_files(reader, keys, {one.key for one in changed}) if several else (),
        swapped=_swapped(reader, keys, changed, places) if several else (),
        twin=_twin(reader.bundle.prefix, changed),
    )


def _places(reader: BundleReader, keys: Sequence[str]) -> dict[str, Piece]:
    """Where the tensors of one piece lie."""
    located = ((key, reader.locate(key).pieces) for key in keys)
    return {key: pieces[0] for key, pieces in located if len(pieces) == 1}


@lru_cache(maxsize=256)
def _zeros_checksum(nbytes: int) -> int:
    crc, zeros = 0, bytes(min(nbytes, _ZEROS_NBYTES))
    for start in range(0, nbytes, _ZEROS_NBYTES):
        crc = crc32c(memoryview(zeros)[: nbytes - start], crc)
    return mask(crc)


def _of_files(
    reader: BundleReader, keys: Sequence[str], bad: set[str]
) -> tuple[tuple[str, int, int], ...]:
    counts: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for key in keys:
        for file in {piece.file for piece in reader.locate(key).pieces if piece.nbytes}:
            counts[file] += 1
            wrong[file] += key in bad
    return tuple((file, wrong[file], counts[file]) for file in sorted(counts))


def _swapped(
    reader: BundleReader, keys: Sequence[str], bad: Sequence[BadTensor], places: dict[str, Piece]
) -> tuple[tuple[str, str], ...]:
    """Data files all of whose bad tensors are what another one should hold there."""
    wanted = {
        (piece.offset, piece.nbytes, piece.checksum): piece.file
        for piece in _places(reader, keys).values()
    }
    from_file: dict[str, set[str]] = {}
    for one in bad:
        if piece := places.get(one.key):
            found = wanted.get((piece.offset, piece.nbytes, one.computed), "")
            from_file.setdefault(piece.file, set()).add(found)
    only = {file: next(iter(found)) for file, found in from_file.items() if len(found) == 1}
    return tuple((file, other) for file, other in sorted(only.items()) if other not in ("", file))


def _twin(prefix: str, bad: Sequence[BadTensor]) -> str:
    """The checkpoint beside that has most of these checksums under the same keys."""
    best, most = "", len(bad) // 2
    for other in _beside(prefix):
        try:
            theirs = BundleReader(read_bundle(other))
        except Unreadable:
            continue
        keys = [one.key for one in bad if one.key in theirs.bundle]
        places = _places(theirs, keys)
        same = sum(
            1 for one in bad if one.key in places and places[one.key].checksum == one.computed
        )
        if same > most:
            best, most = other, same
    return best


def _beside(prefix: str) -> list[str]:
    directory, name = os.path.split(prefix)
    found = glob.glob("*.index", root_dir=directory or ".")
    names = sorted({one.removesuffix(".index") for one in found} - {name})
    return [os.path.join(directory, one) for one in names[-_MOST_BESIDE:]]
