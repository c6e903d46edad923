"""Runs that are put together by hand: of which paths, and how they are changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from tfinspector.contents.checkpoints import Snapshot

if TYPE_CHECKING:
    from tfinspector.engine.opening import OpenSource
    from tfinspector.viewmodels.session import Session


def paths_of(source: OpenSource, snapshot: Snapshot | None = None) -> list[str]:
    """Where a source, or one of its snapshots, is read from."""
    if snapshot is not None:
        return [snapshot.path]
    return list(source.paths) or [source.source.path]


def added(source: OpenSource, paths: Sequence[str]) -> list[str]:
    """`source` and these; nothing where it has all of them already."""
    known = {source.source.path, *source.paths, *_snapshots(source)}
    new = [path for path in dict.fromkeys(paths) if path not in known]
    return [*paths_of(source), *new] if new else []


def can_move(source: OpenSource, snapshot: Snapshot, by: int) -> bool:
    """Whether a snapshot of a run that was put together has a place so much further on."""
    paths = _snapshots(source) if source.paths else []
    return snapshot.path in paths and 0 <= paths.index(snapshot.path) + by < len(paths)


def move(session: Session, source: OpenSource, snapshot: Snapshot, by: int) -> None:
    """Have a snapshot stand there; nothing where it can't."""
    if can_move(source, snapshot, by):
        paths = _snapshots(source)
        at = paths.index(snapshot.path)
        paths.insert(at + by, paths.pop(at))
        session.put_together(paths, as_given=True, instead=source)


def close_or_take_out(
    session: Session, rows: Iterable[tuple[OpenSource | None, Snapshot | None]]
) -> None:
    """Close the sources of these rows; of a run that was put together take the snapshots out."""
    taken: dict[OpenSource, set[str]] = {}
    for source, snapshot in rows:
        if source is not None:
            out = taken.setdefault(source, set())
            if snapshot is not None and source.paths:
                out.add(snapshot.path)
    for source, gone in taken.items():
        left = [path for path in _snapshots(source) if path not in gone]
        if gone and left:
            session.put_together(left, as_given=True, instead=source)
        else:
            session.close(source)


def _snapshots(source: OpenSource) -> list[str]:
    return [each.path for each in source.source.snapshots]
