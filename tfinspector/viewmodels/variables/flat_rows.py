"""A tree as the rows of a table: which are shown, in which order. For both tree tables; no Qt.

The slow part (`Wish.arrange`) is for a pool thread and touches nothing that is shown; the quick
part (`FlatRows`) turns its answer into row numbers in the window's thread.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Sequence
from copy import copy
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar, Generic, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from tfinspector.viewmodels.variables.columns import FigureTable
from tfinspector.viewmodels.variables.filter import Filter
from tfinspector.viewmodels.variables.forest import Bools, Floats, Forest, Ints

Item = TypeVar("Item")
NAME = 0  # the column that every tree table is sorted by at first


@dataclass(frozen=True, slots=True)
class Wish:
    """What the person asked to see: `hidden` kinds of rows, `sorted_by` a column's number."""

    filter: Filter = field(default_factory=Filter)
    hidden: frozenset[StrEnum] = frozenset()
    sorted_by: int = NAME
    descending: bool = False

    def arrange(
        self, rows: FlatRows[Item], check: Callable[[], None] = lambda: None
    ) -> Arrangement:
        """The answer. Reads copies of the figures, so it may run beside new ones coming in."""
        passes = self.filter.shown(rows.table, check)
        is_hidden = np.array([kind in self.hidden for kind in rows.kinds], dtype=np.bool_)
        hidden = passes & is_hidden[rows.kind_of]
        check()
        values = None if self.sorted_by == NAME else rows.values_of(self.sorted_by).copy()
        check()
        return Arrangement(
            wish=self,
            shown=passes & ~hidden,
            hidden=self._counts(rows, hidden),
            order=rows.forest.ordered(self._keys(rows, values), self.descending),
            flat=self._flat(rows.forest, values),
        )

    def _keys(self, rows: FlatRows[Item], values: Floats | None) -> Floats:
        """One sorting key per node: a group counts as its sum, or its most extreme item."""
        if values is None:
            return np.arange(len(rows.forest), dtype=np.float64)
        if self.sorted_by in rows.summed:
            return np.asarray(rows.forest.totals(values))
        return rows.forest.extremes(values, greatest=self.descending)

    def _flat(self, forest: Forest, values: Floats | None) -> Ints:
        """All leaves as one list, in order."""
        leaves = np.flatnonzero(~forest.is_group)
        if values is None:
            return leaves[::-1] if self.descending else leaves
        keys = values[forest.leaf[leaves]]
        return leaves[np.argsort(-keys if self.descending else keys, kind="stable")]

    @staticmethod
    def _counts(rows: FlatRows[Item], hidden: Bools) -> dict[StrEnum, int]:
        counts = np.bincount(rows.kind_of[hidden], minlength=len(rows.kinds))
        return {kind: int(counts[at]) for at, kind in enumerate(rows.kinds) if counts[at]}


@dataclass(frozen=True, slots=True, eq=False)
class Arrangement:
    """The answer to a wish: `shown` per item, `order` of all nodes, `flat` of the leaves.

    `hidden` says how many items of each kind pass the filter but are of a hidden kind.
    """

    wish: Wish
    shown: Bools
    hidden: dict[StrEnum, int]
    order: Ints
    flat: Ints


class FlatRows(ABC, Generic[Item]):
    """The rows on screen. `rows` are nodes of the forest, top to bottom.

    Attributes: items (one per leaf), table (what the filter asks), expanded (per node), is_flat
    (one list of full paths instead of the tree); `kinds` is what can be hidden, `kind_of` the kind
    of each item as a number, `summed` the columns that groups add up when sorted by.
    """

    kinds: ClassVar[Sequence[StrEnum]]
    summed: ClassVar[Collection[int]] = ()

    def __init__(
        self, items: Sequence[Item], table: FigureTable, forest: Forest, kind_of: Ints
    ) -> None:
        self.items, self.table, self.forest, self.kind_of = items, table, forest, kind_of
        self.expanded: Bools = np.zeros(len(forest), dtype=np.bool_)
        self.is_flat = False
        self.rows: Ints = np.empty(0, dtype=np.intp)
        self._totals: dict[str, NDArray[np.float64]] = {}
        self.arrangement = Wish().arrange(self)

    @abstractmethod
    def values_of(self, column: int) -> Floats:
        """What `column` is sorted by, one number per item; NaN where not known."""

    @abstractmethod
    def amounts(self, what: str) -> Floats:
        """What `total` adds up, one number per item."""

    def take(self, arrangement: Arrangement) -> None:
        """Show this arrangement from now on."""
        self.arrangement = arrangement
        self.refresh()

    def as_shown(self) -> Self:
        """These rows as they are now, for a pool thread; later changes do not reach it."""
        now = copy(self)
        now._totals = {}
        return now

    def refresh(self) -> None:
        """Work the rows out again after a change of expansion or arrangement."""
        shown, forest = self.arrangement.shown, self.forest
        if self.is_flat:
            flat = self.arrangement.flat
            self.rows = flat[shown[forest.leaf[flat]]]
        else:
            opened = self.expanded if self.keeps_expansion else np.ones(len(forest), np.bool_)
            order = self.arrangement.order
            self.rows = order[forest.visible(shown, opened)[order]]
        self._totals.clear()

    @property
    def keeps_expansion(self) -> bool:
        """False while a filter is active: then every group with a match is open."""
        return self.arrangement.wish.filter.is_empty

    def total(self, what: str, node: int) -> float:
        """The sum of `amounts` over the shown items below `node`."""
        totals = self._totals.get(what)
        if totals is None:
            totals = self._totals[what] = self.forest.totals(
                np.where(self.arrangement.shown, self.amounts(what), 0.0)
            )
        return float(totals[node])

    def row(self, node: int) -> Item | None:
        """The item at a node; None for a group."""
        leaf = int(self.forest.leaf[node])
        return self.items[leaf] if leaf >= 0 else None

    def items_below(self, node: int, most: int) -> list[Item]:
        """The shown items of a subtree (a leaf's is itself), at most `most`."""
        leaf = self.forest.leaf[node : int(self.forest.end[node])]
        leaf = leaf[leaf >= 0]
        return [self.items[at] for at in leaf[self.arrangement.shown[leaf]][:most].tolist()]

    def row_of(self, node: int) -> int:
        """The row a node is in, -1 if it has none now."""
        found = np.flatnonzero(self.rows == node)
        return int(found[0]) if len(found) else -1

    def open_up_to(self, node: int) -> None:
        """Expand every group above `node`."""
        parent = int(self.forest.parent[node])
        while parent >= 0:
            self.expanded[parent] = True
            parent = int(self.forest.parent[parent])
