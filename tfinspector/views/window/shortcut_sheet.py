"""The sheet of shortcuts (F1 or ?): every command with a key, and the gestures of the widgets."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from tfinspector.views.theme import SMALL, TIGHT, WIDE
from tfinspector.views.window.commands import Command

_GESTURES: dict[str, tuple[tuple[str, str], ...]] = {
    "Trees and tables": (
        ("← →", "Close and open a group"),
        ("Space", "Open or close a group"),
        ("Ctrl+C", "Copy what is shown"),
        ("Shift, Ctrl + click", "Choose several"),
        ("Del", "Close the chosen source"),
        ("Esc", "Empty the filter, back to the table"),
    ),
    "Plots": (
        ("L", "Log heights on and off"),
        ("← →", "Move the read-out by a bin"),
        ("Wheel", "Zoom"),
        ("Drag", "Move"),
        ("Double click, Home", "Show all"),
    ),
}
_IN_ROWS = 2


class ShortcutSheet(QDialog):
    """Made from the same table as the keys themselves. Esc closes it."""

    def __init__(self, commands: Iterable[Command], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keyboard shortcuts")
        groups: dict[str, list[tuple[str, str]]] = {}
        for command in commands:
            if command.keys:
                groups.setdefault(command.group, []).append((_shown(command.keys), command.words))
        for title, gestures in _GESTURES.items():
            groups.setdefault(title, []).extend(gestures)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(WIDE, WIDE, WIDE, WIDE)
        layout.setSpacing(2 * WIDE)
        titles = list(groups)
        for start in range(0, len(titles), _IN_ROWS):
            column = QVBoxLayout()
            column.setSpacing(WIDE)
            for title in titles[start : start + _IN_ROWS]:
                column.addLayout(_group(title, groups[title]))
            column.addStretch(1)
            layout.addLayout(column)


def _shown(keys: tuple[str, ...]) -> str:
    native = QKeySequence.SequenceFormat.NativeText
    return " or ".join(QKeySequence(each).toString(native) for each in keys[:2])


def _group(title: str, rows: list[tuple[str, str]]) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(SMALL * 2)
    grid.setVerticalSpacing(TIGHT)
    heading = QLabel(title)
    heading.setProperty("heading", True)
    grid.addWidget(heading, 0, 0, 1, 2)
    for line, (keys, words) in enumerate(rows, 1):
        key = QLabel(keys)
        key.setProperty("muted", True)
        grid.addWidget(key, line, 0, Qt.AlignmentFlag.AlignLeft)
        grid.addWidget(QLabel(words), line, 1)
    grid.setColumnMinimumWidth(0, 128)
    grid.setColumnStretch(1, 1)
    return grid
