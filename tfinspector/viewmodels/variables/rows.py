"""The rows of the variables page: each is a variable, which has a role and, in time, figures."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from tfinspector.contents.variables import Role, Variable
from tfinspector.viewmodels.variables.columns import FIGURES, Column, FigureTable
from tfinspector.viewmodels.variables.flat_rows import FlatRows, Wish
from tfinspector.viewmodels.variables.forest import Floats, Forest, plant

_EXPAND_ALL_BELOW = 60


def follows_figures(wish: Wish) -> bool:
    """Whether the answer to `wish` changes as figures come in."""
    return wish.filter.needs_figures or wish.sorted_by in (*FIGURES, Column.HISTOGRAM)


class VariableRows(FlatRows[Variable]):
    """Amounts to total: "parameters", "nbytes", "nonfinite", "count", and "measured" (how many
    have figures).
    """

    kinds = tuple(Role)
    summed = (Column.PARAMETERS, Column.BYTES)

    def __init__(self, variables: Sequence[Variable], forest: Forest, table: FigureTable) -> None:
        super().__init__(variables, table, forest, table.roles)
        self.variables = variables
        if len(forest) <= _EXPAND_ALL_BELOW:
            self.expanded[:] = True
        elif (forest.parent < 0).sum() == 1:
            self.expanded[forest.parent < 0] = True
        self.refresh()

    def forget_totals(self) -> None:
        """New figures have come: what counts them is worked out again."""
        for what in ("nonfinite", "measured"):
            self._totals.pop(what, None)

    def sum_of(self, what: str) -> float:
        """The total over all shown variables."""
        return float(self.amounts(what)[self.arrangement.shown].sum())

    def values_of(self, column: int) -> Floats:
        """As the table has them."""
        return self.table.numbers_of(Column(column))

    def amounts(self, what: str) -> Floats:
        """See the class."""
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

    def expanded_paths(self) -> set[str]:
        """The paths of the expanded groups."""
        nodes = np.flatnonzero(self.expanded & self.forest.is_group)
        return {self.forest.path(node) for node in nodes.tolist()}


def prepare(
    variables: Sequence[Variable],
    before: VariableRows | None,
    check: Callable[[], None] = lambda: None,
) -> VariableRows:
    """Rows for `variables`, with the groups of the same path expanded as `before`. For a pool
    thread.

    Where the names are the same as before (another snapshot of the run), the tree is reused.
    """
    table = FigureTable(variables, check)
    if before and before.table.names == table.names:
        rows = VariableRows(variables, before.forest, table)
        rows.expanded = before.expanded.copy()
    else:
        rows = VariableRows(variables, plant(variables, check), table)
        if before:
            paths = before.expanded_paths()
            groups = np.flatnonzero(rows.forest.is_group).tolist()
            rows.expanded[:] = False
            rows.expanded[[node for node in groups if rows.forest.path(node) in paths]] = True
    if before:
        rows.is_flat = before.is_flat
    rows.refresh()
    return rows
