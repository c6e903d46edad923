"""Tables of counts, filled by NumPy or by compiled kernels, read as the few entries in use.

Kernels count into dense 32-bit tables in several copies; those are borrowed from a pool, emptied
before an entry could overflow, and given back empty. What was counted is kept sparse: a tensor
uses a few thousand of the entries.
"""

from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tfinspector.analysis import counting
from tfinspector.analysis.compiled import kernels
from tfinspector.analysis.counting import Oddities
from tfinspector.analysis.layouts import Integers, WideLayout
from tfinspector.analysis.moments import Moments, exponent_for, moments_of

_ROOM = 1 << 31  # elements that copies may take before they are emptied
_MOST_PARTS = 16
_NO_FIGURES = np.array([np.inf, -np.inf, 0.0, 0.0, 0.0, 0.0])
_NO_COUNTS = np.zeros(7, np.int64)
_NO_ODDITIES = Oddities()

_spare: dict[int, list[NDArray[np.uint32]]] = {}
"""Empty copies by size, for whichever thread comes next (list's append and pop are atomic)."""


class Table:
    """Counts of `size` patterns. Not thread-safe."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._parts: list[tuple[Integers, Integers]] = []
        self._dense: NDArray[np.uint32] | None = None
        self._room = _ROOM

    def occupied(self) -> tuple[Integers, Integers]:
        """The entries in use, ascending, and their counts. Do not change them."""
        self._empty_copies()
        if len(self._parts) != 1:
            self._parts = [_added_up(self._parts)]
        return self._parts[0]

    def add_table(self, other: "Table") -> None:
        """Add the counts of another table of the same size."""
        self._keep(other.occupied())

    def add_patterns(self, patterns: NDArray[Any]) -> None:
        """Count the bit patterns of a flat array of 8 or 16-bit unsigned integers."""
        compiled = kernels()
        if compiled is None:
            self._keep(counting.count_patterns(patterns))
        else:
            compiled.count_patterns(_aligned(patterns), self._copies_for(len(patterns), compiled))

    def add_floats(self, floats: NDArray[Any], layout: WideLayout) -> tuple[Moments, Oddities]:
        """Count the leading bits of a flat float array; return its moments and oddities."""
        compiled = kernels()
        if compiled is None:
            self._keep(counting.count_patterns(layout.indices(floats)))
            return moments_of(floats), counting.oddities_of(floats)
        floats = _aligned(floats)
        figures, counts = _NO_FIGURES.copy(), _NO_COUNTS.copy()
        bits, signed = floats.view(layout.pattern), floats.view(layout.signed_pattern)
        copies = self._copies_for(len(floats), compiled)
        compiled.count_floats(floats, bits, signed, copies, figures, counts)
        finite, *odd, overflow = counts.tolist()
        oddities = Oddities(*odd) if any(odd) else _NO_ODDITIES
        low, high, total, carry, m2, l1 = figures.tolist()
        exponent = exponent_for(low, high) if finite else 0
        if overflow or (exponent and (low or high)):
            return moments_of(floats), oddities  # its squares need another unit than 1
        return Moments(finite, low, high, total, carry, m2, l1, exponent), oddities

    def _keep(self, part: tuple[Integers, Integers]) -> None:
        self._parts.append(part)
        if len(self._parts) > _MOST_PARTS:
            self._parts = [_added_up(self._parts)]

    def _copies_for(self, elements: int, compiled: ModuleType) -> NDArray[np.uint32]:
        """The copies, with room for so many more elements."""
        if elements > self._room:
            self._empty_copies()
        if self._dense is None:
            spare = _spare.setdefault(self._size, [])
            try:
                self._dense = spare.pop()
            except IndexError:
                self._dense = np.zeros((compiled.COPIES, self._size), np.uint32)
        self._room -= elements
        return self._dense

    def _empty_copies(self) -> None:
        compiled = kernels()
        if self._dense is None or compiled is None:
            return
        entries = np.empty(self._size, np.int64)
        counts = np.empty(self._size, np.int64)
        used = compiled.collect(self._dense, entries, counts)
        self._keep((entries[:used].copy(), counts[:used].copy()))
        _spare[self._size].append(self._dense)
        self._dense, self._room = None, _ROOM


def _added_up(parts: list[tuple[Integers, Integers]]) -> tuple[Integers, Integers]:
    """One part with the entries of all."""
    nothing = np.empty(0, np.int64)
    entries = np.concatenate([nothing, *(entries for entries, _ in parts)])
    counts = np.concatenate([nothing, *(counts for _, counts in parts)])
    order = np.argsort(entries, kind="stable")
    entries, counts = entries[order], counts[order]
    first = np.flatnonzero(np.diff(entries, prepend=-1))
    return entries[first], np.add.reduceat(counts, first) if len(first) else nothing


def _aligned(values: NDArray[Any]) -> NDArray[Any]:
    """Compiled code takes contiguous and aligned arrays only; the rare others are copied."""
    flags = values.flags
    if flags.c_contiguous and flags.aligned:
        return values
    return np.require(values, requirements=("C", "A"))
