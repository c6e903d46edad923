"""The rename assistant: pairs to accept, reject or redirect, and the verbs for many at once."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCompleter,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QSpinBox,
    QStackedLayout,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from tfinspector.viewmodels.restore.model import RestoreModel
from tfinspector.viewmodels.restore.renames import Decision, RenameColumn, RenameList
from tfinspector.views.icons import icon
from tfinspector.views.restore.flat_table import dress
from tfinspector.views.theme import ROW_HEIGHT, SMALL, TIGHT, colours
from tfinspector.views.widgets.buttons import tool_button
from tfinspector.views.widgets.elided_label import ElidedLabel
from tfinspector.views.widgets.empty_state import EmptyState
from tfinspector.views.widgets.row_background import paint_background

_SIGNS = {
    Decision.OPEN: ("rename", "muted"),
    Decision.ACCEPTED: ("accept", "accent"),
    Decision.REJECTED: ("cancel", "faint"),
}
_WIDTHS = {
    RenameColumn.DECISION: 92, RenameColumn.FROM: 190, RenameColumn.TO: 190,
    RenameColumn.CONFIDENCE: 84, RenameColumn.CHANGE: 110, RenameColumn.WHY: 420,
}  # fmt: skip
_SIGN = 16
_MAP_FILES = "Rename maps (*.json)"
NOTHING = "Nothing to rename: every variable of one side has its counterpart, or none is like it."
_Index = QModelIndex | QPersistentModelIndex


class RenameDelegate(QStyledItemDelegate):
    """Rejected pairs are faint, names elide in the middle; a place is chosen with completion."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Background, sign of the decision, then the text."""
        roles = colours()
        paint_background(painter, option, roles)
        decision = index.data(Qt.ItemDataRole.UserRole)
        if decision is None:
            return
        painter.save()
        painter.setFont(option.font)
        rect = option.rect.adjusted(6, 0, -6, 0)
        colour = roles.text
        if index.column() == RenameColumn.DECISION:
            name, role = _SIGNS[decision]
            top = rect.center().y() - _SIGN // 2 + 1
            icon(name, role).paint(painter, rect.left(), top, _SIGN, _SIGN)
            rect.setLeft(rect.left() + _SIGN + 6)
        if index.column() in (RenameColumn.WHY, RenameColumn.DECISION):
            colour = roles.muted
        if decision is Decision.REJECTED:
            colour = roles.faint
        painter.setPen(QColor(colour))
        is_name = index.column() in (RenameColumn.FROM, RenameColumn.TO)
        mode = Qt.TextElideMode.ElideMiddle if is_name else Qt.TextElideMode.ElideRight
        shown = option.fontMetrics.elidedText(index.data() or "", mode, rect.width())
        painter.drawText(rect, index.data(Qt.ItemDataRole.TextAlignmentRole), shown)
        painter.restore()

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: _Index) -> QWidget:
        """A field that completes the paths of the model's variables."""
        field = QLineEdit(parent)
        pairs = index.model()
        assert isinstance(pairs, RenameList)
        completer = QCompleter(list(pairs.places), field)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        field.setCompleter(completer)
        return field

    def setEditorData(self, editor: QWidget, index: _Index) -> None:
        """The path it goes to now."""
        assert isinstance(editor, QLineEdit)
        editor.setText(index.data(Qt.ItemDataRole.EditRole))
        editor.selectAll()

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """One row high."""
        text = index.data() or ""
        return QSize(option.fontMetrics.horizontalAdvance(text) + 14, ROW_HEIGHT)


class RenameView(QTableView):
    """Space and Enter accept or take back what is chosen, Delete rejects it."""

    def __init__(self, pairs: RenameList, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pairs = pairs
        self.setModel(pairs)
        self.setItemDelegate(RenameDelegate(self))
        dress(self, "Rename suggestions")
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.EditKeyPressed
        )
        for column, width in _WIDTHS.items():
            self.setColumnWidth(column, width)

    def chosen(self) -> list[int]:
        """Rows of the selection, top to bottom."""
        return sorted({index.row() for index in self.selectionModel().selectedRows()})

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """See the class."""
        rows, key = self.chosen(), event.key()
        if rows and key in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            accepted = all(self._pairs.pairs[row].decision is Decision.ACCEPTED for row in rows)
            self._pairs.decide(rows, Decision.OPEN if accepted else Decision.ACCEPTED)
        elif rows and key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._pairs.decide(rows, Decision.REJECTED)
        else:
            super().keyPressEvent(event)


class RenamesPane(QWidget):
    """Attributes: view, accept, reject, above (the threshold), accept_all, rules, save, load."""

    def __init__(self, model: RestoreModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.view = RenameView(model.renames)
        self.above = QSpinBox(suffix=" %", minimum=0, maximum=100, singleStep=5, value=80)
        self.above.setAccessibleName("Least % sure")
        self.above.setToolTip("Accept the pairs that are at least so sure (column % sure)")
        self.accept = tool_button("accept", "Accept", "Accept the chosen pairs (Space)",
                                  lambda: self._decide(Decision.ACCEPTED))  # fmt: skip
        self.reject = tool_button("cancel", "Reject", "Reject the chosen pairs (Delete)",
                                  lambda: self._decide(Decision.REJECTED))  # fmt: skip
        self.accept_all = tool_button("", "Accept all above", "", self._accept_all)
        self.rules = tool_button("", "By rule", "Accept all pairs that one rule found")
        self.rules.setPopupMode(self.rules.ToolButtonPopupMode.InstantPopup)
        self.rules.setMenu(QMenu(self.rules))
        self.save = tool_button("export", "", "Save the accepted pairs as a map (JSON)", self._save)
        self.load = tool_button("open", "", "Load accepted pairs from a map (JSON)", self._load)
        self._said = ElidedLabel(role="muted")
        self._said.set_elide_mode(Qt.TextElideMode.ElideRight)
        self._lay_out()
        model.renames.decided.connect(self._show)
        self.view.selectionModel().selectionChanged.connect(self._show)
        self._show()

    def _lay_out(self) -> None:
        bar = QHBoxLayout()
        bar.setContentsMargins(SMALL, TIGHT, SMALL, TIGHT)
        bar.setSpacing(TIGHT)
        for widget in (self.accept, self.reject, self.accept_all, self.above, self.rules):
            bar.addWidget(widget)
        bar.addSpacing(SMALL)
        bar.addWidget(self._said, 1)
        bar.addWidget(self.load)
        bar.addWidget(self.save)
        empty = EmptyState("rename")
        empty.say(NOTHING)
        middle = QWidget()
        self._stack = QStackedLayout(middle)
        self._stack.addWidget(self.view)
        self._stack.addWidget(empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addWidget(middle, 1)

    def _show(self) -> None:
        renames = self._model.renames
        self._stack.setCurrentIndex(0 if renames.pairs else 1)
        chosen, accepted = bool(self.view.chosen()), renames.count(Decision.ACCEPTED)
        self.accept.setEnabled(chosen)
        self.reject.setEnabled(chosen)
        has_open = renames.count(Decision.OPEN) > 0
        self.accept_all.setEnabled(has_open)
        self.above.setEnabled(has_open)
        self.save.setEnabled(accepted > 0)
        menu = self.rules.menu()
        menu.clear()
        for rule, count in renames.rules:
            action = menu.addAction(f"{rule} ({count})")
            action.triggered.connect(lambda _checked=False, rule=rule: renames.accept_rule(rule))
        self.rules.setEnabled(not menu.isEmpty())
        self._said.set_text(f"{accepted} of {len(renames.pairs)} accepted" if renames.pairs else "")

    def _decide(self, decision: Decision) -> None:
        self._model.renames.decide(self.view.chosen(), decision)

    def _accept_all(self) -> None:
        left = self._model.renames.accept_above(self.above.value() / 100)
        if left:
            one = "1 pair changes its values or is a guess: accept it by itself"
            several = f"{left} pairs change their values or are guesses: accept them by themselves"
            self._said.set_text(one if left == 1 else several)

    def _save(self) -> None:
        path, _ = QFileDialog.getSaveFileName(self, "Save the map", "renames.json", _MAP_FILES)
        if path:
            self._model.save_map(path)

    def _load(self) -> None:
        path, _ = QFileDialog.getOpenFileName(
            self, "Load a map", self._model.folder, _MAP_FILES
        )  # fmt: skip
        if path:
            self._model.load_map(path)
