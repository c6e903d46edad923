"""The columns of the variables page, and the figures of all variables as arrays.

Arrays make sorting and filtering 100,000 rows cheap; the text of a cell is only made when the
cell is painted, copied or exported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from enum import IntEnum
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from tfinspector.contents import numbers
from tfinspector.contents.figures import Statistics, Unmeasured
from tfinspector.contents.variable_columns import VariableColumns
from tfinspector.contents.variables import Role, Variable

Floats = NDArray[np.float64]
_PORTION = 2048


class Column(IntEnum):
    """In the order of the page."""

    NAME = 0
    SHAPE = 1
    DTYPE = 2
    PARAMETERS = 3
    BYTES = 4
    ROLE = 5
    MIN = 6
    MAX = 7
    MEAN = 8
    STD = 9
    ZERO = 10
    NONFINITE = 11
    HISTOGRAM = 12


HEADINGS = {
    Column.NAME: ("Name", "Path in the object graph; by name where the file has none"),
    Column.SHAPE: ("Shape", "Length of each axis; for a group, how many variables it holds"),
    Column.DTYPE: ("Dtype", "Type of the stored elements"),
    Column.PARAMETERS: ("Parameters", "Number of elements"),
    Column.BYTES: ("Size", "Bytes in the file"),
    Column.ROLE: ("Role", "What the variable is for"),
    Column.MIN: ("Min", "Least finite value"),
    Column.MAX: ("Max", "Greatest finite value"),
    Column.MEAN: ("Mean", "Mean of the finite values"),
    Column.STD: ("Std", "Standard deviation of the finite values (population)"),
    Column.ZERO: ("% zero", "Share of elements that are exactly zero"),
    Column.NONFINITE: ("NaN/Inf", "How many elements are NaN or infinite"),
    Column.HISTOGRAM: ("Histogram", "Distribution of the finite values, counts on a log axis"),
}

TEXTUAL = (Column.NAME, Column.SHAPE, Column.DTYPE, Column.ROLE)
FIGURES = (Column.MIN, Column.MAX, Column.MEAN, Column.STD, Column.ZERO, Column.NONFINITE)


class FigureTable:
    """What is known of each variable, as one array per figure; NaN where nothing is.

    `names` are the names in lower case, for searching; `noted` says how many have been noted.
    Making it is for a pool thread where there are many; `check` is called between portions.
    `statistics` holds the whole Statistics or the reason there are none, None before measuring.
    """

    def __init__(
        self, variables: Sequence[Variable], check: Callable[[], None] = lambda: None
    ) -> None:
        count = len(variables)
        columns = VariableColumns.of(variables)
        self.variables = variables
        self.names: list[str] = []
        self.row_of: dict[str, int] = {}
        for start in range(0, count, _PORTION):
            check()
            portion = slice(start, start + _PORTION)
            self.names += [name.lower() for name in columns.names[portion]]
            self.row_of.update((key, start + at) for at, key in enumerate(columns.keys[portion]))
        of, kinds = columns.traits.of, columns.traits.samples
        self.parameters = np.array([kind.size for kind in kinds], np.float64)[of]
        self.nbytes = np.array([kind.nbytes for kind in kinds], np.float64)[of]
        self.roles = np.array([_ROLES[kind.role] for kind in kinds], np.intp)[of]
        self.rank = np.array([len(kind.shape) for kind in kinds], np.float64)[of]
        self.statistics: list[Statistics | Unmeasured | None] = [None] * count
        self._measured = np.full((len(FIGURES) + 2, count), np.nan)
        self.figures = dict(zip(FIGURES, self._measured, strict=False))
        self.nan, self.inf = self._measured[-2:]
        self.noted = 0

    def note_all(self, known: Iterable[tuple[str, Statistics | Unmeasured]]) -> bool:
        """Take over these figures, by key; says whether any of them is NaN or infinite."""
        known, is_odd = iter(known), False
        while portion := tuple(islice(known, _PORTION)):  # between them other threads may run
            is_odd |= self._note(portion)
        return is_odd

    def _note(self, known: Iterable[tuple[str, Statistics | Unmeasured]]) -> bool:
        rows: list[int] = []
        values: list[tuple[float, ...]] = []
        for key, figures in known:
            self.noted += 1
            row = self.row_of.get(key)
            if row is None:
                continue
            self.statistics[row] = figures
            if isinstance(figures, Statistics):
                rows.append(row)
                values.append(_figures(figures))
        if rows:
            self._measured[:, rows] = np.array(values).T
        return any(each[-1] or each[-2] for each in values)

    def numbers_of(self, column: Column) -> Floats:
        """What the column is sorted by, one number per variable; NaN where not known."""
        if column in self.figures:
            return self.figures[column]
        if column is Column.HISTOGRAM:
            return self.figures[Column.STD]
        if column is Column.PARAMETERS:
            return self.parameters
        if column is Column.BYTES:
            return self.nbytes
        if column is Column.ROLE:
            return self.roles.astype(np.float64)
        return self._ranks(column)

    def _ranks(self, column: Column) -> Floats:
        """Text columns: by the rank of the text among the different ones there are."""
        if column is Column.SHAPE:
            shapes = [variable.shape for variable in self.variables]
            different = sorted(set(shapes), key=lambda shape: (len(shape), shape))
            place = {shape: rank for rank, shape in enumerate(different)}
            return np.array([place[shape] for shape in shapes], dtype=np.float64)
        names = [variable.dtype.name for variable in self.variables]
        rank_of = {name: rank for rank, name in enumerate(sorted(set(names)))}
        return np.array([rank_of[name] for name in names], dtype=np.float64)


_ROLES = {role: at for at, role in enumerate(Role)}


def _figures(figures: Statistics) -> tuple[float, ...]:
    """In the order of `FIGURES`, then NaN and infinite values apart."""
    infinite = figures.posinf + figures.neginf
    share = 100 * figures.zero / figures.count if figures.count else 0.0
    return (
        figures.min, figures.max, figures.mean, figures.std, share, figures.nan + infinite,
        figures.nan, infinite,
    )  # fmt: skip


def is_shared(variable: Variable) -> bool:
    """Whether several objects own the variable.

    Being an element of a list ("optimizer/_trainable_variables/0") is bookkeeping, not owning.
    """
    return sum(not path.rsplit("/", 1)[-1].isdigit() for path in variable.paths) > 1


def cell(variable: Variable, figures: Statistics | Unmeasured | None, column: Column) -> str:
    """The text of a variable's cell."""
    match column:
        case Column.NAME:
            return variable.name
        case Column.SHAPE:
            return numbers.shape(variable.shape)
        case Column.DTYPE:
            return variable.dtype.name
        case Column.PARAMETERS:
            return numbers.count(variable.size)
        case Column.BYTES:
            return numbers.size(variable.nbytes)
        case Column.ROLE:
            return str(variable.role)
        case _:
            return figure_cell(figures, column)


def figure_cell(figures: Statistics | Unmeasured | None, column: Column) -> str:
    """The text of a measured cell: "" before measuring, a dash where there is no such figure."""
    if figures is None:
        return ""
    if isinstance(figures, Unmeasured):
        return "–" if column is not Column.HISTOGRAM else ""
    match column:
        case Column.MIN | Column.MAX | Column.MEAN | Column.STD:
            return numbers.four(_value(figures, column)) if figures.finite else "–"
        case Column.ZERO:
            return numbers.percent(figures.zero, figures.count)
        case Column.NONFINITE:
            return numbers.count(figures.nan + figures.posinf + figures.neginf)
        case _:
            return ""


def exact_cell(variable: Variable, figures: Statistics | Unmeasured | None, column: Column) -> str:
    """The same cell in full precision, for copies and exports."""
    match column:
        case Column.PARAMETERS:
            return str(variable.size)
        case Column.BYTES:
            return str(variable.nbytes)
        case Column.SHAPE:
            return "x".join(map(str, variable.shape))
        case Column.NAME | Column.DTYPE | Column.ROLE:
            return cell(variable, figures, column)
    if not isinstance(figures, Statistics):
        return ""
    match column:
        case Column.ZERO:
            return numbers.exact(100 * figures.zero / figures.count) if figures.count else "0"
        case Column.NONFINITE:
            return str(figures.nan + figures.posinf + figures.neginf)
        case Column.HISTOGRAM:
            return ""
    return numbers.exact(_value(figures, column))


def tip(variable: Variable, figures: Statistics | Unmeasured | None, column: Column) -> str:
    """What a cell says on hover: the exact figure, or why there is none."""
    if variable.problem:
        return f"{variable.name}\n{variable.problem}"
    if column is Column.NAME:
        return _name_tip(variable)
    if column is Column.PARAMETERS:
        return numbers.whole(variable.size)
    if column is Column.BYTES:
        return f"{numbers.whole(variable.nbytes)} bytes"
    if column in TEXTUAL:
        return cell(variable, figures, column)
    if isinstance(figures, Unmeasured):
        return figures.reason
    if figures is None:
        return "not yet measured"
    of_what = " (of the magnitudes)" if figures.of_magnitude else ""
    if column is Column.ZERO:
        return f"{numbers.whole(figures.zero)} of {numbers.whole(figures.count)} are zero"
    if column in (Column.NONFINITE, Column.HISTOGRAM):
        return (
            f"{numbers.whole(figures.nan)} NaN, {numbers.whole(figures.posinf)} +Inf, "
            f"{numbers.whole(figures.neginf)} −Inf of {numbers.whole(figures.count)}"
        )
    return numbers.exact(_value(figures, column)) + of_what


def _name_tip(variable: Variable) -> str:
    lines = [variable.name]
    others = [path for path in variable.paths if path != variable.name]
    if is_shared(variable):
        lines.append("Shared: several objects own it")
    if others:
        lines.append("Also reached as")
    lines += others[:8]
    if len(others) > 8:
        lines.append(f"and {len(others) - 8} more")
    if variable.slot_of:
        lines.append(f"{variable.slot_name or 'slot'} of {variable.slot_of}")
    return "\n".join(lines)


def _value(figures: Statistics, column: Column) -> float:
    match column:
        case Column.MIN:
            return figures.min
        case Column.MAX:
            return figures.max
        case Column.MEAN:
            return figures.mean
        case _:
            return figures.std
