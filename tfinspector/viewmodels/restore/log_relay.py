"""What a job's worker prints, on its way to where the window shows such lines."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

if TYPE_CHECKING:
    from tfinspector.viewmodels.session import Session

_EVERY_MS = 100
_MOST_LINES = 2000


class LogRelay(QObject):
    """Takes lines from any thread and hands them over in the window's, a few times a second."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._lines: deque[str] = deque(maxlen=_MOST_LINES)
        self._timer = QTimer(self, interval=_EVERY_MS)
        self._timer.timeout.connect(self._hand_over)

    def note(self, line: str) -> None:
        """A line that was printed; from any thread."""
        self._lines.append(line)

    def start(self) -> None:
        """A job begins."""
        self._timer.start()

    def stop(self) -> None:
        """It has ended: the last lines at once."""
        self._timer.stop()
        self._hand_over()

    def _hand_over(self) -> None:
        lines = [self._lines.popleft().rstrip("\n") for _ in range(len(self._lines))]
        if lines:
            self._session.worker.log.extend(lines)
            self._session.worker.logged.emit(lines)
