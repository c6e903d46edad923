"""The background of a row, the same in every list: chosen, under the cursor, or nothing."""

from __future__ import annotations

from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from tfinspector.views.theme import Colours


def paint_background(painter: QPainter, option: QStyleOptionViewItem, roles: Colours) -> None:
    """Fill the item's rectangle."""
    if option.state & QStyle.StateFlag.State_Selected:
        painter.fillRect(option.rect, QColor(roles.chosen))
    elif option.state & QStyle.StateFlag.State_MouseOver:
        painter.fillRect(option.rect, QColor(roles.hover))
