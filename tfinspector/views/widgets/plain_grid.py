"""A small table without a model: headings and rows of text, for what fits on a page as it is."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from tfinspector.views.theme import SPACE, TIGHT


class PlainGrid(QWidget):
    """`headings` per column; columns in `numbers` are right-aligned; the last one takes the room.

    Takes no room without rows. Attribute: shown (the rows).
    """

    def __init__(self, headings: Sequence[str], numbers: Sequence[int] = ()) -> None:
        super().__init__()
        self._headings, self._numbers = tuple(headings), frozenset(numbers)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(SPACE)
        self._grid.setVerticalSpacing(TIGHT)
        self.shown: list[tuple[str, ...]] = []
        self.hide()

    def show_rows(self, rows: list[tuple[str, ...]]) -> None:
        """Show these instead."""
        if rows == self.shown:
            return
        self.shown = rows
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for line, row in enumerate((self._headings, *rows) if rows else ()):
            for column, text in enumerate(row):
                self._grid.addWidget(self._cell(text, line == 0, column), line, column)
        self._grid.setColumnStretch(len(self._headings) - (len(self._headings) - 1 not in
                                                           self._numbers), 1)  # fmt: skip
        self.setVisible(bool(rows))

    def _cell(self, text: str, is_heading: bool, column: int) -> QLabel:
        label = QLabel(text)
        label.setTextFormat(Qt.TextFormat.PlainText)  # names come from files
        label.setProperty("muted", is_heading)
        side = (
            Qt.AlignmentFlag.AlignRight if column in self._numbers else Qt.AlignmentFlag.AlignLeft
        )
        label.setAlignment(side | Qt.AlignmentFlag.AlignTop)
        label.setWordWrap(column == len(self._headings) - 1 and column not in self._numbers)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        return label
