"""The cells of a tensor's slice as a Qt table: only blocks that are looked at are read.

A cell that is not there yet shows a dot and asks for its block. Blocks that are wanted are read
together, in one quiet job off the window's thread; what scrolled out of sight meanwhile is not.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

import numpy as np
from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)

from tfinspector.contents.findings import Finding
from tfinspector.contents.variables import Variable
from tfinspector.engine.jobs import Ticket
from tfinspector.viewmodels.inspector.value_slices import SliceView, whole_view
from tfinspector.viewmodels.inspector.value_texts import cell_text, exact_text, is_bad
from tfinspector.viewmodels.measuring.queue import Choice
from tfinspector.viewmodels.session import Session
from tfinspector.viewmodels.tasks import Task

BLOCK_ROWS, BLOCK_COLUMNS = 64, 32
MOST_ROWS, MOST_COLUMNS = 1_000_000, 10_000
_BLOCKS_KEPT, _BLOCKS_AT_ONCE = 256, 24
_PLACEHOLDER = "\N{MIDDLE DOT}"
_Index = QModelIndex | QPersistentModelIndex
_Block = tuple[int, int]
_Read = dict[_Block, np.ndarray[Any, Any]]

IsBadRole = Qt.ItemDataRole.UserRole + 1


class ValuesTable(QAbstractTableModel):
    """See the module. `arrived` comes after cells were filled in, `failed` with the finding."""

    arrived = Signal()
    failed = Signal(object)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._choice: Choice | None = None
        self.view: SliceView = whole_view(())
        self._blocks: OrderedDict[_Block, np.ndarray[Any, Any]] = OrderedDict()
        self._wanted: OrderedDict[_Block, None] = OrderedDict()
        self._task: Task | None = None
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._read)

    def show_slice(self, choice: Choice | None, view: SliceView) -> None:
        """Show this slice of this variable from now on."""
        self.beginResetModel()
        self._choice, self.view = choice, view
        self._blocks.clear()
        self._wanted.clear()
        if self._task:
            self._task.drop()
            self._task = None
        self.endResetModel()

    @property
    def holds_text(self) -> bool:
        """Whether the elements are strings or objects: wide cells, aligned left."""
        return self._choice is not None and self._choice.variable.dtype.itemsize == 0

    @property
    def is_reading(self) -> bool:
        """Whether cells are on their way."""
        return self._task is not None or bool(self._wanted)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """Rows on the screen, at most a million."""
        if parent.isValid() or self._choice is None:
            return 0
        return min(self.view.row_count, MOST_ROWS)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """Columns on the screen, at most ten thousand."""
        if parent.isValid() or self._choice is None:
            return 0
        return min(self.view.column_count, MOST_COLUMNS)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text of the cell; full precision on hover."""
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignLeft if self.holds_text else Qt.AlignmentFlag.AlignRight
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, IsBadRole):
            return None
        found, value = self._cell(index.row(), index.column())
        if not found:
            return _PLACEHOLDER if role == Qt.ItemDataRole.DisplayRole else None
        if role == Qt.ItemDataRole.DisplayRole:
            return cell_text(value)
        if role == IsBadRole:
            return is_bad(value)
        place = ", ".join(str(i) for i in self.view.index(index.row(), index.column()))
        return f"[{place}]\n{exact_text(value)}"

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Indices along the axis."""
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if orientation is Qt.Orientation.Horizontal:
            return str(self.view.first_column + section) if self.view.columns is not None else ""
        return str(self.view.first_row + section) if self.view.rows is not None else ""

    def _cell(self, row: int, column: int) -> tuple[bool, Any]:
        block = (row // BLOCK_ROWS, column // BLOCK_COLUMNS)
        values = self._blocks.get(block)
        if values is not None:
            return True, values[row % BLOCK_ROWS, column % BLOCK_COLUMNS]
        self._wanted.pop(block, None)
        self._wanted[block] = None
        if self._task is None and not self._soon.isActive():
            self._soon.start()
        return False, None

    def _read(self) -> None:
        """Read the blocks that were asked for last."""
        if self._choice is None or not self._wanted or self._task:
            return
        blocks = list(self._wanted)[-_BLOCKS_AT_ONCE:]
        self._wanted.clear()
        choice, view = self._choice, self.view

        def job(ticket: Ticket) -> _Read:
            return read_blocks(choice, view, blocks, ticket)

        self._task = self._session.run(
            "Read values", job, self._has_read, self._has_failed, quiet=True, owner=choice.source
        )  # fmt: skip

    def _has_read(self, read: _Read) -> None:
        self._task = None
        for block, values in read.items():
            self._blocks[block] = values
            self._tell(block)
        while len(self._blocks) > _BLOCKS_KEPT:
            self._blocks.popitem(last=False)
        self.arrived.emit()
        if self._wanted:
            self._soon.start()

    def _has_failed(self, finding: Finding) -> None:
        self._task = None
        self._wanted.clear()
        self.failed.emit(finding)

    def _tell(self, block: _Block) -> None:
        top, left = block[0] * BLOCK_ROWS, block[1] * BLOCK_COLUMNS
        bottom = min(top + BLOCK_ROWS, self.rowCount()) - 1
        right = min(left + BLOCK_COLUMNS, self.columnCount()) - 1
        self.dataChanged.emit(self.index(top, left), self.index(bottom, right))


def read_blocks(choice: Choice, view: SliceView, blocks: list[_Block], ticket: Ticket) -> _Read:
    """The blocks as rows x columns; each reads only its own region of the file."""
    reader = choice.source.reader(choice.snapshot)
    read: _Read = {}
    for row, column in blocks:
        ticket.check()
        rows = _part(row, BLOCK_ROWS, view.row_count)
        columns = _part(column, BLOCK_COLUMNS, view.column_count)
        read[row, column] = read_part(reader, choice.variable, view, rows, columns)
    return read


def read_part(
    reader: Any,
    variable: Variable,
    view: SliceView,
    rows: tuple[int, int] | None = None,
    columns: tuple[int, int] | None = None,
) -> np.ndarray[Any, Any]:
    """Rows and columns of the screen (None: all), as a 2-d array. Raises `Unreadable`."""
    from tfinspector.engine.values import read_values

    return view.on_screen(read_values(reader, variable, view.region(rows, columns)))


def _part(block: int, size: int, whole: int) -> tuple[int, int]:
    return block * size, min((block + 1) * size, whole)
