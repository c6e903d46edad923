"""The lines of the heat map: variables of the table, grouped by layer, sorted, filtered, folded."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import numpy as np

from tfinspector.contents.drift_metrics import METRIC_BY_NAME, Reach, Reference
from tfinspector.contents.drifts import DriftTable, Floats
from tfinspector.contents.variables import Role
from tfinspector.viewmodels.drift.colours import Colouring
from tfinspector.viewmodels.variables.forest import natural_key


class Order(StrEnum):
    """How lines, and the groups they stand in, follow each other."""

    MODEL = "model"
    NAME = "name"
    NEWEST = "newest"
    ANYWHERE = "anywhere"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person asked to see. `text`: all its words must be in a variable's name.

    `is_robust`: outliers do not stretch the range of the colours.
    """

    metric: str = "relative_l2"
    reference: Reference = Reference.FIRST
    order: Order = Order.MODEL
    grouped: bool = True
    weights_only: bool = True
    text: str = ""
    colouring: Colouring = Colouring.AUTO
    is_robust: bool = True


class Line(NamedTuple):
    """One line: a variable (`rows` is its row), or a group of them with the layer's name.

    `label` is what stands beside it, `name` the whole name; `depth` 1 stands in a group.
    """

    name: str
    label: str
    rows: tuple[int, ...]
    depth: int = 0
    is_group: bool = False
    is_open: bool = True


class Shown(NamedTuple):
    """The rows that are shown, in groups, and how many are hidden by role and by the filter."""

    groups: list[tuple[str, list[int]]]
    other_roles: int
    filtered: int


def lines_of(table: DriftTable, shown: Shown, asked: Asked, folded: Collection[str]) -> list[Line]:
    """The lines from top to bottom; of folded groups the group's own line alone."""
    if not asked.grouped:
        rows = [row for _, group in shown.groups for row in group]
        return [Line(table.rows[row].name, table.rows[row].name, (row,)) for row in rows]
    lines = []
    for layer, rows in shown.groups:
        if len(rows) == 1:
            name = table.rows[rows[0]].name
            lines.append(Line(name, name, tuple(rows)))
            continue
        is_open = layer not in folded
        lines.append(Line(layer, layer, tuple(rows), 0, True, is_open))
        if is_open:
            lines += [_in_group(table, row, layer) for row in rows]
    return lines


def shown_rows(table: DriftTable, asked: Asked) -> Shown:
    """Rows by layer. Those without any figures stay away: the page tells them apart."""
    there = [at for at, row in enumerate(table.rows) if not row.problem]
    wanted = [at for at in there if _is_wanted(table, at, asked.weights_only)]
    words = asked.text.lower().split()
    passing = [at for at in wanted if all(word in table.rows[at].name.lower() for word in words)]
    ranked = _ranked(table, passing, asked)
    groups: dict[str, list[int]] = {}
    for row in ranked:
        key = layer_of(table.rows[row].name) if asked.grouped else ""
        groups.setdefault(key, []).append(row)
    return Shown(list(groups.items()), len(there) - len(wanted), len(wanted) - len(passing))


def layer_of(name: str) -> str:
    """What a variable belongs to: its name without the last part."""
    return name.rpartition("/")[0]


def worst(values: Floats, rows: Sequence[int], reach: Reach) -> Floats:
    """Of several rows what tells most, at each snapshot: the least cosine, else the farthest from
    zero, with its sign. NaN where none of them has a value.
    """
    taken = values[list(rows)]
    if len(rows) == 1:
        return np.asarray(taken[0])
    if reach is Reach.COSINE:
        return np.asarray(np.fmin.reduce(taken, axis=0))
    if reach is not Reach.SIGNED:
        return np.asarray(np.fmax.reduce(taken, axis=0))
    most, least = np.fmax.reduce(taken, axis=0), np.fmin.reduce(taken, axis=0)
    return np.asarray(np.where(np.abs(least) > np.abs(most), least, most))


def _in_group(table: DriftTable, row: int, layer: str) -> Line:
    name = table.rows[row].name
    return Line(name, name.removeprefix(f"{layer}/"), (row,), 1)


def _is_wanted(table: DriftTable, row: int, weights_only: bool) -> bool:
    return not weights_only or table.rows[row].role is Role.WEIGHT


def _ranked(table: DriftTable, rows: list[int], asked: Asked) -> list[int]:
    """Weights before the rest in the model's order; by name, or by how far they moved."""
    if asked.order is Order.MODEL:
        return sorted(rows, key=lambda row: table.rows[row].role is not Role.WEIGHT)
    if asked.order is Order.NAME:
        return sorted(rows, key=lambda row: natural_key(table.rows[row].name))
    weight = _weights(table, asked)
    return sorted(rows, key=lambda row: -weight[row])


def _weights(table: DriftTable, asked: Asked) -> Floats:
    """How much each row says: at the newest snapshot, or wherever it says most."""
    values = np.where(
        table.paired(asked.metric, asked.reference),
        table.values(asked.metric, asked.reference),
        np.nan,
    )
    if asked.order is Order.NEWEST:
        values = values[:, -1:]
    if METRIC_BY_NAME[asked.metric].reach is Reach.COSINE:
        values = 1 - values
    values = np.nan_to_num(np.abs(values), nan=-1.0, posinf=np.inf)
    return np.asarray(values.max(axis=1))
