"""Tables of counts, filled by NumPy or by compiled kernels, read as the few entries in use.

Kernels count into dense 32-bit tables in several copies; those are borrowed from a pool, emptied
before an entry could overflow, and given back empty. What was counted is kept sparse: a tensor
uses a few thousand of the entries.
"""

from types import ModuleType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tfinspector.analysis import counting
from tfinspector.analysis.compiled import aligned, kernels
from tfinspector.analysis.counting import Oddities
from tfinspector.analysis.layouts import Integers, WideLayout
from tfinspector.analysis.moments import Moments, moments_in, moments_of
from tfinspector.analysis.places import NO_COUNTS, NO_FIGURES

_ROOM = 1 << 31  # elements that copies may take before they are emptied
_MOST_PARTS = 16


class _Copies(NamedTuple):
    """The dense table in its copies, all zeros, and room to collect it."""

    tables: NDArray[np.uint32]
    entries: Integers
    counts: Integers


_spare: dict[int, list[_Copies]] = {}
"""Empty copies by size, for whichever thread comes next (list's append and pop are atomic)."""


class Table:
    """Counts of `size` patterns. Not thread-safe."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._parts: list[tuple[Integers, Integers]] = []
        self._dense: _Copies | None = None
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
            compiled.count_patterns(aligned(patterns), self._copies_for(len(patterns), compiled))

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
                tables = np.zeros((compiled.COPIES, self._size), np.uint32)
                self._dense = _Copies(tables, *np.empty((2, self._size), np.int64))
        self._room -= elements
        return self._dense.tables

    def _empty_copies(self) -> None:
        compiled = kernels()
        if self._dense is None or compiled is None:
            return
        used = compiled.collect(*self._dense)
        self._keep((self._dense.entries[:used].copy(), self._dense.counts[:used].copy()))
        _spare[self._size].append(self._dense)
        self._dense, self._room = None, _ROOM


class FloatTable(Table):
    """Counts of the leading bits of floats, with their moments and oddities. Not thread-safe."""

    def __init__(self, layout: WideLayout) -> None:
        super().__init__(layout.size)
        self._layout = layout
        self._views = layout.pattern, layout.signed_pattern
        self._figures, self._counts = NO_FIGURES.copy(), NO_COUNTS.copy()
        self._apart = Moments()  # of blocks that NumPy measured
        self._odd_apart = Oddities()

    def add_floats(self, floats: NDArray[Any]) -> None:
        """Count the leading bits of a flat float array, and measure it."""
        compiled = kernels()
        if compiled is None:
            self._keep(counting.count_patterns(self._layout.indices(floats)))
            self._apart += moments_of(floats)
            self._odd_apart += counting.oddities_of(floats)
            return
        floats = aligned(floats)
        copies = self._copies_for(len(floats), compiled)
        bits, signed = map(floats.view, self._views)
        if not compiled.count_floats(floats, bits, signed, copies, self._figures, self._counts):
            self._apart += moments_of(floats)  # its squares need another unit than 1

    def merge(self, other: "FloatTable") -> None:
        """Add what another table of the same layout has counted."""
        self.add_table(other)
        self._apart += other.moments
        self._odd_apart += other.oddities

    @property
    def moments(self) -> Moments:
        """The moments of the finite values so far."""
        return self._apart + moments_in(self._figures, int(self._counts[0]))

    @property
    def oddities(self) -> Oddities:
        """What was counted apart so far."""
        return self._odd_apart + Oddities(*self._counts[1:].tolist())


def _added_up(parts: list[tuple[Integers, Integers]]) -> tuple[Integers, Integers]:
    """One part with the entries of all."""
    nothing = np.empty(0, np.int64)
    entries = np.concatenate([nothing, *(entries for entries, _ in parts)])
    counts = np.concatenate([nothing, *(counts for _, counts in parts)])
    order = np.argsort(entries, kind="stable")
    entries, counts = entries[order], counts[order]
    first = np.flatnonzero(np.diff(entries, prepend=-1))
    return entries[first], np.add.reduceat(counts, first) if len(first) else nothing
