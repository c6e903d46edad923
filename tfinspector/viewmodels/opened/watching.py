"""New snapshots appear while training goes on: watches the directories of what is open.

A save writes several files, so a change is only looked at when the directory has been quiet for
a moment; and only if the files there that a save ends with have changed is the source opened
again. Network drives tell nobody of changes, and a file that grows in place is no change of its
directory, so all directories are also looked at every few seconds.

What does not grow, such as a SavedModel, is not read again by itself: that its files have changed
is told, and Reload is a person's to press.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING
from weakref import WeakSet

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal

from tfinspector.contents.sources import SourceKind

if TYPE_CHECKING:
    from tfinspector.engine.opening import OpenSource
    from tfinspector.viewmodels.opened.source_list import SourceList
    from tfinspector.viewmodels.tasks import TaskList

_QUIET_MS = 700
_POLL_MS = 5_000
_TELLING = (".index", ".keras", ".h5", ".hdf5", ".weights.json")
_DATA = ".data-"  # of a file that may still grow where a copy has brought the index first
_WATCHED = (SourceKind.RUN, SourceKind.CHECKPOINT)

Listing = frozenset[tuple[str, int, int]]


class Watcher(QObject):
    """Reads a run or a checkpoint again whose directory has changed; of other sources `changed`
    follows `has_changed`.
    """

    changed = Signal()

    def __init__(self, opened: SourceList, tasks: TaskList, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._opened, self._tasks = opened, tasks
        self._listings: dict[str, Listing] = {}
        self._changed: set[str] = set()
        self._is_polling = False
        self._stale: WeakSet[OpenSource] = WeakSet()
        self._watcher = QFileSystemWatcher(self)
        self._watcher.directoryChanged.connect(self._note)
        self._quiet = QTimer(self, singleShot=True, interval=_QUIET_MS)
        self._quiet.timeout.connect(self._look)
        self._poll = QTimer(self, interval=_POLL_MS)
        self._poll.timeout.connect(self._look_at_all)
        opened.changed.connect(self._follow)
        self._follow()

    def has_changed(self, source: OpenSource) -> bool:
        """Whether the files of a source that is not read again by itself are other ones now."""
        return source in self._stale

    def _follow(self) -> None:
        followed = [source for source in self._opened.sources if source.source.kind in _WATCHED]
        wanted = {path for source in followed for path in _directories(source)}
        wanted = {path for path in wanted if os.path.isdir(path)}
        watched = set(self._watcher.directories())
        if watched - wanted:
            self._watcher.removePaths(sorted(watched - wanted))
        new = sorted(wanted - self._listings.keys())
        self._listings = {path: each for path, each in self._listings.items() if path in wanted}
        if wanted - watched:
            self._watcher.addPaths(sorted(wanted - watched))
        if new:
            self._list(new, self._begin_with)
        if wanted or self._others():
            self._poll.start()
        else:
            self._poll.stop()

    def _note(self, directory: str) -> None:
        self._changed.add(directory)
        self._quiet.start()

    def _look(self) -> None:
        changed, self._changed = self._changed, set()
        self._list(changed, self._compare)

    def _look_at_all(self) -> None:
        """Unless the last look still waits for a slow drive."""
        if self._is_polling:
            return
        self._is_polling = True
        self._list(self._listings, self._compare_all)
        others = self._others()
        if others:
            self._tasks.run(
                "Look for changed files",
                lambda _: [source for source in others if source.is_stale()],
                self._note_stale,
                quiet=True,
            )

    def _others(self) -> list[OpenSource]:
        """Those that are not read again by themselves, and can be asked for nothing."""
        return [
            each
            for each in self._opened.sources
            if each.source.kind not in _WATCHED and not each.source.is_remote
        ]

    def _note_stale(self, found: list[OpenSource]) -> None:
        new = [source for source in found if source not in self._stale]
        self._stale.update(new)
        if new:
            self.changed.emit()

    def _list(self, directories: Iterable[str], then: object) -> None:
        """List off the window's thread: the directory may be on a slow network."""
        paths = list(directories)
        self._tasks.run(
            "Look for new snapshots",
            lambda _: {path: _listing(path) for path in paths},
            then,  # type: ignore[arg-type]
            quiet=True,
        )

    def _begin_with(self, listings: dict[str, Listing]) -> None:
        self._listings |= listings

    def _compare_all(self, listings: dict[str, Listing]) -> None:
        self._is_polling = False
        self._compare(listings)

    def _compare(self, listings: dict[str, Listing]) -> None:
        known = {path: each for path, each in listings.items() if path in self._listings}
        changed = {path for path, each in known.items() if each != self._listings[path]}
        self._listings |= known
        for source in list(self._opened.sources):
            if source.source.kind in _WATCHED and changed & _directories(source):
                self._opened.reload(source, quiet=True)


def _directories(source: OpenSource) -> set[str]:
    """Its own, and those of a run's snapshots where each has one."""
    path = source.source.path
    if source.source.kind is not SourceKind.RUN:
        return {os.path.dirname(path)}
    return {path, *(os.path.dirname(snapshot.path) for snapshot in source.source.snapshots)}


def _listing(directory: str) -> Listing:
    """What a save changes last: indexes, files of Keras, the state file; with size and time.

    Folders are told by name, because the next snapshot may have one of its own.
    """
    try:
        with os.scandir(directory) as entries:
            there = {entry.name: entry for entry in entries}
        return frozenset(_told(entry) for entry in there.values() if _is_telling(entry, there))
    except OSError:  # gone meanwhile: a listing of nothing, and reopening says what is wrong
        return frozenset()


def _is_telling(entry: os.DirEntry[str], there: Collection[str]) -> bool:
    if entry.is_dir():
        return not entry.name.endswith("_temp")  # of a save that is under way
    prefix, of_data, _ = entry.name.rpartition(_DATA)
    if of_data:
        return f"{prefix}.index" in there
    return entry.name.endswith(_TELLING) or entry.name == "checkpoint"


def _told(entry: os.DirEntry[str]) -> tuple[str, int, int]:
    if entry.is_dir():
        return entry.name, 0, 0
    status = entry.stat()
    return entry.name, status.st_size, status.st_mtime_ns
