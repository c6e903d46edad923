"""Tabs whose icon stands beside its word."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QTabBar, QTabWidget, QWidget

_TOO_WIDE = 8  # what Qt adds to a tab with an icon, and then leaves between icon and word


class _TabBar(QTabBar):
    def tabSizeHint(self, index: int) -> QSize:
        """Qt's question."""
        hint = super().tabSizeHint(index)
        return hint if self.tabIcon(index).isNull() else hint - QSize(_TOO_WIDE, 0)


class Tabs(QTabWidget):
    """Flat tabs over pages, for the whole program."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTabBar(_TabBar())
        self.setDocumentMode(True)
        self.setIconSize(QSize(16, 16))
        self.tabBar().setFocusPolicy(Qt.FocusPolicy.TabFocus)
