"""Layers that repeat, and what each of them has: which one is the odd one out, at one snapshot.

`block_3/attention/query/kernel` is of layer `block_3` and of kind `attention/query/kernel`: the
name is cut after its first part that other variables have with another number, or without one
(Keras calls layers `dense`, `dense_1`, `dense_2`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tfinspector.contents.drifts import DriftTable, Floats
from tfinspector.viewmodels.drift.heat import Heat
from tfinspector.viewmodels.drift.lines import shown_rows
from tfinspector.viewmodels.variables.forest import natural_key

_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True, eq=False)
class Matrix:
    """Arrays are (layers, kinds). `rows`: rows of the table, -1 where a layer has no such kind."""

    heat: Heat
    at: int
    layers: tuple[str, ...]
    kinds: tuple[str, ...]
    rows: NDArray[np.intp]
    values: Floats
    places: Floats
    paired: NDArray[np.bool_]

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
    table = heat.table
    shown = [row for _, rows in shown_rows(table, heat.asked).groups for row in rows]
    placed = _placed(table, shown)
    if not placed or at < 0:
        return None
    layers = sorted({layer for layer, _ in placed.values()}, key=natural_key)
    kinds = list(dict.fromkeys(kind for _, kind in placed.values()))
    rows = np.full((len(layers), len(kinds)), -1)
    for row, (layer, kind) in placed.items():
        rows[layers.index(layer), kinds.index(kind)] = row
    paired = table.paired(heat.asked.metric, heat.asked.reference)[rows, at] & (rows >= 0)
    values = table.values(heat.asked.metric, heat.asked.reference)[rows, at]
    values = np.where(paired, values, np.nan)
    return Matrix(
        heat, at, tuple(layers), tuple(kinds), rows, values, heat.colours.places(values), paired
    )


def matrix_table(matrix: Matrix) -> tuple[list[str], Iterator[list[str]]]:
    """As numbers: a row for each layer."""
    return ["layer", *matrix.kinds], _lines(matrix)


def _lines(matrix: Matrix) -> Iterator[list[str]]:
    for layer, values in zip(matrix.layers, matrix.values.tolist(), strict=True):
        yield [layer, *("" if value != value else repr(value) for value in values)]


def _placed(table: DriftTable, rows: list[int]) -> dict[int, tuple[str, str]]:
    """By row its layer and its kind, of those whose layer repeats."""
    layers_of: dict[str, set[str]] = {}
    cuts = {row: list(_cuts(table.rows[row].name)) for row in rows}
    for found in cuts.values():
        for layer, pattern, _ in found:
            layers_of.setdefault(pattern, set()).add(layer)
    placed = {}
    for row, found in cuts.items():
        for layer, pattern, kind in found:
            if len(layers_of[pattern]) > 1:
                placed[row] = layer, kind
                break
    return placed


def _cuts(name: str) -> Iterator[tuple[str, str, str]]:
    """Every way to cut a name: layer, what layers of its kind are called alike, kind."""
    parts = name.split("/")
    for end in range(1, len(parts)):
        alike = _NUMBER.sub("#", parts[end - 1]).removesuffix("#").removesuffix("_")
        yield "/".join(parts[:end]), "/".join([*parts[: end - 1], alike]), "/".join(parts[end:])
