"""How snapshots of a run are called beside the pictures of the page Drift."""

from __future__ import annotations

from tfinspector.contents import numbers
from tfinspector.contents.drift_metrics import METRIC_BY_NAME, Reference
from tfinspector.contents.drifts import DriftTable
from tfinspector.viewmodels.drift.lines import Asked


def snapshot_words(table: DriftTable, at: int) -> str:
    """ "step 1,200", or the snapshot's file where no step is known."""
    snapshot = table.snapshots[at]
    if snapshot.step is None:
        return snapshot.name
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
