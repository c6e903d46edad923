"""Our icons: SVG strokes on a 20 x 20 grid, drawn in the colours of the scheme in use.

The files use `currentColor`; an icon engine replaces it when it paints, so one icon serves
light and dark and follows a change at once.
"""

from __future__ import annotations

from functools import cache
from importlib import resources

from PySide6.QtCore import QByteArray, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from tfinspector.views.theme import colours

GRID = 20


@cache
def _source(name: str) -> str:
    folder = resources.files("tfinspector.resources") / "icons"
    return (folder / f"{name}.svg").read_text(encoding="utf-8")


@cache
def _renderer(name: str, colour: str) -> QSvgRenderer:
    return QSvgRenderer(QByteArray(_source(name).replace("currentColor", colour).encode()))


class _Engine(QIconEngine):
    """Paints one SVG in the colour of a role."""

    def __init__(self, name: str, role: str) -> None:
        super().__init__()
        self._name, self._role = name, role

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        roles = colours()
        role = "faint" if mode is QIcon.Mode.Disabled else self._role
        _renderer(self._name, getattr(roles, role)).render(painter, QRectF(rect))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        made = QPixmap(size)
        if made.isNull():  # a button that a layout has squeezed to nothing
            return made
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        self.paint(painter, QRect(0, 0, size.width(), size.height()), mode, state)
        painter.end()
        return made

    def clone(self) -> QIconEngine:
        return _Engine(self._name, self._role)


def icon(name: str, role: str = "text") -> QIcon:
    """The icon `resources/icons/<name>.svg` in the colour of `role` (a field of `Colours`)."""
    _source(name)  # a wrong name fails here, not in a paint event
    return QIcon(_Engine(name, role))


def pixmap(name: str, role: str = "text", extent: int = GRID, ratio: float = 1.0) -> QPixmap:
    """The icon as a pixmap of `extent` logical pixels, for labels."""
    side = round(extent * ratio)
    made = _Engine(name, role).pixmap(QSize(side, side), QIcon.Mode.Normal, QIcon.State.Off)
    made.setDevicePixelRatio(ratio)
    return made
