"""What a call answered: its outputs as a table, or the finding that says why there are none."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from tfinspector.contents import numbers
from tfinspector.contents.calls import CallOutput, CallReport
from tfinspector.contents.figures import Statistics
from tfinspector.viewmodels.signatures.running import RunModel, took_words
from tfinspector.views.icons import icon
from tfinspector.views.theme import ROW_HEIGHT, SMALL, number_font
from tfinspector.views.variables.sparkline import SparklineDelegate
from tfinspector.views.widgets.finding_card import FindingCard
from tfinspector.views.widgets.finding_cards import FindingCards
from tfinspector.views.widgets.waiting_line import WaitingLine

_HEADINGS = ("Output", "Type", "Shape", "Min", "Max", "Mean", "Values")
_FIGURES = ("min", "max", "mean")
_FIRST_FIGURE, _PICTURE = 3, len(_HEADINGS) - 1
_MOST_ROWS = 8  # shown without scrolling


class RunOutcome(QWidget):
    """Attributes: waiting, said (how long it took), table, save, cards (findings)."""

    def __init__(self, model: RunModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.waiting, self.said = WaitingLine(), QLabel()
        self.table = QTableWidget(0, len(_HEADINGS))
        self.save = QPushButton("Save .npy…")
        self._told = FindingCards()
        self._shown: object = self  # nothing yet, not even that there is no result
        self._dress()
        self._lay_out()
        self.waiting.cancelled.connect(model.cancel)
        self.table.itemSelectionChanged.connect(self._on_selected)
        self.save.clicked.connect(self.ask_directory)
        model.ended.connect(self._show)
        self._show()

    def ask_directory(self) -> None:
        """Ask where the outputs are to be saved."""
        path = QFileDialog.getExistingDirectory(self, "Save each output as .npy into")
        if path:
            self._model.save(path)

    def _dress(self) -> None:
        self.said.setProperty("muted", True)
        self.said.setWordWrap(True)
        self.save.setIcon(icon("export"))
        self.save.setToolTip("Write each output as NAME.npy into a folder; overwrites nothing")
        table = self.table
        table.setAccessibleName("Outputs")
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        table.setShowGrid(False)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setItemDelegateForColumn(_PICTURE, SparklineDelegate())
        self._delegate = table.itemDelegateForColumn(_PICTURE)
        header = table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)  # names elide, all else fits
        header.setHighlightSections(False)
        table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for column, text in enumerate(_HEADINGS):
            is_number = _FIRST_FIGURE <= column < _PICTURE
            side = Qt.AlignmentFlag.AlignRight if is_number else Qt.AlignmentFlag.AlignLeft
            heading = QTableWidgetItem(text)
            heading.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
            table.setHorizontalHeaderItem(column, heading)

    @property
    def cards(self) -> list[FindingCard]:
        """Of what was found."""
        return self._told.cards

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.addWidget(self.said, 1)
        line.addWidget(self.save, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SMALL)
        column.addWidget(self.waiting)
        column.addLayout(line)
        column.addWidget(self.table)
        column.addWidget(self._told)

    def _show(self) -> None:
        model = self._model
        if model.task:
            self.waiting.wait_for(f"Running {model.task.title.removeprefix('Run ')}", model.task)
        else:
            self.waiting.done()
        result = model.result
        if result is self._shown:
            return
        self._shown = result
        report = result if isinstance(result, CallReport) else None
        outputs = report.outputs if report else ()
        self.said.setText(took_words(report) if report and report.done else "")
        self.said.setVisible(bool(self.said.text()))
        self.save.setVisible(bool(outputs))
        self._fill(outputs)
        self._told.show_alarms(result)

    def _fill(self, outputs: tuple[CallOutput, ...]) -> None:
        table = self.table
        table.blockSignals(True)
        table.clearContents()
        table.setRowCount(len(outputs))
        for row, output in enumerate(outputs):
            for column, item in enumerate(_cells(output)):
                table.setItem(row, column, item)
        table.clearSelection()
        table.blockSignals(False)
        table.setVisible(bool(outputs))
        rows = min(len(outputs), _MOST_ROWS)
        head = table.horizontalHeader().sizeHint().height()
        table.setFixedHeight(head + rows * ROW_HEIGHT + 2)
        if outputs and self.isVisible():
            table.selectRow(0)

    def _on_selected(self) -> None:
        row = self.table.currentRow()
        if row >= 0:
            self._model.show_output(row)


def _cells(output: CallOutput) -> list[QTableWidgetItem]:
    known = output.figures
    figures = known if isinstance(known, Statistics) and known.finite else None
    texts = [output.name, output.dtype, numbers.shape(output.shape)]
    texts += [numbers.four(getattr(figures, name)) if figures else "" for name in _FIGURES]
    items = [QTableWidgetItem(text) for text in texts]
    items[0].setToolTip(output.name)
    for item, name in zip(items[_FIRST_FIGURE:], _FIGURES, strict=True):
        item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        item.setFont(number_font(item.font()))
        if figures:
            item.setToolTip(numbers.exact(getattr(figures, name)))
    picture = QTableWidgetItem()
    picture.setData(Qt.ItemDataRole.UserRole, known)
    return [*items, picture]
