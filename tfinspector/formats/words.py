"""Many short runs of bytes compared as numbers, eight bytes at a time.

What differs in any word differs; to find what is alike, all words of a run are mixed into one
number first, and the words themselves decide.
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from tfinspector.formats.varints import Integers, Octets

Words = NDArray[np.uint64]
WORD_NBYTES = 8

_MIX = np.uint64(0x9E3779B97F4A7C15)  # odd, so that no bits are lost
_MIX_SHIFT = np.uint64(29)


def every_word(octets: Octets) -> Words:
    """The eight bytes from every place on, as a little-endian number; nothing is copied."""
    count = max(len(octets) - WORD_NBYTES + 1, 0)
    return np.ndarray((count,), "<u8", octets, strides=(1,))


def runs_at(octets: Octets, begins: Integers, width: int) -> Octets:
    """A row of `width` bytes from each of these places on; what lies beyond the end is zero.

    `begins` are at most `len(octets)`. Only the end is copied to be filled up, not the whole file.
    """
    count = len(octets) - width + 1
    if count < 1:
        octets, count = np.append(octets, np.zeros(width, np.uint8)), len(octets) + 1
    rows = _every_run(octets, width)[np.minimum(begins, count - 1)]
    late = np.flatnonzero(begins >= count)
    if len(late):
        end = np.append(octets[count:], np.zeros(width, np.uint8))
        rows[late] = _every_run(end, width)[begins[late] - count]
    return rows


def _every_run(octets: Octets, width: int) -> Octets:
    return np.ndarray((len(octets) - width + 1, width), np.uint8, octets, strides=(1, 1))


def mixed(columns: Iterable[Words], count: int) -> Words:
    """Of each of `count` runs one number, from the columns of their words; rarely two are alike."""
    numbers = np.zeros(count, np.uint64)
    for column in columns:
        numbers = (numbers ^ column) * _MIX
        numbers ^= numbers >> _MIX_SHIFT
    return numbers
