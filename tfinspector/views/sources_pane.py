"""The sources pane: what is open, snapshots of a run by step, with a dot for their health."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QGuiApplication,
    QKeySequence,
    QPainter,
    QPalette,
    QShortcut,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLabel,
    QMenu,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from tfinspector.contents.sources import SourceKind
from tfinspector.viewmodels.session import Session
from tfinspector.viewmodels.sources_model import Health, SourceAsk, SourcesModel
from tfinspector.views.icons import icon
from tfinspector.views.theme import SMALL, SPACE, TIGHT, colours, number_font
from tfinspector.views.variables.row_background import paint_background

KIND_ICONS = {
    SourceKind.CHECKPOINT: "checkpoint", SourceKind.CHECKPOINT_V1: "checkpoint",
    SourceKind.RUN: "run", SourceKind.SAVED_MODEL: "saved_model", SourceKind.KERAS: "keras",
    SourceKind.KERAS_WEIGHTS: "keras", SourceKind.KERAS_HDF5: "keras",
    SourceKind.GRAPH_DEF: "saved_model", SourceKind.META_GRAPH: "saved_model",
}  # fmt: skip
_ROW = 26
_Index = QModelIndex | QPersistentModelIndex


class _SourceDelegate(QStyledItemDelegate):
    """Icon or health sign, the name, and a muted word at the right."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        roles, rect = colours(), QRect(option.rect)
        paint_background(painter, option, roles)
        painter.save()
        kind, is_current = index.data(SourceAsk.KIND), index.data(SourceAsk.IS_CURRENT)
        sign = QRect(rect.left() + 2, rect.center().y() - 8, 16, 16)
        if kind is not None:
            icon(KIND_ICONS[kind], "accent" if is_current else "text").paint(painter, sign)
        else:
            self._paint_health(painter, sign, index.data(SourceAsk.HEALTH))
        if is_current:
            bar = QRect(0, rect.top() + 3, 3, rect.height() - 6)
            painter.fillRect(bar, QColor(roles.accent))
        font = QFont(option.font)
        font.setWeight(QFont.Weight.DemiBold if is_current else QFont.Weight.Normal)
        rect.adjust(24, 0, -SMALL, 0)
        health = index.data(SourceAsk.HEALTH)
        if kind is not None and health in (Health.WRONG, Health.ATTENTION):
            mark = QRect(rect.right() - 13, rect.center().y() - 7, 14, 14)
            self._paint_health(painter, mark, health)
            rect.adjust(0, 0, -14 - TIGHT, 0)
        detail = index.data(SourceAsk.DETAIL)
        metrics = QFontMetrics(font)
        width = option.fontMetrics.horizontalAdvance(detail)
        has_room = metrics.horizontalAdvance(index.data()) + width + SMALL <= rect.width()
        if has_room:
            painter.setPen(QColor(roles.muted))
            painter.drawText(
                rect, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, detail
            )
            rect.adjust(0, 0, -width - SMALL, 0)
        painter.setFont(font)
        painter.setPen(QColor(roles.text))
        name = metrics.elidedText(index.data(), Qt.TextElideMode.ElideMiddle, rect.width())
        painter.drawText(rect, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(100, _ROW)

    @staticmethod  # Qt hands the enum over as its text, so compare by value
    def _paint_health(painter: QPainter, rect: QRect, health: Health) -> None:
        if health == Health.WRONG:
            icon("error", "wrong").paint(painter, rect)
        elif health == Health.ATTENTION:
            icon("warning", "attention").paint(painter, rect)
        else:
            roles = colours()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QColor(roles.muted))
            painter.setBrush(
                QColor(roles.muted) if health == Health.GOOD else Qt.BrushStyle.NoBrush
            )
            painter.drawEllipse(rect.center() + QPoint(0, 1), 3, 3)


class SourcesPane(QWidget):
    """A click on a source or a snapshot makes it current; Del closes a source."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.model = SourcesModel(session, self)
        self.tree = QTreeView()
        self.tree.setModel(self.model)
        self.tree.setItemDelegate(_SourceDelegate(self.tree))
        self.tree.setHeaderHidden(True)
        self.tree.setIndentation(14)
        self.tree.setUniformRowHeights(True)
        self.tree.setMouseTracking(True)
        self.tree.setFont(number_font(self.tree.font()))
        self.tree.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.tree.setAccessibleName("Sources")
        self.tree.customContextMenuRequested.connect(self._open_menu)
        self.tree.selectionModel().currentChanged.connect(self._has_moved)
        self.tree.clicked.connect(self._take)
        close = QShortcut(QKeySequence(Qt.Key.Key_Delete), self.tree)
        close.setContext(Qt.ShortcutContext.WidgetShortcut)
        close.activated.connect(self.close_chosen)
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

    def close_chosen(self) -> None:
        """Close the source that is chosen in the pane."""
        source = self.model.source_at(self.tree.currentIndex())
        if source:
            self.session.close(source)

    def _has_reset(self) -> None:
        is_empty = self.model.rowCount() == 0
        self._hint.setVisible(is_empty)
        self.tree.setVisible(not is_empty)
        self.tree.expandAll()
        self._show_current()

    def _show_current(self) -> None:
        current = self.session.current
        if current is None:
            return
        index = self.model.index_of(current.source.path, self.session.current_snapshot)
        self._is_following = True
        self.tree.setCurrentIndex(index)
        self._is_following = False

    def _has_moved(self, index: QModelIndex) -> None:
        if not self._is_following:
            self._take(index)

    def _take(self, index: QModelIndex) -> None:
        source, snapshot = self.model.source_at(index), self.model.snapshot_at(index)
        if source:
            self.session.set_current(source, snapshot.path if snapshot else None)

    def _open_menu(self, at: QPoint) -> None:
        index = self.tree.indexAt(at)
        source = self.model.source_at(index)
        if source is None:
            return
        snapshot = self.model.snapshot_at(index)
        path = snapshot.path if snapshot else source.source.path
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.addAction(icon("copy"), "Copy path", lambda: QGuiApplication.clipboard().setText(path))
        check = menu.addAction("Check all bytes", lambda: self.session.checks.run(source))
        check.setEnabled(self.session.checks.can_check(source))
        menu.addAction(icon("close"), "Close", lambda: self.session.close(source))
        menu.popup(self.tree.viewport().mapToGlobal(at))
