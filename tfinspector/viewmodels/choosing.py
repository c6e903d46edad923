"""What stays chosen when a source is read again, or another one becomes current."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tfinspector.contents.variables import Role, Variable
from tfinspector.viewmodels.measuring.queue import Choice

if TYPE_CHECKING:
    from tfinspector.contents.checkpoints import Checkpoint
    from tfinspector.engine.opening import OpenSource


def again(
    chosen: Sequence[Choice],
    old: OpenSource,
    fresh: OpenSource,
    checkpoint: Checkpoint | None = None,
) -> list[Choice]:
    """The same choices after `old` was read again as `fresh`, by key.

    A variable that is gone leaves the choice; a snapshot that is gone gives way to the newest.
    `checkpoint` is the fresh reading of what was current, where it is not the newest.
    """
    kept = []
    for choice in chosen:
        stays = choice if choice.source is not old else _again(choice, old, fresh, checkpoint)
        if stays:
            kept.append(stays)
    return kept


def _again(
    choice: Choice, old: OpenSource, fresh: OpenSource, checkpoint: Checkpoint | None
) -> Choice | None:
    newest = fresh.source.checkpoint
    if newest is None:
        return None
    before, now = set(old.source.snapshots), set(fresh.source.snapshots)
    if any(snapshot.path == choice.snapshot for snapshot in before & now):
        return Choice(fresh, choice.snapshot, choice.variable)
    is_there = any(snapshot.path == choice.snapshot for snapshot in now)
    read = checkpoint if checkpoint and checkpoint.prefix == choice.snapshot else newest
    variable = next((v for v in read.variables if v.key == choice.variable.key), None)
    if variable is None:
        return None
    return Choice(fresh, choice.snapshot if is_there else newest.prefix, variable)


def carried(
    chosen: Sequence[Choice], source: OpenSource, snapshot: str | None, rows: Sequence[Variable]
) -> list[Choice]:
    """What to choose now that `source` is current: the same names, else its first weight."""
    if snapshot is None or not rows:
        return []
    names = {choice.variable.name for choice in chosen}
    same = [variable for variable in rows if variable.name in names]
    if not same:
        weights = (v for v in rows if v.role is Role.WEIGHT and not v.problem)
        same = [next(weights, rows[0])]
    return [Choice(source, snapshot, variable) for variable in same]
