"""The thin progress line of a pane that waits: nothing for 100 ms, then what is done and Cancel."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QVBoxLayout, QWidget

from tfinspector.viewmodels.tasks import Task
from tfinspector.views.theme import SMALL, TIGHT
from tfinspector.views.widgets.buttons import ToolButton

_PATIENCE_MS = 100


class WaitingLine(QWidget):
    """Takes no room in the layout while nothing is awaited long enough to matter.

    `cancelled` is emitted when the person presses Cancel; the owner decides what that stops.
    """

    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._task: Task | None = None
        self._bar = QProgressBar(textVisible=False)
        self._bar.setRange(0, 0)
        self._bar.setFixedHeight(3)
        self._text = QLabel()
        self._text.setProperty("muted", True)
        self._button = ToolButton()
        self._button.setText("Cancel")
        self._button.clicked.connect(self.cancelled)
        line = QHBoxLayout()
        line.setContentsMargins(SMALL, 0, SMALL, 0)
        line.addWidget(self._text, 1)
        line.addWidget(self._button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(TIGHT)
        layout.addWidget(self._bar)
        layout.addLayout(line)
        self._patience = QTimer(self, singleShot=True, interval=_PATIENCE_MS)
        self._patience.timeout.connect(self.show)
        self.hide()

    def wait_for(self, words: str, task: Task | None = None) -> None:
        """Something is awaited now; `task` tells how far it is, if there is one."""
        self._follow(task)
        self._text.setText(words)
        self._bar.setRange(0, 0)
        self._on_progress()
        if not self.isVisible() and not self._patience.isActive():
            self._patience.start()

    def done(self) -> None:
        """Nothing is awaited any more."""
        self._patience.stop()
        self._follow(None)
        self.hide()

    def _follow(self, task: Task | None) -> None:
        if self._task is task:
            return
        if self._task is not None:
            self._task.changed.disconnect(self._on_progress)
            self._task.destroyed.disconnect(self._on_gone)
        self._task = task
        if task is not None:
            task.changed.connect(self._on_progress)
            task.destroyed.connect(self._on_gone, Qt.ConnectionType.DirectConnection)

    def _on_gone(self) -> None:
        self._task = None

    def _on_progress(self) -> None:
        progress = self._task.progress if self._task else None
        if progress is None:
            return
        scale = max(1, progress.total // 1000)  # a progress bar counts in 32 bits
        self._bar.setRange(0, progress.total // scale)
        self._bar.setValue(progress.done // scale)
        if progress.text:
            self._text.setText(progress.text)
