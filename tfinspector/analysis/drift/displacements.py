"""What the weights of each snapshot moved, and the inner products of that.

Taking one place off before multiplying keeps the digits that a small movement of large weights has.
That place is the first snapshot; of elements that are no numbers there, the first one where they
are, so that a snapshot with NaN does not touch what is told of the others.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_COLUMNS = 4096  # elements multiplied at a time; between those, sums are float64
_FEW = 3  # rows


def displacement_products(rows: NDArray[Any]) -> Floats:
    """The inner products (snapshots, snapshots) of what moved, in float64.

    `rows` are (snapshots, elements), float32 or float64, and are overwritten. An element that is
    not finite in a snapshot counts as not moved there.
    """
    origin = rows[0].copy()
    for row in rows[1:]:
        lacking = ~np.isfinite(origin)
        if not lacking.any():
            break
        origin[lacking] = row[lacking]
    with np.errstate(invalid="ignore", over="ignore"):
        rows -= origin
    found = inner_products(rows)
    return found if np.isfinite(found).all() else inner_products(_of_finite(rows))


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
