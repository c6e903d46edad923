"""The heat map of `drift --png`: variables x steps, for a paper or a page of notes.

Painted without a window and without a display, in the light colours of `theme`.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF, QSize, Qt
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
from tfinspector.contents.drift_metrics import METRIC_BY_NAME, Metric, Reference
from tfinspector.contents.drifts import DriftTable
from tfinspector.contents.variables import Role
from tfinspector.viewmodels.drift_colours import ColourRange, colour_range
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
    return DriftPicture(table, METRIC_BY_NAME[metric], reference).png()


class DriftPicture:
    """One picture: its layout is known before anything is painted. `rows` (all that have figures,
    where none are given) are drawn from top to bottom.
    """

    def __init__(
        self,
        table: DriftTable,
        metric: Metric,
        reference: Reference,
        rows: Sequence[int] | None = None,
    ) -> None:
        self._table, self._metric, self._reference = table, metric, reference
        self._colours = theme.LIGHT
        self._font = QFont("sans-serif")
        self._font.setPixelSize(12)
        self._small = QFont(self._font)
        self._small.setPixelSize(11)
        self._rows = list(rows) if rows is not None else _ordered(table)
        values = table.values(metric.name, reference)
        self._values = values[self._rows]
        self._paired = table.paired(metric.name, reference)[self._rows]
        self._range: ColourRange = colour_range(self._values, metric)
        self._lay_out()

    def _lay_out(self) -> None:
        names = [self._table.rows[row].name for row in self._rows]
        metrics = QFontMetricsF(self._small)
        longest = max((metrics.horizontalAdvance(name) for name in names), default=0.0)
        self._tall = min(_TALL, max(_LEAST_TALL, _MOST_TALL / max(len(names), 1)))
        self._label = min(longest, _LABEL_WIDE) + _GAP if self._tall >= _LABELLED else 0.0
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
        if self._reference == Reference.PREVIOUS:
            return f"{told}, each against the one before"
        return f"{told}, against {os.path.basename(shots[self._table.anchor].path)}"

    def _paint_cells(self, painter: QPainter) -> None:
        """A colour for each value; cells without one stay empty, zeros of a logarithmic scale are
        grey, what is no number is hatched."""
        places = self._range.places(self._values)
        cells = CellPainter(self._range, self._colours)
        gap = 1.0 if min(self._tall, self._wide) >= 8 else 0.0
        for row, column in np.ndindex(*places.shape):
            if self._paired[row, column]:
                cell = QRectF(
                    self._grid.left() + column * self._wide, self._grid.top() + row * self._tall,
                    self._wide - gap, self._tall - gap,
                )  # fmt: skip
                value = float(self._values[row, column])
                cells.fill(painter, cell, value, float(places[row, column]))

    def _paint_names(self, painter: QPainter) -> None:
        """Names beside the rows; weights first, and what is none in a paler colour."""
        if not self._label:
            return
        painter.setFont(self._small)
        metrics = QFontMetricsF(self._small)
        for at, number in enumerate(self._rows):
            row = self._table.rows[number]
            box = QRectF(
                _MARGIN, self._grid.top() + at * self._tall, self._label - _GAP / 2, self._tall
            )
            name = metrics.elidedText(row.name, Qt.TextElideMode.ElideMiddle, box.width())
            colour = self._colours.text if row.role is Role.WEIGHT else self._colours.muted
            self._text(painter, box, name, colour, _RIGHT)

    def _paint_steps(self, painter: QPainter) -> None:
        """As many steps below the columns as fit beside each other."""
        painter.setFont(self._small)
        labels = [_step(step, at) for at, step in enumerate(self._steps())]
        metrics = QFontMetricsF(self._small)
        longest = max(metrics.horizontalAdvance(label) for label in labels) + _GAP
        every = max(1, int(np.ceil(longest / self._wide)))
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
        colours = colour_bar(self._range.is_signed)
        for at, colour in enumerate(colours):
            gradient.setColorAt(at / (len(colours) - 1), colour)
        painter.fillRect(bar, gradient)
        ends = bar.translated(0, 12)
        ends.setHeight(_LINE)
        muted = self._colours.muted
        self._text(painter, ends, numbers.four(self._range.low), muted, _LEFT)
        self._text(painter, ends, numbers.four(self._range.high), muted, _RIGHT)
        if self._range.is_signed:
            self._text(painter, ends, "0", muted, _CENTRE)
        below = QRectF(bar.left(), ends.bottom(), self._width - bar.left() - _MARGIN, _LINE)
        self._text(painter, below, self._legend(), muted, _LEFT)

    def _legend(self) -> str:
        told = [self._range.words]
        if self._range.is_log and (self._values == 0).any():
            told.append("grey: exactly 0")
        if (np.isnan(self._values) & self._paired).any():
            told.append("hatched: not defined")
        return "; ".join(told)


def _ordered(table: DriftTable) -> list[int]:
    """Rows with figures, weights before the rest, each in the order of the table."""
    there = [at for at, row in enumerate(table.rows) if not row.problem]
    return sorted(there, key=lambda at: table.rows[at].role is not Role.WEIGHT)


def _step(step: int | None, at: int) -> str:
    return f"{step:,}" if step is not None else str(at + 1)
