"""The strip below a histogram: zero, NaN, +Inf and -Inf of each tensor as labelled bars.

They are apart because they have no place among the bins, or (zero) too large a one. With several
tensors a row starts with the swatch and label of its bars, so the strip is the legend too. Ridges
have their labels beside them; then only tensors with NaN or Inf have rows, and all else is summed.
"""

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from tfinspector.contents import numbers
from tfinspector.contents.figures import Statistics
from tfinspector.viewmodels.inspector.choice_names import told_apart
from tfinspector.viewmodels.inspector.histogram_picture import Arrangement, HistogramPicture, Series
from tfinspector.viewmodels.inspector.histogram_readout import Readout
from tfinspector.views.inspector.plot_style import PlotStyle, faded, series_colours

_ROW, _GAP, _BAR = 20, 8, 3
_MOST_ROWS = 6
_COLUMN = 44  # as narrow as headings and counts allow
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter

Cell = tuple[str, int]


def special_cells(figure: Statistics) -> list[Cell]:
    """(name, count) of the values that are counted apart, in the order they are shown."""
    return [
        ("zero", figure.zero),
        ("NaN", figure.nan),
        ("+Inf", figure.posinf),
        ("\N{MINUS SIGN}Inf", figure.neginf),
    ]


class SpecialCounts(QWidget):
    """Painted, not made of labels: it changes with every choice, and has up to eight rows."""

    def __init__(self, style: PlotStyle, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = style
        self._picture = HistogramPicture()
        self._all: tuple[Series, ...] = ()
        self._colours: list[QColor] = []
        self._rows: tuple[int, ...] = ()
        self._in_bin: tuple[str, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def set_style(self, style: PlotStyle) -> None:
        """Draw in these colours from now on."""
        self._style = style
        self._colours = series_colours(style, self._picture)
        self.update()

    def show_picture(self, picture: HistogramPicture) -> None:
        """Show the counts of the tensors in this picture."""
        self._picture, self._colours = picture, series_colours(self._style, picture)
        self._all = picture.series
        several = range(len(self._all) if len(self._all) > 1 else 0)
        is_labelled = picture.options.arrangement is Arrangement.OFFSET
        self._rows = tuple(i for i in several if not is_labelled or self._is_bad(i))
        words = [f"{s.label}: {_words(s.statistics)}" for s in self._all]
        self.setAccessibleName("; ".join(words))
        self.updateGeometry()
        self.update()

    def show_readout(self, readout: Readout | None) -> None:
        """Show what each of several tensors has in the bin under the cursor."""
        self._in_bin = tuple(count for _, count, _ in readout.rows) if readout else ()
        self.update()

    def sizeHint(self) -> QSize:
        """One row per tensor; with several, a row of headings above."""
        rows = min(len(self._rows), _MOST_ROWS) + 1
        return QSize(200, _ROW * (rows + (len(self._rows) > _MOST_ROWS)))

    def minimumSizeHint(self) -> QSize:
        """It can't be lower than its rows."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A table with headings, swatches and labels; without rows, one line of totals."""
        painter = QPainter(self)
        painter.setFont(self._style.font)
        if self._rows:
            self._paint_table(painter)
        elif self._all:
            self._paint_totals(painter)

    def _is_bad(self, index: int) -> bool:
        figure = self._all[index].statistics
        return figure.finite < figure.count

    def _paint_totals(self, painter: QPainter) -> None:
        """Named cells, of one tensor or of all together."""
        cells = [special_cells(series.statistics) for series in self._all]
        whole = sum(series.statistics.count for series in self._all)
        width = self.width() / len(cells[0])
        for place, (name, _) in enumerate(cells[0]):
            count = sum(each[place][1] for each in cells)
            rect = QRectF(place * width, 0, width - _GAP, _ROW)
            self._paint_cell(painter, rect, (name, count), whole, True)

    def _paint_table(self, painter: QPainter) -> None:
        names = ["in bin", *(name for name, _ in self._cells(self._all[0]))]
        left = self._label_width(painter, len(names))
        width = (self.width() - left) / len(names)
        painter.setPen(self._style.muted)
        for place, name in enumerate(names):
            rect = QRectF(left + place * width, 0, width - _GAP, _ROW)
            painter.drawText(rect, _RIGHT, name)
        labels = elided_apart(self._labels(), painter.fontMetrics(), left - 22)
        for line, index in enumerate(self._rows[:_MOST_ROWS], 1):
            series, y = self._all[index], line * _ROW
            self._paint_label(painter, labels[line - 1], index, y, left)
            rect = QRectF(left, y, width - _GAP, _ROW - _BAR)
            painter.drawText(rect, _RIGHT, "".join(self._in_bin[index : index + 1]))
            for place, cell in enumerate(self._cells(series), 1):
                rect = QRectF(left + place * width, y, width - _GAP, _ROW)
                self._paint_cell(painter, rect, cell, series.statistics.count, False)
        if len(self._rows) > _MOST_ROWS:
            painter.setPen(self._style.muted)
            y = (_MOST_ROWS + 1) * _ROW + _ROW - 6
            painter.drawText(0, y, f"and {len(self._rows) - _MOST_ROWS} more")

    def event(self, event: QEvent) -> bool:
        """The exact counts of the row under the pointer."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            row = event.pos().y() // _ROW - 1
            under = self._rows[row : row + 1] if row >= 0 else ()
            shown = under or (range(len(self._all)) if not self._rows else ())
            texts = [f"{self._all[i].label}: {_words(self._all[i].statistics)}" for i in shown]
            QToolTip.showText(event.globalPos(), "\n".join(texts), self)
            return True
        return super().event(event)

    def _cells(self, series: Series) -> list[Cell]:
        """What is counted apart; one column for NaN and Inf while nobody has any."""
        cells = special_cells(series.statistics)
        if any(self._is_bad(index) for index in range(len(self._all))):
            return cells
        return [cells[0], ("NaN/Inf", 0)]

    def _label_width(self, painter: QPainter, columns: int) -> int:
        metrics = painter.fontMetrics()
        widest = max(metrics.horizontalAdvance(label) for label in self._labels())
        return min(widest + 26, max(self.width() - columns * _COLUMN, self.width() * 2 // 5))

    def _labels(self) -> list[str]:
        return [self._all[index].label for index in self._rows[:_MOST_ROWS]]

    def _paint_label(self, painter: QPainter, text: str, index: int, y: int, width: int) -> None:
        painter.fillRect(QRectF(0, y + 5, 9, 9), self._colours[index])
        painter.setPen(self._style.text)
        rect = QRectF(14, y, width - 22, _ROW - _BAR)
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter, text)

    def _paint_cell(
        self, painter: QPainter, rect: QRectF, cell: Cell, whole: int, named: bool
    ) -> None:
        """The count, with its name and share where there is room; below it a bar of its share."""
        name, count = cell
        bad = name != "zero" and count > 0
        colour = self._style.wrong if bad else self._style.muted
        painter.setPen(colour)
        text = f"{name} {numbers.count(count)}" if named else numbers.count(count)
        percent = f" ({numbers.percent(count, whole)} %)" if count and named else ""
        metrics = painter.fontMetrics()
        if metrics.horizontalAdvance(text + percent) <= rect.width():
            text += percent
        text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(rect.width()))
        align = Qt.AlignmentFlag.AlignVCenter if named else _RIGHT
        painter.drawText(rect.adjusted(0, 0, 0, -_BAR), align, text)
        track = QRectF(rect.left(), rect.bottom() - _BAR, rect.width(), _BAR - 1)
        painter.fillRect(track, faded(self._style.muted, 0.18))
        if count and whole:
            filled = QRectF(track)
            filled.setWidth(max(2.0, track.width() * count / whole))
            painter.fillRect(filled, QColor(colour))


def elided_apart(texts: list[str], metrics: QFontMetrics, room: int) -> list[str]:
    """The texts cut to `room` pixels so that they stay different: what all share goes first."""
    if all(metrics.horizontalAdvance(text) <= room for text in texts):
        return texts
    texts = told_apart(texts)
    modes = Qt.TextElideMode
    for mode in (modes.ElideMiddle, modes.ElideLeft, modes.ElideRight):
        cut = [metrics.elidedText(text, mode, room) for text in texts]
        if len(set(cut)) == len(set(texts)):
            return cut
    return [metrics.elidedText(text, modes.ElideMiddle, room) for text in texts]


def _words(figure: Statistics) -> str:
    """ "8,400,000 values; zero 12 (<0.01 %), NaN 0, +Inf 0, -Inf 0"."""
    parts = [
        f"{name} {numbers.whole(count)} ({numbers.percent(count, figure.count)} %)"
        for name, count in special_cells(figure)
    ]
    return f"{numbers.counted(figure.count, 'value')}; " + ", ".join(parts)
