"""The tree of the sources pane: what is folded and chosen stays so when sources come and go."""

from __future__ import annotations

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QTreeView, QWidget

from tfinspector.viewmodels.sources.model import SourcesModel
from tfinspector.views.sources.rows import SourceDelegate
from tfinspector.views.theme import number_font

_Row = tuple[str, str | None]


class SourcesTree(QTreeView):
    """Several rows can be chosen with Ctrl and Shift, and dragged onto a source."""

    def __init__(self, model: SourcesModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = model
        self._folded: set[str] = set()
        self._chosen: list[_Row] = []
        self.setModel(model)
        self.setItemDelegate(SourceDelegate(self))
        self.setHeaderHidden(True)
        self.setIndentation(14)
        self.setUniformRowHeights(True)
        self.setMouseTracking(True)
        self.setFont(number_font(self.font()))
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        self.setDefaultDropAction(Qt.DropAction.CopyAction)
        self.setDragDropOverwriteMode(True)  # onto rows, not between them
        self.setAccessibleName("Sources")
        self.collapsed.connect(lambda index: self._folded.add(self._row(index)[0]))
        self.expanded.connect(lambda index: self._folded.discard(self._row(index)[0]))
        model.modelAboutToBeReset.connect(self._keep)
        model.modelReset.connect(self._take_up)

    def chosen(self) -> list[QModelIndex]:
        """The rows of the selection."""
        return self.selectionModel().selectedIndexes()

    def show_current(self, index: QModelIndex) -> None:
        """Bring the row into view, and choose it unless several are; a folded run stays folded."""
        if index.parent().isValid() and not self.isExpanded(index.parent()):
            index = index.parent()
        several = len(self.chosen()) > 1
        flag = QItemSelectionModel.SelectionFlag
        # Said outright, because Qt would look which keys are held down just now.
        how = flag.NoUpdate if several else flag.ClearAndSelect
        self.selectionModel().setCurrentIndex(index, how)
        self.scrollTo(index)

    def _row(self, index: QModelIndex) -> _Row:
        source, snapshot = self._rows.source_at(index), self._rows.snapshot_at(index)
        return source.source.path if source else "", snapshot.path if snapshot else None

    def _keep(self) -> None:
        self._chosen = [self._row(index) for index in self.chosen()]

    def _take_up(self) -> None:
        for row in range(self._rows.rowCount()):
            index = self._rows.index(row, 0)
            self.setExpanded(index, self._row(index)[0] not in self._folded)
        selection = QItemSelection()
        for path, snapshot in self._chosen if len(self._chosen) > 1 else ():
            index = self._rows.index_of(path, snapshot)
            if index.isValid():
                selection.select(index, index)
        self.selectionModel().select(selection, QItemSelectionModel.SelectionFlag.Select)
