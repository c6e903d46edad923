"""The snapshots that are compared, and how any process can read them again."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

from tfinspector.contents.checkpoints import Checkpoint, Snapshot
from tfinspector.contents.findings import Unreadable
from tfinspector.engine.opening import OpenSource, open_source
from tfinspector.formats.reading import TensorReader

_MOST_OPEN = 64  # of another process; one that compares a run goes through its snapshots in turn


class Place(NamedTuple):
    """A snapshot by the paths of its source and its own: what is sent to other processes."""

    source: str
    snapshot: str


class Member(NamedTuple):
    """One snapshot of those that are compared, in the order of the axis."""

    opened: OpenSource
    snapshot: Snapshot

    @property
    def place(self) -> Place:
        """Its place."""
        return Place(self.opened.source.path, self.snapshot.path)

    def checkpoint(self) -> Checkpoint:
        """Its contents; raises `Unreadable`."""
        return self.opened.checkpoint(self.snapshot.path)


Readers = Callable[[Place], TensorReader]


def members_of(sources: Sequence[OpenSource]) -> list[Member]:
    """All complete snapshots of the sources, as they are given; none of them twice."""
    members: dict[str, Member] = {}
    for opened in sources:
        for snapshot in opened.source.snapshots:
            if snapshot.complete:
                part = opened.part_with(snapshot.path)
                members.setdefault(snapshot.path, Member(part, snapshot))
    return list(members.values())


def reader_at(place: Place) -> TensorReader:
    """A reader of the snapshot, opened by this process and kept for its next use."""
    try:
        return _opened(place.source).reader(place.snapshot)
    except Unreadable:  # the run has grown since it was opened here
        _opened.cache_clear()
        return _opened(place.source).reader(place.snapshot)


@lru_cache(_MOST_OPEN)
def _opened(source: str) -> OpenSource:
    return open_source(source)
