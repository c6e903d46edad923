"""The heat map of the page Drift, as it is laid out and painted.

A line for each variable or layer, a column for each snapshot, steps below. Only what is in view
is painted, so ten thousand variables scroll like ten.
"""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from tfinspector.viewmodels.drift.heat import Cells, Heat
from tfinspector.viewmodels.drift.lines import Line
from tfinspector.viewmodels.drift.short_names import short_name
from tfinspector.viewmodels.drift.words import step_labels
from tfinspector.views.drift.cells import CellPainter
from tfinspector.views.icons import pixmap
from tfinspector.views.theme import SMALL, SPACE, TIGHT, colours, number_font

LINE = 20
STEPS = 20
_NARROWEST, _WIDEST = 4.0, 64.0
_LABELS = 0.32  # at most so much of the width is for names
_CHEVRON = 14
_MEASURED = 500
_DIM = 0.35
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_CENTRE = Qt.AlignmentFlag.AlignCenter


class HeatCanvas(QAbstractScrollArea):
    """Lays out and paints a `Heat`; what the pointer and the keys do is for `HeatView`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._heat: Heat | None = None
        self._at, self._name, self._is_dim = -1, "", False
        self._cell: tuple[int, int] | None = None
        self._labels: list[str] = []
        self._names: list[str] = []
        self._short: dict[int, str] = {}  # by lines that were painted, at this width
        self._longest = self._label_width = 0.0
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMinimumHeight(3 * LINE + STEPS)

    # What is shown

    def show_heat(self, heat: Heat | None) -> None:
        """Draw this; the cell stays with its variable."""
        name = self._heat.lines[self._cell[0]].name if self._heat and self._cell else ""
        column = self._cell[1] if self._cell else 0
        self._heat, self._cell = heat, None
        if heat is not None:
            self._labels = step_labels(heat.table)
            names = [line.name for line in heat.lines]
            if name in names:
                self._cell = names.index(name), min(column, len(self._labels) - 1)
        self._measure_names()
        self._measure()
        self.viewport().update()

    def show_place(self, at: int, name: str) -> None:
        """Mark the current snapshot, and the variable that is open."""
        self._at, self._name = at, name
        if self._cell and at >= 0:
            self._cell = self._cell[0], at
        self._keep_in_view()
        self.viewport().update()

    def set_dimmed(self, dimmed: bool) -> None:
        """Show that the picture is not of what is open now."""
        self._is_dim = dimmed
        self.viewport().update()

    @property
    def cell(self) -> tuple[int, int] | None:
        """Line and snapshot of the keyboard's cell."""
        return self._cell

    def rect_of(self, line: int, at: int) -> QRectF:
        """Where a cell is in the viewport."""
        left = self._label_width + at * self._wide - self.horizontalScrollBar().value()
        return QRectF(left, line * LINE - self.verticalScrollBar().value(), self._wide, LINE)

    def sizeHint(self) -> QSize:
        """A dozen lines."""
        return QSize(480, 12 * LINE + STEPS)

    # Layout

    @property
    def _wide(self) -> float:
        room = self.viewport().width() - self._label_width - TIGHT
        return min(_WIDEST, max(_NARROWEST, room / max(len(self._labels), 1)))

    def _measure_names(self) -> None:
        """The longest of the first names; the rest may be elided."""
        lines = self._heat.lines if self._heat else ()
        self._names = [line.label for line in lines]
        metrics = {is_group: QFontMetricsF(self._font_of(is_group)) for is_group in (False, True)}
        self._longest = max(
            (
                metrics[each.is_group].horizontalAdvance(each.label) + _indent(each)
                for each in lines[:_MEASURED]
            ),
            default=0.0,
        )

    def _font_of(self, is_group: bool) -> QFont:
        font = QFont(self.font())
        font.setBold(is_group)
        return font

    def _measure(self) -> None:
        self._short.clear()
        lines = self._heat.lines if self._heat else ()
        most = _LABELS * self.viewport().width()
        self._label_width = min(self._longest + SPACE, most)
        room = self.viewport().height() - STEPS
        self.verticalScrollBar().setRange(0, max(0, len(lines) * LINE - room))
        self.verticalScrollBar().setPageStep(room)
        self.verticalScrollBar().setSingleStep(LINE)
        whole = self._label_width + len(self._labels) * self._wide + TIGHT
        self.horizontalScrollBar().setRange(0, max(0, round(whole) - self.viewport().width()))
        self.horizontalScrollBar().setPageStep(self.viewport().width())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Columns are as wide as there is room."""
        super().resizeEvent(event)
        self._measure()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Qt's question: everything is painted anew."""
        self.viewport().update()

    def _keep_in_view(self) -> None:
        if self._cell is None:
            return
        bar, top = self.verticalScrollBar(), self._cell[0] * LINE
        bar.setValue(min(max(bar.value(), top + LINE - bar.pageStep()), top))
        across = self.horizontalScrollBar()
        left = round(self._cell[1] * self._wide)
        room = across.pageStep() - self._label_width
        across.setValue(round(min(max(across.value(), left + self._wide - room), left)))

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """The lines in view, the steps below them, the marks above all."""
        painter = QPainter(self.viewport())
        painter.fillRect(self.viewport().rect(), QColor(colours().surface))
        heat = self._heat
        if heat is None:
            return
        painter.setOpacity(_DIM if self._is_dim else 1.0)
        bottom = self.viewport().height() - STEPS
        painter.setClipRect(0, 0, self.viewport().width(), bottom)
        first = self.verticalScrollBar().value() // LINE
        last = min(len(heat.lines), first + bottom // LINE + 2)
        self._paint_cells(painter, heat, range(first, last))
        for line in range(first, last):
            self._paint_label(painter, heat.lines[line], line)
        painter.setClipping(False)
        self._paint_steps(painter, bottom)
        self._paint_marks(painter, min(bottom, len(heat.lines) * LINE))

    def _paint_cells(self, painter: QPainter, heat: Heat, lines: range) -> None:
        first, last = self._columns_in_view()
        if not lines or first >= last:
            return
        block = self.rect_of(lines[0], first)
        block.setSize(QSizeF((last - first) * self._wide, len(lines) * LINE))
        shown = zip(*(heat.cells(line) for line in lines), strict=True)
        cells = Cells(*(np.stack(figure)[:, first:last] for figure in shown))
        gap = QSizeF(1.0 if self._wide >= 8 else 0.0, 1.0)
        CellPainter(heat.colours, colours()).paint(painter, block, cells, gap)

    def _columns_in_view(self) -> tuple[int, int]:
        left = self.horizontalScrollBar().value()
        right = left + self.viewport().width() - self._label_width
        return int(left // self._wide), min(len(self._labels), int(right // self._wide) + 1)

    def _paint_label(self, painter: QPainter, line: Line, at: int) -> None:
        top = at * LINE - self.verticalScrollBar().value()
        roles = colours()
        box = QRectF(0, top, self._label_width, LINE)
        is_open = line.name == self._name and not line.is_group
        painter.fillRect(box, QColor(roles.chosen if is_open else roles.surface))
        if line.is_group:
            sign = pixmap("expand" if line.is_open else "collapse", "muted", _CHEVRON,
                          self.devicePixelRatioF())  # fmt: skip
            painter.drawPixmap(QPointF(TIGHT, top + (LINE - _CHEVRON) / 2), sign)
        painter.setFont(self._font_of(line.is_group))
        painter.setPen(QColor(roles.text))
        box.adjust(_indent(line), 0, -SMALL, 0)
        if at not in self._short:
            metrics = QFontMetricsF(painter.font())
            self._short[at] = short_name(
                self._names, at, lambda text: metrics.horizontalAdvance(text) <= box.width()
            )
        painter.drawText(box, _LEFT, self._short[at])

    def _paint_steps(self, painter: QPainter, top: int) -> None:
        """As many steps as fit beside each other; the current one always."""
        painter.setFont(number_font(self.font()))
        metrics = QFontMetricsF(painter.font())
        longest = max((metrics.horizontalAdvance(each) for each in self._labels), default=0.0)
        every = max(1, -(-int(longest + SPACE) // max(int(self._wide), 1)))
        roles = colours()
        painter.setClipRect(QRectF(self._label_width - SPACE, top, self.viewport().width(), STEPS))
        for at in range(0, len(self._labels), every):
            if self._at < 0 or abs(at - self._at) >= every or at == self._at:
                self._paint_step(painter, at, top, roles.muted)
        if self._at >= 0:
            self._paint_step(painter, self._at, top, roles.accent)
        painter.setClipping(False)

    def _paint_step(self, painter: QPainter, at: int, top: int, colour: str) -> None:
        cell = self.rect_of(0, at)
        box = QRectF(cell.center().x() - 60, top, 120, STEPS)
        painter.setPen(QColor(colour))
        painter.drawText(box, _CENTRE, self._labels[at])

    def _paint_marks(self, painter: QPainter, bottom: int) -> None:
        """The current snapshot's column and the keyboard's cell."""
        roles = colours()
        painter.setClipRect(QRectF(self._label_width - 2, 0, self.viewport().width(), bottom))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self._at >= 0:
            column = self.rect_of(0, self._at)
            painter.setPen(QPen(QColor(roles.accent), 1.0))
            painter.drawRect(QRectF(column.left() - 1, -2, column.width(), bottom + 4))
        if self._cell is not None:
            cell = self.rect_of(*self._cell).adjusted(-1, -1, -1, -1)
            width = 2.0 if self.hasFocus() else 1.0
            painter.setPen(QPen(QColor(roles.text), width))
            painter.drawRect(cell)

    def changeEvent(self, event: QEvent) -> None:
        """Another scheme, or another font."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._measure_names()
            self._measure()
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self.viewport().update()


def _indent(line: Line) -> float:
    """Names stand right of their group's chevron."""
    return TIGHT + _CHEVRON + TIGHT + line.depth * SMALL
