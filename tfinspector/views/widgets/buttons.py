"""Buttons with an icon, made in one line."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QMenu, QToolButton

from tfinspector.views.icons import icon

_ICON = QSize(18, 18)
_AROUND, _BETWEEN = 16, 4  # padding and border of both sides; icon to text


class ToolButton(QToolButton):
    """A flat button as wide as what it shows, where Qt leaves room for spaces and a menu sign."""

    def sizeHint(self) -> QSize:
        """The icon, the text, and the same air on both sides."""
        hint = super().sizeHint()
        if self.text() and self.toolButtonStyle() is not Qt.ToolButtonStyle.ToolButtonIconOnly:
            text = self.fontMetrics().horizontalAdvance(self.text())
            has_icon = self.toolButtonStyle() is Qt.ToolButtonStyle.ToolButtonTextBesideIcon
            icon_width = self.iconSize().width() + _BETWEEN if has_icon else 0
            hint.setWidth(_AROUND + icon_width + text + 2)
        return hint

    def minimumSizeHint(self) -> QSize:
        """It is never cut."""
        return self.sizeHint()


class MenuButton(ToolButton):
    """A button that opens its menu below itself, by a click, Space or the Down key."""

    def __init__(self, icon_name: str, text: str = "", tip: str = "") -> None:
        super().__init__()
        _dress(self, icon_name, text, tip)
        self._menu = QMenu(self)
        self._menu.setToolTipsVisible(True)
        self._menu.aboutToHide.connect(lambda: self.setDown(False))
        self.clicked.connect(self._open)

    def menu(self) -> QMenu:
        """The menu. Not Qt's own, for which a style sheet leaves room beside the text."""
        return self._menu

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Down opens, as on every menu button."""
        if event.key() == Qt.Key.Key_Down:
            self._open()
        else:
            super().keyPressEvent(event)

    def _open(self) -> None:
        self.setDown(True)
        self._menu.popup(self.mapToGlobal(self.rect().bottomLeft()))


def tool_button(
    icon_name: str = "", text: str = "", tip: str = "", pressed: Callable[[], object] | None = None
) -> ToolButton:
    """A flat button; with an icon alone, `tip` is also what assistive technology reads."""
    button = ToolButton()
    _dress(button, icon_name, text, tip)
    if pressed:
        button.clicked.connect(lambda _checked: pressed())
    return button


def _dress(button: QToolButton, icon_name: str, text: str, tip: str) -> None:
    button.setIconSize(_ICON)
    if icon_name:
        button.setIcon(icon(icon_name))
    button.setText(text)
    if text and icon_name:
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    button.setToolTip(tip)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setAccessibleName(text or tip)
