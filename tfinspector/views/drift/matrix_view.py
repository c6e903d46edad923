"""The tab Layers: repeated layers x kinds of variables, in the colours of the heat map."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from tfinspector.viewmodels.drift.matrix import Matrix, matrix_of
from tfinspector.viewmodels.drift.model import DriftModel
from tfinspector.viewmodels.drift.short_names import short_name
from tfinspector.views.drift.cells import CellPainter
from tfinspector.views.drift.controls import export_button
from tfinspector.views.theme import LIGHT, SMALL, SPACE, TIGHT, Colours, colours
from tfinspector.views.widgets.elided_label import ElidedLabel

_LINE = 20
_WIDE, _WIDEST = 48.0, 168.0
_LONGEST = 240.0
_MEASURED = 500
_HINT = "Click a cell to open it \N{MIDDLE DOT} the colours are those of the heat map"
_NONE = "No layer repeats among the variables that are shown."


class MatrixView(QWidget):
    """Paints a `Matrix`. `opened` carries a row of the table, `pointed` words."""

    opened = Signal(int)
    pointed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._matrix: Matrix | None = None
        self._cell: tuple[int, int] | None = None
        self._label, self._wide = 0, round(_WIDE)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Matrix of layers and kinds")

    def show_matrix(self, matrix: Matrix | None) -> None:
        """Draw this."""
        self._matrix = matrix
        self._measure()
        shape = matrix.rows.shape if matrix else (0, 0)
        if self._cell and not (self._cell[0] < shape[0] and self._cell[1] < shape[1]):
            self._cell = None
        self.setMinimumSize(self.sizeHint())
        self.update()

    def sizeHint(self) -> QSize:
        """All cells."""
        if self._matrix is None:
            return QSize(120, _LINE)
        layers, kinds = self._matrix.rows.shape
        return QSize(round(self._label + kinds * self._wide) + TIGHT, (layers + 1) * _LINE)

    def rect_of(self, layer: int, kind: int) -> QRectF:
        """Where a cell is."""
        return QRectF(self._label + kind * self._wide, (layer + 1) * _LINE, self._wide, _LINE)

    def paint(self, painter: QPainter, roles: Colours, part: QRectF) -> None:
        """This part of it, in these colours; the names of kinds always."""
        matrix = self._matrix
        if matrix is None:
            return
        lines = self._lines_in(part)
        self._paint_words(painter, matrix, lines, roles)
        block = self.rect_of(lines.start, 0)
        block.setSize(QSizeF(len(matrix.kinds) * self._wide, len(lines) * _LINE))
        shown = matrix.cells.at(slice(lines.start, lines.stop))
        CellPainter(matrix.heat.colours, roles).paint(painter, block, shown, QSizeF(1, 1))

    def _lines_in(self, part: QRectF) -> range:
        assert self._matrix is not None
        first = max(0, int(part.top() // _LINE) - 1)
        return range(first, min(len(self._matrix.layers), int(part.bottom() // _LINE) + 1))

    def _paint_words(self, painter: QPainter, matrix: Matrix, lines: range, roles: Colours) -> None:
        metrics = QFontMetricsF(painter.font())
        middle, right = Qt.AlignmentFlag.AlignVCenter, Qt.AlignmentFlag.AlignRight
        painter.setPen(QColor(roles.muted))
        room, kinds = self._wide - SMALL, list(matrix.kinds)
        for kind in range(len(kinds)):
            box = self.rect_of(-1, kind)
            shown = short_name(kinds, kind, lambda text: metrics.horizontalAdvance(text) <= room)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, shown)
        painter.setPen(QColor(roles.text))
        wide = self._label - SMALL
        for layer in lines:
            box = QRectF(0, (layer + 1) * _LINE, wide, _LINE)
            shown = short_name(
                matrix.layers, layer, lambda text: metrics.horizontalAdvance(text) <= wide
            )
            painter.drawText(box, right | middle, shown)

    def _measure(self) -> None:
        """Room for the names of layers on the left, and for those of kinds above."""
        metrics = QFontMetricsF(self.font())
        layers, kinds = (
            max(map(metrics.horizontalAdvance, names), default=0.0)
            for names in (
                (self._matrix.layers[:_MEASURED], self._matrix.kinds[:_MEASURED])
                if self._matrix else ((), ())
            )
        )  # fmt: skip
        self._label = round(min(layers, _LONGEST) + SPACE)
        self._wide = round(min(max(kinds + SMALL, _WIDE), _WIDEST))

    def paintEvent(self, event: QPaintEvent) -> None:
        """The matrix, and the keyboard's cell."""
        painter = QPainter(self)
        roles = colours()
        painter.fillRect(self.rect(), QColor(roles.surface))
        self.paint(painter, roles, QRectF(event.rect()))
        if self._cell and self._matrix:
            painter.setPen(QPen(QColor(roles.text), 2.0 if self.hasFocus() else 1.0))
            painter.drawRect(self.rect_of(*self._cell).adjusted(-1, -1, -1, -1))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell what the pointer is on."""
        self._tell(self._place_at(event))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A cell opens."""
        place = self._place_at(event)
        if place is not None:
            self._cell = place
            self._open()
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The arrows move the cell, Enter opens it."""
        moves = {Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1),
                 Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0)}  # fmt: skip
        key = event.key()
        if self._matrix is not None and key in moves:
            down, across = moves[Qt.Key(key)] if self._cell else (0, 0)
            layer, kind = self._cell or (0, 0)
            layers, kinds = self._matrix.rows.shape
            self._cell = (
                min(max(layer + down, 0), layers - 1), min(max(kind + across, 0), kinds - 1)
            )  # fmt: skip
            self._tell(self._cell)
            self.update()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._cell:
            self._open()
        else:
            super().keyPressEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """The pointer left."""
        self._tell(None)

    def _place_at(self, event: QMouseEvent) -> tuple[int, int] | None:
        if self._matrix is None:
            return None
        point = event.position()
        layer = int(point.y() // _LINE) - 1
        kind = int((point.x() - self._label) // self._wide)
        layers, kinds = self._matrix.rows.shape
        return (layer, kind) if 0 <= layer < layers and 0 <= kind < kinds else None

    def _tell(self, place: tuple[int, int] | None) -> None:
        self.pointed.emit(self._matrix.words_at(*place) if self._matrix and place else "")

    def _open(self) -> None:
        if self._matrix and self._cell and self._matrix.rows[self._cell] >= 0:
            self.opened.emit(int(self._matrix.rows[self._cell]))


class MatrixPane(QWidget):
    """Binds a `DriftModel`. Attributes: view, matrix, readout; `export_asked` as in other panes."""

    export_asked = Signal(str)

    def __init__(self, model: DriftModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.matrix: Matrix | None = None
        self.view = MatrixView()
        self.title = ElidedLabel(bold=True)
        self.readout = ElidedLabel(_HINT, role="muted")
        heading = QHBoxLayout()
        heading.addWidget(self.title, 1)
        heading.addWidget(export_button(self.export_asked.emit))
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(self.view)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(TIGHT)
        layout.addLayout(heading)
        layout.addWidget(area, 1)
        layout.addWidget(self.readout)
        self.view.pointed.connect(lambda words: self.readout.set_text(words or _HINT))
        self.view.opened.connect(lambda row: model.open_cell(row, model.at))
        model.heat_changed.connect(self._show)
        model.at_changed.connect(self._show)
        self._show()

    def paint(self, painter: QPainter) -> None:
        """For a file: in the light scheme."""
        whole = QRectF(QPointF(), self.view.sizeHint().toSizeF())
        painter.fillRect(whole, QColor(LIGHT.surface))
        self.view.paint(painter, LIGHT, whole)

    def _show(self) -> None:
        model = self._model
        self.matrix = matrix_of(model.heat, model.at) if model.heat else None
        where = f", {model.snapshot_words}" if self.matrix else ""
        self.title.set_text(f"{self.matrix.title}{where}" if self.matrix else _NONE)
        self.view.show_matrix(self.matrix)
