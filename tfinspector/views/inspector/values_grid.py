"""The table of values: tabular figures, right-aligned; NaN and Inf in the colour of wrong."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from tfinspector.viewmodels.inspector.values_table import IsBadRole, ValuesTable
from tfinspector.views.theme import ROW_HEIGHT, colours, number_font

_COLUMN = 78
_TEXT_COLUMN = 240


class _CellDelegate(QStyledItemDelegate):
    def initStyleOption(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().initStyleOption(option, index)
        if index.data(IsBadRole):
            option.palette.setColor(QPalette.ColorRole.Text, QColor(colours().wrong))
            option.palette.setColor(QPalette.ColorRole.HighlightedText, QColor(colours().wrong))


class ValuesGrid(QTableView):
    """A `ValuesTable` on the screen."""

    def __init__(self, table: ValuesTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._table = table
        self.setModel(table)
        self.setItemDelegate(_CellDelegate(self))
        self.setFont(number_font(self.font()))
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ContiguousSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        self.verticalHeader().setDefaultAlignment(
            Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        )
        self.horizontalHeader().setDefaultSectionSize(_COLUMN)
        self.horizontalHeader().setDefaultAlignment(
            Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        )
        self.setAccessibleName("Values")
        table.modelReset.connect(self._fit_columns)
        self._fit_columns()

    def selected_text(self) -> str:
        """The selected cells as tab-separated text, in full precision."""
        cells = sorted((index.row(), index.column()) for index in self.selectedIndexes())
        rows: dict[int, list[str]] = {}
        for row, column in cells:
            tip = self._table.index(row, column).data(Qt.ItemDataRole.ToolTipRole)
            rows.setdefault(row, []).append(tip.split("\n", 1)[1] if tip else "")
        return "\n".join("\t".join(row) for row in rows.values())

    def _fit_columns(self) -> None:
        wide = self._table.holds_text
        self.horizontalHeader().setDefaultSectionSize(_TEXT_COLUMN if wide else _COLUMN)
