"""The one line at the top: open, recent, reload, filter, snapshots of the run, the worker."""

from __future__ import annotations

import os
from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSlider,
    QWidget,
)

from tfinspector.contents import numbers
from tfinspector.contents.reports import WorkerState
from tfinspector.viewmodels.session import Session
from tfinspector.views.icons import icon
from tfinspector.views.theme import SMALL, TIGHT
from tfinspector.views.widgets.buttons import MenuButton, ToolButton, tool_button

_TYPING_MS = 60
_FILTER = 150  # where it is narrow, the words about the worker are cut first
_FILTER_HELP = """Words look in the name: dense kernel, or the beginnings of its words: d3k
dtype:float32   role:slot   shape:64x3 (or *x3)
size>1M   params>10k   rank=2
nan>0   inf>0   zero>50   min<0   max>1   mean   std
trainable:yes   shared:yes   problem:yes   key:text
A minus in front turns a term around: -bias"""


class SnapshotSlider(QWidget):
    """◀ ▬●▬ ▶ over the snapshots of the current run; hidden where there is no choice."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName("Snapshot")
        self.slider.setPageStep(1)
        self.slider.setMinimumWidth(90)
        self.back = self._button("previous", "Previous snapshot", -1)
        self.forth = self._button("next", "Next snapshot", +1)
        self._label = QLabel()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        for widget in (self.back, self.slider, self.forth, self._label):
            layout.addWidget(widget)
        self._is_following = False
        self.slider.valueChanged.connect(self._take)
        session.current_changed.connect(self._show)
        session.sources_changed.connect(self._show)
        self._show()

    def _button(self, name: str, tip: str, by: int) -> ToolButton:
        return tool_button(name, "", tip, lambda: self.slider.setValue(self.slider.value() + by))

    def _show(self) -> None:
        current = self._session.current
        snapshots = current.source.snapshots if current else ()
        self.setVisible(len(snapshots) > 1)
        if not snapshots:
            return
        paths = [snapshot.path for snapshot in snapshots]
        snapshot = self._session.current_snapshot
        at = paths.index(snapshot) if snapshot in paths else len(paths) - 1
        self._is_following = True
        self.slider.setRange(0, len(paths) - 1)
        self.slider.setValue(at)
        self._is_following = False
        self._say(at)

    def _say(self, at: int) -> None:
        assert self._session.current is not None
        snapshots = self._session.current.source.snapshots
        step, name = snapshots[at].step, snapshots[at].name
        self._label.setText(f"step {numbers.whole(step)}" if step is not None else name)
        self._label.setToolTip(f"{name}, {at + 1} of {len(snapshots)}")
        self.back.setEnabled(at > 0)
        self.forth.setEnabled(at < len(snapshots) - 1)

    def _take(self, at: int) -> None:
        current = self._session.current
        if self._is_following or current is None:
            return
        self._say(at)
        self._session.set_current(current, current.source.snapshots[at].path)


class TopBar(QWidget):
    """Signals: what a person asked for. `filtered` comes shortly after the last key,
    `filter_left` when Enter or Esc says that the keyboard shall go to what is filtered.
    """

    open_recent = Signal(str)
    clear_recent = Signal()
    reload = Signal()
    filtered = Signal(str)
    filter_left = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("topbar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._session = session
        self.open = MenuButton("open", "Open ▾")
        self.recent = MenuButton("recent", "Recent ▾")
        again = tool_button("reload", "Reload", "Read everything again (F5)", self.reload.emit)
        self.filter = QLineEdit(placeholderText="Filter variables", clearButtonEnabled=True)
        self.filter.setObjectName("filter")
        self.filter.setToolTip(_FILTER_HELP)
        self.filter.setAccessibleName("Filter variables")
        self.filter.addAction(icon("filter", "muted"), QLineEdit.ActionPosition.LeadingPosition)
        self.filter.setMinimumWidth(_FILTER)
        self.filter.setMaximumWidth(520)
        self.filter.returnPressed.connect(self.filter_left)
        leave = QShortcut(QKeySequence(Qt.Key.Key_Escape), self.filter)
        leave.setContext(Qt.ShortcutContext.WidgetShortcut)
        leave.activated.connect(self._empty_filter)
        self.snapshots = SnapshotSlider(session)
        self.worker = MenuButton("worker", " ")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(SMALL, TIGHT, SMALL, TIGHT)
        layout.setSpacing(TIGHT)
        for widget in (self.open, self.recent, again):
            layout.addWidget(widget)
        layout.addSpacing(SMALL)
        layout.addWidget(self.filter, 3)
        layout.addStretch(1)
        layout.addWidget(self.snapshots)
        layout.addSpacing(SMALL)
        layout.addWidget(self.worker)
        self.more = MenuButton("settings", "", "Commands, shortcuts, scheme")
        layout.addWidget(self.more)
        self._typing = QTimer(self, singleShot=True, interval=_TYPING_MS)
        self._typing.timeout.connect(lambda: self.filtered.emit(self.filter.text()))
        self.filter.textChanged.connect(self._typing.start)
        session.worker.changed.connect(self._show_worker)
        session.findings_changed.connect(self._show_worker)
        session.current_changed.connect(self._show_worker)
        self._show_worker()

    def set_open_actions(self, actions: Sequence[QAction]) -> None:
        """What the Open menu offers."""
        self.open.menu().addActions(actions)

    def set_worker_actions(self, actions: Sequence[QAction]) -> None:
        """What can be done about the worker."""
        self.worker.menu().addActions(actions)

    def set_more_actions(self, actions: Sequence[QAction]) -> None:
        """What the menu at the right end offers."""
        self.more.menu().addActions(actions)

    def _empty_filter(self) -> None:
        self.filter.clear()
        self.filter_left.emit()

    def set_recent(self, paths: tuple[str, ...]) -> None:
        """Fill the Recent menu, newest first."""
        menu = self.recent.menu()
        menu.clear()
        for path in paths:
            action = menu.addAction(_shortened(path))
            action.setToolTip(path)
            action.triggered.connect(lambda _=False, path=path: self.open_recent.emit(path))
        if paths:
            menu.addSeparator()
            menu.addAction("Clear this list", self.clear_recent.emit)
        self.recent.setEnabled(bool(paths))

    def mark_filter(self, is_wrong: bool) -> None:
        """Draw the field's border in red while it can't be understood."""
        if bool(self.filter.property("wrong")) != is_wrong:
            self.filter.setProperty("wrong", is_wrong)
            self.filter.style().polish(self.filter)

    def _show_worker(self) -> None:
        worker = self._session.worker
        agrees, word = self._verdict()
        text = worker.text.removeprefix("worker: ")
        self.worker.setText(f"{text} · {word} ▾" if word else f"{text} ▾")
        self.worker.setAccessibleName(f"Worker: {text}")
        role = {True: "proved", False: "wrong", None: "text"}[agrees]
        if worker.state in (WorkerState.DEAD, WorkerState.UNAVAILABLE):
            role = "attention"
        self.worker.setIcon(icon("proved" if agrees else "worker", role))
        told = worker.finding.title if worker.finding else worker.text
        self.worker.setToolTip(told)

    def _verdict(self) -> tuple[bool | None, str]:
        """Whether TensorFlow reads the current source as we do."""
        current = self._session.current
        report = self._session.referee(current) if current else None
        agrees = getattr(report, "agrees", None)
        if agrees is None:
            return None, ""
        return agrees, "TensorFlow agrees" if agrees else "TensorFlow disagrees"


def _shortened(path: str) -> str:
    home = os.path.expanduser("~")
    shown = "~" + path[len(home) :] if path.startswith(home + os.sep) else path
    return (shown if len(shown) <= 60 else f"…{shown[-58:]}").replace("&", "&&")
