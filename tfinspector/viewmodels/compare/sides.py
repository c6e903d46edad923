"""What can stand on a side of a comparison: every complete snapshot of everything that is open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tfinspector.contents import numbers
from tfinspector.contents.checkpoints import Snapshot
from tfinspector.viewmodels.sources.names import telling_names

if TYPE_CHECKING:
    from tfinspector.engine.opening import OpenSource


@dataclass(frozen=True, slots=True)
class Side:
    """A snapshot of a source; `label` tells it from the others."""

    source: OpenSource
    snapshot: Snapshot
    label: str

    @property
    def path(self) -> str:
        """Of the snapshot: what it is known by."""
        return self.snapshot.path


def sides_of(sources: Sequence[OpenSource]) -> list[Side]:
    """Source by source, the older snapshots first."""
    names = telling_names([each.source.path for each in sources])
    made: dict[str, Side] = {}
    for opened, name in zip(sources, names, strict=True):
        there = [each for each in opened.source.snapshots if each.complete]
        for snapshot in there:
            label = f"{name}, {_step(snapshot)}" if len(there) > 1 else name
            made.setdefault(snapshot.path, Side(opened, snapshot, label))
    return list(made.values())


def first_look(sides: Sequence[Side], current: OpenSource | None) -> tuple[Side, Side] | None:
    """The newest of the first two sources; the first and the newest of a run; None if neither."""
    newest = list({id(side.source): side for side in sides}.values())
    if len(newest) > 1:
        a, b, *others = newest
        return a, next((side for side in others if side.source is current), b)
    return (sides[0], sides[-1]) if len(sides) > 1 else None


def _step(snapshot: Snapshot) -> str:
    if snapshot.step is None:
        return snapshot.path.rsplit("/", 1)[-1]
    return f"step {numbers.whole(snapshot.step)}"
