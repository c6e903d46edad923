"""Small variables, many at once: what `passes` and `row_figures` find of each by itself.

Variables of one type that are there at the same snapshots lie one behind the other; each snapshot
of them is read, measured and compared in a few calls. What does not go so smoothly (tensors that
can't be read, squares that leave float64) is left for the pass.
"""

from collections.abc import Iterator, Sequence
from math import prod
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tfinspector.analysis.drift.decoding import decode
from tfinspector.analysis.drift.many_pairs import can_compare, compare_many, itself_many
from tfinspector.analysis.drift.ready import await_pairs
from tfinspector.analysis.many import Many, is_small, measure_many
from tfinspector.contents.dtypes import DType
from tfinspector.contents.findings import Unreadable
from tfinspector.engine.comparing.passes import Order, Strand, Tick
from tfinspector.engine.comparing.places import Readers
from tfinspector.engine.comparing.row_figures import RowFigures, blank
from tfinspector.engine.stretches import read_flat

_SAVED_SECONDS = 1e-4
"""What a tensor takes longer by itself, without the kernels."""


class _Kind(NamedTuple):
    """What variables have in common that are measured together."""

    dtype: DType
    present: tuple[int, ...]
    wanted: frozenset[int] | None


def measure_small(
    order: Order, strands: Sequence[Strand], readers: Readers, tick: Tick
) -> dict[int, RowFigures]:
    """The figures of those of the strands that can be measured together, by their place.

    None of them where the kernels are missing; those that are being loaded are waited for, as long
    as they save. Raises what `tick` raises.
    """
    groups: dict[_Kind, list[int]] = {}
    for place, strand in enumerate(strands):
        if (kind := _kind_of(strand)) is not None:
            groups.setdefault(kind, []).append(place)
    tensors = sum(len(kind.present) * len(places) for kind, places in groups.items())
    await_pairs(_SAVED_SECONDS * tensors, lambda: tick(0))
    if not can_compare():
        return {}
    found: dict[int, RowFigures] = {}
    for kind, places in groups.items():
        rows = _Together(order, kind, [strands[place] for place in places], readers, tick).rows()
        found |= {place: row for place, row in zip(places, rows, strict=True) if row is not None}
    return found


def _kind_of(strand: Strand) -> _Kind | None:
    """None for a variable that has to be measured by itself."""
    cells = [(at, cell) for at, cell in enumerate(strand.cells) if cell is not None]
    _, one = cells[0]
    if not is_small(one.dtype.name, prod(one.shape)):
        return None
    for _, cell in cells:
        if cell.problem or cell.dtype != one.dtype or cell.shape != one.shape:
            return None
    return _Kind(one.dtype, tuple(at for at, _ in cells), strand.wanted)


class _Together:
    """The pass over variables of one kind."""

    def __init__(
        self,
        order: Order,
        kind: _Kind,
        strands: Sequence[Strand],
        readers: Readers,
        tick: Tick,
    ) -> None:
        self._order, self._kind, self._strands = order, kind, strands
        self._readers, self._tick = readers, tick
        first = kind.present[0]
        cells = (strand.cells[first] for strand in strands)
        self._sizes = np.array([prod(cell.shape) for cell in cells if cell])
        self._bounds = np.append(0, np.cumsum(self._sizes))
        self._holds = np.ones(len(strands), bool)
        self._figures = blank((len(strands), len(order.places)), {})
        self._samples: list[dict[int, NDArray[np.generic]]] = [{} for _ in strands]

    def rows(self) -> list[RowFigures | None]:
        """The row of each; None for one that has to be measured by itself."""
        anchor = self._order.anchor
        reference = self._measured(anchor) if anchor in self._kind.present else None
        previous: Many | None = None
        for at in self._kind.present:
            here = reference if reference and at == anchor else self._measured(at)
            self._fill(at, here, reference, previous if at - 1 in self._kind.present else None)
            previous = here
        nbytes = self._sizes[self._holds].sum() * self._kind.dtype.itemsize
        self._tick(int(nbytes) * len(self._kind.present))
        return list(self._split())

    def _measured(self, at: int) -> Many:
        reader = self._readers(self._order.places[at])
        patterns = np.zeros(self._bounds[-1], f"u{self._kind.dtype.itemsize}")
        bounds = self._bounds.tolist()
        for row, strand in enumerate(self._strands):
            cell = strand.cells[at]
            assert cell is not None
            try:
                read_flat(reader, cell.key, patterns[bounds[row] : bounds[row + 1]])
            except Unreadable:
                self._holds[row] = False
        self._tick(0)
        floats = decode(patterns, self._kind.dtype.name).floats
        for row, strand in enumerate(self._strands):
            if strand.in_path:
                sample = floats[bounds[row] : bounds[row + 1] : self._order.stride]
                self._samples[row][at] = sample.copy()
        found = measure_many(floats, self._bounds, self._kind.dtype.name)
        self._holds &= found.ordinary
        return found

    def _fill(self, at: int, here: Many, reference: Many | None, previous: Many | None) -> None:
        figures, anchor = self._figures, self._order.anchor
        is_wanted = self._kind.wanted is None or at in self._kind.wanted
        figures.own[:, at], figures.measured[:, at] = here.own, True
        if at == anchor:
            figures.to_anchor[:, at], figures.anchored[:, at] = itself_many(here), True
        elif reference is not None and is_wanted:
            figures.to_anchor[:, at], figures.anchored[:, at] = self._pairs(reference, here), True
        if previous is None or not is_wanted:
            return
        figures.chained[:, at] = True
        figures.to_previous[:, at] = (
            figures.to_anchor[:, at] if at - 1 == anchor else self._pairs(previous, here)
        )

    def _pairs(self, before: Many, after: Many) -> NDArray[np.float64]:
        found, holds = compare_many(before, after, self._order.epsilon)
        self._holds &= holds
        return found

    def _split(self) -> Iterator[RowFigures | None]:
        for row, strand in enumerate(self._strands):
            if not self._holds[row]:
                yield None
                continue
            all_rows = self._figures
            yield RowFigures(
                all_rows.own[row], all_rows.to_anchor[row], all_rows.to_previous[row],
                all_rows.measured[row], all_rows.anchored[row], all_rows.chained[row],
                {}, self._samples[row] if strand.in_path else None,
            )  # fmt: skip
