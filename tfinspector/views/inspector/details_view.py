"""The Details tab: facts with a copy button each, related variables as links."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QPalette
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from tfinspector.viewmodels.inspector.details import DetailsModel, Row, Section
from tfinspector.viewmodels.session import Session
from tfinspector.views.icons import icon
from tfinspector.views.theme import SMALL, SPACE, TIGHT
from tfinspector.views.widgets.elided_label import ElidedLabel
from tfinspector.views.widgets.empty_state import EmptyState
from tfinspector.views.widgets.sentence import Sentence

_LABEL_WIDTH, _LINE, _COPY = 116, 22, 30


class DetailsView(QWidget):
    """Binds a `DetailsModel` to rows of labels."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = DetailsModel(session, self)
        self.title = ElidedLabel(bold=True)
        self.copy_all = QToolButton()
        self.copy_all.setIcon(icon("copy"))
        self.copy_all.setToolTip("Copy all details")
        self.copy_all.setAccessibleName("Copy all details")
        self.copy_all.clicked.connect(self.copy_shown)
        self.empty = EmptyState("info", "Choose a variable to see everything known about it.")
        self.rows: list[DetailRow] = []
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.viewport().setBackgroundRole(QPalette.ColorRole.Base)
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        top = QHBoxLayout()
        top.addWidget(self.title, 1)
        top.addWidget(self.copy_all)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SMALL, SMALL, 0, 0)
        layout.setSpacing(TIGHT)
        layout.addLayout(top)
        layout.addWidget(self._area, 1)
        layout.addWidget(self.empty, 1)
        self.model.changed.connect(self._show)
        self._show()

    def copy_shown(self) -> None:
        """Copy all of it as text."""
        QGuiApplication.clipboard().setText(self.model.text)

    def _show(self) -> None:
        choice = self.model.choice
        self.title.set_text(choice.variable.name if choice else "")
        for widget in (self.title, self.copy_all, self._area):
            widget.setVisible(choice is not None)
        self.empty.setVisible(choice is None)
        place = self._area.verticalScrollBar().value()
        self.rows = []
        content = QWidget()
        layout = QVBoxLayout(content)
        layout.setContentsMargins(0, 0, SMALL, SMALL)
        layout.setSpacing(SPACE)
        for section in self.model.sections:
            layout.addWidget(self._section(section))
        layout.addStretch(1)
        self._area.setWidget(content)
        self._area.verticalScrollBar().setValue(place)

    def _section(self, section: Section) -> QWidget:
        box = QWidget()
        grid = QVBoxLayout(box)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(0)
        heading = QLabel(section.title)
        heading.setProperty("heading", True)
        grid.addWidget(heading)
        for row in section.rows:
            shown = DetailRow(row, section.is_wrong)
            shown.followed.connect(self.model.follow)
            self.rows.append(shown)
            grid.addWidget(shown)
        return box


class DetailRow(QWidget):
    """Label, value, copy button. `followed` carries the variable that a link leads to."""

    followed = Signal(str)

    def __init__(self, row: Row, is_wrong: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.row = row
        label = ElidedLabel(row.label, role="muted")
        label.set_elide_mode(Qt.TextElideMode.ElideRight)
        self.copy = QToolButton()
        self.copy.setIcon(icon("copy", "faint"))
        self.copy.setIconSize(QSize(14, 14))
        self.copy.setFixedSize(_COPY, _LINE)
        self.copy.setToolTip(f"Copy: {row.copied}")
        self.copy.setAccessibleName(f"Copy {row.label}")
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(row.copied))
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(SMALL)
        grid.setColumnMinimumWidth(0, _LABEL_WIDTH)
        grid.addWidget(label, 0, 0, Qt.AlignmentFlag.AlignTop)
        label.setFixedHeight(_LINE)
        self.value = self._value(row, is_wrong)
        grid.addWidget(self.value, 0, 1)
        grid.addWidget(self.copy, 0, 2, Qt.AlignmentFlag.AlignTop)
        grid.setColumnStretch(1, 1)

    def _value(self, row: Row, is_wrong: bool) -> QWidget:
        if row.link:
            button = LinkLabel(row.text)
            button.pressed.connect(lambda: self.followed.emit(row.link))
            return button
        if is_wrong:
            words = Sentence(row.text)
            words.setProperty("wrong", True)
            return words
        value = ElidedLabel(row.text)
        value.setToolTip(row.copied)
        value.setFixedHeight(_LINE)
        return value


class LinkLabel(ElidedLabel):
    """A name that is pressed, or chosen with the keyboard, to go there."""

    pressed = Signal()

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text, role="accent", parent=parent)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setToolTip(f"Go to {text}")

    def mouseReleaseEvent(self, event: object) -> None:
        """Pressed."""
        self.pressed.emit()

    def keyPressEvent(self, event: object) -> None:
        """Return presses it."""
        key = getattr(event, "key", lambda: None)()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.pressed.emit()
            return
        super().keyPressEvent(event)  # type: ignore[arg-type]
