"""One bar divided into parts, with a legend below it: bytes by role, bytes by type."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QRectF, QSize
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from tfinspector.contents import numbers
from tfinspector.contents.holdings import Part
from tfinspector.views.theme import SMALL, SPACE, category, colours

_BAR, _LINE, _SWATCH = 14, 20, 9
_FIRST = 6  # categories start apart from the colours that roles have most often
_LEAST = 2.0


class ShareBar(QWidget):
    """`colour_of(index, part)` defaults to the categories in their order.

    Painted; its height follows from how many lines the legend needs at its width.
    """

    def __init__(
        self,
        title: str,
        colour_of: Callable[[int, Part], QColor] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._colour_of = colour_of or (lambda index, part: category(index + _FIRST))
        self.parts: tuple[Part, ...] = ()
        self._title = title
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setSizePolicy(policy)

    def show_parts(self, parts: Sequence[Part]) -> None:
        """Show these, in the order given."""
        self.parts = tuple(parts)
        words = ", ".join(f"{part.name} {numbers.size(part.nbytes)}" for part in parts)
        self.setAccessibleName(f"{self._title}: {words}")
        self._fit()
        self.update()

    def sizeHint(self) -> QSize:
        """Title, bar, legend."""
        lines = len({y for _, y, _ in self._legend()})
        return QSize(200, _LINE + _BAR + SMALL + lines * _LINE)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width may need another number of lines."""
        super().resizeEvent(event)
        self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Title, bar and legend."""
        painter = QPainter(self)
        roles = colours()
        painter.setPen(QColor(roles.muted))
        painter.drawText(0, painter.fontMetrics().ascent() + 1, self._title)
        total = sum(part.nbytes for part in self.parts)
        painter.fillRect(QRectF(0, _LINE, self.width(), _BAR), QColor(roles.line))
        for rect, index in self._segments(total):
            painter.fillRect(rect, self._colour_of(index, self.parts[index]))
        painter.setPen(QColor(roles.text))
        for x, y, index in self._legend():
            swatch = QRectF(x, y + 6, _SWATCH, _SWATCH)
            painter.fillRect(swatch, self._colour_of(index, self.parts[index]))
            painter.drawText(x + _SWATCH + 5, y + 15, self._words(self.parts[index]))

    def event(self, event: QEvent) -> bool:
        """Exact numbers of the part under the pointer."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            total = sum(part.nbytes for part in self.parts)
            for rect, index in self._segments(total):
                if rect.adjusted(0, -4, 0, 4).contains(event.pos()):
                    part = self.parts[index]
                    QToolTip.showText(
                        event.globalPos(),
                        f"{part.name}: {numbers.whole(part.nbytes)} bytes in "
                        f"{numbers.whole(part.count)} variable{'' if part.count == 1 else 's'}",
                        self,
                    )
            return True
        return super().event(event)

    def _segments(self, total: int) -> list[tuple[QRectF, int]]:
        """Rectangles with a hair between them; a part that is there is always seen."""
        made: list[tuple[QRectF, int]] = []
        x = 0.0
        for index, part in enumerate(self.parts):
            if not part.nbytes or not total:
                continue
            width = max(_LEAST, self.width() * part.nbytes / total)
            made.append((QRectF(x, _LINE, max(1.0, width - 1), _BAR), index))
            x += width
        return made

    def _words(self, part: Part) -> str:
        return f"{part.name}  {numbers.size(part.nbytes)}"

    def _legend(self) -> list[tuple[int, int, int]]:
        """(x, y, index) of each entry, wrapped at the width there is."""
        metrics = self.fontMetrics()
        x, y = 0, _LINE + _BAR + 4
        made = []
        for index, part in enumerate(self.parts):
            width = _SWATCH + 5 + metrics.horizontalAdvance(self._words(part)) + SPACE
            if x and x + width - SPACE > self.width():
                x, y = 0, y + _LINE
            made.append((x, y, index))
            x += width
        return made

    def _fit(self) -> None:
        height = self.sizeHint().height()
        if self.minimumHeight() != height:
            self.setFixedHeight(height)
