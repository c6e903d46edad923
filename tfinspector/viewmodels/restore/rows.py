"""The match table as arrays: a tree of both sides' variables, filtered and sorted. No Qt.

`prepare` and `MatchWish.arrange` are for a pool thread; `MatchRows` turns their answer into row
numbers in the window's thread, as `variable_rows` does for the Variables page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tfinspector.contents.dtypes import DTYPE_BY_NAME
from tfinspector.contents.restores import Outcome, RestoreReport, Row, State
from tfinspector.contents.saved_models import Shape
from tfinspector.contents.variables import Role, Variable
from tfinspector.viewmodels.restore.states import GOOD, STATES, Sign, gravity, sign
from tfinspector.viewmodels.variables.columns import FigureTable
from tfinspector.viewmodels.variables.filter import Filter
from tfinspector.viewmodels.variables.forest import Bools, Floats, Forest, Ints, plant

_ROLES = {str(role): role for role in Role}
_FLOAT = DTYPE_BY_NAME["float32"]
_WEIGHTS = (Role.WEIGHT, Role.EMA)


class MatchColumn(IntEnum):
    """In the order of the page: what, how it went, then both sides beside each other."""

    NAME = 0
    STATE = 1
    FILE_SHAPE = 2
    MODEL_SHAPE = 3
    FILE_DTYPE = 4
    MODEL_DTYPE = 5
    DEVICE = 6
    MODEL_PATH = 7
    KEY = 8


@dataclass(frozen=True, slots=True)
class MatchWish:
    """What the person asked to see."""

    filter: Filter = field(default_factory=Filter)
    hidden: frozenset[State] = frozenset()
    sorted_by: MatchColumn = MatchColumn.NAME
    descending: bool = False

    def arrange(
        self, rows: MatchRows, check: Callable[[], None] = lambda: None
    ) -> MatchArrangement:
        """The answer; touches nothing that is shown."""
        shown = self.filter.shown(rows.table, check)
        if self.hidden:
            is_shown = np.array([state not in self.hidden for state in STATES])
            shown = shown & is_shown[rows.states]
        check()
        order = rows.forest.ordered(self._keys(rows), self.descending)
        return MatchArrangement(self, shown, order)

    def _keys(self, rows: MatchRows) -> Floats:
        if self.sorted_by is MatchColumn.NAME:
            return np.arange(len(rows.forest), dtype=np.float64)
        return rows.forest.extremes(rows.values_of(self.sorted_by), greatest=self.descending)


@dataclass(frozen=True, slots=True, eq=False)
class MatchArrangement:
    """`shown` per row of the report, `order` of all nodes."""

    wish: MatchWish
    shown: Bools
    order: Ints


class MatchRows:
    """The rows on screen. `nodes` are nodes of the forest, top to bottom.

    Attributes: rows (of the report), signs, states and gravities (one per row), forest, counts
    and signs_of_states (of each state there is; the gravest), variables (the file's, by key).
    """

    def __init__(
        self, report: RestoreReport, names: Sequence[str], variables: dict[str, Variable]
    ) -> None:
        self.outcome: Outcome = report.outcome
        self.rows = report.rows
        self.variables = variables
        stand_ins = [_stand_in(row, name) for row, name in zip(self.rows, names, strict=True)]
        self.table = FigureTable(stand_ins)
        self.forest: Forest = plant(stand_ins)
        place = {state: at for at, state in enumerate(STATES)}
        self.signs: list[Sign] = [sign(row, report.outcome) for row in self.rows]
        self.states: Ints = np.array([place[row.state] for row in self.rows], dtype=np.intp)
        self.gravities = np.array([gravity(each) for each in self.signs], dtype=np.float64)
        self.is_good: Bools = np.array([row.state in GOOD for row in self.rows], dtype=np.bool_)
        self.counts: Counter[State] = Counter(row.state for row in self.rows)
        self.signs_of_states: dict[State, Sign] = {}
        for row, each in zip(self.rows, self.signs, strict=True):
            known = self.signs_of_states.setdefault(row.state, each)
            if gravity(each) > gravity(known):
                self.signs_of_states[row.state] = each
        self.row_of_key = {row.key: at for at, row in enumerate(self.rows) if row.key}
        self.expanded: Bools = self._first_look()
        self._gravest = self.forest.extremes(self.gravities, greatest=True)
        self.arrangement = MatchWish().arrange(self)
        self.nodes: Ints = np.empty(0, dtype=np.intp)
        self._shown_totals = self._good_totals = np.empty(0)
        self.refresh()

    def take(self, arrangement: MatchArrangement) -> None:
        """Show this arrangement from now on."""
        self.arrangement = arrangement
        self.refresh()

    def refresh(self) -> None:
        """Work the rows out again after a change of expansion or arrangement."""
        shown, order = self.arrangement.shown, self.arrangement.order
        opened = self.expanded if self.keeps_expansion else np.ones(len(self.forest), np.bool_)
        self.nodes = order[self.forest.visible(shown, opened)[order]]
        self._shown_totals = self.forest.totals(shown.astype(np.float64))
        self._good_totals = self.forest.totals((shown & self.is_good).astype(np.float64))

    @property
    def keeps_expansion(self) -> bool:
        """False while a filter is active: then every group with a match is open."""
        return self.arrangement.wish.filter.is_empty

    def row(self, node: int) -> Row | None:
        """The report's row at a node; None for a group."""
        leaf = int(self.forest.leaf[node])
        return self.rows[leaf] if leaf >= 0 else None

    def tally(self, node: int) -> tuple[int, int]:
        """(good ones, all) of the shown rows below a node."""
        return int(self._good_totals[node]), int(self._shown_totals[node])

    def gravest(self, node: int) -> int:
        """The greatest gravity below a node."""
        return int(self._gravest[node])

    def rows_below(self, node: int, most: int) -> list[Row]:
        """The shown rows of a subtree (a variable's is itself), at most `most`."""
        leaf = self.forest.leaf[node : int(self.forest.end[node])]
        leaf = leaf[leaf >= 0]
        return [self.rows[at] for at in leaf[self.arrangement.shown[leaf]][:most].tolist()]

    def row_number(self, node: int) -> int:
        """The row that a node is in, -1 if it has none now."""
        found = np.flatnonzero(self.nodes == node)
        return int(found[0]) if len(found) else -1

    def open_up_to(self, node: int) -> None:
        """Expand every group above `node`."""
        parent = int(self.forest.parent[node])
        while parent >= 0:
            self.expanded[parent] = True
            parent = int(self.forest.parent[parent])

    def values_of(self, column: MatchColumn) -> Floats:
        """What `column` is sorted by, one number per row."""
        match column:
            case MatchColumn.STATE:
                return self.gravities * len(STATES) + self.states
            case MatchColumn.FILE_SHAPE:
                return np.array([_elements(row.file_shape) for row in self.rows])
            case MatchColumn.MODEL_SHAPE:
                return np.array([_elements(row.model_shape) for row in self.rows])
        texts = np.array([text_of(row, column) for row in self.rows])
        ranks: NDArray[Any] = np.unique(texts, return_inverse=True)[1]
        return ranks.astype(np.float64)

    def _first_look(self) -> Bools:
        """Groups with something to look at are open: weights first, the rest if they are fine."""
        is_weight = np.array([row.role in _WEIGHTS for row in self.rows], dtype=np.bool_)
        alarming = self.gravities >= 3
        if (alarming & is_weight).any():
            alarming &= is_weight
        expanded: Bools = self.forest.totals(alarming.astype(np.float64)) > 0
        return expanded & self.forest.is_group


def text_of(row: Row, column: MatchColumn) -> str:
    """The plain text of a column of words."""
    match column:
        case MatchColumn.FILE_DTYPE:
            return row.file_dtype
        case MatchColumn.MODEL_DTYPE:
            return row.model_dtype
        case MatchColumn.DEVICE:
            return row.device
        case MatchColumn.MODEL_PATH:
            return row.model_path
        case MatchColumn.KEY:
            return row.key
    return row.name


def prepare(report: RestoreReport, variables: Sequence[Variable]) -> MatchRows:
    """The rows of a report; `variables` are those of the checkpoint. For a pool thread."""
    return MatchRows(report, names_of(report.rows), {each.key: each for each in variables})


def names_of(rows: Sequence[Row]) -> list[str]:
    """What each row is called: by the file's name, and what only the model has in the same style.

    So `model/middle/_kernel` stands as `middle/kernel` beside the file's `hidden_2/kernel`.
    """
    offset = _common_prefix(rows)
    return [
        row.name if row.key or not row.model_path else _tidy(row.model_path).removeprefix(offset)
        for row in rows
    ]


def _common_prefix(rows: Sequence[Row]) -> str:
    """What names of the file leave out of the model's paths: "model/" or nothing."""
    votes: Counter[str] = Counter()
    for row in rows:
        if row.key and row.model_path and row.role in _WEIGHTS:
            path = _tidy(row.model_path)
            if path.endswith(row.name):
                votes[path[: len(path) - len(row.name)]] += 1
    return votes.most_common(1)[0][0] if votes else ""


def _tidy(path: str) -> str:
    return "/".join(part.removeprefix("_") or part for part in path.split("/"))


def _stand_in(row: Row, name: str) -> Variable:
    """The row as a variable, so that the filter field asks it what it asks the Variables page."""
    shape = row.file_shape if row.key else row.model_shape
    axes = tuple(axis or 0 for axis in shape or ())
    dtype = DTYPE_BY_NAME.get(row.file_dtype or row.model_dtype, _FLOAT)
    role = _ROLES.get(row.role, Role.OTHER)
    return Variable(
        name, row.key, (row.model_path,), dtype, axes, prod(axes) * dtype.itemsize, role
    )


def _elements(shape: Shape) -> float:
    return float("nan") if shape is None else float(prod(axis or 0 for axis in shape))
