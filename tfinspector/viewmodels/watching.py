"""New snapshots appear while training goes on: watches the directories of what is open.

A save writes several files, so a change is only looked at when the directory has been quiet for
a moment; and only if the indexes there have changed is the source opened again.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer

from tfinspector.contents.sources import SourceKind

if TYPE_CHECKING:
    from tfinspector.engine.opening import OpenSource
    from tfinspector.viewmodels.session import Session

_QUIET_MS = 700
_TELLING = (".index", ".keras", ".h5", ".hdf5", ".weights.json")
_WATCHED = (SourceKind.RUN, SourceKind.CHECKPOINT)

Listing = frozenset[tuple[str, int, int]]


class Watcher(QObject):
    """Asks the session to refresh a run or a checkpoint whose directory has changed."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._listings: dict[str, Listing] = {}
        self._changed: set[str] = set()
        self._watcher = QFileSystemWatcher(self)
        self._watcher.directoryChanged.connect(self._note)
        self._quiet = QTimer(self, singleShot=True, interval=_QUIET_MS)
        self._quiet.timeout.connect(self._look)
        session.sources_changed.connect(self._follow)
        self._follow()

    def _follow(self) -> None:
        wanted = {_directory(s) for s in self._session.sources if s.source.kind in _WATCHED}
        wanted = {path for path in wanted if os.path.isdir(path)}
        watched = set(self._watcher.directories())
        if watched - wanted:
            self._watcher.removePaths(sorted(watched - wanted))
        new = sorted(wanted - watched)
        if new:
            self._watcher.addPaths(new)
            self._list(new, self._listings.update)

    def _note(self, directory: str) -> None:
        self._changed.add(directory)
        self._quiet.start()

    def _look(self) -> None:
        changed, self._changed = self._changed, set()
        self._list(changed, self._compare)

    def _list(self, directories: Iterable[str], then: object) -> None:
        """List off the window's thread: the directory may be on a slow network."""
        paths = list(directories)
        self._session.run(
            "Look for new snapshots",
            lambda _: {path: _listing(path) for path in paths},
            then,  # type: ignore[arg-type]
            quiet=True,
        )

    def _compare(self, listings: dict[str, Listing]) -> None:
        for path, listing in listings.items():
            if listing == self._listings.get(path):
                continue
            self._listings[path] = listing
            for source in self._session.sources:
                if source.source.kind in _WATCHED and _directory(source) == path:
                    self._session.refresh(source)


def _directory(source: OpenSource) -> str:
    path = source.source.path
    return path if source.source.kind is SourceKind.RUN else os.path.dirname(path)


def _listing(directory: str) -> Listing:
    """Indexes, files of Keras, the state file, with size and time: what a save changes last."""
    try:
        with os.scandir(directory) as entries:
            return frozenset(
                (entry.name, entry.stat().st_size, entry.stat().st_mtime_ns)
                for entry in entries
                if entry.name.endswith(_TELLING) or entry.name == "checkpoint"
            )
    except OSError:  # gone meanwhile: a listing of nothing, and reopening says what is wrong
        return frozenset()
