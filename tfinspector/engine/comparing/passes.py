"""The pass: every block of a variable from all snapshots in turn, each read once.

Of a panel of a tensor (some rows of it) the blocks of the reference and of the snapshot before are
kept while the next one is read, so that both comparisons, the statistics and the samples for the
run's path come from one reading. Everything here can be sent to another process: paths and keys, no
readers.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from math import prod
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tfinspector.analysis.drift.decoding import Decoded, decode
from tfinspector.analysis.drift.displacements import displacement_products
from tfinspector.analysis.drift.pairs import PairAccumulator
from tfinspector.analysis.sketch import Accumulator
from tfinspector.contents.dtypes import DTypeKind
from tfinspector.contents.figures import Statistics
from tfinspector.contents.findings import Unreadable
from tfinspector.contents.tensors import Region
from tfinspector.engine.comparing.places import Place, Readers
from tfinspector.engine.comparing.tracks import Cell
from tfinspector.engine.spans import Span, regions_of
from tfinspector.formats.reading import TensorReader

_PANEL_NBYTES = 4 << 20
_TOGETHER_NBYTES = 32 << 20  # of all snapshots, where their inner products are taken
_FEW = 1 << 12  # elements; variables no larger are multiplied together
_STEP = 1 << 16  # elements measured at a time, so that they are still in the cache for the pairs
_STRINGS = 1 << 16

Tick = Callable[[int], None]


class Order(NamedTuple):
    """What is asked of the pass, the same for all variables.

    Of variables in the path every `stride`-th element is sampled; where `exact`, all of them are
    multiplied while they are at hand, however many they are.
    """

    places: tuple[Place, ...]
    anchor: int
    epsilon: float
    stride: int = 1
    exact: bool = False

    def multiplies(self, strand: "Strand") -> bool:
        """Whether the inner products of the variable are found in its pass, not from samples."""
        cell = strand.cells[0]
        return self.exact and strand.in_path and cell is not None and prod(cell.shape) > _FEW


class Strand(NamedTuple):
    """One variable to be measured: its cell at each snapshot, and whether it is in the path.

    wanted  snapshots whose change is asked for; None: of all
    known   figures that need not be counted again, by snapshot
    """

    cells: tuple[Cell | None, ...]
    in_path: bool
    wanted: frozenset[int] | None = None
    known: Mapping[int, Statistics] | None = None


@dataclass
class Woven:
    """What the pass found of one variable, or of a span of it: `merge` adds spans up.

    `present` are the numbers of the snapshots that have it, `size` its elements at the anchor,
    `known` the figures that were not counted. By snapshot: what was counted, its change from the
    anchor and from the snapshot before; `failed` says why one could not be read. `samples` are
    elements for the path, or `products` all that there is to know of them; None where the variable
    takes no part.
    """

    present: set[int]
    size: int
    own: list[Accumulator | None]
    to_anchor: dict[int, PairAccumulator] = field(default_factory=dict)
    to_previous: dict[int, PairAccumulator] = field(default_factory=dict)
    failed: dict[int, str] = field(default_factory=dict)
    samples: dict[int, list[NDArray[Any]]] | None = None
    known: Mapping[int, Statistics] = field(default_factory=dict)
    products: NDArray[np.float64] | None = None

    def merge(self, other: "Woven") -> None:
        """Take in the span that follows in the same variable."""
        self.failed = other.failed | self.failed
        for mine, theirs in zip(self.own, other.own, strict=True):
            if mine is not None and theirs is not None:
                mine.merge(theirs)
        for ours, others in (
            (self.to_anchor, other.to_anchor), (self.to_previous, other.to_previous),
        ):  # fmt: skip
            for at, pair in others.items():
                if ours is self.to_anchor or pair is not other.to_anchor.get(at):
                    ours[at].merge(pair)
        if self.samples is not None and other.samples is not None:
            for at, blocks in other.samples.items():
                self.samples[at] += blocks
        if self.products is not None and other.products is not None:
            self.products += other.products


def panel_size(order: Order, strand: Strand, itemsize: int) -> int:
    """How many elements of a tensor are read of each snapshot in turn.

    The same for any number of snapshots, because samples begin anew in each panel; unless the
    panels of all snapshots have to be held together.
    """
    nbytes = _PANEL_NBYTES
    if order.multiplies(strand):
        nbytes = min(nbytes, _TOGETHER_NBYTES // len(order.places))
    return max(1, nbytes // max(itemsize, 1))


def weave(
    order: Order, strand: Strand, readers: Readers, tick: Tick, span: Span | None = None
) -> Woven:
    """Measure a variable over all snapshots, or a span of its panels. Raises what `tick` raises.

    Snapshots in which it has another shape are compared among themselves only; a span is one of
    a variable of one shape.
    """
    present = {at for at, cell in enumerate(strand.cells) if cell is not None}
    anchored = strand.cells[order.anchor]
    size = prod(anchored.shape) if anchored else 0
    known = strand.known or {}
    own = [None if at in known else _accumulator(cell) for at, cell in enumerate(strand.cells)]
    found = Woven(present, size, own, known=known)
    if order.multiplies(strand):
        found.products = np.zeros((len(strand.cells), len(strand.cells)))
    elif strand.in_path:
        found.samples = {at: [] for at in present}
    shapes: dict[tuple[int, ...], list[int]] = {}
    for at, cell in enumerate(strand.cells):
        if cell is None:
            continue
        if reason := why_not_compared(cell):
            found.failed[at] = reason
        else:
            shapes.setdefault(cell.shape, []).append(at)
    for members in shapes.values():
        _Loom(order, strand, readers, tick, members, found).run(span)
    return found


def why_not_compared(cell: Cell) -> str:
    """A reason known before anything is read, "" where there is none."""
    if cell.problem or cell.dtype.is_numeric or cell.dtype.kind is DTypeKind.STRING:
        return cell.problem
    return f"holds {cell.dtype.name} values, which can't be compared"


def _accumulator(cell: Cell | None) -> Accumulator | None:
    if cell is None or cell.problem or not cell.dtype.is_numeric:
        return None
    return Accumulator(cell.dtype.name)


class _Loom:
    """The pass over one variable, for the snapshots (`members`) where it has one shape."""

    def __init__(
        self,
        order: Order,
        strand: Strand,
        readers: Readers,
        tick: Tick,
        members: Sequence[int],
        found: Woven,
    ) -> None:
        self._order, self._strand, self._readers, self._tick = order, strand, readers, tick
        self._members, self._found = members, found
        self._by_number = {at: cell for at, cell in enumerate(strand.cells) if cell is not None}
        self._shape = self._by_number[members[0]].shape
        self._anchor = order.anchor if order.anchor in members else -1
        for at in members:
            if strand.wanted is not None and at not in strand.wanted:
                continue
            if self._anchor >= 0 and at != self._anchor:
                found.to_anchor[at] = PairAccumulator(order.epsilon)
            if at - 1 == self._anchor >= 0:
                found.to_previous[at] = found.to_anchor[at]  # one pair, measured once
            elif at - 1 in members:
                found.to_previous[at] = PairAccumulator(order.epsilon)

    def run(self, span: Span | None) -> None:
        """Panel after panel, in each of them snapshot after snapshot."""
        widest = max(self._by_number[at].dtype.itemsize for at in self._members)
        most = panel_size(self._order, self._strand, widest) if widest else _STRINGS
        regions = regions_of(self._shape, most)
        if span is not None:
            regions = islice(regions, span.start, span.stop)
        for region in regions:
            self._panel(region)

    def _panel(self, region: Region) -> None:
        anchor = self._read(self._anchor, region) if self._anchor >= 0 else None
        previous: _Block | None = None
        together: list[NDArray[Any]] = []
        for at in self._members:
            block = anchor if at == self._anchor else self._read(at, region)
            before = previous if previous is not None and previous.at == at - 1 else None
            if block is not None:
                self._compare(block, anchor, before)
                if self._found.samples is not None:
                    self._found.samples[at].append(block.floats[:: self._order.stride].copy())
                if self._found.products is not None:
                    together.append(block.floats)
                self._tick(block.flat.size * max(self._by_number[at].dtype.itemsize, 1))
            previous = block
        if self._found.products is not None and len(together) == len(self._order.places):
            self._found.products += displacement_products(np.stack(together))

    def _read(self, at: int, region: Region) -> "_Block | None":
        """One block; None where it can't be read, now or before."""
        if at in self._found.failed:
            return None
        cell = self._by_number[at]
        try:
            raw = self._reader(at).read(cell.key, region)
        except Unreadable as error:
            self._found.failed[at] = error.finding.title
            return None
        return _Block(at, raw, cell.dtype.name)

    def _reader(self, at: int) -> TensorReader:
        return self._readers(self._order.places[at])

    def _compare(self, block: "_Block", anchor: "_Block | None", before: "_Block | None") -> None:
        pairs = []
        if anchor is not None and block.at in self._found.to_anchor:
            pairs.append((anchor, self._found.to_anchor[block.at]))
        if before is not None and before is not anchor and block.at in self._found.to_previous:
            pairs.append((before, self._found.to_previous[block.at]))
        own = self._found.own[block.at]
        if block.is_text or any(other.is_text for other, _ in pairs):
            for other, pair in pairs:
                pair.add_objects(other.raw, block.raw)
            return
        # Counted apart and added up, so that only one dense table of counts is alive at a time.
        counted = None if own is None else Accumulator(self._by_number[block.at].dtype.name)
        if counted is None and not pairs:
            return
        for start, stop in block.steps():
            if counted is not None:
                counted.add(block.flat[start:stop])
            for other, pair in pairs:
                pair.add(other.step(start, stop), block.step(start, stop))
        if own is not None and counted is not None:
            own.merge(counted)


class _Block:
    """What was read of one snapshot, decoded once."""

    def __init__(self, at: int, raw: NDArray[Any], dtype_name: str) -> None:
        self.at, self.raw, self.is_text = at, raw, raw.dtype.hasobject
        self.flat = raw.reshape(-1)
        self._decoded = None if self.is_text else decode(raw, dtype_name)

    @property
    def floats(self) -> NDArray[Any]:
        """All of it as floats."""
        assert self._decoded is not None
        return self._decoded.floats

    def steps(self) -> Iterator[tuple[int, int]]:
        """Where it is cut, by elements."""
        for start in range(0, len(self.flat), _STEP):
            yield start, min(start + _STEP, len(self.flat))

    def step(self, start: int, stop: int) -> Decoded:
        """A part of it."""
        assert self._decoded is not None
        floats, patterns, parts, tells = self._decoded
        if len(floats) == stop - start:
            return self._decoded
        cut = slice(start * parts, stop * parts)
        return Decoded(floats[cut], patterns[cut], parts, tells)
