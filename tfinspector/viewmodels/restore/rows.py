"""The rows of the match table: each is a variable of the file, of the model, or of both."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from enum import IntEnum
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tfinspector.contents.dtypes import DTYPE_BY_NAME
from tfinspector.contents.restores import RestoreReport, Row, State
from tfinspector.contents.saved_models import Shape
from tfinspector.contents.variables import Role, Variable
from tfinspector.viewmodels.restore.states import (
    STATES,
    Foretold,
    Sign,
    gravity,
    kind,
    sign,
    tally,
)
from tfinspector.viewmodels.variables.columns import FigureTable
from tfinspector.viewmodels.variables.flat_rows import FlatRows
from tfinspector.viewmodels.variables.forest import Bools, Floats, Ints, plant

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


class MatchRows(FlatRows[Row]):
    """Amounts to total: "good", and "count" for all of them.

    Attributes: signs, states and gravities (one per row of the report), counts and signs_of_states
    (of each kind of row there is; the gravest), variables (the file's, by key), and of_model (see
    `states.tally`). All of it is counted in the job, for the window has no time for 100,000 rows.
    """

    kinds = STATES

    def __init__(
        self, report: RestoreReport, names: Sequence[str], variables: dict[str, Variable]
    ) -> None:
        rows = report.rows
        place = {state: at for at, state in enumerate(STATES)}
        self.variables = variables
        self.signs: list[Sign] = [sign(row, report.outcome) for row in rows]
        kinds = [kind(row) for row in rows]
        self.states: Ints = np.array([place[each] for each in kinds], dtype=np.intp)
        self.gravities = np.array([gravity(each) for each in self.signs], dtype=np.float64)
        stand_ins = [_stand_in(row, name) for row, name in zip(rows, names, strict=True)]
        super().__init__(rows, FigureTable(stand_ins), plant(stand_ins), self.states)
        self.counts: Counter[State | Foretold] = Counter(kinds)
        self.of_model = tally(report)
        self.signs_of_states: dict[State | Foretold, Sign] = {}
        for state, each in zip(kinds, self.signs, strict=True):
            known = self.signs_of_states.setdefault(state, each)
            if gravity(each) > gravity(known):
                self.signs_of_states[state] = each
        self._gravest = self.forest.extremes(self.gravities, greatest=True)
        self.expanded = self._first_look()
        self.refresh()

    def tally(self, node: int) -> tuple[int, int]:
        """(good ones, all) of the shown rows below a node."""
        return int(self.total("good", node)), int(self.total("count", node))

    def gravest(self, node: int) -> int:
        """The greatest gravity below a node."""
        return int(self._gravest[node])

    def amounts(self, what: str) -> Floats:
        """See the class."""
        if what == "good":
            return np.array(
                [row.expected is State.RESTORED for row in self.items], dtype=np.float64
            )
        return np.ones(len(self.items))

    def values_of(self, column: int) -> Floats:
        """The gravest state last, shapes by their number of elements, words by the alphabet."""
        match column:
            case MatchColumn.STATE:
                return self.gravities * len(STATES) + self.states
            case MatchColumn.FILE_SHAPE:
                return np.array([_elements(row.file_shape) for row in self.items])
            case MatchColumn.MODEL_SHAPE:
                return np.array([_elements(row.model_shape) for row in self.items])
        texts = np.array([text_of(row, MatchColumn(column)) for row in self.items])
        ranks: NDArray[Any] = np.unique(texts, return_inverse=True)[1]
        return ranks.astype(np.float64)

    def _first_look(self) -> Bools:
        """Groups with something to look at are open: weights first, the rest if they are fine."""
        is_weight = np.array([row.role in _WEIGHTS for row in self.items], dtype=np.bool_)
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
