"""Pictures for a paper or a report: any of our plots as PNG or SVG, with title and caption inside.

An export is drawn anew at a size of its own, in the light scheme, whatever the window looks like,
so that the same choice always gives the same picture. The file appears complete or not at all.
"""

import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pyqtgraph as pg
from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QImage, QImageWriter, QPainter
from PySide6.QtSvg import QSvgGenerator

from tfinspector.viewmodels.inspector.histogram_picture import HistogramPicture, heights_name
from tfinspector.viewmodels.inspector.histogram_table import caption
from tfinspector.views.inspector.histogram_plot import HistogramPlot
from tfinspector.views.inspector.plot_style import PlotStyle, plot_style, series_colours
from tfinspector.views.theme import LIGHT

PICTURE_SIZE = QSize(960, 600)
_SCALE = 2
_MARGIN, _LINE, _TOP = 20, 18, 68


@dataclass(frozen=True, slots=True)
class Export:
    """What a file dialog needs to know of a kind of file."""

    title: str
    filter: str


EXPORTS = {
    "png": Export("Export the picture", "PNG picture (*.png)"),
    "svg": Export("Export the picture", "SVG drawing (*.svg)"),
    "csv": Export("Export the bins", "Comma-separated values (*.csv)"),
}


def export_histogram(picture: HistogramPicture, path: str, kind: str) -> None:
    """Write the picture as `kind` ("png" or "svg"). OSError where the place can't be written."""
    style = plot_style(LIGHT)
    plot = HistogramPlot(style)
    try:
        plot.show_picture(picture)
        colours = series_colours(style, picture) if len(picture.series) > 1 else []
        heading = (picture.title, heights_name(picture.options))
        write_picture(plot, heading, caption(picture), colours, style, path, kind)
    finally:
        plot.close()
        plot.deleteLater()


def write_picture(
    plot: pg.GraphicsLayoutWidget,
    heading: tuple[str, str],
    lines: Sequence[str],
    colours: Sequence[QColor],
    style: PlotStyle,
    path: str,
    kind: str,
) -> None:
    """Write any plot with title and unit above and lines below, the first of them with swatches
    in these colours. OSError as above.
    """
    below = _LINE * (len(lines)) + _MARGIN
    size = QSize(PICTURE_SIZE.width(), PICTURE_SIZE.height() + below)
    plot.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)  # laid out as shown, yet nowhere
    plot.resize(PICTURE_SIZE.width() - 2 * _MARGIN, PICTURE_SIZE.height() - _TOP)
    plot.show()

    def paint(painter: QPainter) -> None:
        painter.fillRect(0, 0, size.width(), size.height(), style.surface)
        _write_text(painter, heading, lines, colours, style)
        area = QRectF(_MARGIN, _TOP, plot.width(), plot.height())
        plot.scene().render(painter, area, QRectF(plot.viewRect()))

    write_painted(path, kind, size, heading[0], paint)


def write_painted(
    path: str, kind: str, size: QSize, title: str, paint: Callable[[QPainter], None]
) -> None:
    """Write whatever `paint` paints, of that size, as `kind`. OSError as above."""
    _write_atomically(path, lambda draft: _PAINTERS[kind](draft, size, title, paint))


def _write_text(
    painter: QPainter,
    heading: tuple[str, str],
    lines: Sequence[str],
    colours: Sequence[QColor],
    style: PlotStyle,
) -> None:
    width = PICTURE_SIZE.width() - 2 * _MARGIN
    font = QFont(style.font)
    font.setPixelSize(16)
    painter.setFont(font)
    painter.setPen(style.text)
    shown = painter.fontMetrics().elidedText(heading[0], Qt.TextElideMode.ElideMiddle, width)
    painter.drawText(_MARGIN, _MARGIN + 14, shown)
    font.setPixelSize(12)
    painter.setFont(font)
    painter.setPen(style.muted)
    painter.drawText(_MARGIN, _TOP - 8, heading[1])
    painter.setPen(style.text)
    y = PICTURE_SIZE.height() + _MARGIN
    for index, line in enumerate(lines):
        if index < len(colours):
            painter.fillRect(QRectF(_MARGIN, y - 9, 10, 10), colours[index])
        painter.drawText(_MARGIN + (16 if colours else 0), y, line)
        y += _LINE


def _paint_png(path: str, size: QSize, title: str, paint: Callable[[QPainter], None]) -> None:
    image = QImage(size * _SCALE, QImage.Format.Format_ARGB32)
    image.setDevicePixelRatio(_SCALE)
    image.setText("Title", title)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
    paint(painter)
    painter.end()
    writer = QImageWriter(path, QByteArray(b"png"))
    if not writer.write(image):
        raise OSError(f"The picture could not be written to {path}: {writer.errorString()}")


def _paint_svg(path: str, size: QSize, title: str, paint: Callable[[QPainter], None]) -> None:
    generator = QSvgGenerator()
    generator.setFileName(path)
    generator.setSize(size)
    generator.setViewBox(QRectF(0, 0, size.width(), size.height()))
    generator.setTitle(title)
    generator.setDescription("Drawn by tfinspector")
    painter = QPainter()
    if not painter.begin(generator):
        raise OSError(f"The drawing could not be written to {path}")
    paint(painter)
    painter.end()


_PAINTERS = {"png": _paint_png, "svg": _paint_svg}


def _write_atomically(path: str, write: Callable[[str], None]) -> None:
    """Write beside the target, then rename."""
    folder = os.path.dirname(os.path.abspath(path))
    handle, draft = tempfile.mkstemp(suffix=".draft", dir=folder)
    os.close(handle)
    try:
        write(draft)
        os.chmod(draft, 0o666 & ~_umask())
        os.replace(draft, path)
    except BaseException:
        os.unlink(draft)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
