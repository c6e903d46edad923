"""Counting with NumPy: what the compiled kernels do, for when they are not (yet) there.

Both count the same; `tests/analysis/test_kernels.py` holds them to it.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tfinspector.analysis.layouts import Integers


@dataclass(frozen=True, slots=True)
class Oddities:
    """What is counted apart from the buckets: NaN, infinities and zeros of either sign."""

    nan: int = 0
    posinf: int = 0
    neginf: int = 0
    poszero: int = 0
    negzero: int = 0

    def __add__(self, other: "Oddities") -> "Oddities":
        return Oddities(
            self.nan + other.nan,
            self.posinf + other.posinf,
            self.neginf + other.neginf,
            self.poszero + other.poszero,
            self.negzero + other.negzero,
        )


def count_patterns(patterns: NDArray[Any]) -> tuple[Integers, Integers]:
    """The patterns that occur in a flat unsigned array, ascending, and how often each does."""
    counts = np.bincount(patterns.astype(np.intp))
    entries = np.flatnonzero(counts)
    return entries, counts[entries]


def oddities_of(floats: NDArray[Any]) -> Oddities:
    """Count what is not an ordinary number."""
    zeros = floats == 0
    poszero = negzero = nan = posinf = neginf = 0
    if zeros.any():
        negzero = int(np.count_nonzero(np.signbit(floats[zeros])))
        poszero = int(np.count_nonzero(zeros)) - negzero
    if not np.isfinite(floats).all():
        nan = int(np.count_nonzero(np.isnan(floats)))
        posinf = int(np.count_nonzero(np.isposinf(floats)))
        neginf = int(np.count_nonzero(np.isneginf(floats)))
    return Oddities(nan, posinf, neginf, poszero, negzero)
