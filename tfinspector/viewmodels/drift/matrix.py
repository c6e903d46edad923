"""Layers that repeat x what each has, at one snapshot: which layer is the odd one out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tfinspector.viewmodels.drift.heat import Cells, Heat


@dataclass(frozen=True, slots=True, eq=False)
class Matrix:
    """Arrays are (layers, kinds). `rows`: rows of the table, -1 where a layer has no such kind."""

    heat: Heat
    at: int
    layers: tuple[str, ...]
    kinds: tuple[str, ...]
    rows: NDArray[np.intp]
    cells: Cells

    @property
    def title(self) -> str:
        """What is shown: a metric, at a snapshot."""
        words = self.heat.metric.title
        return f"{words[:1].upper()}{words[1:]} of layers that repeat"

    def words_at(self, layer: int, kind: int) -> str:
        """The cell, exactly."""
        row = int(self.rows[layer, kind])
        if row < 0:
            return f"{self.layers[layer]} has no {self.kinds[kind]}"
        return self.heat.words_of_row(row, self.at)


def matrix_of(heat: Heat, at: int) -> Matrix | None:
    """The matrix of the variables that the heat map shows; None where no layer repeats."""
    if heat.layers is None or at < 0:
        return None
    layers, kinds, rows = heat.layers
    is_there, taken = rows >= 0, heat.every.at((rows, at))
    values = np.where(is_there, taken.values, np.nan)
    masks = (each & is_there for each in (taken.paired, taken.odd, taken.failed))
    cells = Cells(values, heat.colours.places(values), *masks)
    return Matrix(heat, at, layers, kinds, rows, cells)


def matrix_table(matrix: Matrix) -> tuple[list[str], Iterator[list[str]]]:
    """As numbers: a row for each layer."""
    return ["layer", *matrix.kinds], _lines(matrix)


def _lines(matrix: Matrix) -> Iterator[list[str]]:
    for layer, values in zip(matrix.layers, matrix.cells.values.tolist(), strict=True):
        yield [layer, *("" if value != value else repr(value) for value in values)]
