"""What a signature or a function is called with: a line for each input, and how to call."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import Qt
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from tfinspector.contents.calls import InputKind
from tfinspector.viewmodels.signatures.call_form import FROM_FILES, InputLine
from tfinspector.viewmodels.signatures.running import RunModel
from tfinspector.views.icons import icon
from tfinspector.views.signatures.card import words
from tfinspector.views.theme import SMALL, TIGHT, code_font
from tfinspector.views.widgets.buttons import tool_button
from tfinspector.views.widgets.device_box import DeviceBox
from tfinspector.views.widgets.spin_box import SpinBox

_LEFT_OUT = "Left out"
_FILTERS = {
    InputKind.FILE: "Arrays (*.npy *.npz *.csv);;All files (*)",
    InputKind.TEXT: "Text (*.txt);;All files (*)",
    InputKind.IMAGE: "Pictures (*.png *.jpg *.jpeg *.gif *.bmp);;All files (*)",
}
_FIELD, _NUMBER, _TABLE_LINES = 120, 68, 4
_MOST_SEED = 999_999


class InputRow:
    """The widgets of one input: a row of the form's grid, and below it what its kind takes."""

    def __init__(self, model: RunModel, place: int) -> None:
        self._model, self._place = model, place
        self.name, self.type = QLabel(), QLabel()
        self.name.setTextFormat(Qt.TextFormat.PlainText)
        self.type.setProperty("muted", True)
        self.kind = QComboBox()
        self.argument, self.sizes, self.values = QLineEdit(), QLineEdit(), QPlainTextEdit()
        self.sizes.setFixedWidth(_FIELD)
        self.values.setProperty("field", True)
        self.values.setFont(code_font())
        self.values.setPlaceholderText("1, 2, 3\n4, 5, 6")
        self.values.setToolTip("Type or paste numbers with commas, a row a line")
        self.values.setTabChangesFocus(True)
        self.values.setFixedHeight(_TABLE_LINES * self.values.fontMetrics().lineSpacing() + SMALL)
        self.browse = tool_button("folder", "", "Choose the file", self.ask_file)
        self.taken = QWidget()  # a path is long: it has the whole width
        line = QHBoxLayout(self.taken)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(TIGHT)
        for widget in (self.values, self.argument):
            line.addWidget(widget, 1)
        line.addWidget(self.browse)
        self.kind.activated.connect(self._on_kind)
        self.argument.textEdited.connect(lambda text: model.fill_in(place, argument=text))
        self.sizes.textEdited.connect(lambda text: model.fill_in(place, sizes=text))
        self.values.textChanged.connect(self._on_values)
        for field in (self.argument, self.sizes):
            field.returnPressed.connect(model.run)

    @property
    def widgets(self) -> tuple[QWidget, ...]:
        """From left to right."""
        return self.name, self.type, self.kind, self.sizes

    def show_line(self, line: InputLine) -> None:
        """Show what was chosen."""
        name = line.spec.name
        self.name.setText(name)
        self.type.setText(line.type_words)
        choices = [words for _, words in line.kinds] + [_LEFT_OUT] * line.is_optional
        if [self.kind.itemText(at) for at in range(self.kind.count())] != choices:
            self.kind.clear()
            self.kind.addItems(choices)
        at = [kind for kind, _ in line.kinds].index(line.kind)
        self.kind.setCurrentIndex(len(choices) - 1 if line.is_left_out else at)
        self.kind.setAccessibleName(f"Kind of {name}")
        is_file, is_table = line.kind in FROM_FILES, line.kind is InputKind.VALUES
        self.argument.setVisible(line.takes_argument and not is_table)
        self.values.setVisible(line.takes_argument and is_table)
        self.values.setAccessibleName(f"Values of {name}")
        self.argument.setPlaceholderText("file" if is_file else "value")
        self.argument.setAccessibleName(f"{'File' if is_file else 'Value'} of {name}")
        self.taken.setVisible(line.takes_argument)
        self.browse.setVisible(line.takes_argument and is_file)
        self.sizes.setVisible(line.unknown > 0)
        self.sizes.setPlaceholderText(", ".join(["1"] * line.unknown))
        self.sizes.setAccessibleName(f"Sizes of {name}")
        self.sizes.setToolTip(
            "Size of each unknown dimension (?), in their order; 1 where nothing is given"
        )
        for field, text in ((self.argument, line.argument), (self.sizes, line.sizes)):
            if field.text() != text:
                field.setText(text)
        if is_table and self.values.toPlainText() != line.argument:
            self.values.setPlainText(line.argument)

    def ask_file(self) -> None:
        """Ask for the file."""
        line = self._model.lines[self._place]
        wanted = _FILTERS.get(line.kind, _FILTERS[InputKind.IMAGE])
        path, _ = QFileDialog.getOpenFileName(
            self.taken, f"Choose the values of {line.spec.name}", "", wanted
        )
        if path:
            self._model.fill_in(self._place, argument=path)

    def _on_values(self) -> None:
        if self._model.lines[self._place].kind is InputKind.VALUES:
            self._model.fill_in(self._place, argument=self.values.toPlainText())

    def _on_kind(self, at: int) -> None:
        kinds = self._model.lines[self._place].kinds
        if at < len(kinds):
            self._model.fill_in(self._place, kind=kinds[at][0], is_left_out=False)
        else:
            self._model.fill_in(self._place, is_left_out=True)


class FormBox(QWidget):
    """Which call form of a function is called; hidden where there is no choice. Attribute: box."""

    def __init__(self, model: RunModel) -> None:
        super().__init__()
        self._model = model
        self.box = QComboBox()
        self.box.setAccessibleName("Call form")
        self.box.setToolTip("Each kind of arguments that the function was called with is a form")
        self.box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.box.setMinimumContentsLength(12)
        self.box.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(SMALL)
        line.addWidget(words("Call form"))
        line.addWidget(self.box, 1)
        self.box.activated.connect(lambda at: model.choose_form(self.box.itemData(at)))

    def show_forms(self) -> None:
        """Those of the chosen function; what can't be made from outside says why."""
        forms, chosen = self._model.forms, self._model.form
        texts = [f"{each.number}: {each.words}" for each in forms]
        if [self.box.itemText(at) for at in range(self.box.count())] != texts:
            self.box.clear()
            items = cast(QStandardItemModel, self.box.model())
            for at, (each, text) in enumerate(zip(forms, texts, strict=True)):
                self.box.addItem(text, each.number)
                items.item(at).setEnabled(each.callee is not None)
                items.item(at).setToolTip(each.why_not or each.words)
        self.box.setCurrentIndex(self.box.findData(chosen.number if chosen else 0))
        self.setVisible(len(forms) > 1)


class RunForm(QWidget):
    """Attributes: form (of a function with several), rows (an `InputRow` per input), seed, repeat,
    device, run, problem.

    `run` is the button; whoever holds the form gives it a place.
    """

    def __init__(self, model: RunModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._is_verifying = False
        self.rows: list[InputRow] = []
        self.seed = SpinBox(0, _MOST_SEED, "Seed")
        self.repeat = SpinBox(1, 10_000, "Number of calls")
        self.device = DeviceBox("Where the model runs")
        self.run = QPushButton("Run")
        self.problem = QLabel()
        self.form = FormBox(model)
        self._grid = QGridLayout()
        self._dress()
        self._lay_out()
        self.seed.valueChanged.connect(lambda seed: model.set_run(seed=seed))
        self.repeat.valueChanged.connect(lambda repeat: model.set_run(repeat=repeat))
        self.device.activated.connect(lambda at: model.set_run(device=self.device.itemData(at)))
        self.run.clicked.connect(model.run)
        model.changed.connect(self._show)
        self._show()

    def _dress(self) -> None:
        self.seed.setToolTip("Seed of random inputs: the same seed gives the same values")
        self.repeat.setToolTip("Call it so often and take the times; the outputs are of the first")
        for field in (self.seed, self.repeat):
            field.setFixedWidth(_NUMBER)
        self.run.setIcon(icon("play"))
        self.problem.setProperty("muted", True)
        self.problem.setWordWrap(True)

    def _lay_out(self) -> None:
        self._grid.setHorizontalSpacing(SMALL)
        self._grid.setVerticalSpacing(TIGHT)
        self._grid.setColumnStretch(4, 1)
        line = QHBoxLayout()
        line.setSpacing(TIGHT)
        for text, field in (
            ("Seed", self.seed), ("Device", self.device), ("Calls", self.repeat),
        ):  # fmt: skip
            label = words(text)
            line.addWidget(label)
            line.addWidget(field)
            line.addSpacing(TIGHT)
        self._calls = label
        line.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SMALL)
        column.addWidget(self.form)
        column.addLayout(self._grid)
        column.addLayout(line)
        column.addWidget(self.problem)

    def show_settings(self, is_verifying: bool) -> None:
        """Only what counts: a comparison calls once, and says itself what is missing."""
        self._is_verifying = is_verifying
        self._calls.setVisible(not is_verifying)
        self.repeat.setVisible(not is_verifying)
        self._show()

    def _show(self) -> None:
        model = self._model
        self.form.show_forms()
        self._have_rows(len(model.lines))
        for row, line in zip(self.rows, model.lines, strict=True):
            row.show_line(line)
        self.device.show_devices(model.devices, model.device)
        for field, value in ((self.seed, model.seed), (self.repeat, model.repeat)):
            if field.value() != value:
                field.setValue(value)
        why_not = model.why_not
        self.run.setEnabled(not why_not)
        self.run.setToolTip(
            why_not or "Load it and call it, in the worker. This runs the model's own graph."
        )
        self.problem.setText("" if model.task or self._is_verifying else why_not)
        self.problem.setVisible(bool(self.problem.text()))

    def _have_rows(self, count: int) -> None:
        """As many rows as inputs; widgets of rows that stay are kept, with their focus."""
        while len(self.rows) > count:
            gone = self.rows.pop()
            for widget in (*gone.widgets, gone.taken):
                self._grid.removeWidget(widget)
                widget.hide()
                widget.deleteLater()
        while len(self.rows) < count:
            row = InputRow(self._model, len(self.rows))
            place = 2 * len(self.rows)
            for column, widget in enumerate(row.widgets):
                self._grid.addWidget(widget, place, column)
            self._grid.addWidget(row.taken, place + 1, 0, 1, len(row.widgets) + 1)
            self.rows.append(row)
