"""What the weights of each snapshot moved from those of the first, and their inner products.

Taking the first off before multiplying keeps the digits that a small movement of large weights has.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_COLUMNS = 4096  # elements multiplied at a time; between those, sums are float64
_FEW = 3  # rows


class Displacements:
    """The inner products of one block of `count` snapshots after the other, in turn.

    `float_type` is what the rows are kept in, float32 or float64; every `stride`-th element takes
    part. An element that is not finite in a snapshot, or in the first, has not moved there.
    """

    def __init__(self, count: int, stride: int, float_type: np.dtype[Any]) -> None:
        self._count, self._stride, self._type = count, stride, float_type
        self._first: NDArray[Any] | None = None
        self._filled = 0
        self._room = np.empty((0, 0), float_type)

    def take(self, block: NDArray[Any]) -> None:
        """The next snapshot's floats; of the first one they must stay as they are."""
        block = block[:: self._stride]
        if self._first is None:
            self._first = block
            if self._room.shape[1] < len(block):
                self._room = np.empty((self._count - 1, len(block)), self._type)
            return
        out = self._room[self._filled, : len(block)]
        with np.errstate(invalid="ignore", over="ignore"):
            np.subtract(block, self._first, out=out, casting="same_kind")
        self._filled += 1

    def products(self) -> Floats:
        """The inner products of the blocks since the last call, (count, count).

        Zero where not all of them came: then the block takes no part.
        """
        total = np.zeros((self._count, self._count))
        if self._first is not None and self._filled == self._count - 1:
            rows = self._room[:, : len(self._first)]
            found = inner_products(rows)
            if not np.isfinite(found).all():
                found = inner_products(_of_finite(rows))
            total[1:, 1:] = found
        self._first, self._filled = None, 0
        return total


def inner_products(rows: NDArray[Any]) -> Floats:
    """The inner products of all rows, in float64, of float32 or float64 rows."""
    total = np.zeros((len(rows), len(rows)))
    with np.errstate(over="ignore", invalid="ignore"):
        for start in range(0, rows.shape[1], _COLUMNS):
            part = rows[:, start : start + _COLUMNS]
            if len(rows) > _FEW:
                total += part @ part.T
                continue
            for one in range(len(rows)):  # faster than a product of so flat a matrix
                for other in range(len(rows)):
                    total[one, other] += np.dot(part[one], part[other])
    return total


def _of_finite(rows: NDArray[Any]) -> Floats:
    """float64, because squares may have left float32, with what is not finite as zero."""
    wide = rows.astype(np.float64)
    wide[~np.isfinite(wide)] = 0
    return wide
