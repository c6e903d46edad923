"""What the heat map shows: values of lines x snapshots, their colours' range, and the words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tfinspector.contents import numbers
from tfinspector.contents.drift_metrics import METRIC_BY_NAME, Metric
from tfinspector.contents.drifts import DriftTable, Floats
from tfinspector.viewmodels.drift.colours import ColourRange
from tfinspector.viewmodels.drift.layers import Layers
from tfinspector.viewmodels.drift.lines import Asked, Line, worst
from tfinspector.viewmodels.drift.words import against, snapshot_words

Mask = NDArray[np.bool_]


class Cells(NamedTuple):
    """What a heat map shows; of one line, an entry for each snapshot.

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

    def at(self, where: Any) -> Cells:
        """Those that NumPy takes for this index."""
        return Cells(*(figure[where] for figure in self))


@dataclass(frozen=True, slots=True, eq=False)
class Heat:
    """The heat map; a line's cells are worked out when it is looked at.

    every    the cells of all rows of the table, (rows, snapshots), without their places
    colours  the range of all that is shown or folded away, so that folding changes no colour
    hidden   how many variables are not shown, in words; "" for none
    legend   how to read the colours, whose ends are told by the scale beside it
    layers   those of the shown rows that repeat; None where none does
    made     the cells of lines that were looked at
    """

    table: DriftTable
    asked: Asked
    lines: tuple[Line, ...]
    colours: ColourRange
    hidden: str
    legend: str
    layers: Layers | None
    every: Cells
    made: dict[int, Cells]

    def cells(self, line: int) -> Cells:
        """A line: a variable's cells, and of a group the ones that tell most."""
        made = self.made.get(line)
        if made is None:
            made = self.made[line] = self._cells(list(self.lines[line].rows))
        return made

    def _cells(self, rows: list[int]) -> Cells:
        every = self.every
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
        value = float(self.every.values[row, at])
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
