"""The theme, as what pyqtgraph wants: colours by role, pens, fonts."""

from dataclasses import dataclass

from PySide6.QtGui import QColor, QFont, QGuiApplication

from tfinspector.views.theme import Colours, colours, number_font


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
