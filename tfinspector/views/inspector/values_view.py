"""The Values tab: any slice of the chosen variable as a table or as a heat map."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication, QKeySequence, QPalette, QShortcut
from PySide6.QtWidgets import (
    QButtonGroup,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QMenu,
    QStackedLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from tfinspector.contents import numbers
from tfinspector.viewmodels.inspector.heat_map import has_heat_map
from tfinspector.viewmodels.inspector.values import MOST_COPIED, Look, ValuesModel
from tfinspector.viewmodels.inspector.values_table import MOST_COLUMNS, MOST_ROWS
from tfinspector.viewmodels.python import Writer, slice_writer
from tfinspector.viewmodels.session import Session
from tfinspector.views.icons import icon
from tfinspector.views.inspector.axis_chooser import AxisChooser
from tfinspector.views.inspector.colour_scale import ColourScale
from tfinspector.views.inspector.heat_map import HeatMapPlot
from tfinspector.views.inspector.plot_style import plot_style
from tfinspector.views.inspector.values_grid import ValuesGrid
from tfinspector.views.theme import SMALL, TIGHT
from tfinspector.views.widgets.elided_label import ElidedLabel
from tfinspector.views.widgets.empty_state import EmptyState
from tfinspector.views.widgets.waiting_line import WaitingLine

_KINDS = {"npy": "NumPy array (*.npy)", "csv": "Comma-separated values (*.csv)"}
_HINT = "Wheel zooms \N{MIDDLE DOT} drag pans \N{MIDDLE DOT} double click fits"


class ValuesView(QWidget):
    """Binds a `ValuesModel` to its widgets."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = ValuesModel(session, self)
        style = plot_style()
        self.title, self.extent = ElidedLabel(bold=True), ElidedLabel(role="muted")
        self.axes = AxisChooser(self.model)
        self.grid = ValuesGrid(self.model.table)
        self.heat_map = HeatMapPlot(style)
        self.scale = ColourScale(style)
        self.readout = ElidedLabel(_HINT, role="muted")
        self.about = QLabel()
        self.about.setWordWrap(True)
        self.about.setProperty("muted", True)
        self.waiting = WaitingLine()
        self.empty = EmptyState("variable")
        self.looks = self._look_buttons()
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self._lay_out()
        self._connect()
        self._show_slice()

    def _look_buttons(self) -> dict[Look, QToolButton]:
        group = QButtonGroup(self)
        made = {}
        for look, text in ((Look.TABLE, "Table"), (Look.HEAT_MAP, "Heat map")):
            button = QToolButton()
            button.setText(text)
            button.setCheckable(True)
            button.clicked.connect(lambda _=False, look=look: self.model.set_look(look))
            group.addButton(button)
            made[look] = button
        return made

    def _lay_out(self) -> None:
        self.copy = QToolButton()
        self.copy.setIcon(icon("copy"))
        self.copy.setToolTip("Copy the slice as tab-separated text (Ctrl+C copies the selection)")
        self.copy.setAccessibleName("Copy the slice")
        self.export = QToolButton()
        self.export.setIcon(icon("export"))
        self.export.setToolTip("Export the slice")
        self.export.setAccessibleName("Export the slice")
        self.export.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self.export)
        menu.addAction("Array (NPY)…").triggered.connect(lambda: self._ask_path("npy"))
        menu.addAction("Table (CSV)…").triggered.connect(lambda: self._ask_path("csv"))
        self.export.setMenu(menu)
        tools = QHBoxLayout()
        tools.setSpacing(TIGHT)
        for button in self.looks.values():
            tools.addWidget(button)
        tools.addStretch(1)
        tools.addWidget(self.copy)
        tools.addWidget(self.export)
        picture = QWidget()
        column = QVBoxLayout(picture)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(TIGHT)
        column.addWidget(self.heat_map, 1)
        column.addWidget(self.readout)
        column.addWidget(self.scale)
        self._stack = QStackedLayout()
        for widget in (self.grid, picture, self.empty):
            widget.setParent(self)  # without one the stack would show it as a window
            self._stack.addWidget(widget)
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addWidget(self.title)
        names.addWidget(self.extent)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SMALL, SMALL, SMALL, SMALL)
        layout.setSpacing(SMALL)
        layout.addLayout(names)
        layout.addWidget(self.axes)
        layout.addLayout(tools)
        layout.addWidget(self.waiting)
        layout.addLayout(self._stack, 1)
        layout.addWidget(self.about)

    def _connect(self) -> None:
        model = self.model
        model.slice_changed.connect(self._show_slice)
        model.heat_map_changed.connect(self._show_heat_map)
        model.refused.connect(self._show_slice)
        self.axes.refused.connect(self._say_refused)
        self.waiting.cancelled.connect(model.cancel)
        self.heat_map.pointed.connect(lambda words: self.readout.set_text(words or _HINT))
        self.copy.clicked.connect(self.copy_slice)
        keys = QShortcut(QKeySequence.StandardKey.Copy, self.grid)
        keys.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        keys.activated.connect(self._copy_selection)

    def copy_slice(self) -> None:
        """Put the whole slice on the clipboard, once it has been read."""
        if self.model.read_tsv(QGuiApplication.clipboard().setText) is None:
            most = numbers.count(MOST_COPIED)
            self.about.setText(f"More than {most} values are too many to copy. Export them.")

    def python(self) -> Writer | None:
        """What writes the script of what is shown."""
        return slice_writer(self.model)

    def copy_shown(self) -> None:
        """The same; the table has a Ctrl+C of its own, for its selection."""
        self.copy_slice()

    def _copy_selection(self) -> None:
        text = self.grid.selected_text()
        if text:
            QGuiApplication.clipboard().setText(text)

    def _ask_path(self, kind: str) -> None:
        choice = self.model.choice
        if choice is None:
            return
        name = choice.variable.name.replace("/", "_") + f".{kind}"
        path, _ = QFileDialog.getSaveFileName(self, "Export the slice", name, _KINDS[kind])
        if path:
            self.model.export(path, kind)

    def _show_slice(self) -> None:
        model = self.model
        choice = model.choice
        has_values = choice is not None and not model.problem
        self.title.set_text(choice.variable.name if choice else "")
        self.extent.set_text(model.title)
        for widget in (self.title, self.extent, self.axes, *self.looks.values(), self.copy,
                       self.export):  # fmt: skip
            widget.setVisible(choice is not None)
        for widget in (self.axes, *self.looks.values(), self.copy, self.export):
            widget.setEnabled(has_values)
        self.looks[model.look].setChecked(True)
        self.about.setText(self._words())
        if choice is None:
            self.empty.say("Choose a variable to see its values.")
        elif model.problem:
            self.empty.say(model.problem)
        elif model.look is Look.HEAT_MAP:
            self.empty.say(has_heat_map(choice.variable))
        self._stack.setCurrentIndex(self._page())

    def _page(self) -> int:
        """The page of the stack: table, heat map, or why there is none."""
        model = self.model
        if model.choice is None or model.problem:
            return 2
        if model.look is Look.TABLE:
            return 0
        return 2 if has_heat_map(model.choice.variable) else 1

    def _show_heat_map(self) -> None:
        model = self.model
        if model.heat_map and not model.is_stale:
            self.heat_map.show_heat_map(model.heat_map, model.view)
            self.scale.show_heat_map(model.heat_map)
        self.heat_map.set_dimmed(model.is_stale)
        if model.task:
            self.waiting.wait_for("Reading the slice", model.task)
        else:
            self.waiting.done()
        self.about.setText(self._words())

    def _say_refused(self, problem: str) -> None:
        self.about.setText(problem or self._words())

    def _words(self) -> str:
        """What is shown and what is not."""
        model = self.model
        if model.choice is None or model.problem:
            return ""
        if model.look is Look.HEAT_MAP:
            return model.heat_map.words if model.heat_map and not model.is_stale else ""
        rows, columns = model.view.row_count, model.view.column_count
        if rows > MOST_ROWS or columns > MOST_COLUMNS:
            return (
                f"The first {numbers.whole(min(rows, MOST_ROWS))} rows and "
                f"{numbers.whole(min(columns, MOST_COLUMNS))} columns. "
                "Type a slice to see others."
            )
        return ""

    def changeEvent(self, event: QEvent) -> None:
        """Another scheme: other colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "scale"):
            style = plot_style()
            self.heat_map.set_style(style)
            self.scale.set_style(style)
