"""The role switch: one checkable button per role there is, with its count; unchecked is hidden."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from tfinspector.contents import numbers
from tfinspector.contents.variables import Role
from tfinspector.views.theme import TIGHT, category, colours
from tfinspector.views.widgets.buttons import ToolButton

_NAMES = {
    Role.WEIGHT: "weights", Role.OPTIMIZER: "optimizer", Role.SLOT: "slots",
    Role.METRIC: "metrics", Role.COUNTER: "counters", Role.EMA: "averages",
    Role.LOOKUP: "tables", Role.ITERATOR: "iterators", Role.OTHER: "other",
}  # fmt: skip
_DOT = 8
_NARROWEST = 120


class RoleSwitch(QWidget):
    """`changed` carries the frozenset of hidden roles."""

    changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._buttons: dict[Role, QToolButton] = {}
        self._hidden: set[Role] = set()
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(TIGHT)
        self._layout.setSizeConstraint(QHBoxLayout.SizeConstraint.SetNoConstraint)

    def minimumSizeHint(self) -> QSize:
        """In a narrow window the buttons are cut before the panes beside the page are."""
        return QSize(_NARROWEST, super().minimumSizeHint().height())

    @property
    def hidden(self) -> frozenset[Role]:
        """Roles that are switched off."""
        return frozenset(self._hidden)

    def set_hidden(self, roles: Iterable[Role]) -> None:
        """Switch exactly these off."""
        self._hidden = set(roles)
        for role, button in self._buttons.items():
            button.setChecked(role not in self._hidden)
            self._dress(role, button)
        self.changed.emit(self.hidden)

    def set_counts(self, counts: Mapping[Role, int]) -> None:
        """Show a button for each of these roles."""
        for role in [role for role in self._buttons if role not in counts]:
            self._buttons.pop(role).deleteLater()
        for at, (role, count) in enumerate(counts.items()):
            button = self._buttons.get(role) or self._add(role, at)
            button.setText(f"{_NAMES[role]} {numbers.count(count)}")
            button.setToolTip(
                f"{numbers.whole(count)} with the role “{role}”. Click to hide or show"
            )
            self._dress(role, button)

    def button(self, role: Role) -> QToolButton:
        """The button of a role that is there."""
        return self._buttons[role]

    def _add(self, role: Role, at: int) -> QToolButton:
        button = ToolButton(self)
        button.setCheckable(True)
        button.setChecked(role not in self._hidden)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setIconSize(QSize(_DOT, _DOT))
        button.setProperty("pill", True)
        button.toggled.connect(lambda is_on: self._toggle(role, is_on))
        self._buttons[role] = button
        self._layout.insertWidget(at, button)
        return button

    def _toggle(self, role: Role, is_on: bool) -> None:
        before = self.hidden
        self._hidden.discard(role) if is_on else self._hidden.add(role)
        self._dress(role, self._buttons[role])
        if self.hidden != before:
            self.changed.emit(self.hidden)

    @staticmethod
    def _dress(role: Role, button: QToolButton) -> None:
        """A dot in the role's colour; hollow and grey when hidden."""
        picture = QPixmap(_DOT * 2, _DOT * 2)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if button.isChecked():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(role_colour(role))
        else:
            painter.setPen(QColor(colours().faint))
        painter.drawEllipse(2, 2, _DOT * 2 - 5, _DOT * 2 - 5)
        painter.end()
        button.setIcon(QIcon(picture))


def role_colour(role: Role) -> QColor:
    """The colour of a role, the same on every page."""
    return category(_ORDER.index(role))


_ORDER = (
    Role.LOOKUP, Role.SLOT, Role.OPTIMIZER, Role.COUNTER, Role.WEIGHT, Role.METRIC, Role.EMA,
    Role.OTHER, Role.ITERATOR,
)  # fmt: skip
