"""Drift tables made by hand: one weight or more over some snapshots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from tfinspector.contents.checkpoints import Snapshot
from tfinspector.contents.drift_metrics import OWN_FIGURES, PAIR_FIGURES, Reference
from tfinspector.contents.drifts import DeadUnits, DriftRow, DriftTable, Event
from tfinspector.contents.dtypes import DTYPE_BY_NAME
from tfinspector.contents.variables import Role

Line = Sequence[float]


def row(
    name: str, role: Role = Role.WEIGHT, shape: tuple[int, ...] = (4, 4), slot_of: str = "",
    trainable: bool | None = None, events: tuple[Event, ...] = (), count: int = 4,
) -> DriftRow:  # fmt: skip
    return DriftRow(
        name, role, trainable, DTYPE_BY_NAME["float32"], shape, (name,) * count, (name,) * count,
        events, slot_of,
    )  # fmt: skip


def table(
    rows: Sequence[DriftRow],
    own: Mapping[str, Sequence[Line]],
    changed: Sequence[Line],
    steps: Sequence[int | None] | None = None,
    times: Sequence[float] | None = None,
    dead: Mapping[int, DeadUnits] | None = None,
    directories: Sequence[str] | None = None,
) -> DriftTable:
    """`own` figures by name and the fraction of elements `changed` since the snapshot before;
    what changed once has changed from the first. Everything else is zero.
    """
    count = len(changed[0])
    shape = (len(rows), count)
    steps = steps or list(range(1, count + 1))
    where = directories or ["/run"] * count
    shots = tuple(
        Snapshot(f"{where[at]}/ckpt-{step}", step, "file name", times[at] if times else None, 1)
        for at, step in enumerate(steps)
    )
    to_previous = {name: np.zeros(shape) for name in PAIR_FIGURES}
    to_anchor = {name: np.zeros(shape) for name in PAIR_FIGURES}
    to_previous["changed_fraction"] = np.array(changed, float)
    to_anchor["changed_fraction"] = np.maximum.accumulate(np.array(changed, float), axis=1)
    figures = {name: np.zeros(shape) for name in OWN_FIGURES}
    figures |= {name: np.array(values, float) for name, values in own.items()}
    there = np.ones(shape, bool)
    chained = there.copy()
    chained[:, 0] = False
    return DriftTable(
        shots, tuple(rows), 0, Reference.FIRST, there, figures, to_anchor, to_previous, there,
        chained, 1e-6, {}, None, (), dead or {},
    )  # fmt: skip
