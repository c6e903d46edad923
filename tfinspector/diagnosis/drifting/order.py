"""D07: the order of the snapshots, as names, counters and times tell it."""

import os
from collections.abc import Iterator, Sequence
from itertools import pairwise

from tfinspector.contents.checkpoints import Snapshot
from tfinspector.contents.drifts import DriftTable
from tfinspector.contents.findings import Finding, Fix, Severity
from tfinspector.contents.variables import Role

_MOST_NAMED = 10


def sorted_for_you(given: Sequence[Snapshot], shown: Sequence[Snapshot], told_by: str) -> Finding:
    """The paths came in another order than that of training, as a shell's pattern lists them."""
    place = {one.path: at for at, one in enumerate(shown)}
    at = next(i for i in range(1, len(given)) if place[given[i].path] < place[given[i - 1].path])
    folders = list(dict.fromkeys(os.path.dirname(one.path) for one in given))
    return Finding(
        "D07", Severity.INFO,
        f"{_name(given[at])} was given after {_name(given[at - 1])}; the snapshots are shown in "
        f"{told_by}.",
        "A shell's pattern lists names in the order of their letters, in which 10 comes before 9.",
        os.path.commonpath(folders), {"given": [_name(one) for one in given[:_MOST_NAMED]]},
        Fix("Name the run's directory instead.", f"tfinspector drift {folders[0]!r}")
        if len(folders) == 1 else None,
    )  # fmt: skip


def find_order_problems(table: DriftTable) -> Iterator[Finding]:
    """Steps, counters or times that go back along the axis; the surest sign only."""
    found = _steps(table) or _counters(table) or _times(table)
    if found:
        yield found


def _steps(table: DriftTable) -> Finding | None:
    """Only where a person put snapshots together, who may have meant it."""
    shots = table.snapshots
    for before, after in pairwise(shots):
        if before.step is None or after.step is None or after.step >= before.step:
            continue
        return Finding(
            "D07", Severity.INFO,
            f"{_name(after)} (step {after.step:,}) stands after {_name(before)} (step "
            f"{before.step:,}).",
            "Steps of several directories may be counted anew in each, and some names tell none, "
            "so the order is not that of steps. “previous” means the one before in this order.",
            after.path, {"before": before.path, "after": after.path,
                         "steps": [before.step, after.step]},
            Fix("Give them in the order of training if they are of one."),
        )  # fmt: skip
    return None


def _counters(table: DriftTable) -> Finding | None:
    """A counter in the checkpoints themselves is lower in a later one."""
    for number, row in enumerate(table.rows):
        if row.role is not Role.COUNTER or row.shape:
            continue
        values = table.own["mean"][number]
        for at in range(1, len(values)):
            if values[at] < values[at - 1]:
                before, after = table.snapshots[at - 1], table.snapshots[at]
                return Finding(
                    "D07", Severity.WARNING,
                    f"{_name(after)} comes after {_name(before)}, but its `{row.name}` has gone "
                    f"back from {values[at - 1]:.0f} to {values[at]:.0f}.",
                    "Training was started anew or went on from an older snapshot in this "
                    "directory, so one axis shows two trainings.",
                    after.path,
                    {"counter": row.name, "before": values[at - 1], "after": values[at]},
                    Fix("Compare each training by itself: give its snapshots one by one."),
                )  # fmt: skip
    return None


def _times(table: DriftTable) -> Finding | None:
    """Written in another order than numbered. Copies of files have times of their own."""
    shots = table.snapshots
    for before, after in pairwise(shots):
        if before.time is None or after.time is None or after.time >= before.time - 1:
            continue
        if os.path.dirname(before.path) != os.path.dirname(after.path):
            continue
        return Finding(
            "D07", Severity.INFO,
            f"{_name(after)} was written before {_name(before)}, which has the lower step.",
            "The numbers began anew in this directory, or the files were copied and have the "
            "times of the copy.",
            after.path, {"before": before.path, "after": after.path,
                         "times": [before.time, after.time]},
        )  # fmt: skip
    return None


def _name(snapshot: Snapshot) -> str:
    return snapshot.name
