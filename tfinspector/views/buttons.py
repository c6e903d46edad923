"""Buttons with an icon, made in one line."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QToolButton

from tfinspector.views.icons import icon

_ICON = QSize(18, 18)


def tool_button(
    icon_name: str = "", text: str = "", tip: str = "", pressed: Callable[[], object] | None = None
) -> QToolButton:
    """A flat button; with an icon alone, `tip` is also what assistive technology reads."""
    button = QToolButton()
    button.setIconSize(_ICON)
    if icon_name:
        button.setIcon(icon(icon_name))
    button.setText(text)
    if text and icon_name:
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    button.setToolTip(tip)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setAccessibleName(text or tip)
    if pressed:
        button.clicked.connect(lambda _checked: pressed())
    return button
