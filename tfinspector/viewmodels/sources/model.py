"""What is open, as a tree of two levels: sources, and the snapshots of a run with their health."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractItemModel,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QUrl,
)

from tfinspector.contents.checkpoints import Snapshot
from tfinspector.contents.findings import Severity
from tfinspector.contents.sources import SourceKind
from tfinspector.viewmodels.sources.names import telling_names
from tfinspector.viewmodels.sources.together import added, paths_of
from tfinspector.viewmodels.sources.words import Health, detail_of, tip_of

if TYPE_CHECKING:
    from tfinspector.engine.opening import OpenSource
    from tfinspector.viewmodels.session import Session

_Index = QModelIndex | QPersistentModelIndex
_PATHS = "text/uri-list"


class SourceAsk(IntEnum):
    """What the pane's delegate asks."""

    DETAIL = Qt.ItemDataRole.UserRole
    HEALTH = Qt.ItemDataRole.UserRole + 1
    IS_CURRENT = Qt.ItemDataRole.UserRole + 2
    KIND = Qt.ItemDataRole.UserRole + 3


@dataclass(frozen=True, slots=True)
class _Row:
    source: OpenSource
    snapshot: Snapshot | None
    parent: int  # row of the source


class SourcesModel(QAbstractItemModel):
    """Rows are addressed by `source_at` and `snapshot_at`."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._sources: list[OpenSource] = []
        self._names: list[str] = []
        self._rebuild()
        session.sources_changed.connect(self._rebuild)
        session.current_changed.connect(self._repaint)
        session.findings_changed.connect(self._repaint)
        session.queue.settled.connect(self._repaint)
        session.watcher.changed.connect(self._repaint)

    def source_at(self, index: _Index) -> OpenSource | None:
        """The source of a row, or of the row's parent."""
        if not index.isValid():
            return None
        row = index.row() if self._is_source(index) else int(index.internalId()) - 1
        return self._sources[row] if row < len(self._sources) else None

    def snapshot_at(self, index: _Index) -> Snapshot | None:
        """The snapshot of a row; None for a source."""
        source = self.source_at(index)
        if source is None or self._is_source(index):
            return None
        return self._snapshots(source)[index.row()]

    def index_of(self, path: str, snapshot: str | None) -> QModelIndex:
        """The row of a snapshot of the source with `path`, or of the source itself."""
        for row, source in enumerate(self._sources):
            if source.source.path != path:
                continue
            for at, shown in enumerate(self._snapshots(source)):
                if shown.path == snapshot:
                    return self.index(at, 0, self.index(row, 0))
            return self.index(row, 0)
        return QModelIndex()

    def paths(self, rows: Iterable[_Index]) -> list[str]:
        """Where these rows are read from, in the order of the pane."""
        places = sorted(
            (row.parent().row(), row.row()) if row.parent().isValid() else (row.row(), -1)
            for row in rows
        )
        found: list[str] = []
        for at, inner in places:
            source = self._sources[at]
            found += paths_of(source, self._snapshots(source)[inner] if inner >= 0 else None)
        return list(dict.fromkeys(found))

    def health(self, source: OpenSource, snapshot: Snapshot | None) -> Health:
        """What is known of a snapshot, or of the whole source."""
        if snapshot is None:
            return self._worst({finding.severity for finding in self._session.findings_of(source)})
        if not snapshot.complete:
            return Health.WRONG
        if self._session.queue.has_odd(source, snapshot.path):
            return Health.WRONG
        told = {
            finding.severity
            for finding in self._session.findings_of(source)
            if finding.where == snapshot.path or finding.where.startswith(f"{snapshot.path}.")
        }
        if self._worst(told) is not Health.GOOD:
            return self._worst(told)
        known = self._session.queue.known(source, snapshot.path)
        return Health.GOOD if known else Health.UNKNOWN

    @staticmethod
    def _worst(severities: set[Severity]) -> Health:
        if Severity.ERROR in severities:
            return Health.WRONG
        return Health.ATTENTION if Severity.WARNING in severities else Health.GOOD

    # Qt's overrides

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """Sources, or the snapshots of a run."""
        if not parent.isValid():
            return len(self._sources)
        source = self.source_at(parent)
        return len(self._snapshots(source)) if source and self._is_source(parent) else 0

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """One; the delegate paints the rest of the row from `SourceAsk`."""
        return 1

    def index(self, row: int, column: int, parent: _Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        """The row of the parent is kept in the index's id, plus one; sources have 0."""
        if not self.hasIndex(row, column, parent):
            return QModelIndex()
        return self.createIndex(row, column, parent.row() + 1 if parent.isValid() else 0)

    def parent(self, index: _Index = QModelIndex()) -> Any:  # noqa: B008
        """The source of a snapshot."""
        if not index.isValid() or self._is_source(index):
            return QModelIndex()
        return self.createIndex(int(index.internalId()) - 1, 0, 0)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Name, hover text, and what `SourceAsk` lists."""
        source = self.source_at(index)
        if source is None:
            return None
        snapshot = self.snapshot_at(index)
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._name(index)
            case Qt.ItemDataRole.ToolTipRole:
                return tip_of(self._session, source, snapshot, self.health(source, snapshot))
            case SourceAsk.DETAIL:
                return detail_of(self._session, source, snapshot)
            case SourceAsk.HEALTH:
                return self.health(source, snapshot)
            case SourceAsk.KIND:
                return source.source.kind if snapshot is None else None
            case SourceAsk.IS_CURRENT:
                return self._is_current(source, snapshot)
        return None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """Rows can be dragged; a source takes what is dropped on it."""
        found = super().flags(index)
        if not index.isValid():
            return found
        found |= Qt.ItemFlag.ItemIsDragEnabled
        return found | Qt.ItemFlag.ItemIsDropEnabled if self._is_source(index) else found

    def mimeTypes(self) -> list[str]:
        """Paths, as from a file manager."""
        return [_PATHS]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """The paths of these rows."""
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(path) for path in self.paths(indexes)])
        return data

    def canDropMimeData(
        self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: _Index
    ) -> bool:
        """On a source that does not have it."""
        return bool(self._added(data, parent))

    def dropMimeData(
        self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: _Index
    ) -> bool:
        """What is dropped on a source is put together with it."""
        source, paths = self.source_at(parent), self._added(data, parent)
        if paths and source is not None:
            self._session.put_together(paths, instead=source if source.paths else None)
        return False  # the rows that were dragged stay where they are

    def _added(self, data: QMimeData, parent: _Index) -> list[str]:
        source = self.source_at(parent)
        if source is None or not self._is_source(parent):
            return []
        return added(source, [url.toLocalFile() for url in data.urls() if url.isLocalFile()])

    def _is_current(self, source: OpenSource, snapshot: Snapshot | None) -> bool:
        current = self._session.current
        if current is None or current.source.path != source.source.path:
            return False
        if snapshot is None:
            return not self._snapshots(source)
        return bool(snapshot.path == self._session.current_snapshot)

    @staticmethod
    def _is_source(index: _Index) -> bool:
        return int(index.internalId()) == 0

    @staticmethod
    def _snapshots(source: OpenSource) -> tuple[Snapshot, ...]:
        """Shown only where there is a choice."""
        return source.source.snapshots if source.source.kind is SourceKind.RUN else ()

    def _name(self, index: _Index) -> str:
        snapshot = self.snapshot_at(index)
        return snapshot.name if snapshot else self._names[index.row()]

    def _rebuild(self) -> None:
        self.beginResetModel()
        self._sources = list(self._session.sources)
        self._names = telling_names([source.source.path for source in self._sources])
        self.endResetModel()

    def _repaint(self) -> None:
        if not self._sources:
            return
        last = len(self._sources) - 1
        self.dataChanged.emit(self.index(0, 0), self.index(last, 0))
        for row, source in enumerate(self._sources):
            count = len(self._snapshots(source))
            if count:
                top = self.index(row, 0)
                self.dataChanged.emit(self.index(0, 0, top), self.index(count - 1, 0, top))
