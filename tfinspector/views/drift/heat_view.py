"""The heat map of the page Drift under the pointer and the keys.

The arrows move the cell, Enter or a click opens it (with Ctrl beside what is open already), Home
and End go to the first and the last snapshot; a click on a layer's name folds it.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QWidget

from tfinspector.views.drift.heat_canvas import LINE, STEPS, HeatCanvas


class HeatView(HeatCanvas):
    """Signals carry numbers of lines and snapshots.

    opened   (line, snapshot, beside): a cell was opened, with Ctrl beside the others
    folded   (line): a group is to be folded or opened
    pointed  what the cell under the pointer, or the one of the keyboard, holds
    """

    opened = Signal(int, int, bool)
    folded = Signal(int)
    pointed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Heat map of variables and steps")
        self.viewport().setMouseTracking(True)

    def _place_at(self, point: QPoint) -> tuple[int, int]:
        """Line and column below a point; -1 where there is none."""
        lines = len(self._heat.lines) if self._heat else 0
        if point.y() >= self.viewport().height() - STEPS:
            lines = 0
        line = (point.y() + self.verticalScrollBar().value()) // LINE
        x = point.x() - self._label_width
        at = int((x + self.horizontalScrollBar().value()) // self._wide) if x >= 0 else -1
        return (line if line < lines else -1), (at if at < len(self._labels) else -1)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell what the pointer is on."""
        self._tell(*self._place_at(event.position().toPoint()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A cell opens, a layer folds."""
        line, at = self._place_at(event.position().toPoint())
        if self._heat is None or line < 0 or event.button() is not Qt.MouseButton.LeftButton:
            return
        if at < 0:
            if self._heat.lines[line].is_group:
                self.folded.emit(line)
                return
            at = self._at
        self._move_to(line, max(at, 0))
        self._open(bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """See the module."""
        key = event.key()
        moves = {
            Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1), Qt.Key.Key_Up: (-1, 0),
            Qt.Key.Key_Down: (1, 0), Qt.Key.Key_Home: (0, -len(self._labels)),
            Qt.Key.Key_End: (0, len(self._labels)), Qt.Key.Key_PageUp: (-10, 0),
            Qt.Key.Key_PageDown: (10, 0),
        }  # fmt: skip
        if self._heat is None or not self._heat.lines:
            super().keyPressEvent(event)
        elif key in moves:
            down, across = moves[Qt.Key(key)]
            line, at = self._cell or (0, max(self._at, 0))
            is_first = self._cell is None
            self._move_to(line if is_first else line + down, at if is_first else at + across)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._cell:
            if self._heat.lines[self._cell[0]].is_group:
                self.folded.emit(self._cell[0])
            else:
                self._open(bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier))
        else:
            super().keyPressEvent(event)

    def _move_to(self, line: int, at: int) -> None:
        assert self._heat is not None
        line = min(max(line, 0), len(self._heat.lines) - 1)
        self._cell = line, min(max(at, 0), len(self._labels) - 1)
        self._keep_in_view()
        self.viewport().update()
        self._tell(*self._cell)

    def _open(self, beside: bool) -> None:
        if self._cell is not None:
            self.opened.emit(*self._cell, beside)

    def _tell(self, line: int, at: int) -> None:
        words = name = ""
        if self._heat is not None and line >= 0:
            name = self._heat.lines[line].name
            words = self._heat.words_at(line, at) if at >= 0 else name
        self.viewport().setToolTip("" if at >= 0 else name)
        self.pointed.emit(words)

    def leaveEvent(self, event: QEvent) -> None:
        """The pointer left: the keyboard's cell is told again."""
        super().leaveEvent(event)
        self._tell(*(self._cell or (-1, -1)))

    def focusInEvent(self, event: object) -> None:
        """The cell's frame is thicker while keys move it."""
        self.viewport().update()

    def focusOutEvent(self, event: object) -> None:
        """See `focusInEvent`."""
        self.viewport().update()
