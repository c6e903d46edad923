"""The Qt model of the match table: `FlatTree` of the rows of one report."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tfinspector.contents.restores import Row
from tfinspector.contents.variables import Variable
from tfinspector.viewmodels.restore.answers import HEADINGS, answer, tsv
from tfinspector.viewmodels.restore.rows import MatchColumn, MatchRows
from tfinspector.viewmodels.variables.flat_tree import MOST_CHOSEN
from tfinspector.viewmodels.variables.state_table import StateTable

_LOOKED_AT = 4096  # rows, for those that the file has


class MatchTableModel(StateTable[MatchRows]):
    """See the module and `FlatTree`."""

    headings = HEADINGS

    def row_at(self, row: int) -> Row | None:
        """The report's row; None for a group."""
        found: Row | None = self.item(row)
        return found

    def variables(self, rows: Iterable[int]) -> list[Variable]:
        """The file's variables in `rows`, groups standing for what they hold, at most
        `MOST_CHOSEN`.
        """
        if self.content is None:
            return []
        known = self.content.variables
        keys = dict.fromkeys(row.key for row in self.items(rows, _LOOKED_AT))
        return [known[key] for key in keys if key in known][:MOST_CHOSEN]

    def text(self, rows: Iterable[int]) -> str:
        """These rows (all that are shown if there are none) as a table for the clipboard."""
        content = self.content
        if content is None:
            return ""
        nodes = [int(content.rows[row]) for row in rows] or content.rows.tolist()
        return tsv(content, nodes)

    def answer(self, content: MatchRows, node: int, column: int, role: int) -> Any:
        """See `answers`."""
        return answer(content, node, _COLUMNS[column], role)


_COLUMNS = tuple(MatchColumn)
