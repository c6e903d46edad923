"""What the heat map shows: values of lines x snapshots, their colours' range, and the words."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tfinspector.contents import numbers
from tfinspector.contents.drift_metrics import METRIC_BY_NAME, Metric, Reference
from tfinspector.contents.drifts import DriftTable, Floats
from tfinspector.viewmodels.drift.lines import Asked, Line, any_of, lines_of, shown_rows, values_of
from tfinspector.viewmodels.drift_colours import ColourRange, colour_range

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Heat:
    """The heat map. Arrays are (lines, snapshots).

    paired   where a cell has something to say; elsewhere it is empty
    odd      where the variable holds NaN or infinite values
    failed   where it could not be read
    colours  the range of all that is shown or folded away, so that folding changes no colour
    hidden   how many variables are not shown, in words; "" for none
    """

    table: DriftTable
    asked: Asked
    lines: tuple[Line, ...]
    values: Floats
    places: Floats
    paired: Mask
    odd: Mask
    failed: Mask
    colours: ColourRange
    hidden: str

    @property
    def metric(self) -> Metric:
        """What is shown."""
        return METRIC_BY_NAME[self.asked.metric]

    @property
    def legend(self) -> str:
        """How to read the colours: their ends are told by the scale beside it."""
        colours = self.colours
        told = ["Log" if colours.is_log else "Linear"]
        if colours.outside:
            told[0] += f", robust range: {numbers.whole(colours.outside)} outside"
        if colours.is_log and (self.values == 0).any():
            told.append("grey: 0")
        if (np.isnan(self.values) & self.paired).any():
            told.append("hatched: no number")
        if self.odd.any():
            told.append("red: NaN or Inf")
        return " \N{MIDDLE DOT} ".join(told)

    @property
    def about(self) -> str:
        """What is measured, against what."""
        return f"{self.metric.meaning}{against(self.table, self.asked)}"

    def words_at(self, line: int, at: int) -> str:
        """The cell, exactly."""
        shown = self.lines[line]
        where = snapshot_words(self.table, at)
        head = f"{shown.name} \N{MIDDLE DOT} {where} \N{MIDDLE DOT} "
        if self.failed[line, at]:
            reasons = [self.table.failed[row, at] for row in shown.rows
                       if (row, at) in self.table.failed]  # fmt: skip
            return f"{head}could not be read: {reasons[0]}"
        if not self.paired[line, at]:
            return f"{head}{self._why_empty(shown, at)}"
        value = numbers.exact(float(self.values[line, at]))
        told = f"{head}{self.metric.title} {value}{self._error(shown, at)}"
        if len(shown.rows) > 1:
            told += f" (the farthest of {len(shown.rows)} variables)"
        for words in (self._odd_words(shown, at), *self._events(shown, at)):
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


def heat_of(table: DriftTable, asked: Asked, folded: Collection[str] = ()) -> Heat:
    """The heat map of what is asked for."""
    lines = tuple(lines_of(table, asked, folded))
    values = values_of(table, lines, asked)
    every = sorted({row for line in lines for row in line.rows})
    colours = colour_range(table.values(asked.metric, asked.reference)[every],
                           METRIC_BY_NAME[asked.metric])  # fmt: skip
    failed = np.zeros_like(table.present)
    for row, at in table.failed:
        failed[row, at] = True
    own = table.own
    with np.errstate(invalid="ignore"):
        odd = (own["nan"] > 0) | (own["posinf"] > 0) | (own["neginf"] > 0)
    return Heat(
        table, asked, lines, values, colours.places(values),
        any_of(table.paired(asked.metric, asked.reference), lines),
        any_of(odd & table.present, lines), any_of(failed, lines), colours, _hidden(table, asked),
    )  # fmt: skip


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
        values = zip(heat.values[at].tolist(), heat.paired[at].tolist(), strict=True)
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


def _hidden(table: DriftTable, asked: Asked) -> str:
    shown = shown_rows(table, asked)
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
