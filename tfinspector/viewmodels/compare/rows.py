"""The rows of a comparison: each is a variable of A, of B, or of both."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from enum import IntEnum
from math import isnan
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tfinspector.contents.comparisons import Comparison, RenamedPair
from tfinspector.contents.drift_metrics import DIFF_FIGURES
from tfinspector.contents.dtypes import DTypeKind
from tfinspector.contents.variables import Role, Variable
from tfinspector.viewmodels.compare.states import SIGNS, STATES, Became
from tfinspector.viewmodels.restore.states import Sign, gravity
from tfinspector.viewmodels.variables.columns import FigureTable
from tfinspector.viewmodels.variables.flat_rows import FlatRows
from tfinspector.viewmodels.variables.forest import Floats, Ints, plant

_FEW = 80
_STAYED = {**dict.fromkeys(DIFF_FIGURES, 0.0), "cosine": float("nan")}
_ONE_SIDED = (Became.ADDED, Became.REMOVED)
_OF_TRAINING = (Role.OPTIMIZER, Role.SLOT, Role.COUNTER, Role.METRIC)  # an export lacks it rightly
_TO_LOOK_AT = frozenset(STATES) - {Became.MOVED, Became.IDENTICAL}


class CompareColumn(IntEnum):
    """In the order of the page: what, what became of it, then how far it moved."""

    NAME = 0
    STATE = 1
    A_NAME = 2
    SHAPE = 3
    RELATIVE_L2 = 4
    L2 = 5
    COSINE = 6
    MAX_ABS = 7
    CHANGED = 8
    SIGN_FLIPS = 9
    DTYPE = 10


FIGURES = {
    CompareColumn.RELATIVE_L2: "relative_l2",
    CompareColumn.L2: "l2",
    CompareColumn.COSINE: "cosine",
    CompareColumn.MAX_ABS: "max_abs",
    CompareColumn.CHANGED: "changed_fraction",
    CompareColumn.SIGN_FLIPS: "sign_flips",
}
"""The columns of figures, and what they are called in a comparison."""


class CompareRow(NamedTuple):
    """`besides` is what a renamed variable is beside that; `reason` one sentence, "" if none."""

    name: str
    state: Became
    a: Variable | None
    b: Variable | None
    figures: Mapping[str, float] = {}
    reason: str = ""
    renamed: RenamedPair | None = None
    besides: Became | None = None

    @property
    def variable(self) -> Variable:
        """As B has it; as A has it where only A does."""
        found = self.b or self.a
        assert found is not None
        return found

    def figure(self, name: str) -> float:
        """NaN where there is none."""
        return self.figures.get(name, float("nan"))


class CompareRows(FlatRows[CompareRow]):
    """Amounts to total: a state's name (how many there are), "count", "squares" of L2,
    and "far" (moved to or from NaN or infinity).

    All that takes long with many rows is done when it is made, which is for a pool thread.

    Attributes: counts and signs_of_states (of each state there is), row_keys (the keys of both
    sides to those of the rows), has_renamed.
    """

    kinds = STATES

    def __init__(self, comparison: Comparison) -> None:
        rows = list(_rows(comparison))
        place = {state: at for at, state in enumerate(STATES)}
        states: Ints = np.array([place[row.state] for row in rows], dtype=np.intp)
        stand_ins = [row.variable._replace(name=row.name) for row in rows]
        super().__init__(rows, FigureTable(stand_ins), plant(stand_ins), states)
        self.counts: Counter[Became] = Counter(row.state for row in rows)
        self.signs_of_states = signs_of_states(rows)
        self._figures = {
            name: np.array([row.figure(name) for row in rows], dtype=np.float64)
            for name in FIGURES.values()
        }
        far = [row.a is not None and has_no_distance(row.a, row.figures) for row in rows]
        self._far = np.array(far, dtype=np.float64)
        self._greatest: dict[str, Floats] = {}
        self.has_renamed = bool(self.counts[Became.RENAMED])
        self.row_keys = {row.a.key: row.variable.key for row in rows if row.a}
        self.row_keys |= {row.b.key: row.b.key for row in rows if row.b}
        telling = np.array([row.state in _TO_LOOK_AT for row in rows], dtype=np.float64)
        if len(rows) <= _FEW:
            telling = np.ones(len(rows))
        self.expanded = (self.forest.totals(telling) > 0) & self.forest.is_group
        self.refresh()

    def amounts(self, what: str) -> Floats:
        """See the class."""
        if what == "squares":
            squares = self._figures["l2"] ** 2
            return np.where(np.isfinite(squares), squares, 0.0)
        if what == "far":
            return self._far
        if what == "count":
            return np.ones(len(self.items))
        of_state: Floats = (self.kind_of == STATES.index(Became(what))).astype(np.float64)
        return of_state

    def values_of(self, column: int) -> Floats:
        """States as they are listed, shapes by their number of elements, words by the alphabet."""
        if name := FIGURES.get(CompareColumn(column)):
            return self._figures[name]
        match column:
            case CompareColumn.STATE:
                return self.kind_of.astype(np.float64)
            case CompareColumn.SHAPE:
                return self.table.parameters
            case CompareColumn.DTYPE:
                texts = [row.variable.dtype.name for row in self.items]
            case _:
                texts = [a_name(row) for row in self.items]
        ranks: NDArray[Any] = np.unique(np.array(texts), return_inverse=True)[1]
        return ranks.astype(np.float64)

    def tell(self, node: int) -> tuple[Became, int, int]:
        """Of the shown rows below a node: the state to look at first, how many, of how many."""
        count = round(self.total("count", node))
        for state in STATES:
            if found := round(self.total(state, node)):
                return state, found, count
        return Became.IDENTICAL, 0, count

    def greatest(self, name: str, node: int) -> float:
        """The greatest value of a figure among the shown rows below a node; NaN if none."""
        known = self._greatest.get(name)
        if known is None:
            shown = np.where(self.arrangement.shown, self._figures[name], np.nan)
            known = self._greatest[name] = self.forest.extremes(shown, greatest=True)
        return float(known[node])

    def refresh(self) -> None:
        """As `FlatRows.refresh`."""
        self._greatest = {}
        super().refresh()


def a_name(row: CompareRow) -> str:
    """The name in A where that is another one."""
    return row.a.name if row.a and row.b and row.a.name != row.b.name else ""


def sign_of(row: CompareRow) -> Sign:
    """Icon, colour and word of a row; what was only suggested is to be looked at."""
    made = SIGNS[row.state]
    if row.state in _ONE_SIDED and row.variable.role in _OF_TRAINING:
        return made._replace(role="muted")
    if row.state is Became.CHANGED and row.a and row.b:
        return made._replace(word="new shape" if row.a.shape != row.b.shape else "new dtype")
    if row.a and has_no_distance(row.a, row.figures):
        return Sign("error", "wrong", "NaN or Inf")
    if row.renamed:
        is_sure = row.renamed.confidence >= 1
        return made if is_sure else made._replace(role="attention", word="renamed?")
    return made


def has_no_distance(a: Variable, figures: Mapping[str, float]) -> bool:
    """Whether it moved and none of its elements is finite on both sides."""
    is_real = a.dtype.kind in (DTypeKind.FLOAT, DTypeKind.COMPLEX)
    return is_real and bool(figures) and isnan(figures.get("l2", 0.0))


def signs_of_states(rows: Sequence[CompareRow]) -> dict[Became, Sign]:
    """A sign for each state there is: the gravest of its rows, with the word of the state."""
    made: dict[Became, Sign] = {}
    for row in rows:
        sign = sign_of(row)
        known = made.get(row.state)
        if known is None or gravity(sign) > gravity(known):
            made[row.state] = sign._replace(word=SIGNS[row.state].word)
    return made


def _rows(found: Comparison) -> Iterator[CompareRow]:
    renamed = {pair.b.key: pair for pair in found.renamed}

    def row(state: Became, name: str, a: Variable | None, b: Variable | None,
            figures: Mapping[str, float], reason: str = "") -> CompareRow:  # fmt: skip
        pair = renamed.get(b.key) if a and b else None
        if pair is None:
            return CompareRow(name, state, a, b, figures, reason)
        return CompareRow(name, Became.RENAMED, a, b, figures, reason, pair, state)

    for state, some in (
        (Became.UNREAD, found.unread), (Became.CHANGED, found.changed),
        (Became.ADDED, found.added), (Became.REMOVED, found.removed),
    ):  # fmt: skip
        for told in some:
            yield row(state, told.name, told.a, told.b, {}, told.reason)
    for pair in found.moved:
        yield row(Became.MOVED, pair.name, pair.a, pair.b, pair.figures)
    for same in found.identical:
        yield row(Became.IDENTICAL, same.name, same.a, same.b, _STAYED)
