"""What is compared with what: the other side, the factory that builds it, and the tolerance."""

from __future__ import annotations

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

from tfinspector.viewmodels.verify.form import KIND_WORDS, WITH_FACTORY, VerifyKind
from tfinspector.viewmodels.verify.model import VerifyModel
from tfinspector.views.compare.choosers import SideChooser
from tfinspector.views.icons import icon
from tfinspector.views.restore.factory_fields import arguments_field, factory_field
from tfinspector.views.restore.picker import CallablePicker
from tfinspector.views.theme import SMALL, TIGHT
from tfinspector.views.widgets.buttons import tool_button
from tfinspector.views.widgets.device_box import DeviceBox

_TIP = "Call both with the same input, in fresh workers, and compare every output. This runs them."
_OTHER_SIDE = {VerifyKind.MODEL: "Model", VerifyKind.SNAPSHOT: "Against"}
_TOLERANCE_WIDTH = 96


class VerifyForm(QWidget):
    """Attributes: kind, a, b, device, factory, browse, picker, kwargs, tolerance, verify, problem.

    `verify` is the button; whoever holds the form gives it a place.
    """

    def __init__(self, model: VerifyModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.kind, self.device = QComboBox(), DeviceBox("What it is compared with")
        self.a = SideChooser("A", "The snapshot that the other one is compared with")
        self.b = SideChooser("B", "What is restored or loaded on the other side")
        self.factory = factory_field("Factory of the other model")
        self.kwargs = arguments_field("Keyword arguments of the factory as JSON")
        self.tolerance = QLineEdit()
        self.picker = CallablePicker(model)
        self.browse = tool_button("folder", "", "Choose a Python file", self.picker.ask_file)
        self.verify, self.problem = QPushButton("Verify"), QLabel()
        self._rows: dict[str, tuple[QLabel, QWidget]] = {}
        self._dress()
        self._lay_out()
        self.kind.activated.connect(lambda at: model.ask(kind=self.kind.itemData(at)))
        self.a.chosen.connect(lambda side: model.ask(a=side))
        self.b.chosen.connect(lambda side: model.ask(b=side))
        self.device.activated.connect(lambda at: model.ask(device=self.device.itemData(at)))
        self.factory.textEdited.connect(lambda text: model.fill_in(factory=text))
        self.kwargs.textEdited.connect(lambda text: model.fill_in(kwargs=text))
        self.tolerance.textEdited.connect(lambda text: model.ask(tolerance=text))
        for field in (self.factory, self.kwargs, self.tolerance):
            field.returnPressed.connect(model.verify)
        self.verify.clicked.connect(model.verify)
        model.changed.connect(self._show)
        self._show()

    # Building

    def _dress(self) -> None:
        self.kind.setAccessibleName("Compare with")
        self.tolerance.setPlaceholderText("none")
        self.tolerance.setAccessibleName("Tolerance")
        self.tolerance.setToolTip(
            "The largest absolute difference that counts as equal; none: element by element"
        )
        self.tolerance.setFixedWidth(_TOLERANCE_WIDTH)
        self.verify.setIcon(icon("play"))
        self.problem.setProperty("muted", True)
        self.problem.setWordWrap(True)

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(SMALL)
        grid.setVerticalSpacing(TIGHT)
        grid.setColumnStretch(1, 1)
        for name, words, field in (
            ("kind", "Compare with", self.kind),
            ("a", "Snapshot", self.a),
            ("b", "From", self.b),
            ("device", "Device", self.device),
            ("factory", "Factory", _in_line(self.factory, self.browse, self.picker)),
            ("kwargs", "Arguments", self.kwargs),
            ("tolerance", "Tolerance", _in_line(self.tolerance, None)),
        ):
            label = QLabel(words)
            label.setProperty("muted", True)
            grid.addWidget(label, grid.rowCount(), 0)
            grid.addWidget(field, grid.rowCount() - 1, 1)
            self._rows[name] = (label, field)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SMALL)
        column.addLayout(grid)
        column.addWidget(self.problem)

    # Following the model

    def _show(self) -> None:
        model, asked = self._model, self._model.asked
        self._show_kinds()
        others = model.others
        self.a.show_sides(others, asked.a)
        self.b.show_sides(others, asked.b)
        self.device.show_devices(model.devices, asked.device)
        for field, text in (
            (self.factory, asked.factory.factory), (self.kwargs, asked.factory.kwargs),
            (self.tolerance, asked.tolerance),
        ):  # fmt: skip
            if field.text() != text:
                field.setText(text)
        self.factory.setToolTip(asked.factory.factory)
        self._rows["b"][0].setText(_OTHER_SIDE.get(asked.kind, "From"))
        needs = {
            "a": asked.kind is VerifyKind.SNAPSHOT,
            "b": asked.kind is not VerifyKind.DEVICE,
            "device": asked.kind is VerifyKind.DEVICE,
            "factory": asked.kind in WITH_FACTORY,
            "kwargs": asked.kind in WITH_FACTORY,
        }
        for name, is_needed in needs.items():
            for widget in self._rows[name]:
                widget.setVisible(is_needed)
        why_not = model.why_not
        self.verify.setEnabled(not why_not)
        self.verify.setToolTip(why_not or _TIP)
        self.problem.setText("" if model.task else self.picker.problem or why_not)
        self.problem.setVisible(bool(self.problem.text()))

    def _show_kinds(self) -> None:
        kinds = self._model.kinds
        if [self.kind.itemData(at) for at in range(self.kind.count())] != list(kinds):
            self.kind.clear()
            for kind in kinds:
                self.kind.addItem(KIND_WORDS[kind], kind)
        self.kind.setCurrentIndex(self.kind.findData(self._model.asked.kind))


def _in_line(*fields: QWidget | None) -> QWidget:
    """Side by side; None is room."""
    box = QWidget()
    line = QHBoxLayout(box)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(TIGHT)
    for field in fields:
        if field is None:
            line.addStretch(1)
        else:
            line.addWidget(field)
    return box
