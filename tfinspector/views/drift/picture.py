"""The heat map of `drift --png`: variables x steps, for a paper or a page of notes.

Painted without a window and without a display, in the light colours of `theme`.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from math import ceil

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QGuiApplication,
    QImage,
    QLinearGradient,
    QPainter,
)

from tfinspector.contents import numbers
from tfinspector.contents.drift_metrics import Reference
from tfinspector.contents.drifts import DriftTable
from tfinspector.contents.variables import Role
from tfinspector.viewmodels.drift.heat import Heat
from tfinspector.viewmodels.drift.heat_making import heat_of
from tfinspector.viewmodels.drift.lines import Asked
from tfinspector.viewmodels.drift.short_names import short_name
from tfinspector.views import theme
from tfinspector.views.drift.cells import CellPainter
from tfinspector.views.inspector.heat_map import colour_bar

_MARGIN, _GAP = 24.0, 12.0
_LINE = 18.0
_TALL, _LEAST_TALL = 18.0, 5.0
_LABELLED = 11.0  # rows of this height have their name beside them
_MOST_TALL = 3000.0
_WIDE, _LEAST_WIDE, _MOST_WIDE = 720.0, 5.0, 56.0
_LABEL_WIDE = 340.0
_RATIO = 2  # dots of the picture for each of the layout: sharp when printed

_LEFT, _RIGHT = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
_CENTRE, _MIDDLE = Qt.AlignmentFlag.AlignHCenter, Qt.AlignmentFlag.AlignVCenter


def paint_drift(table: DriftTable, metric: str, reference: Reference) -> bytes:
    """A PNG file of one metric of the table."""
    application = QGuiApplication.instance() or QGuiApplication(["tfinspector"])
    assert application is not None
    asked = Asked(metric, reference, grouped=False, weights_only=False)
    return DriftPicture(heat_of(table, asked)).png()


class DriftPicture:
    """One picture: its layout is known before anything is painted. The variables of the heat map
    are drawn from top to bottom, none of them folded.
    """

    def __init__(self, heat: Heat) -> None:
        self._heat, self._table, self._metric = heat, heat.table, heat.metric
        self._colours = theme.LIGHT
        self._font = QFont("sans-serif")
        self._font.setPixelSize(12)
        self._small = QFont(self._font)
        self._small.setPixelSize(11)
        self._rows = list(dict.fromkeys(row for line in heat.lines for row in line.rows))
        self._lay_out()

    def _lay_out(self) -> None:
        names = [self._table.rows[row].name for row in self._rows]
        metrics = QFontMetricsF(self._small)
        self._tall = min(_TALL, max(_LEAST_TALL, _MOST_TALL / max(len(names), 1)))
        self._label = 0.0
        if self._tall >= _LABELLED:
            longest = max(map(metrics.horizontalAdvance, names), default=0.0)
            self._label = min(longest, _LABEL_WIDE) + _GAP
        count = max(len(self._table.snapshots), 1)
        self._wide = min(_MOST_WIDE, max(_LEAST_WIDE, _WIDE / count))
        self._grid = QRectF(
            _MARGIN + self._label, _MARGIN + 3 * _LINE + _GAP,
            self._wide * count, self._tall * len(names),
        )  # fmt: skip
        self._width = max(self._grid.right() + _MARGIN, 640.0)
        self._height = self._grid.bottom() + 5 * _LINE + 2 * _GAP + _MARGIN

    @property
    def size(self) -> QSize:
        """How large it is, in dots of the layout."""
        return QSize(round(self._width), round(self._height))

    def paint(self, painter: QPainter) -> None:
        """Everything, from the upper left corner on."""
        painter.fillRect(QRectF(0, 0, self._width, self._height), QColor(self._colours.surface))
        self._paint_title(painter)
        self._paint_cells(painter)
        self._paint_names(painter)
        self._paint_steps(painter)
        self._paint_scale(painter)

    def png(self) -> bytes:
        """The bytes of a PNG file."""
        image = QImage(self.size * _RATIO, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(_RATIO)
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        self.paint(painter)
        painter.end()
        data = QByteArray()
        buffer = QBuffer(data)
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        image.save(buffer, "PNG")  # type: ignore[call-overload]  # its stubs name bytes only
        return bytes(data.data())

    def _text(
        self, painter: QPainter, box: QRectF, text: str, colour: str, align: Qt.AlignmentFlag
    ) -> None:
        painter.setPen(QColor(colour))
        painter.drawText(box, align | _MIDDLE, text)

    def _paint_title(self, painter: QPainter) -> None:
        wide = self._width - 2 * _MARGIN
        title = QFont(self._font)
        title.setPixelSize(15)
        title.setBold(True)
        painter.setFont(title)
        first = QRectF(_MARGIN, _MARGIN, wide, _LINE)
        said = self._metric.title
        self._text(painter, first, said[:1].upper() + said[1:], self._colours.text, _LEFT)
        painter.setFont(self._small)
        for at, line in enumerate((self._metric.meaning, self._about()), 1):
            box = first.translated(0, at * _LINE)
            elided = QFontMetricsF(self._small).elidedText(
                line, Qt.TextElideMode.ElideMiddle, box.width()
            )
            self._text(painter, box, elided, self._colours.muted, _LEFT)

    def _about(self) -> str:
        shots = self._table.snapshots
        where = os.path.dirname(shots[0].path)
        told = f"{len(shots)} snapshots in {where}"
        if not self._metric.of_change:
            return told
        if self._heat.asked.reference == Reference.PREVIOUS:
            return f"{told}, each against the one before"
        return f"{told}, against {shots[self._table.anchor].name}"

    def _paint_cells(self, painter: QPainter) -> None:
        """A colour for each value; cells without one stay empty, zeros of a logarithmic scale are
        grey, what is no number is hatched."""
        cells = self._heat.every.at(self._rows)
        cells = cells._replace(places=self._heat.colours.places(cells.values))
        gap = 1.0 if min(self._tall, self._wide) >= 8 else 0.0
        air = QSizeF(gap, gap)
        CellPainter(self._heat.colours, self._colours).paint(painter, self._grid, cells, air)

    def _paint_names(self, painter: QPainter) -> None:
        """Names beside the rows; weights first, and what is none in a paler colour."""
        if not self._label:
            return
        painter.setFont(self._small)
        metrics, wide = QFontMetricsF(self._small), self._label - _GAP / 2
        names = [self._table.rows[row].name for row in self._rows]
        for at, number in enumerate(self._rows):
            row = self._table.rows[number]
            box = QRectF(_MARGIN, self._grid.top() + at * self._tall, wide, self._tall)
            name = short_name(names, at, lambda text: metrics.horizontalAdvance(text) <= wide)
            colour = self._colours.text if row.role is Role.WEIGHT else self._colours.muted
            self._text(painter, box, name, colour, _RIGHT)

    def _paint_steps(self, painter: QPainter) -> None:
        """As many steps below the columns as fit beside each other."""
        painter.setFont(self._small)
        labels = [_step(step, at) for at, step in enumerate(self._steps())]
        metrics = QFontMetricsF(self._small)
        longest = max(metrics.horizontalAdvance(label) for label in labels) + _GAP
        every = max(1, ceil(longest / self._wide))
        for at in range(0, len(labels), every):
            centre = self._grid.left() + (at + 0.5) * self._wide
            box = QRectF(centre - longest, self._grid.bottom() + 4, 2 * longest, _LINE)
            self._text(painter, box, labels[at], self._colours.muted, _CENTRE)
        box = QRectF(self._grid.left(), self._grid.bottom() + 4 + _LINE, 200, _LINE)
        known = any(step is not None for step in self._steps())
        self._text(painter, box, "step" if known else "snapshot", self._colours.text, _LEFT)

    def _steps(self) -> Sequence[int | None]:
        return [snapshot.step for snapshot in self._table.snapshots]

    def _paint_scale(self, painter: QPainter) -> None:
        """The colours, what their ends mean, and how much lies outside."""
        painter.setFont(self._small)
        top = self._grid.bottom() + 2 * _LINE + 2 * _GAP
        bar = QRectF(self._grid.left(), top, 240, 10)
        gradient = QLinearGradient(bar.topLeft(), bar.topRight())
        colours = colour_bar(self._heat.colours.is_signed)
        for at, colour in enumerate(colours):
            gradient.setColorAt(at / (len(colours) - 1), colour)
        painter.fillRect(bar, gradient)
        ends = bar.translated(0, 12)
        ends.setHeight(_LINE)
        muted = self._colours.muted
        self._text(painter, ends, numbers.four(self._heat.colours.low), muted, _LEFT)
        self._text(painter, ends, numbers.four(self._heat.colours.high), muted, _RIGHT)
        if self._heat.colours.is_signed:
            self._text(painter, ends, "0", muted, _CENTRE)
        below = QRectF(bar.left(), ends.bottom(), self._width - bar.left() - _MARGIN, _LINE)
        self._text(painter, below, self._heat.legend, muted, _LEFT)


def _step(step: int | None, at: int) -> str:
    return f"{step:,}" if step is not None else str(at + 1)
