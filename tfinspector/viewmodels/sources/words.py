"""What a row of the sources pane says of a source, or of a snapshot of a run."""

from __future__ import annotations

import time
from enum import StrEnum
from typing import TYPE_CHECKING

from tfinspector.contents import numbers
from tfinspector.contents.checkpoints import Snapshot
from tfinspector.contents.sources import SourceKind

if TYPE_CHECKING:
    from tfinspector.engine.opening import OpenSource
    from tfinspector.viewmodels.session import Session

_NOTHING_THERE = "F03"
_MOST_PATHS = 12

KIND_WORDS = {
    SourceKind.CHECKPOINT: "checkpoint",
    SourceKind.CHECKPOINT_V1: "checkpoint (V1)",
    SourceKind.RUN: "run",
    SourceKind.SAVED_MODEL: "SavedModel",
    SourceKind.KERAS: "Keras model",
    SourceKind.KERAS_WEIGHTS: "Keras weights",
    SourceKind.KERAS_HDF5: "Keras HDF5",
    SourceKind.GRAPH_DEF: "frozen graph",
    SourceKind.META_GRAPH: "graph",
}


class Health(StrEnum):
    """What is known of a snapshot. `unknown` until it was looked at."""

    UNKNOWN = "not looked at yet"
    GOOD = "nothing wrong found"
    ATTENTION = "there is a warning"
    WRONG = "something is wrong"


def detail_of(session: Session, source: OpenSource, snapshot: Snapshot | None) -> str:
    """The muted word at the right of a row."""
    if snapshot is None:
        lost = session.lost(source)
        if lost:
            return "gone" if lost.id == _NOTHING_THERE else "not readable"
        if session.watcher.has_changed(source):
            return "changed, F5"
        count = len(source.source.snapshots)
        words = KIND_WORDS[source.source.kind]
        return f"{words}, {count}" if source.source.kind is SourceKind.RUN else words
    if not snapshot.complete:
        return "incomplete"
    if snapshot.time is None:
        return numbers.size(snapshot.nbytes)
    # A row is narrow, and a column of them needs no "ago" each.
    return numbers.ago(snapshot.time, time.time()).removesuffix(" ago")


def tip_of(session: Session, source: OpenSource, snapshot: Snapshot | None, health: Health) -> str:
    """What a row tells under the pointer."""
    if snapshot is None:
        where = source.paths or (source.source.path,)
        lines = [*where[:_MOST_PATHS], *(["…"] if len(where) > _MOST_PATHS else [])]
        lines.append(source.source.taken_for)
        lost = session.lost(source)
        lines += [lost.title, "What was read before is still shown"] if lost else []
        if session.watcher.has_changed(source):
            lines.append("Its files have changed since they were read: Reload (F5)")
        if health in (Health.WRONG, Health.ATTENTION):
            lines.append(str(health))
        return "\n".join(filter(None, lines))
    lines = [snapshot.path]
    if snapshot.step is not None:
        lines.append(f"step {numbers.whole(snapshot.step)} (from the {snapshot.step_from})")
    if snapshot.metric:
        lines.append(f"{snapshot.metric} (from the file name)")
    if snapshot.time is not None:
        lines.append(f"saved {numbers.moment(snapshot.time)}")
    lines.append(f"{numbers.size(snapshot.nbytes)} in all its files")
    lines.append(str(health))
    return "\n".join(lines)
