"""The tasks pane: every longer job with its progress, Cancel while it runs, Retry if it failed."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import (
    QGridLayout,
    QLabel,
    QProgressBar,
    QScrollArea,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from tfinspector.contents import numbers
from tfinspector.viewmodels.session import Session
from tfinspector.viewmodels.tasks import Task, TaskState
from tfinspector.views.icons import icon, pixmap
from tfinspector.views.theme import SMALL, TIGHT
from tfinspector.views.widgets.buttons import ToolButton, tool_button
from tfinspector.views.widgets.elided_label import ElidedLabel
from tfinspector.views.widgets.empty_state import EmptyState

_SIGNS = {
    TaskState.WAITING: ("waiting", "muted"),
    TaskState.RUNNING: ("play", "accent"),
    TaskState.DONE: ("proved", "muted"),
    TaskState.FAILED: ("error", "wrong"),
    TaskState.CANCELLED: ("cancel", "muted"),
}


class TaskLine(QWidget):
    """One task: sign, title, what it is doing, bar, button."""

    def __init__(self, task: Task, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.task = task
        self._sign, self._title = QLabel(), ElidedLabel(task.title)
        self._doing = ElidedLabel("", "muted")
        self._state = QLabel()
        self._state.setProperty("muted", True)
        self._bar = QProgressBar(textVisible=False)
        self.button = ToolButton()
        self.button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.button.clicked.connect(self._press)
        layout = QGridLayout(self)
        layout.setContentsMargins(SMALL, TIGHT, SMALL, TIGHT)
        layout.setHorizontalSpacing(SMALL)
        layout.setVerticalSpacing(2)
        layout.addWidget(self._sign, 0, 0)
        layout.addWidget(self._title, 0, 1)
        layout.addWidget(self._doing, 0, 2)
        layout.addWidget(self._state, 0, 3)
        layout.addWidget(self.button, 0, 4)
        layout.addWidget(self._bar, 1, 1, 1, 4)
        layout.setColumnStretch(1, 2)
        layout.setColumnStretch(2, 3)
        task.changed.connect(self._show)
        self._show()

    def changeEvent(self, event: QEvent) -> None:
        """Another scheme: the sign in its colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._show()

    def _press(self) -> None:
        if self.task.state.is_over:
            self.task.retry()
        else:
            self.task.cancel()

    def _show(self) -> None:
        task, progress = self.task, self.task.progress
        self._sign.setPixmap(pixmap(*_SIGNS[task.state], 16, self.devicePixelRatioF()))
        told = progress.text if progress and not task.state.is_over else ""
        self._doing.set_text(task.finding.title if task.finding else told)
        took = f" · {numbers.duration(task.seconds)}" if task.state.is_over and task.started else ""
        self._state.setText(f"{task.state}{took}")
        self._bar.setVisible(not task.state.is_over)
        total = progress.total if progress else 0
        scale = max(1, total // 1000)  # the bar counts in 32 bits
        self._bar.setRange(0, total // scale)
        self._bar.setValue((progress.done if progress else 0) // scale)
        self.button.setVisible(not task.state.is_over or task.can_retry)
        self.button.setText("Retry" if task.state.is_over else "Cancel")
        self.button.setIcon(icon("retry" if task.state.is_over else "cancel"))


class TasksPane(QWidget):
    """`counted` tells how many run, for the tab's text."""

    counted = Signal(int)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tasks = session.tasks
        self._lines: dict[Task, TaskLine] = {}
        self._empty = EmptyState("tasks", "Longer work shows up here, with Cancel and Retry.")
        list_of_lines = QWidget()
        self._layout = QVBoxLayout(list_of_lines)
        self._layout.setContentsMargins(0, TIGHT, 0, TIGHT)
        self._layout.setSpacing(0)
        self._clear = tool_button("", "Clear finished", "", self._tasks.clear_finished)
        self._layout.addStretch(1)
        self._layout.addWidget(self._clear, 0, Qt.AlignmentFlag.AlignRight)
        self._area = QScrollArea(widgetResizable=True)
        self._area.setWidget(list_of_lines)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._area)
        self._tasks.added.connect(self._add)
        self._tasks.removed.connect(self._remove)
        self._tasks.changed.connect(self._count)
        for task in self._tasks:
            self._add(task)

    @property
    def lines(self) -> list[TaskLine]:
        """Newest first."""
        return list(reversed(self._lines.values()))

    def _add(self, task: Task) -> None:
        line = self._lines[task] = TaskLine(task)
        self._layout.insertWidget(0, line)
        self._count()

    def _remove(self, task: Task) -> None:
        line = self._lines.pop(task, None)
        if line:
            line.deleteLater()
        self._count()

    def _count(self) -> None:
        self._stack.setCurrentWidget(self._area if self._lines else self._empty)
        self._clear.setVisible(any(task.state.is_over for task in self._lines))
        self.counted.emit(len(self._tasks.running))
