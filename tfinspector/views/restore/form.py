"""The top of the page Restore: factory, arguments, interpreter, device, and the two verbs."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from tfinspector.viewmodels.restore.model import RestoreModel
from tfinspector.views.icons import icon
from tfinspector.views.restore.factory_fields import arguments_field, factory_field
from tfinspector.views.restore.picker import CallablePicker
from tfinspector.views.theme import SMALL, TIGHT
from tfinspector.views.widgets.buttons import MenuButton, tool_button
from tfinspector.views.widgets.device_box import DeviceBox
from tfinspector.views.widgets.lines import Lines

_ON_MISMATCH = (
    ("Stop on mismatch", "Where something does not fit, nothing is restored"),
    ("Restore what fits", "Where something does not fit, the rest is restored all the same"),
)


class RestoreFormView(QWidget):
    """Attributes: factory, browse, picker, kwargs, worker, device, compare, mismatch, dry_run,
    restore, problems.
    """

    def __init__(self, model: RestoreModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.factory, self.kwargs, self.worker = factory_field(), arguments_field(), QLineEdit()
        self.picker = CallablePicker(model)
        self.browse = tool_button("folder", "", "Choose a Python file", self.picker.ask_file)
        self.device, self.mismatch = DeviceBox("Where the model is built"), QComboBox()
        self.compare = MenuButton("devices", "", "Compare devices")
        self.dry_run, self.restore = QPushButton("Dry run"), QPushButton("Restore")
        self.problems = Lines()
        self._dress()
        self._lay_out()
        self.factory.textEdited.connect(lambda text: model.fill_in(factory=text))
        self.kwargs.textEdited.connect(lambda text: model.fill_in(kwargs=text))
        self.worker.textEdited.connect(lambda text: model.fill_in(worker=text))
        self.device.activated.connect(lambda at: model.fill_in(device=self.device.itemData(at)))
        self.mismatch.activated.connect(lambda at: model.fill_in(partial=at == 1))
        self.factory.returnPressed.connect(model.dry_run)
        self.dry_run.clicked.connect(model.dry_run)
        self.restore.clicked.connect(model.restore)
        model.form_changed.connect(self._show)
        model.changed.connect(self._show)
        self._show()

    # Building

    def _dress(self) -> None:
        self.worker.setPlaceholderText("Interpreter: the toolbar's")
        self.worker.setAccessibleName("Interpreter")
        self.worker.setToolTip(
            "The Python that builds the model: a path, or a command such as\n"
            "ssh host /path/to/python. It needs TensorFlow, not this program"
        )
        for at, (text, tip) in enumerate(_ON_MISMATCH):
            self.mismatch.addItem(text)
            self.mismatch.setItemData(at, tip, Qt.ItemDataRole.ToolTipRole)
        self.mismatch.setAccessibleName("On mismatch")
        self.dry_run.setIcon(icon("matched"))
        self.restore.setProperty("primary", True)
        for button in (self.dry_run, self.restore):
            button.setCursor(Qt.CursorShape.ArrowCursor)

    def _lay_out(self) -> None:
        first = QHBoxLayout()
        first.setSpacing(TIGHT)
        first.addWidget(self.factory, 1)
        first.addWidget(self.browse)
        first.addWidget(self.picker)
        first.addSpacing(TIGHT)
        first.addWidget(self.dry_run)
        first.addSpacing(TIGHT)
        first.addWidget(self.restore)
        second = QHBoxLayout()
        second.setSpacing(SMALL)
        second.addWidget(self.kwargs, 3)
        second.addWidget(self.worker, 3)
        second.addWidget(_label("Device"))
        second.addWidget(self.device)
        second.addWidget(self.compare)
        second.addWidget(self.mismatch)
        grid = QGridLayout()
        grid.setHorizontalSpacing(SMALL)
        grid.setVerticalSpacing(SMALL)
        grid.addWidget(_label("Factory"), 0, 0)
        grid.addLayout(first, 0, 1)
        grid.addWidget(_label("Arguments"), 1, 0)
        grid.addLayout(second, 1, 1)
        grid.setColumnStretch(1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(SMALL, SMALL, SMALL, SMALL)
        column.setSpacing(SMALL)
        column.addLayout(grid)
        column.addWidget(self.problems)

    # Following the model

    def _show(self) -> None:
        model, form = self._model, self._model.form
        for field, text in (
            (self.factory, form.factory), (self.kwargs, form.kwargs), (self.worker, form.worker),
        ):  # fmt: skip
            if field.text() != text:
                field.setText(text)  # the end of it shows: the function's name
        self.factory.setToolTip(form.factory)
        self.mismatch.setCurrentIndex(int(form.partial))
        self.mismatch.setToolTip(_ON_MISMATCH[int(form.partial)][1])
        self.device.show_devices(model.devices, form.device)
        self._show_comparisons()
        problems = [form.kwargs_problem, form.worker_problem, self.picker.problem]
        self.problems.show_lines([("error", "wrong", text) for text in problems if text])
        for field, problem in ((self.kwargs, problems[0]), (self.worker, problems[1])):
            _mark(field, bool(problem))
        why_not = model.why_not
        for button, tip in (
            (self.dry_run, "Build the model and show what a restore would do; assigns nothing"),
            (self.restore, "Restore into the model and compare every variable with the file"),
        ):
            button.setEnabled(not why_not)
            button.setToolTip(why_not or tip)

    def _show_comparisons(self) -> None:
        why_not, menu = self._model.why_not, self.compare.menu()
        self.compare.setEnabled(not why_not)
        self.compare.setToolTip(
            why_not or "Compare devices: restore on each in turn, and call it with the same input"
        )
        menu.clear()
        for wanted in self._model.comparisons:
            action = menu.addAction(wanted.text)
            action.setEnabled(not wanted.why_not)
            action.setToolTip(wanted.why_not)
            action.triggered.connect(lambda _on=False, wanted=wanted: self._model.compare(wanted))


def _label(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("muted", True)
    return label


def _mark(field: QLineEdit, is_wrong: bool) -> None:
    if bool(field.property("wrong")) != is_wrong:
        field.setProperty("wrong", is_wrong)
        field.style().unpolish(field)
        field.style().polish(field)
