"""Layers that repeat, and what each of them has: a matrix of layers and kinds.

`block_3/attention/query/kernel` is of layer `block_3` and of kind `attention/query/kernel`: the
name is cut after its first part that other variables have with another number, or without one
(Keras calls layers `dense`, `dense_1`, `dense_2`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tfinspector.contents.drifts import DriftTable
from tfinspector.viewmodels.variables.forest import natural_key

_NUMBER = re.compile(r"\d+")


class Layers(NamedTuple):
    """`rows`: (layers, kinds), rows of the table; -1 where a layer has no such kind."""

    layers: tuple[str, ...]
    kinds: tuple[str, ...]
    rows: NDArray[np.intp]


def layers_of(table: DriftTable, rows: Sequence[int]) -> Layers | None:
    """The layers among these rows that repeat; None where none does."""
    placed = _placed(table, rows)
    if not placed:
        return None
    layers = sorted({layer for layer, _ in placed.values()}, key=natural_key)
    kinds = list(dict.fromkeys(kind for _, kind in placed.values()))
    line = {layer: at for at, layer in enumerate(layers)}
    column = {kind: at for at, kind in enumerate(kinds)}
    found = np.full((len(layers), len(kinds)), -1)
    for row, (layer, kind) in placed.items():
        found[line[layer], column[kind]] = row
    return Layers(tuple(layers), tuple(kinds), found)


def _placed(table: DriftTable, rows: Sequence[int]) -> dict[int, tuple[str, str]]:
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
