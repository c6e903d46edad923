"""The sources pane: what is open, snapshots of a run by step, with a dot for their health.

Several rows can be put together as one run, by hand: with Ctrl and Shift and Ctrl+G, or by
dragging one onto another.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtGui import QGuiApplication, QKeySequence, QPalette, QShortcut
from PySide6.QtWidgets import QLabel, QMenu, QVBoxLayout, QWidget

from tfinspector.viewmodels.session import Session
from tfinspector.viewmodels.sources.model import SourcesModel
from tfinspector.viewmodels.sources.together import can_move, close_or_take_out, move
from tfinspector.views.icons import icon
from tfinspector.views.sources.tree import SourcesTree
from tfinspector.views.theme import SMALL, SPACE, TIGHT

_TOGETHER = "Put together as a run"
_UP, _DOWN = QKeySequence("Ctrl+Shift+Up"), QKeySequence("Ctrl+Shift+Down")


class SourcesPane(QWidget):
    """What is chosen becomes current, where it is one row. Del closes sources, and takes snapshots
    out of a run that was put together by hand.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.model = SourcesModel(session, self)
        self.tree = SourcesTree(self.model)
        self.tree.customContextMenuRequested.connect(self._open_menu)
        self.tree.selectionModel().selectionChanged.connect(self._has_chosen)
        self.tree.clicked.connect(self._has_chosen)
        for keys, act in (
            (QKeySequence(Qt.Key.Key_Delete), self.close_chosen),
            (_UP, lambda: self._move(-1)),
            (_DOWN, lambda: self._move(1)),
        ):
            shortcut = QShortcut(keys, self.tree)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(act)
        heading = QLabel("Sources")
        heading.setProperty("heading", True)
        heading.setContentsMargins(SPACE, SMALL, SMALL, TIGHT)
        self._hint = QLabel("Drop a checkpoint, a SavedModel or a run here.", wordWrap=True)
        self._hint.setProperty("muted", True)
        self._hint.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._hint.setContentsMargins(SPACE, SMALL, SPACE, SPACE)
        self._hint.setAutoFillBackground(True)
        self._hint.setBackgroundRole(QPalette.ColorRole.Base)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(heading)
        layout.addWidget(self.tree, 1)
        layout.addWidget(self._hint, 1)
        self.model.modelReset.connect(self._has_reset)
        session.current_changed.connect(self._show_current)
        self._is_following = False
        self._has_reset()

    def put_together(self) -> None:
        """Make one run of the chosen rows; of all that is open where not several are chosen."""
        rows = self.tree.chosen()
        if len(rows) < 2:
            rows = [self.model.index(row, 0) for row in range(self.model.rowCount())]
        self.session.put_together(self.model.paths(rows))

    def close_chosen(self) -> None:
        """Close the sources of the chosen rows; of a run that was put together by hand take the
        chosen snapshots out.
        """
        close_or_take_out(self.session, [self._at(index) for index in self.tree.chosen()])

    def _move(self, by: int) -> None:
        """The snapshot in the pane, within a run that was put together."""
        source, snapshot = self._at(self.tree.currentIndex())
        if source is not None and snapshot is not None:
            move(self.session, source, snapshot, by)

    def _at(self, index: QModelIndex) -> Any:
        return self.model.source_at(index), self.model.snapshot_at(index)

    def _has_reset(self) -> None:
        is_empty = self.model.rowCount() == 0
        self._hint.setVisible(is_empty)
        self.tree.setVisible(not is_empty)
        self._show_current()

    def _show_current(self) -> None:
        current = self.session.current
        if current is not None:
            index = self.model.index_of(current.source.path, self.session.current_snapshot)
            self._is_following = True
            self.tree.show_current(index)
            self._is_following = False

    def _has_chosen(self) -> None:
        """One row is what a person looks at; several are for what can be done with them."""
        chosen = self.tree.chosen()
        if len(chosen) == 1 and not self._is_following:
            source, snapshot = self._at(chosen[0])
            if source:
                self.session.set_current(source, snapshot.path if snapshot else None)

    def _open_menu(self, at: QPoint) -> None:
        index = self.tree.indexAt(at)
        if self.model.source_at(index) is not None:
            self.menu(index).popup(self.tree.viewport().mapToGlobal(at))

    def menu(self, index: QModelIndex) -> QMenu:
        """What can be done with a row, or with all that are chosen."""
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        source, snapshot = self._at(index)
        assert source is not None
        several = len(self.tree.chosen()) > 1
        paths = self.model.paths(self.tree.chosen() if several else [index])
        words = f"Copy {len(paths)} paths" if several else "Copy path"
        menu.addAction(icon("copy"), words, lambda: _copy("\n".join(paths)))
        if several:
            menu.addAction(icon("run"), _TOGETHER, self.put_together)
        if snapshot is not None and source.paths and not several:
            self._add_moves(menu, index)
        menu.addSeparator()
        if several:
            menu.addAction(icon("close"), "Close", self.close_chosen)
            return menu
        check = menu.addAction("Check all bytes", lambda: self.session.checks.run(source))
        check.setEnabled(self.session.checks.can_check(source))
        menu.addAction(icon("close"), "Close", lambda: self.session.close(source))
        return menu

    def _add_moves(self, menu: QMenu, index: QModelIndex) -> None:
        """Of a snapshot in a run that was put together by hand."""
        source, snapshot = self._at(index)
        for words, by, keys in (("Move up", -1, _UP), ("Move down", 1, _DOWN)):
            action = menu.addAction(words, partial(move, self.session, source, snapshot, by))
            action.setShortcut(keys)
            action.setEnabled(can_move(source, snapshot, by))
        out = menu.addAction(
            "Take out of the run",
            partial(close_or_take_out, self.session, [(source, snapshot)]),
        )
        out.setShortcut(QKeySequence(Qt.Key.Key_Delete))


def _copy(text: str) -> None:
    QGuiApplication.clipboard().setText(text)
