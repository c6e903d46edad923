"""The Qt model of the table of a comparison: `FlatTree` of its rows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt

from tfinspector.viewmodels.compare.answers import HEADINGS, answer
from tfinspector.viewmodels.compare.rows import FIGURES, CompareColumn, CompareRow, CompareRows
from tfinspector.viewmodels.compare.table_text import HEADER, lines, tsv
from tfinspector.viewmodels.tasks import Task
from tfinspector.viewmodels.variables.state_table import StateTable

if TYPE_CHECKING:
    from tfinspector.engine.jobs import Ticket

_COLUMNS = tuple(CompareColumn)
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class CompareTable(StateTable[CompareRows]):
    """See the module and `FlatTree`."""

    headings = HEADINGS

    def row_at(self, row: int) -> CompareRow | None:
        """What stands in `row`; None for a group."""
        found: CompareRow | None = self.item(row)
        return found

    def reveal(self, key: str) -> int:
        """As `FlatTree.reveal`; `key` is that of either side."""
        return super().reveal(self.content.row_keys.get(key, key)) if self.content else -1

    def text(self, rows: Iterable[int]) -> str:
        """These rows (all that are shown if there are none) as a table for the clipboard."""
        content = self.content
        if content is None:
            return ""
        return tsv(content, [int(content.rows[row]) for row in rows] or self._all(content))

    def export_csv(self, path: str) -> Task | None:
        """Write what passes the filter to a new file. None if there is nothing."""
        if self.content is None:
            return None
        content = self.content.as_shown()

        def job(ticket: Ticket) -> None:
            from tfinspector.engine.exporting import write_csv

            rows = lines(content, self._all(content))
            ticket.check()
            write_csv(path, HEADER, rows)

        return self.session.run(f"Export the table to {path.rsplit('/', 1)[-1]}", job)

    def answer(self, content: CompareRows, node: int, column: int, role: int) -> Any:
        """See `answers`."""
        return answer(content, node, _COLUMNS[column], role)

    def alignment(self, column: int) -> Qt.AlignmentFlag:
        """Figures right."""
        return _RIGHT if column in FIGURES else super().alignment(column)

    @staticmethod
    def _all(content: CompareRows) -> list[int]:
        """All that pass the filter, in their order, those in closed groups too."""
        shown, forest = content.arrangement.shown, content.forest
        order = content.arrangement.order
        leaves = order[forest.leaf[order] >= 0]
        nodes: list[int] = leaves[shown[forest.leaf[leaves]]].tolist()
        return nodes
