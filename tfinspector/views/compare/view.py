"""The table of a comparison as a widget: a tree to the hand, a table to Qt."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex
from PySide6.QtWidgets import QAbstractItemView, QWidget

from tfinspector.viewmodels.compare.answers import shape_text
from tfinspector.viewmodels.compare.rows import CompareColumn
from tfinspector.viewmodels.compare.states import Became
from tfinspector.viewmodels.compare.table import CompareTable
from tfinspector.viewmodels.variables.answers import Ask
from tfinspector.views.restore.tree import PathDelegate, StateDelegate
from tfinspector.views.theme import Colours
from tfinspector.views.widgets.cells import CellDelegate, NameDelegate
from tfinspector.views.widgets.tree_table import TreeTable

_WIDTHS = {
    CompareColumn.NAME: 182, CompareColumn.STATE: 132, CompareColumn.A_NAME: 170,
    CompareColumn.SHAPE: 84, CompareColumn.RELATIVE_L2: 80, CompareColumn.L2: 80,
    CompareColumn.COSINE: 82, CompareColumn.MAX_ABS: 80, CompareColumn.CHANGED: 86,
    CompareColumn.SIGN_FLIPS: 68, CompareColumn.DTYPE: 132,
}  # fmt: skip
_LOOKED_AT, _PADDING, _WIDEST = 256, 14, 190
_Index = QModelIndex | QPersistentModelIndex


class OtherDelegate(CellDelegate):
    """Figures, shapes and types; what differs between the sides stands out."""

    def _colour(self, index: _Index, roles: Colours) -> str:
        if index.data(Ask.PROBLEM):
            return roles.attention
        is_quiet = index.data(Ask.IS_GROUP) or index.data() in ("0", "\N{EN DASH}")
        return roles.muted if is_quiet else roles.text


class CompareView(TreeTable):
    """See the module and `TreeTable`."""

    table: CompareTable

    def __init__(self, table: CompareTable, parent: QWidget | None = None) -> None:
        super().__init__(table, "Comparison", parent)
        self.set_columns(_WIDTHS)
        self.setItemDelegate(OtherDelegate(self))
        self.setItemDelegateForColumn(CompareColumn.NAME, NameDelegate(self))
        self.setItemDelegateForColumn(CompareColumn.STATE, StateDelegate(self))
        self.setItemDelegateForColumn(CompareColumn.A_NAME, PathDelegate(self))
        self._show_columns()
        table.modelReset.connect(self._show_columns)

    def show_row(self, row: int) -> None:
        """Select `row` and bring it into view."""
        self.selectRow(row)
        self.scrollTo(self.table.index(row, 0), QAbstractItemView.ScrollHint.EnsureVisible)

    def _show_columns(self) -> None:
        """Names in A only where there is one that differs; room for two shapes where they do."""
        content = self.table.content
        self.setColumnHidden(CompareColumn.A_NAME, content is None or not content.has_renamed)
        if content is None:
            return
        changed = [row for row in content.items if row.state is Became.CHANGED][:_LOOKED_AT]
        texts = [shape_text(row) for row in changed]
        widest = max(map(self.fontMetrics().horizontalAdvance, texts), default=0) + _PADDING
        if widest > self.columnWidth(CompareColumn.SHAPE):
            self.setColumnWidth(CompareColumn.SHAPE, min(widest, _WIDEST))
