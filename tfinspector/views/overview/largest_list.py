"""The largest variables as bars: name, bar, size. Pressing one chooses it."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QEnterEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from tfinspector.contents import numbers
from tfinspector.contents.variables import Variable
from tfinspector.views.theme import ROW_HEIGHT, SMALL, colours, with_alpha

BAR_ALPHA = 0.35


class LargestList(QWidget):
    """`pressed` carries the `Variable`."""

    pressed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: list[LargestRow] = []
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)

    def show_variables(self, variables: Sequence[Variable]) -> None:
        """Show these, largest first."""
        if list(variables) == [row.variable for row in self.rows]:
            return
        for row in self.rows:
            self._layout.removeWidget(row)
            row.deleteLater()
        most = max((variable.nbytes for variable in variables), default=0)
        self.rows = [LargestRow(variable, variable.nbytes / (most or 1)) for variable in variables]
        for row in self.rows:
            row.pressed.connect(self.pressed)
            self._layout.addWidget(row)


class LargestRow(QWidget):
    """One variable; `share` of the largest one's bytes is the length of its bar."""

    pressed = Signal(object)

    def __init__(self, variable: Variable, share: float, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.variable, self._share, self._is_hot = variable, share, False
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(ROW_HEIGHT)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        shape = numbers.shape(variable.shape)
        words = f"{variable.name}\n{variable.dtype.name}, {shape}, "
        self.setToolTip(words + f"{numbers.whole(variable.nbytes)} bytes")
        self.setAccessibleName(f"{variable.name}, {numbers.size(variable.nbytes)}")

    def paintEvent(self, event: QPaintEvent) -> None:
        """Name on the left, bar behind shape, size on the right."""
        painter = QPainter(self)
        roles = colours()
        if self._is_hot or self.hasFocus():
            painter.fillRect(self.rect(), QColor(roles.hover))
        metrics = painter.fontMetrics()
        size = numbers.size(self.variable.nbytes)
        size_width = metrics.horizontalAdvance("999.9 MB")
        name_width = int(self.width() * 0.46)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(QColor(roles.text))
        name = metrics.elidedText(
            self.variable.name, Qt.TextElideMode.ElideMiddle, name_width - SMALL
        )
        painter.drawText(QRectF(0, 0, name_width, self.height()), middle, name)
        room = self.width() - name_width - size_width - SMALL
        bar = QRectF(name_width, 5, max(2.0, room * self._share), self.height() - 10)
        painter.fillRect(bar, with_alpha(roles.accent, BAR_ALPHA))
        painter.setPen(QColor(roles.text))  # secondary grey is too pale on the bar
        shape = f"{self.variable.dtype.name}  {numbers.shape(self.variable.shape)}"
        shape = metrics.elidedText(shape, Qt.TextElideMode.ElideRight, room - SMALL)
        painter.drawText(QRectF(name_width + 6, 0, room - 6, self.height()), middle, shape)
        painter.setPen(QColor(roles.text))
        painter.drawText(
            QRectF(0, 0, self.width(), self.height()), Qt.AlignmentFlag.AlignRight | middle, size
        )

    def enterEvent(self, event: QEnterEvent) -> None:
        """Show that it can be pressed."""
        self._is_hot = True
        self.update()

    def leaveEvent(self, event: object) -> None:
        """As before."""
        self._is_hot = False
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Choose it."""
        self.pressed.emit(self.variable)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return chooses it."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.pressed.emit(self.variable)
        else:
            super().keyPressEvent(event)
