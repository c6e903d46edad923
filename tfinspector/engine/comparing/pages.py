"""Pages of rows: what is kept of how many variables at once moved, and under which names."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tfinspector.contents.drift_metrics import OWN_FIGURES
from tfinspector.contents.figures import Statistics
from tfinspector.contents.findings import Unreadable
from tfinspector.engine.cache.identity import Identities, combined
from tfinspector.engine.cache.packing import pack, unpack, unpack_statistics
from tfinspector.engine.cache.store import Store
from tfinspector.engine.comparing.passes import Order, Strand, why_not_compared
from tfinspector.engine.comparing.places import Place, Readers
from tfinspector.engine.comparing.row_figures import PAIR_COLUMNS, RowFigures
from tfinspector.engine.comparing.run_path import PathSum
from tfinspector.engine.comparing.sharing_out import Taken
from tfinspector.engine.comparing.tracks import Cell

_ROWS = 256
_FEW = 2  # snapshots; figures of more, with their sketches, would fill the memory
_NOT_THERE = b"-"
_WIDTHS = {
    "own": len(OWN_FIGURES), "to_anchor": len(PAIR_COLUMNS), "to_previous": len(PAIR_COLUMNS),
}  # fmt: skip
_MASKS = ("measured", "anchored", "chained")

Arrays = dict[str, NDArray[Any]]


class Names:
    """The identities of all cells; `unnamed` are the rows in which one has none."""

    def __init__(self, order: Order, strands: Sequence[Strand], readers: Readers) -> None:
        self._readers = readers
        self._by_place: dict[Place, Identities | None] = {}
        self._names: dict[int, list[bytes]] = {}
        self.unnamed: list[int] = []
        for number, strand in enumerate(strands):
            names = [self._name(*each) for each in zip(order.places, strand.cells, strict=True)]
            found = [name for name in names if name is not None]
            if len(found) == len(names):
                self._names[number] = found
            else:
                self.unnamed.append(number)

    def pages(self) -> Iterator[list[int]]:
        """The rows that have names, as many as belong on a page at a time.

        By their numbers, so that one without a name does not move others to another page.
        """
        for _, rows in groupby(self._names, lambda number: number // _ROWS):
            yield list(rows)

    def of_path(self, order: Order, strands: Sequence[Strand]) -> bytes:
        """The name of the inner products of all rows that have names and are in the path."""
        rows = [number for number in self._names if strands[number].in_path]
        cells = [combined("cells", self.of(rows, at)) for at in range(len(order.places))]
        return combined("products of numbers", (order.stride, *cells))

    def of(self, rows: Sequence[int], at: int) -> list[bytes]:
        """The names of these rows' cells at one snapshot."""
        return [self._names[number][at] for number in rows]

    def still_hold(self) -> bool:
        """Whether no file has changed since it was looked at."""
        return all(each is None or each.still_hold() for each in self._by_place.values())

    def _name(self, place: Place, cell: Cell | None) -> bytes | None:
        if cell is None:
            return _NOT_THERE
        if why_not_compared(cell):
            return None
        if place not in self._by_place:
            try:
                self._by_place[place] = Identities(self._readers(place))
            except Unreadable:
                self._by_place[place] = None
        identities = self._by_place[place]
        return identities.of(cell.key) if identities else None


class Page:
    """Some rows at all snapshots. `missing` are the snapshots that the cache lacks something of.

    To be filled with all rows of `shortened`; then it can be kept, and in any case told. What the
    rows have to say of the run's path goes into `path`; None where that is known.
    """

    def __init__(
        self,
        cache: Store,
        order: Order,
        strands: Sequence[Strand],
        rows: list[int],
        names: Names,
        path: PathSum | None,
    ) -> None:
        self.rows, self._path = rows, path
        self._cache, self._order, self._strands, self._names = cache, order, strands, names
        self._sampled = [number for number in rows if strands[number].in_path]
        self._places = {number: place for place, number in enumerate(rows)}
        self._steps = range(len(order.places))
        self._failed: dict[int, dict[int, str]] = {}
        self._left = len(rows)
        self._cells = [combined("cells", names.of(rows, at)) for at in self._steps]
        self._column_keys = [self._column_key(at) for at in self._steps]
        self._sample_keys = [
            combined("sample", (order.stride, *names.of(self._sampled, at))) for at in self._steps
        ]
        bodies = cache.get(self._column_keys)
        self._columns = [self._column_in(bodies.get(key, b"")) for key in self._column_keys]
        self._samples = [dict[int, NDArray[Any]]() for _ in self._steps]
        unsampled: set[int] = set()
        if path is not None and self._sampled:
            unsampled = set(self._steps) if order.exact else self._load_samples()
        absent = {at for at in self._steps if self._columns[at] is None}
        self.missing = sorted(absent | unsampled)
        for at in self.missing:
            self._columns[at] = self._blank()
        near = {each for at in self.missing for each in (at, at - 1) if each >= 0}
        self._needed = near | {order.anchor}
        self._known = self._figures() if 0 < len(self.missing) <= _FEW else {}
        if not self.missing:
            self._give_samples()

    @property
    def is_whole(self) -> bool:
        """Whether all that it has to tell could be read."""
        return not self._failed

    def shortened(self, number: int) -> Strand:
        """What has to be read of a row: missing snapshots, those before them, and the anchor."""
        cells, in_path, *_ = self._strands[number]
        few = tuple(cell if at in self._needed else None for at, cell in enumerate(cells))
        is_asked = in_path and self._path is not None
        return Strand(few, is_asked, frozenset(self.missing), self._known.get(number, {}))

    def fill(self, number: int, row: RowFigures) -> bool:
        """Take in one row that was measured; whether it was the last one."""
        place = self._places[number]
        for at in self.missing:
            column = self._column(at)
            for kind in (*_WIDTHS, *_MASKS):
                column[kind][place] = getattr(row, kind)[at]
            if row.samples is not None and at in row.samples:
                self._samples[at][number] = row.samples[at]
        if self._path is not None and row.products is not None:
            self._path.add_of_row(row.products, self._own(number))
        if row.failed:
            self._failed[number] = row.failed
        self._left -= 1
        return not self._left

    def keep(self) -> None:
        """Put into the cache what it lacked; unless something could not be read, or has changed."""
        if self.is_whole and self._names.still_hold():
            bodies = {
                self._column_keys[at]: pack(None, self._column(at)) for at in self.missing
            }  # fmt: skip
            is_sampled = self._sampled and self._path is not None and not self._order.exact
            for at in self.missing if is_sampled else ():
                blocks = [self._samples[at][number] for number in self._sampled]
                arrays = {"values": np.concatenate(blocks)}
                bodies[self._sample_keys[at]] = pack([len(block) for block in blocks], arrays)
            self._cache.put(bodies)
        self._give_samples()

    def tell(self, taken: Taken) -> None:
        """All rows."""
        whole = {
            kind: np.stack([self._column(at)[kind] for at in self._steps], axis=1)
            for kind in (*_WIDTHS, *_MASKS)
        }
        for number, place in self._places.items():
            failed = self._failed.get(number, {})
            of_row = {kind: values[place] for kind, values in whole.items()}
            taken(number, RowFigures(**of_row, failed=failed, samples=None))

    def _give_samples(self) -> None:
        """To the run's path; here they are not needed any more."""
        if self._path is not None:
            for number in self._sampled:
                of_row = {at: of[number] for at, of in enumerate(self._samples) if number in of}
                self._path.take(of_row or None, self._own(number))
        self._samples.clear()

    def _own(self, number: int) -> NDArray[np.float64]:
        """The own figures of one row at every snapshot."""
        place = self._places[number]
        return np.stack([self._column(at)["own"][place] for at in self._steps])

    def _column_key(self, at: int) -> bytes:
        """A column is what became of this snapshot's values since the anchor and the one before."""
        anchor = self._order.anchor
        before = self._cells[at - 1] if at else _NOT_THERE
        about = (at == anchor, at - 1 == anchor, self._order.epsilon)
        return combined("column", (*about, self._cells[at], self._cells[anchor], before))

    def _load_samples(self) -> set[int]:
        """The snapshots whose samples are not in the cache."""
        bodies = self._cache.get(self._sample_keys)
        lacking = set()
        for at, key in enumerate(self._sample_keys):
            found = unpack(bodies.get(key, b""))
            if found is None or len(found[0]) != len(self._sampled):
                lacking.add(at)
                continue
            ends = np.cumsum(found[0])[:-1]
            blocks = np.split(found[1]["values"], ends)
            self._samples[at] = dict(zip(self._sampled, blocks, strict=True))
        return lacking

    def _figures(self) -> dict[int, dict[int, Statistics]]:
        """Statistics that were measured before, by row and snapshot."""
        cells = {
            (number, at): name
            for at in self._needed
            for number, name in zip(self.rows, self._names.of(self.rows, at), strict=True)
        }
        bodies = self._cache.get(cells.values())
        known: dict[int, dict[int, Statistics]] = {}
        for (number, at), name in cells.items():
            figures = unpack_statistics(bodies.get(name, b""))
            if figures is not None:
                known.setdefault(number, {})[at] = figures
        return known

    def _column(self, at: int) -> Arrays:
        column = self._columns[at]
        assert column is not None
        return column

    def _column_in(self, body: bytes) -> Arrays | None:
        found = unpack(body)
        return None if found is None or len(found[1]["own"]) != len(self.rows) else found[1]

    def _blank(self) -> Arrays:
        rows = len(self.rows)
        figures = {kind: np.full((rows, width), np.nan) for kind, width in _WIDTHS.items()}
        return figures | {kind: np.zeros(rows, bool) for kind in _MASKS}
