"""What tables share whose rows have a state: that of a match, that of a comparison."""

from __future__ import annotations

from dataclasses import replace
from enum import IntEnum
from typing import Any, TypeVar

from PySide6.QtCore import Qt

from tfinspector.viewmodels.variables.answers import Ask
from tfinspector.viewmodels.variables.filter import matched_spans
from tfinspector.viewmodels.variables.flat_rows import FlatRows
from tfinspector.viewmodels.variables.flat_tree import FlatTree

Rows = TypeVar("Rows", bound=FlatRows[Any])
OF_ANY = (Ask.DEPTH, Ask.SPANS, Ask.IS_SHARED)
"""Roles that `answer_of_any` answers."""


class Cell(IntEnum):
    """What the delegates ask beyond `Ask`: the `Sign` of a state."""

    SIGN = Qt.ItemDataRole.UserRole + 20


def answer_of_any(content: FlatRows[Any], node: int, role: int) -> Any:
    """What every cell of a node answers, be it a row or a group."""
    if role == Ask.DEPTH:
        return int(content.forest.depth[node])
    if role == Ask.SPANS:
        words = content.arrangement.wish.filter.words
        return matched_spans(content.forest.path(node), content.forest.labels[node], words)
    return False


class StateTable(FlatTree[Rows]):
    """A `FlatTree` that is given all its rows at once."""

    def show_rows(self, content: Rows | None) -> None:
        """Show these rows from now on, all states, filtered and sorted as before."""
        if content is self.content:
            return
        self._wish = replace(self._wish, hidden=frozenset())
        self.show_content(content)
        self.arranged.emit()
        if content and content.arrangement.wish != self._wish:
            self._arrange()
