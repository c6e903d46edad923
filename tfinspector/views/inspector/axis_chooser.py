"""Which axes of a tensor are rows and columns, where the others stand, and the slice as text."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QLabel,
    QLineEdit,
    QSlider,
    QWidget,
)

from tfinspector.viewmodels.inspector.value_slices import SliceView
from tfinspector.viewmodels.inspector.values import ValuesModel
from tfinspector.views.theme import SMALL, TIGHT
from tfinspector.views.widgets.spin_box import SpinBox

_MOST_SLIDERS = 6


class AxisChooser(QWidget):
    """Binds to a `ValuesModel`. `refused` carries why a typed slice was not taken, "" if it was."""

    refused = Signal(str)

    def __init__(self, model: ValuesModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.rows, self.columns = self._combo("Rows"), self._combo("Columns")
        self.rows.activated.connect(lambda axis: self._set(self._view.with_rows(axis)))
        self.columns.activated.connect(lambda axis: self._set(self._view.with_columns(axis)))
        self.text = QLineEdit()
        self.text.setAccessibleName("Slice")
        self.text.setPlaceholderText("0:4, :")
        self.text.setToolTip("The slice, as in NumPy: a range or an index per axis")
        self.text.returnPressed.connect(self._typed)
        self.sliders: dict[int, QSlider] = {}
        self._labels = [QLabel(text) for text in ("Rows", "Columns", "Slice")]
        for label, buddy in zip(self._labels, (self.rows, self.columns, self.text), strict=True):
            label.setProperty("muted", True)
            label.setBuddy(buddy)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(SMALL)
        self._grid.setVerticalSpacing(TIGHT)
        for column, widget in enumerate((self._labels[0], self.rows, self._labels[1],
                                         self.columns)):  # fmt: skip
            self._grid.addWidget(widget, 0, column)
        self._grid.addWidget(self._labels[2], 1, 0)
        self._grid.addWidget(self.text, 1, 1, 1, 3)
        self._grid.setColumnStretch(1, 1)
        self._grid.setColumnStretch(3, 1)
        self._made: tuple[tuple[int, int, int], ...] = ()
        self._extra: list[QWidget] = []
        model.slice_changed.connect(self._show)
        self._show()

    @property
    def _view(self) -> SliceView:
        return self._model.view

    def _set(self, view: SliceView) -> None:
        self._model.set_view(view)

    def _combo(self, name: str) -> QComboBox:
        combo = QComboBox()
        combo.setAccessibleName(name)
        combo.setMinimumContentsLength(8)
        combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        return combo

    def _typed(self) -> None:
        problem = self._model.type_slice(self.text.text())
        self.text.setProperty("wrong", bool(problem))
        self.text.style().polish(self.text)
        self.refused.emit(problem)

    def _show(self) -> None:
        view = self._view
        names = [f"axis {axis} ({length})" for axis, length in enumerate(view.shape)]
        for combo, axis in ((self.rows, view.rows), (self.columns, view.columns)):
            if [combo.itemText(i) for i in range(combo.count())] != names:
                combo.clear()
                combo.addItems(names)
            combo.setCurrentIndex(-1 if axis is None else axis)
        for widget in (self._labels[0], self.rows, self._labels[1], self.columns):
            widget.setVisible(len(view.shape) > 1)
        self._labels[2].setVisible(len(view.shape) > 0)
        self.text.setVisible(len(view.shape) > 0)
        self.text.setText(view.text)
        self.text.setProperty("wrong", False)
        self.text.style().polish(self.text)
        self._show_sliders(view)

    def _show_sliders(self, view: SliceView) -> None:
        """One line per axis that is neither rows nor columns; made anew only for other axes."""
        wanted = tuple((axis, *view.bounds[axis]) for axis in view.others[:_MOST_SLIDERS])
        if wanted != self._made:
            self._made = wanted
            for widget in self._extra:
                self._grid.removeWidget(widget)
                widget.deleteLater()
            self._extra, self.sliders = [], {}
            for line, (axis, start, stop) in enumerate(wanted, 2):
                self._add_slider(line, axis, start, stop)
        for axis, slider in self.sliders.items():
            slider.setValue(view.at[axis])

    def _add_slider(self, line: int, axis: int, start: int, stop: int) -> None:
        label = QLabel(f"Axis {axis}")
        label.setProperty("muted", True)
        slider = QSlider(Qt.Orientation.Horizontal)
        slider.setRange(start, stop - 1)
        slider.setAccessibleName(f"Index on axis {axis}")
        number = SpinBox(start, stop - 1, f"Index on axis {axis}, as a number")
        number.setSuffix(f" of {stop - start}")
        number.setValue(self._view.at[axis])
        slider.valueChanged.connect(lambda at: self._set(self._view.with_index(axis, at)))
        number.valueChanged.connect(slider.setValue)
        slider.valueChanged.connect(number.setValue)
        self._grid.addWidget(label, line, 0)
        self._grid.addWidget(slider, line, 1, 1, 2)
        self._grid.addWidget(number, line, 3)
        self._extra += [label, slider, number]
        self.sliders[axis] = slider
