"""What the heat map shows: values of lines x snapshots, their colours' range, and the words."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tfinspector.contents import numbers
from tfinspector.contents.drift_metrics import METRIC_BY_NAME, Metric, Reference
from tfinspector.contents.drifts import DriftTable, Floats
from tfinspector.viewmodels.drift.lines import Asked, Line, Shown, lines_of, shown_rows, worst
from tfinspector.viewmodels.drift_colours import ColourRange, colour_range

Mask = NDArray[np.bool_]


class Cells(NamedTuple):
    """One line of the heat map, an entry for each snapshot.

    places  where the values are in the range of colours, 0 to 1
    paired  where a cell has something to say; elsewhere it is empty
    odd     where the variable holds NaN or infinite values
    failed  where it could not be read
    """

    values: Floats
    places: Floats
    paired: Mask
    odd: Mask
    failed: Mask


@dataclass(frozen=True, slots=True, eq=False)
class Heat:
    """The heat map; a line's cells are worked out when it is looked at.

    colours  the range of all that is shown or folded away, so that folding changes no colour
    hidden   how many variables are not shown, in words; "" for none
    legend   how to read the colours, whose ends are told by the scale beside it
    """

    table: DriftTable
    asked: Asked
    lines: tuple[Line, ...]
    colours: ColourRange
    hidden: str
    legend: str
    _all: Cells
    _made: dict[int, Cells]

    def cells(self, line: int) -> Cells:
        """A line: a variable's cells, and of a group the ones that tell most."""
        made = self._made.get(line)
        if made is None:
            made = self._made[line] = self._cells(list(self.lines[line].rows))
        return made

    def _cells(self, rows: list[int]) -> Cells:
        every = self._all
        values = worst(every.values, rows, self.metric.reach)
        paired, odd, failed = (
            np.asarray(mask[rows].any(axis=0)) for mask in (every.paired, every.odd, every.failed)
        )
        return Cells(values, self.colours.places(values), paired, odd, failed)

    @property
    def metric(self) -> Metric:
        """What is shown."""
        return METRIC_BY_NAME[self.asked.metric]

    @property
    def about(self) -> str:
        """What is measured, against what."""
        return f"{self.metric.meaning}{against(self.table, self.asked)}"

    def words_at(self, line: int, at: int) -> str:
        """The cell, exactly."""
        shown = self.lines[line]
        where = snapshot_words(self.table, at)
        head = f"{shown.name} \N{MIDDLE DOT} {where} \N{MIDDLE DOT} "
        cells = self.cells(line)
        if cells.failed[at]:
            reasons = [self.table.failed[row, at] for row in shown.rows
                       if (row, at) in self.table.failed]  # fmt: skip
            return f"{head}could not be read: {reasons[0]}"
        if not cells.paired[at]:
            return f"{head}{self._why_empty(shown, at)}"
        value = numbers.exact(float(cells.values[at]))
        told = f"{head}{self.metric.title} {value}{self._error(shown, at)}"
        if len(shown.rows) > 1:
            told += f" (the farthest of {len(shown.rows)} variables)"
        for words in (
            self._odd_words(shown, at) if cells.odd[at] else "",
            *self._events(shown, at),
        ):
            told += f" \N{MIDDLE DOT} {words}" if words else ""
        return told

    def words_of_row(self, row: int, at: int) -> str:
        """A variable's value at a snapshot, exactly, whether its line is folded away or not."""
        name = self.table.rows[row].name
        value = float(self.table.values(self.asked.metric, self.asked.reference)[row, at])
        where = snapshot_words(self.table, at)
        told = f"{self.metric.title} {numbers.exact(value)}"
        return " \N{MIDDLE DOT} ".join((name, where, told))

    def _why_empty(self, line: Line, at: int) -> str:
        if not self.table.present[list(line.rows), at].any():
            return "not in this snapshot"
        return "nothing to compare it with"

    def _error(self, line: Line, at: int) -> str:
        errors = self.table.errors(self.asked.metric, self.asked.reference)
        error = float(errors[line.rows[0], at]) if errors is not None else 0.0
        known = len(line.rows) == 1 and error > 0
        return f" \N{PLUS-MINUS SIGN} {numbers.four(error)}" if known else ""

    def _odd_words(self, line: Line, at: int) -> str:
        own, rows = self.table.own, list(line.rows)
        counts = {
            name: int(np.nansum(own[figure][rows, at]))
            for figure, name in (("nan", "NaN"), ("posinf", "+Inf"), ("neginf", "−Inf"))
        }
        return ", ".join(
            f"{numbers.whole(count)} {name}" for name, count in counts.items() if count
        )

    def _events(self, line: Line, at: int) -> Iterator[str]:
        if len(line.rows) == 1:
            for event in self.table.rows[line.rows[0]].events:
                if event.at == at:
                    yield event.text


def heat_of(
    table: DriftTable,
    asked: Asked,
    folded: Collection[str] = (),
    last: Heat | None = None,
) -> Heat:
    """The heat map of what is asked for. From the `last` one is taken what has not changed."""
    shown = shown_rows(table, asked)
    lines = tuple(lines_of(table, shown, asked, folded))
    is_same = last is not None and _matter(last.table, last.asked) == _matter(table, asked)
    if last is not None and is_same:
        return replace(last, asked=asked, lines=lines, _made={})
    every = _every_cell(table, asked)
    rows = np.array([row for _, group in shown.groups for row in group], dtype=np.intp)
    colours = colour_range(every.values[rows], METRIC_BY_NAME[asked.metric])
    legend = _legend(every, rows, colours)
    return Heat(table, asked, lines, colours, _hidden(table, shown), legend, every, {})


def _matter(table: DriftTable, asked: Asked) -> tuple[object, ...]:
    """What values and colours depend on; the order and the folds are not among it."""
    return id(table), asked.metric, asked.reference, asked.weights_only, asked.text


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


def heat_header() -> list[str]:
    """The columns of the heat map as a table, before one for each snapshot."""
    return ["variable", "role", "dtype", "shape"]


def heat_rows(heat: Heat) -> Iterator[list[str]]:
    """The variables that are shown, in their order, with values in full."""
    for at, line in enumerate(heat.lines):
        row = heat.table.rows[line.rows[0]]
        about = ["", "", ""] if line.is_group else [
            row.role.value, row.dtype.name, numbers.shape(row.shape)
        ]  # fmt: skip
        cells = heat.cells(at)
        values = zip(cells.values.tolist(), cells.paired.tolist(), strict=True)
        yield [
            line.name,
            *about,
            *(numbers.exact(value) if there else "" for value, there in values),
        ]


def snapshot_words(table: DriftTable, at: int) -> str:
    """ "step 1,200", or the snapshot's file where no step is known."""
    snapshot = table.snapshots[at]
    if snapshot.step is None:
        return os.path.basename(snapshot.path)
    return f"step {numbers.whole(snapshot.step)}"


def step_labels(table: DriftTable) -> list[str]:
    """Below the columns: steps, or numbers where some snapshot has none."""
    steps = [snapshot.step for snapshot in table.snapshots]
    if any(step is None for step in steps):
        return [str(at + 1) for at in range(len(steps))]
    return [numbers.whole(step) for step in steps if step is not None]


def against(table: DriftTable, asked: Asked) -> str:
    """ " Against step 100.", "" where nothing is compared."""
    if not METRIC_BY_NAME[asked.metric].of_change:
        return ""
    if asked.reference is Reference.PREVIOUS:
        return " Against the snapshot before."
    return f" Against {snapshot_words(table, table.anchor)}."


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
