"""Many base-128 numbers of one buffer at once, for what holds a hundred thousand of them.

A format gives the place of its next number by the last one, so nothing is gained within one
message; but there are many messages, and the first numbers of all of them are read together,
then all the second ones.
"""

import numpy as np
from numpy.typing import NDArray

Octets = NDArray[np.uint8]
Integers = NDArray[np.int64]

_SHIFTS = (0, 7, 14, 21)
"""Numbers of up to four bytes: enough for every place in a file of 256 MB."""


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
    return octets[np.minimum(at, len(octets) - 1)]
