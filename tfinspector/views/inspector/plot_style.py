"""The theme, as what pyqtgraph wants: colours by role, pens, fonts."""

from dataclasses import dataclass

import pyqtgraph as pg
from PySide6.QtGui import QColor, QFont, QGuiApplication

from tfinspector.viewmodels.inspector.histogram_picture import HistogramPicture
from tfinspector.views.theme import Colours, colours, number_font

# The part of viridis that stands out from the ground, light and dark.
_SHARES = {False: (0.0, 0.75), True: (0.25, 1.0)}


@dataclass(frozen=True, slots=True)
class PlotStyle:
    """Colours and font of a plot. `series` are the categories, in Okabe-Ito order."""

    surface: QColor
    text: QColor
    muted: QColor
    accent: QColor
    attention: QColor
    wrong: QColor
    series: tuple[QColor, ...]
    font: QFont

    def of(self, index: int) -> QColor:
        """The colour of the series with this index; they repeat after the last."""
        return self.series[index % len(self.series)]


def series_colours(style: PlotStyle, picture: HistogramPicture) -> list[QColor]:
    """One colour per tensor of a picture; see `colours_for`."""
    return colours_for(style, len(picture.series), picture.in_order)


def colours_for(style: PlotStyle, count: int, in_order: bool) -> list[QColor]:
    """The accent for one alone, a scale for snapshots in their order (the way is what matters,
    not which is which), else categories.
    """
    if count == 1:
        return [style.accent]
    if not in_order:
        return [style.of(index) for index in range(count)]
    table = pg.colormap.get("viridis")
    low, high = _SHARES[style.surface.lightness() < 128]
    shares = [low + (high - low) * index / (count - 1) for index in range(count)]
    return [table.map(share, mode="qcolor") for share in shares]


def faded(colour: QColor, opacity: float) -> QColor:
    """The colour at an opacity of 0 to 1."""
    copy = QColor(colour)
    copy.setAlphaF(opacity)
    return copy


def plot_style(roles: Colours | None = None) -> PlotStyle:
    """The plots' colours and font in the scheme in use, or in the given one (exports)."""
    roles = roles or colours()
    font = number_font(QGuiApplication.font())
    font.setPointSizeF(max(font.pointSizeF() - 1, 7))
    return PlotStyle(
        surface=QColor(roles.surface),
        text=QColor(roles.text),
        muted=QColor(roles.muted),
        accent=QColor(roles.accent),
        attention=QColor(roles.attention),
        wrong=QColor(roles.wrong),
        series=tuple(QColor(colour) for colour in roles.categories),
        font=font,
    )
