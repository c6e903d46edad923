"""Curves over steps: norm, drift and update ratio of the chosen variables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from tfinspector.contents import numbers
from tfinspector.contents.drift_metrics import Reference
from tfinspector.contents.drifts import DriftTable, Floats
from tfinspector.viewmodels.drift.lines import Asked, Order, shown_rows
from tfinspector.viewmodels.drift.words import snapshot_words
from tfinspector.viewmodels.inspector.choice_names import told_apart


class Curve(StrEnum):
    """What the curves show."""

    NORM = "norm"
    DRIFT = "drift"
    UPDATE = "update"


CURVES: dict[Curve, tuple[str, str]] = {
    Curve.NORM: ("Norm", "The norm of the variable (L2)"),
    Curve.DRIFT: ("Drift", "How far it is from the reference, in norms of the reference"),
    Curve.UPDATE: ("Update ratio", "How far it went since the snapshot before, in norms"),
}
"""The word on the button, and what the axis says."""


@dataclass(frozen=True, slots=True, eq=False)
class Curves:
    """`steps` (snapshots) are places on the axis; `values` (series, snapshots), NaN for gaps.

    is_by_step  the places are steps, not numbers of snapshots
    """

    title: str
    unit: str
    labels: tuple[str, ...]
    names: tuple[str, ...]
    steps: Floats
    is_by_step: bool
    values: Floats
    where: tuple[str, ...]

    def words_at(self, series: int, at: int) -> str:
        """One point, exactly."""
        value = numbers.exact(float(self.values[series, at]))
        return f"{self.names[series]} \N{MIDDLE DOT} {self.where[at]} \N{MIDDLE DOT} {value}"


def curves_of(table: DriftTable, rows: Sequence[int], curve: Curve) -> Curves:
    """The curves of these rows."""
    values = _values(table, list(rows), curve)
    names = tuple(table.rows[row].name for row in rows)
    steps, is_by_step = places_of(table)
    title, unit = CURVES[curve]
    if curve is Curve.DRIFT:
        unit = f"{unit}, {snapshot_words(table, table.anchor)}"
    what = names[0] if len(names) == 1 else f"{len(names)} variables"
    return Curves(
        f"{title} of {what}", unit, tuple(told_apart(names)), names, steps, is_by_step, values,
        tuple(snapshot_words(table, at) for at in range(len(table.snapshots))),
    )  # fmt: skip


def places_of(table: DriftTable) -> tuple[Floats, bool]:
    """Where the snapshots lie on the axis: at their steps if these ascend, else evenly."""
    steps = [snapshot.step for snapshot in table.snapshots]
    if None not in steps:
        places = np.array(steps, dtype=np.float64)
        if (np.diff(places) > 0).all():
            return places, True
    return np.arange(1.0, len(steps) + 1), False


def curves_header(curves: Curves) -> list[str]:
    """Columns of the table behind the picture."""
    return ["step" if curves.is_by_step else "snapshot", *curves.names]


def curves_rows(curves: Curves) -> Iterator[list[str]]:
    """A row for each snapshot, values in full."""
    for at, step in enumerate(curves.steps.tolist()):
        column = curves.values[:, at].tolist()
        yield [f"{step:g}", *("" if value != value else numbers.exact(value) for value in column)]


def farthest(table: DriftTable, count: int) -> tuple[int, ...]:
    """The weights that moved farthest of all."""
    asked = Asked(order=Order.ANYWHERE, grouped=False)
    return tuple(row for _, rows in shown_rows(table, asked).groups for row in rows)[:count]


def _values(table: DriftTable, rows: list[int], curve: Curve) -> Floats:
    if curve is Curve.NORM:
        return table.values("norm")[rows]
    reference = Reference.PREVIOUS if curve is Curve.UPDATE else table.reference
    paired = table.paired("relative_l2", reference)[rows]
    return np.where(paired, table.values("relative_l2", reference)[rows], np.nan)
