"""Which rows the variables page shows, in which order: filter, roles, sort, expansion. No Qt.

The slow part (`Wish.arrange`) is for a pool thread and touches nothing that is shown; the quick
part (`VariableRows`) turns its answer into row numbers in the window's thread.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tfinspector.contents.variables import Role, Variable
from tfinspector.viewmodels.variables.columns import Column, FigureTable
from tfinspector.viewmodels.variables.filter import Filter
from tfinspector.viewmodels.variables.forest import Bools, Floats, Forest, Ints, plant

_ROLES = tuple(Role)
_EXPAND_ALL_BELOW = 60


@dataclass(frozen=True, slots=True)
class Wish:
    """What the person asked to see."""

    filter: Filter = field(default_factory=Filter)
    hidden: frozenset[Role] = frozenset()
    sorted_by: Column = Column.NAME
    descending: bool = False

    @property
    def follows_figures(self) -> bool:
        """Whether the answer changes as figures come in."""
        is_textual = self.sorted_by in (
            Column.NAME, Column.SHAPE, Column.DTYPE, Column.ROLE, Column.PARAMETERS, Column.BYTES
        )  # fmt: skip
        return self.filter.needs_figures or not is_textual

    def arrange(
        self, forest: Forest, table: FigureTable, check: Callable[[], None] = lambda: None
    ) -> Arrangement:
        """The answer. Reads copies of the figures, so it may run beside new ones coming in."""
        passes = self.filter.shown(table, check)
        visible_role = np.array([role not in self.hidden for role in _ROLES])
        shown = passes & visible_role[table.roles] if len(table.roles) else passes
        check()
        keys = self._keys(forest, table)
        check()
        return Arrangement(
            wish=self,
            shown=shown,
            hidden=self._hidden_counts(passes, table),
            order=forest.ordered(keys, self.descending),
            flat=self._flat(forest, table),
        )

    def _keys(self, forest: Forest, table: FigureTable) -> Floats:
        """One sorting key per node: a group counts as its sum, or its most extreme variable."""
        column = self.sorted_by
        if column is Column.NAME:
            return np.arange(len(forest), dtype=np.float64)
        values = table.numbers_of(column).copy()
        if column in (Column.PARAMETERS, Column.BYTES):
            return forest.totals(values)
        return forest.extremes(values, greatest=self.descending)

    def _flat(self, forest: Forest, table: FigureTable) -> Ints:
        """All leaves as one list, in order."""
        leaves = np.flatnonzero(~forest.is_group)
        if self.sorted_by is Column.NAME:
            return leaves[::-1] if self.descending else leaves
        values = table.numbers_of(self.sorted_by).copy()[forest.leaf[leaves]]
        return leaves[np.argsort(-values if self.descending else values, kind="stable")]

    def _hidden_counts(self, passes: Bools, table: FigureTable) -> dict[Role, int]:
        counts = np.bincount(table.roles[passes], minlength=len(_ROLES))
        return {
            role: int(counts[at])
            for at, role in enumerate(_ROLES)
            if role in self.hidden and counts[at]
        }


@dataclass(frozen=True, slots=True, eq=False)
class Arrangement:
    """The answer to a wish: `shown` per variable, `order` of all nodes, `flat` of the leaves.

    `hidden` says how many variables pass the filter but have a hidden role.
    """

    wish: Wish
    shown: Bools
    hidden: dict[Role, int]
    order: Ints
    flat: Ints


class VariableRows:
    """The rows on screen. `rows` are nodes of the forest, top to bottom."""

    def __init__(self, variables: Sequence[Variable], forest: Forest, table: FigureTable) -> None:
        self.variables, self.forest, self.table = variables, forest, table
        self.expanded: Bools = np.zeros(len(forest), dtype=np.bool_)
        if len(forest) <= _EXPAND_ALL_BELOW:
            self.expanded[:] = True
        elif (forest.parent < 0).sum() == 1:
            self.expanded[forest.parent < 0] = True
        self.is_flat = False
        self.arrangement = Wish().arrange(forest, table)
        self.rows: Ints = np.empty(0, dtype=np.intp)
        self._totals: dict[str, NDArray[np.float64]] = {}
        self.refresh()

    def take(self, arrangement: Arrangement) -> None:
        """Show this arrangement from now on."""
        self.arrangement = arrangement
        self.refresh()

    def as_shown(self) -> VariableRows:
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

    def forget_totals(self) -> None:
        """New figures have come: what counts them is worked out again."""
        for what in ("nonfinite", "measured"):
            self._totals.pop(what, None)

    def total(self, what: str, node: int) -> float:
        """Sum over the shown variables below `node`: "parameters", "nbytes", "nonfinite", "count",
        or "measured" (how many of them have figures).
        """
        totals = self._totals.get(what)
        if totals is None:
            totals = self._totals[what] = self.forest.totals(
                np.where(self.arrangement.shown, self._values(what), 0.0)
            )
        return float(totals[node])

    def sum_of(self, what: str) -> float:
        """The same over all shown variables."""
        return float(self._values(what)[self.arrangement.shown].sum())

    def _values(self, what: str) -> Floats:
        table = self.table
        match what:
            case "parameters":
                return table.parameters
            case "nbytes":
                return table.nbytes
            case "nonfinite":
                return np.asarray(np.nan_to_num(table.figures[Column.NONFINITE]))
            case "measured":
                return np.asarray(~np.isnan(table.figures[Column.NONFINITE]), dtype=np.float64)
            case _:
                return np.ones(len(table.variables))

    def variable(self, node: int) -> Variable | None:
        """The variable at a node; None for a group."""
        leaf = int(self.forest.leaf[node])
        return self.variables[leaf] if leaf >= 0 else None

    def leaves_below(self, node: int, most: int) -> list[Variable]:
        """The shown variables of a subtree in the order of the page, at most `most`."""
        leaf = self.forest.leaf[node : int(self.forest.end[node])]
        leaf = leaf[leaf >= 0]
        return [self.variables[at] for at in leaf[self.arrangement.shown[leaf]][:most].tolist()]

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

    def expanded_paths(self) -> set[str]:
        """The paths of the expanded groups."""
        nodes = np.flatnonzero(self.expanded & self.forest.is_group)
        return {self.forest.path(node) for node in nodes.tolist()}


def prepare(variables: Sequence[Variable], before: VariableRows | None) -> VariableRows:
    """Rows for `variables`, with the groups of the same path expanded as `before`. For a pool
    thread.

    Where the names are the same as before (another snapshot of the run), the tree is reused.
    """
    table = FigureTable(variables)
    if before and before.table.names == table.names:
        rows = VariableRows(variables, before.forest, table)
        rows.expanded = before.expanded.copy()
    else:
        rows = VariableRows(variables, plant(variables), table)
        if before:
            paths = before.expanded_paths()
            groups = np.flatnonzero(rows.forest.is_group).tolist()
            rows.expanded[:] = False
            rows.expanded[[node for node in groups if rows.forest.path(node) in paths]] = True
    if before:
        rows.is_flat = before.is_flat
    rows.refresh()
    return rows
