"""Many base-128 numbers of one buffer at once, for what holds a hundred thousand of them.

A format gives the place of its next number by the last one, so nothing is gained within one
message; but there are many messages, and the first numbers of all of them are read together,
then all the second ones. Where numbers follow one another without anything between them, the
last byte of each tells where the next begins, and all are decoded together too.
"""

import numpy as np
from numpy.typing import NDArray

from tfinspector.formats.wire import Malformed

Octets = NDArray[np.uint8]
Integers = NDArray[np.int64]

_SHIFTS = (0, 7, 14, 21)
"""Numbers of up to four bytes: enough for every place in a file of 256 MB."""
_LONGEST = 10


def varints(octets: Octets, at: Integers) -> tuple[Integers, Integers]:
    """The numbers that begin at `at`, which may lie anywhere, and where each of them ends.

    One that is longer than four bytes is -1; it ends after the fourth all the same.
    """
    byte = octets_at(octets, at).astype(np.int64)
    if not (byte > 127).any():  # nearly always
        return byte, at + 1
    value, after = byte & 0x7F, at + 1
    going = byte > 127
    for shift in _SHIFTS[1:]:
        byte = octets_at(octets, after).astype(np.int64)
        value += np.where(going, (byte & 0x7F) << shift, 0)
        after += going
        going &= byte > 127
        if not going.any():
            return value, after
    return np.where(going, -1, value), after


def octets_at(octets: Octets, at: Integers) -> Octets:
    """The bytes at these places; beyond the end the last one, where no field fits any more."""
    found: Octets = octets.take(at, mode="clip")
    return found


def decode_packed(octets: Octets, limit: int) -> tuple[NDArray[np.uint64], int]:
    """The complete numbers at the beginning of `octets`, at most `limit`, and the bytes they take.

    Raises `Malformed` for a number of more than ten bytes.
    """
    ends = np.flatnonzero(octets < 0x80)[:limit]
    if not len(ends):
        if len(octets) >= _LONGEST and limit:
            raise Malformed("a number is longer than ten bytes")
        return np.empty(0, np.uint64), 0
    if ends[-1] + 1 == len(ends):  # one byte each, as flags and small counts are
        return octets[: len(ends)].astype(np.uint64), len(ends)
    starts = np.concatenate(([0], ends[:-1] + 1))
    widths = ends - starts + 1
    if widths.max() > _LONGEST:
        raise Malformed("a number is longer than ten bytes")
    numbers = np.zeros(len(ends), np.uint64)
    for group in range(int(widths.max())):
        wide = np.flatnonzero(widths > group)
        bits = (octets[starts[wide] + group] & 0x7F).astype(np.uint64)
        numbers[wide] |= bits << np.uint64(7 * group)
    return numbers, int(ends[-1]) + 1
