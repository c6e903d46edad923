"""How it looks: colour roles, spacing and fonts, for light and dark (`look.md`).

Colours are asked for where they are painted (`colours()`), so a change of the system's scheme
needs no bookkeeping: Qt sends `PaletteChange`, widgets repaint and get the other set.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette

# The 8-pixel rhythm.
TIGHT, SMALL, SPACE, WIDE = 4, 8, 16, 24
ROW_HEIGHT = 23


class Mode(StrEnum):
    """Which scheme is used; `system` follows the desktop."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, slots=True)
class Colours:
    """One set of roles, as "#rrggbb".

    surface, raised (bars, cards), hover; text, muted (secondary), faint (disabled); line
    (separators); accent (chosen), chosen (its background), on_accent; proved, attention, wrong
    (meanings, always with an icon and a word); mark (matched part of a name, a background);
    categories (for roles, dtypes, overlaid variables): Okabe and Ito, "Color Universal Design"
    (2008), in their order, with yellow darker on light, black and blue lighter on dark.
    """

    dark: bool
    surface: str
    raised: str
    hover: str
    text: str
    muted: str
    faint: str
    line: str
    accent: str
    chosen: str
    on_accent: str
    proved: str
    attention: str
    wrong: str
    mark: str
    categories: tuple[str, ...]


LIGHT = Colours(
    dark=False,
    surface="#ffffff",
    raised="#f4f5f6",
    hover="#eceef0",
    text="#1b1f24",
    muted="#59626c",
    faint="#9aa2ab",
    line="#d9dde1",
    accent="#1a66c2",
    chosen="#dbe8f8",
    on_accent="#ffffff",
    proved="#1a7340",
    attention="#8a5a00",
    wrong="#bf2626",
    mark="#ffe9a8",
    categories=(
        "#E69F00", "#56B4E9", "#009E73", "#C9B800", "#0072B2", "#D55E00", "#CC79A7", "#444B52",
    ),
)  # fmt: skip

DARK = Colours(
    dark=True,
    surface="#1a1d21",
    raised="#22262b",
    hover="#2b3036",
    text="#e4e7ea",
    muted="#a3abb4",
    faint="#69717a",
    line="#363c43",
    accent="#6cb0f5",
    chosen="#213a56",
    on_accent="#10161d",
    proved="#5cc88a",
    attention="#e5b04a",
    wrong="#f78b8b",
    mark="#6b5510",
    categories=(
        "#E69F00", "#56B4E9", "#1DB98F", "#F0E442", "#3E9BD8", "#E8793A", "#DB93BB", "#B4BBC3",
    ),
)  # fmt: skip


def colours() -> Colours:
    """The roles of the scheme in use."""
    window = QGuiApplication.palette().color(QPalette.ColorRole.Window)
    return DARK if window.lightness() < 128 else LIGHT


def category(index: int) -> QColor:
    """The colour of the category `index`; they repeat after eight."""
    row = colours().categories
    return QColor(row[index % len(row)])


def with_alpha(colour: str, alpha: float) -> QColor:
    """`colour` with an opacity of 0 to 1."""
    made = QColor(colour)
    made.setAlphaF(alpha)
    return made


def number_font(base: QFont) -> QFont:
    """`base` with figures of one width, so that columns of numbers line up."""
    font = QFont(base)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


def code_font() -> QFont:
    """The system's fixed-width font, for code and logs."""
    return QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)


def contrast(first: str, second: str) -> float:
    """The contrast of two colours, 1 to 21.

    WCAG 2.1, "contrast ratio": https://www.w3.org/TR/WCAG21/#dfn-contrast-ratio
    """

    def luminance(colour: str) -> float:
        made = QColor(colour)
        red, green, blue = (
            c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
            for c in (made.redF(), made.greenF(), made.blueF())
        )
        return float(0.2126 * red + 0.7152 * green + 0.0722 * blue)

    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)
