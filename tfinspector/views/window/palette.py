"""The command palette (Ctrl+Shift+P): type a few letters of a command, Enter does it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QPoint, QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import (
    QDialog,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from tfinspector.views.icons import icon
from tfinspector.views.theme import SMALL, colours
from tfinspector.views.widgets.row_background import paint_background
from tfinspector.views.window.commands import Command

_WIDTH, _HEIGHT, _ROW, _BELOW_TOP = 440, 360, 28, 56
_COMMAND = Qt.ItemDataRole.UserRole
_MOVES = {
    (QEvent.Type.KeyPress, key)
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
}


class CommandPalette(QDialog):
    """Attributes: field, list. Esc closes it."""

    def __init__(self, commands: Sequence[Command], parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Dialog | Qt.WindowType.FramelessWindowHint)
        self.setAccessibleName("Commands")
        self._commands = commands
        self.field = QLineEdit(placeholderText="Type a command")
        self.field.setAccessibleName("Command")
        self.list = QListWidget()
        self.list.setAccessibleName("Commands")
        self.list.setItemDelegate(_CommandDelegate(self.list))
        self.list.setUniformItemSizes(True)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SMALL, SMALL, SMALL, SMALL)
        layout.setSpacing(SMALL)
        layout.addWidget(self.field)
        layout.addWidget(self.list, 1)
        self.resize(_WIDTH, _HEIGHT)
        self.move(parent.mapToGlobal(QPoint((parent.width() - _WIDTH) // 2, _BELOW_TOP)))
        self.field.textChanged.connect(self._show)
        self.field.returnPressed.connect(self._do)
        self.field.installEventFilter(self)
        self.list.itemClicked.connect(lambda _: self._do())
        self._show("")
        self.field.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Up and Down in the field move in the list."""
        if isinstance(event, QKeyEvent) and (event.type(), event.key()) in _MOVES:
            self.list.keyPressEvent(event)
            return True
        return super().eventFilter(watched, event)

    def event(self, event: QEvent) -> bool:
        """A click elsewhere closes it, as it would close a menu."""
        if event.type() == QEvent.Type.WindowDeactivate:
            self.reject()
        return super().event(event)

    def _show(self, text: str) -> None:
        """The commands that hold these letters in this order, beginnings of words first."""
        self.list.clear()
        scored = [(_score(text.lower(), c.words.lower()), c) for c in self._commands]
        for score, command in sorted(scored, key=lambda pair: pair[0]):
            if score < _NO_MATCH:
                item = QListWidgetItem(command.words)
                item.setData(_COMMAND, command)
                self.list.addItem(item)
        self.list.setCurrentRow(0)

    def _do(self) -> None:
        item = self.list.currentItem()
        if item is not None:
            command: Command = item.data(_COMMAND)
            self.accept()
            command.do()


_NO_MATCH = 3


def _score(typed: str, words: str) -> int:
    """0: a word begins so; 1: it is inside; 2: its letters are there in order; 3: not at all."""
    if any(words[at:].startswith(typed) for at in _beginnings(words)):
        return 0
    if typed in words:
        return 1
    rest = iter(words)
    return 2 if all(letter in rest for letter in typed) else _NO_MATCH


def _beginnings(words: str) -> list[int]:
    return [0, *(at + 1 for at, letter in enumerate(words) if letter == " ")]


class _CommandDelegate(QStyledItemDelegate):
    """Icon, words, and the key at the right."""

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        roles, rect = colours(), option.rect
        command: Command = index.data(_COMMAND)
        paint_background(painter, option, roles)
        if command.icon:
            sign = rect.adjusted(SMALL, (_ROW - 16) // 2, 0, 0)
            sign.setSize(QSize(16, 16))
            icon(command.icon, "muted").paint(painter, sign)
        vertical = Qt.AlignmentFlag.AlignVCenter
        room = rect.adjusted(SMALL + 24, 0, -SMALL, 0)
        painter.setPen(QColor(roles.text))
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | vertical, command.words)
        if command.keys:
            keys = QKeySequence(command.keys[0]).toString(QKeySequence.SequenceFormat.NativeText)
            painter.setPen(QColor(roles.muted))
            painter.drawText(room, Qt.AlignmentFlag.AlignRight | vertical, keys)

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(100, _ROW)
