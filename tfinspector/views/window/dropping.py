"""Drag and drop: anything with a local path may be dropped anywhere on the window.

On a row of the sources pane it is put together with that source; see `SourcesModel`.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QMimeData, QObject, Qt
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from tfinspector.contents import numbers
from tfinspector.viewmodels.session import Session
from tfinspector.views.theme import SMALL, colours, with_alpha


class DropTarget(QObject):
    """Watches one window; the files of one set open once."""

    def __init__(self, window: QWidget, session: Session) -> None:
        super().__init__(window)
        self._session = session
        window.setAcceptDrops(True)
        window.installEventFilter(self)
        self._veil = _Veil(window)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take what has a path; leave everything else to the window."""
        if isinstance(event, QDragEnterEvent) and _paths(event.mimeData()):
            event.acceptProposedAction()
            self._veil.show_over(len(_paths(event.mimeData())))
            return True
        if event.type() in (QEvent.Type.DragLeave, QEvent.Type.Drop):
            self._veil.hide()
        if event.type() == QEvent.Type.Drop and isinstance(event, QDropEvent):
            self._take(_paths(event.mimeData()), event.modifiers())
            event.acceptProposedAction()
            return True
        return super().eventFilter(watched, event)

    def _take(self, paths: list[str], keys: Qt.KeyboardModifier) -> None:
        if len(paths) > 1 and keys & Qt.KeyboardModifier.ShiftModifier:
            self._session.put_together(paths)
        else:
            self._session.open_several(paths)


class _Veil(QWidget):
    """Says, over the whole window, that letting go here opens what is held."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window, self._words = window, ""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def show_over(self, count: int) -> None:
        """Cover the window; `count` paths are held."""
        self._words = "Drop to open"
        if count > 1:
            self._words += f" {numbers.whole(count)} paths\nWith Shift: put together as a run"
        self.setGeometry(self._window.rect())
        self.raise_()
        self.show()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A frame in the accent, and the words in the middle."""
        roles = colours()
        painter = QPainter(self)
        painter.fillRect(self.rect(), with_alpha(roles.surface, 0.85))
        painter.setPen(QPen(QColor(roles.accent), 2))
        painter.drawRect(self.rect().adjusted(SMALL, SMALL, -SMALL, -SMALL))
        painter.setPen(QColor(roles.text))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._words)


def _paths(data: QMimeData) -> list[str]:
    return [url.toLocalFile() for url in data.urls() if url.isLocalFile()]
