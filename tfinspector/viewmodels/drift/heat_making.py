"""Draws up a heat map: which lines, which values, which colours. For a pool thread: ten thousand
variables at hundreds of snapshots take longer than a window may wait.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from tfinspector.contents import numbers
from tfinspector.contents.drift_metrics import METRIC_BY_NAME
from tfinspector.contents.drifts import DriftTable
from tfinspector.viewmodels.drift.colours import ColourRange, colour_range
from tfinspector.viewmodels.drift.heat import Cells, Heat
from tfinspector.viewmodels.drift.layers import layers_of
from tfinspector.viewmodels.drift.lines import Asked, Order, Shown, lines_of, shown_rows


def heat_of(
    table: DriftTable,
    asked: Asked,
    folded: Collection[str] = (),
    last: Heat | None = None,
) -> Heat:
    """The heat map of what is asked for; from the `last` one is taken what has not changed."""
    shown = shown_rows(table, asked)
    lines = tuple(lines_of(table, shown, asked, folded))
    if last is not None and _what_colours(last.table, last.asked) == _what_colours(table, asked):
        return replace(last, asked=asked, lines=lines, made={})
    every = _every_cell(table, asked)
    inner = [row for _, group in shown.groups for row in group]
    rows = np.array(inner, dtype=np.intp)
    metric = METRIC_BY_NAME[asked.metric]
    colours = colour_range(every.values[rows], metric, asked.colouring, asked.is_robust)
    legend, layers = _legend(every, rows, colours), layers_of(table, sorted(inner))
    return Heat(table, asked, lines, colours, _hidden(table, shown), legend, layers, every, {})


def _what_colours(table: DriftTable, asked: Asked) -> tuple[object, ...]:
    """What values and colours depend on: all but the order and the folds."""
    return id(table), replace(asked, order=Order.MODEL, grouped=True)


def _every_cell(table: DriftTable, asked: Asked) -> Cells:
    """Of all rows, (rows, snapshots). Places are worked out line by line."""
    paired, own = table.paired(asked.metric, asked.reference), table.own
    values = np.where(paired, table.values(asked.metric, asked.reference), np.nan)
    failed = np.zeros_like(table.present)
    for row, at in table.failed:
        failed[row, at] = True
    with np.errstate(invalid="ignore"):
        odd = (own["nan"] > 0) | (own["posinf"] > 0) | (own["neginf"] > 0)
    return Cells(values, values, paired, odd & table.present, failed)


def _legend(every: Cells, rows: NDArray[np.intp], colours: ColourRange) -> str:
    values = every.values[rows]
    has_no_number = (np.isnan(values) & every.paired[rows]).any() or every.failed[rows].any()
    told = ["Log" if colours.is_log else "Linear"]
    if colours.outside:
        told[0] += f", robust range: {numbers.whole(colours.outside)} outside"
    if colours.is_log and (values == 0).any():
        told.append("grey: 0")
    if has_no_number:
        told.append("hatched: no number")
    if every.odd[rows].any():
        told.append("red: NaN or Inf")
    return " \N{MIDDLE DOT} ".join(told)


def _hidden(table: DriftTable, shown: Shown) -> str:
    unread = sum(bool(row.problem) for row in table.rows)
    told = [
        f"{numbers.whole(count)} {words}"
        for count, words in (
            (shown.other_roles, "that are no weights"),
            (shown.filtered, "by the filter"),
            (unread, "that can't be measured"),
        )
        if count
    ]
    return f"Hidden: {', '.join(told)}" if told else ""
