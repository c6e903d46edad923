"""A slice as a picture: at most 512 x 512 of its elements, and what its colours mean.

A slice with more elements is sampled at even steps, and the words say so: a picture that averaged
would hide single NaN and outliers as much, and would show values that are not in the file.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tfinspector.contents import numbers
from tfinspector.contents.dtypes import DTypeKind
from tfinspector.contents.variables import Variable
from tfinspector.engine.jobs import Ticket
from tfinspector.viewmodels.inspector.value_slices import SliceView
from tfinspector.viewmodels.inspector.values_table import read_part
from tfinspector.viewmodels.measuring.queue import Choice

MOST_SIDE = 512
_AT_ONCE_NBYTES = 16 << 20
_TRIM = 0.005


@dataclass(frozen=True, slots=True, eq=False)
class HeatMap:
    """`values` are the sampled elements as they are in the file, rows x columns; `shown` the same
    as float64, magnitudes where complex.

    row_step, column_step   1 where nothing was left out
    low, high   the values at the ends of the colours; symmetric about zero where `is_signed`
    words       what a person must know to read it
    """

    values: np.ndarray[Any, Any]
    shown: NDArray[np.float64]
    row_step: int
    column_step: int
    low: float
    high: float
    is_signed: bool
    words: str

    @property
    def has_colours(self) -> bool:
        """Whether any sampled element is finite."""
        return bool(np.isfinite(self.shown).any())

    def element(self, row: int, column: int) -> tuple[int, int, Any]:
        """Row and column on the whole screen, and the element, of a sampled cell."""
        return row * self.row_step, column * self.column_step, self.values[row, column]


def has_heat_map(variable: Variable) -> str:
    """ "" if the variable can be drawn as one; else why not."""
    if variable.problem:
        return variable.problem
    if variable.dtype.kind in (DTypeKind.STRING, DTypeKind.VARIANT, DTypeKind.RESOURCE):
        return f"Values of type {variable.dtype.name} have no colours. See the table."
    if not variable.dtype.is_numeric:
        return f"The type {variable.dtype.name} is not known, so its bytes have no values."
    if variable.size == 0:
        return f"Holds no values: its shape is {numbers.shape(variable.shape)}."
    return ""


def read_heat_map(choice: Choice, view: SliceView, ticket: Ticket) -> HeatMap:
    """Read and sample the slice. Raises `Unreadable`, `Cancelled`."""
    row_step = max(1, ceil(view.row_count / MOST_SIDE))
    column_step = max(1, ceil(view.column_count / MOST_SIDE))
    itemsize = max(1, choice.variable.dtype.itemsize)
    if view.row_count * view.column_count * itemsize <= _AT_ONCE_NBYTES:
        reader = choice.source.reader(choice.snapshot)
        values = read_part(reader, choice.variable, view)[::row_step, ::column_step].copy()
    else:
        values = _read_lines(choice, view, row_step, column_step, ticket)
    return heat_map_of(values, row_step, column_step, view)


def _read_lines(
    choice: Choice, view: SliceView, row_step: int, column_step: int, ticket: Ticket
) -> np.ndarray[Any, Any]:
    """Line by line along the axis whose elements lie farther apart in the file."""
    reader = choice.source.reader(choice.snapshot)
    by_rows = view.columns is None or (view.rows or 0) < view.columns
    count, step = (view.row_count, row_step) if by_rows else (view.column_count, column_step)
    lines = []
    for at in range(0, count, step):
        ticket.report(at, count, f"Reading {numbers.whole(at)} of {numbers.whole(count)} lines")
        part = (at, at + 1)
        if by_rows:
            lines.append(_thin_row(reader, choice.variable, view, part, column_step))
        else:
            column = read_part(reader, choice.variable, view, None, part)
            lines.append(column[::row_step].copy())
    return np.concatenate(lines, axis=0 if by_rows else 1)


def _thin_row(
    reader: Any, variable: Variable, view: SliceView, row: tuple[int, int], step: int
) -> np.ndarray[Any, Any]:
    return read_part(reader, variable, view, row)[:, ::step].copy()


def heat_map_of(
    values: np.ndarray[Any, Any], row_step: int, column_step: int, view: SliceView
) -> HeatMap:
    """Colours and words for sampled values."""
    shown = (np.abs(values) if values.dtype.kind == "c" else values).astype(np.float64)
    finite = shown[np.isfinite(shown)]
    is_signed = bool((finite < 0).any())
    low, high = _ends(finite, is_signed)
    words = []
    if row_step * column_step > 1:
        words.append(
            f"Sampled: every {_ordinal(row_step)} row and every {_ordinal(column_step)} column of "
            f"{numbers.whole(view.row_count)} x {numbers.whole(view.column_count)}"
        )
    beyond = int(((finite < low) | (finite > high)).sum())
    ends = f"{numbers.four(low)} to {numbers.four(high)}"
    told = f"Colours from {ends}" + (f", {numbers.whole(beyond)} beyond" if beyond else "")
    words.append(told if finite.size else "No finite value, so no colours")
    bad = int(np.isnan(shown).sum()), int(np.isinf(shown).sum())
    if any(bad):
        words.append(f"NaN {numbers.whole(bad[0])} (hatched), Inf {numbers.whole(bad[1])}")
    return HeatMap(
        values, shown, row_step, column_step, low, high, is_signed, " \N{MIDDLE DOT} ".join(words)
    )


def _ends(finite: NDArray[np.float64], is_signed: bool) -> tuple[float, float]:
    """Where the colours end: half a percent of the values is let go at each end."""
    if not finite.size:
        return 0.0, 1.0
    if is_signed:
        most = float(np.quantile(np.abs(finite), 1 - _TRIM)) or float(np.abs(finite).max())
        return (-most, most) if most else (-1.0, 1.0)
    low, high = (float(q) for q in np.quantile(finite, [_TRIM, 1 - _TRIM]))
    if not high > low:
        low, high = float(finite.min()), float(finite.max())
    return (low, high) if high > low else (low, low + (abs(low) or 1.0))


def _ordinal(step: int) -> str:
    if step == 1:
        return "single"
    tail = "th" if 10 <= step % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(step % 10, "th")
    return f"{step}{tail}"
