"""Tabs whose icon stands beside its word, and that give up icons and air before words are cut."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon, QPixmap, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QTabBar, QTabWidget, QWidget

_TOO_WIDE = 8  # what Qt adds to a tab with an icon, and then leaves between icon and word
_WAYS = ((True, False), (False, False), (False, True))
"""Whether there are icons, and whether the words stand close; the widest way first."""


class _TabBar(QTabBar):
    def tabSizeHint(self, index: int) -> QSize:
        """Qt's question."""
        hint = super().tabSizeHint(index)
        return hint if self.tabIcon(index).isNull() else hint - QSize(_TOO_WIDE, 0)

    @property
    def whole_width(self) -> int:
        """Of all tabs, as they are dressed now."""
        return sum(self.tabSizeHint(at).width() for at in range(self.count()))


class Tabs(QTabWidget):
    """Flat tabs over pages, for the whole program."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icons: dict[QWidget | None, QIcon] = {}
        self._way = _WAYS[0]
        self._bar = _TabBar()
        self.setTabBar(self._bar)
        self.setDocumentMode(True)
        self.setIconSize(QSize(16, 16))
        self._bar.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def setTabIcon(self, index: int, icon: QIcon | QPixmap) -> None:
        """The icon of a tab, shown where there is room for those of all."""
        self._icons[self.widget(index)] = QIcon(icon)
        self._show_icon(index)
        self._dress()

    def setTabText(self, index: int, text: str) -> None:
        """Other words, such as a count behind them."""
        super().setTabText(index, text)
        self._dress()

    def tabInserted(self, index: int) -> None:
        """One more has to fit."""
        super().tabInserted(index)
        self._icons[self.widget(index)] = self.tabIcon(index)
        self._dress()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width: dress the tabs for it."""
        super().resizeEvent(event)
        self._dress()

    def showEvent(self, event: QShowEvent) -> None:
        """Only now it is known how wide they are."""
        super().showEvent(event)
        self._dress()

    def _dress(self) -> None:
        """The first way in which all tabs fit; the last where none does: the bar then scrolls."""
        if not self.isVisible():
            return
        corner = self.cornerWidget()
        room = self.width() - (corner.sizeHint().width() if corner else 0)
        for way in _WAYS:
            self._take(way)
            if self._bar.whole_width <= room:
                return

    def _take(self, way: tuple[bool, bool]) -> None:
        if self._way != way:
            self._way = way
            self._bar.setProperty("close", way[1])
            self._bar.style().polish(self._bar)
            for index in range(self.count()):
                self._show_icon(index)

    def _show_icon(self, index: int) -> None:
        icon = self._icons.get(self.widget(index), QIcon())
        super().setTabIcon(index, icon if self._way[0] else QIcon())
