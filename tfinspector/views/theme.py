"""How it looks: colour roles, spacing and fonts, for light and dark (`look.md`).

Colours are asked for where they are painted (`colours()`), so a change of the system's scheme
needs no bookkeeping: Qt sends `PaletteChange`, widgets repaint and get the other set.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

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


def apply(application: QApplication, mode: Mode = Mode.SYSTEM) -> None:
    """Dress the program: Fusion, our palette, and follow the system's scheme if asked to."""
    application.setStyle("Fusion")
    hints = application.styleHints()

    def dress() -> None:
        is_dark = mode is Mode.DARK or (
            mode is Mode.SYSTEM and hints.colorScheme() is Qt.ColorScheme.Dark
        )
        application.setPalette(palette(DARK if is_dark else LIGHT))
        application.setStyleSheet(style_sheet(DARK if is_dark else LIGHT))

    if application.property("follows_scheme"):
        hints.colorSchemeChanged.disconnect()
    if mode is Mode.SYSTEM:
        hints.colorSchemeChanged.connect(dress)
    application.setProperty("follows_scheme", mode is Mode.SYSTEM)
    dress()


def palette(roles: Colours) -> QPalette:
    """The Qt palette of a set of roles."""
    made = QPalette()
    role = QPalette.ColorRole
    for target, colour in {
        role.Window: roles.raised, role.WindowText: roles.text, role.Base: roles.surface,
        role.AlternateBase: roles.raised, role.Text: roles.text, role.Button: roles.raised,
        role.ButtonText: roles.text, role.BrightText: roles.wrong, role.Highlight: roles.chosen,
        role.HighlightedText: roles.text, role.Link: roles.accent, role.LinkVisited: roles.accent,
        role.ToolTipBase: roles.raised, role.ToolTipText: roles.text,
        role.PlaceholderText: roles.muted, role.Light: roles.surface, role.Midlight: roles.hover,
        role.Mid: roles.line, role.Dark: roles.line, role.Shadow: roles.line,
        role.Accent: roles.accent,
    }.items():  # fmt: skip
        made.setColor(target, QColor(colour))
    for target in (role.Text, role.WindowText, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, target, QColor(roles.faint))
    return made


def style_sheet(roles: Colours) -> str:
    """What the palette can't say: quiet bars, thin separators, flat tabs and headers."""
    return f"""
    QToolTip {{ background: {roles.raised}; color: {roles.text};
        border: 1px solid {roles.line}; padding: 4px 6px; }}
    QMainWindow::separator, QSplitter::handle {{ background: {roles.line}; }}
    QSplitter::handle:horizontal {{ width: 1px; }}
    QSplitter::handle:vertical {{ height: 1px; }}
    QToolBar {{ background: {roles.raised}; border: 0; border-bottom: 1px solid {roles.line};
        spacing: 4px; padding: 4px 8px; }}
    QToolButton {{ border: 1px solid transparent; border-radius: 4px; padding: 3px 7px;
        color: {roles.text}; background: transparent; }}
    QToolButton:hover {{ background: {roles.hover}; }}
    QToolButton:pressed, QToolButton:checked {{ background: {roles.chosen}; }}
    QToolButton:focus {{ border-color: {roles.accent}; }}
    QToolButton:disabled {{ color: {roles.faint}; }}
    QToolButton[popupMode="2"] {{ padding-right: 16px; }}
    QPushButton {{ border: 1px solid {roles.line}; border-radius: 4px; padding: 4px 12px;
        background: {roles.surface}; color: {roles.text}; }}
    QPushButton:hover {{ background: {roles.hover}; }}
    QPushButton:focus {{ border-color: {roles.accent}; }}
    QPushButton:disabled {{ color: {roles.faint}; }}
    QPushButton[primary="true"] {{ background: {roles.accent}; color: {roles.on_accent};
        border-color: {roles.accent}; }}
    QPushButton[primary="true"]:disabled {{ background: {roles.raised}; color: {roles.faint};
        border-color: {roles.line}; }}
    QLineEdit {{ border: 1px solid {roles.line}; border-radius: 4px; padding: 3px 6px;
        background: {roles.surface}; color: {roles.text};
        selection-background-color: {roles.accent}; selection-color: {roles.on_accent}; }}
    QLineEdit:focus {{ border-color: {roles.accent}; }}
    QLineEdit[wrong="true"] {{ border-color: {roles.wrong}; }}
    QTabWidget::pane {{ border: 0; border-top: 1px solid {roles.line}; }}
    QTabBar {{ qproperty-drawBase: 0; }}
    QTabBar::tab {{ background: transparent; color: {roles.muted}; border: 0;
        border-bottom: 2px solid transparent; padding: 6px 12px; }}
    QTabBar::tab:hover {{ color: {roles.text}; }}
    QTabBar::tab:selected {{ color: {roles.text}; border-bottom-color: {roles.accent}; }}
    QTabBar::tab:disabled {{ color: {roles.faint}; }}
    QHeaderView {{ background: {roles.raised}; border: 0; }}
    QHeaderView::section {{ background: {roles.raised}; color: {roles.muted}; border: 0;
        border-right: 1px solid {roles.line}; border-bottom: 1px solid {roles.line};
        padding: 3px 6px; }}
    QAbstractScrollArea {{ border: 0; }}
    QAbstractScrollArea::corner {{ background: {roles.surface}; border: 0; }}
    QTreeView, QTableView, QListView, QPlainTextEdit, QTextEdit {{
        background: {roles.surface}; color: {roles.text}; border: 0;
        selection-background-color: {roles.chosen}; selection-color: {roles.text}; }}
    QMenu {{ background: {roles.surface}; border: 1px solid {roles.line}; padding: 4px; }}
    QMenu::item {{ padding: 4px 24px 4px 12px; border-radius: 3px; }}
    QMenu::item:selected {{ background: {roles.chosen}; color: {roles.text}; }}
    QMenu::item:disabled {{ color: {roles.faint}; }}
    QMenu::separator {{ height: 1px; background: {roles.line}; margin: 4px 8px; }}
    QProgressBar {{ border: 0; border-radius: 2px; background: {roles.line}; max-height: 4px;
        min-height: 4px; }}
    QProgressBar::chunk {{ background: {roles.accent}; border-radius: 2px; }}
    QScrollBar:vertical {{ background: transparent; width: 12px; margin: 0; }}
    QScrollBar:horizontal {{ background: transparent; height: 12px; margin: 0; }}
    QScrollBar::handle {{ background: {roles.faint}; border-radius: 3px; margin: 3px; }}
    QScrollBar::handle:vertical {{ min-height: 28px; }}
    QScrollBar::handle:horizontal {{ min-width: 28px; }}
    QScrollBar::handle:hover {{ background: {roles.muted}; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
    QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
    #topbar {{ background: {roles.raised}; border-bottom: 1px solid {roles.line}; }}
    QToolButton::menu-indicator {{ image: none; width: 0; }}
    QFrame[card="true"] {{ background: {roles.surface}; border: 1px solid {roles.line};
        border-radius: 6px; }}
    QFrame[code="true"] {{ background: {roles.raised}; border: 0; border-radius: 4px; }}
    QToolButton[pill="true"] {{ border-radius: 10px; border: 1px solid {roles.line};
        padding: 1px 8px; }}
    QToolButton[pill="true"]:checked {{ background: {roles.surface}; }}
    QToolButton[pill="true"]:!checked {{ color: {roles.muted} }}
    QLabel[role="wrong"] {{ color: {roles.wrong}; font-weight: 600; }}
    QLabel[role="attention"], QLabel[attention="true"] {{ color: {roles.attention}; }}
    QLabel[role="muted"] {{ color: {roles.muted}; }}
    QLabel[muted="true"] {{ color: {roles.muted}; }}
    QLabel[heading="true"] {{ font-weight: 600; }}
    """


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
