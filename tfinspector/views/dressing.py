"""Dresses the program in the colours of `theme`: Qt's own style, a palette, a style sheet."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from tfinspector.views.style_sheet import style_sheet
from tfinspector.views.theme import DARK, LIGHT, Colours, Mode


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
