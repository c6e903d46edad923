"""The Signatures page: how a SavedModel can be called, with the Python that does it.

Below each signature: Run and Verify. Of the snapshots of a run, which have no signatures, there is
Verify alone: two of them through the factory that builds their model.
"""

from PySide6.QtCore import QEvent, QSignalBlocker, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QGuiApplication, QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSplitter,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from tfinspector.viewmodels.load_words import report_lines
from tfinspector.viewmodels.preferences import Preferences
from tfinspector.viewmodels.python import Writer, written
from tfinspector.viewmodels.session import Session
from tfinspector.viewmodels.signatures.model import SignaturesModel
from tfinspector.viewmodels.signatures.running import RunModel
from tfinspector.viewmodels.verify.model import VerifyModel
from tfinspector.views.icons import icon
from tfinspector.views.signatures.call_section import CallSection
from tfinspector.views.signatures.card import SignatureCard
from tfinspector.views.theme import SMALL, SPACE, TIGHT, colours
from tfinspector.views.widgets.elided_label import ElidedLabel
from tfinspector.views.widgets.empty_state import EmptyState
from tfinspector.views.widgets.finding_card import SIGNS
from tfinspector.views.widgets.lines import Lines
from tfinspector.views.widgets.waiting_line import WaitingLine

SNAPSHOTS = (
    "Only a SavedModel has signatures. Through the factory that builds its model, two snapshots "
    "can be compared by what they answer."
)
_LIST_WIDTH, _LIST_HEIGHT = 220, 110
_HEADING_HEIGHT, _ENTRY_HEIGHT = 30, 26
_CARD_WIDTH = 450  # its form, whole
_NARROW = 600


class SignaturesPage(QWidget):
    """Binds a `SignaturesModel`, a `RunModel` and a `VerifyModel`.

    Attributes: model, running, verifying, list, card, load, said, calls (Run and Verify).
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = SignaturesModel(session, self)
        self.title = ElidedLabel(bold=True)
        self.root = Lines()
        self.load = QPushButton("Load")
        self.load.setIcon(icon("play"))
        self.waiting, self.said = WaitingLine(), Lines()
        self.running = RunModel(session, self.model, self)
        self.verifying = VerifyModel(session, self.model, self.running, self)
        self.calls = CallSection(self.running, self.verifying)
        self.list, self.card = QListWidget(), SignatureCard(self.calls)
        self.empty = EmptyState("signature")
        self._shown_groups: object = None
        self._lay_out()
        self.load.clicked.connect(self.model.load)
        self.waiting.cancelled.connect(self.model.cancel)
        self.list.currentItemChanged.connect(self._on_item)
        self.model.changed.connect(self._show)
        self.model.load_changed.connect(self._show_load)
        self.running.ended.connect(self._show_outcome)
        self.verifying.changed.connect(self._show)
        self.verifying.ended.connect(self._show_outcome)
        self.calls.turned.connect(self._show)
        self._show()
        self._show_load()

    def _lay_out(self) -> None:
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.list.setAccessibleName("Signatures and functions")
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.list.setMinimumWidth(_NARROW - _CARD_WIDTH - SPACE)
        top = QHBoxLayout()
        top.setContentsMargins(SPACE, SMALL, SPACE, 0)
        top.addWidget(self.title, 1)
        top.addWidget(self.load)
        told = QVBoxLayout()
        told.setContentsMargins(SPACE, 0, SPACE, 0)
        told.setSpacing(TIGHT)
        told.addWidget(self.root)
        told.addWidget(self.said)
        self._split = split = QSplitter()
        split.setContentsMargins(SPACE, 0, 0, 0)
        split.addWidget(self.list)
        split.addWidget(self.card)
        split.setSizes([_LIST_WIDTH, 3 * _LIST_WIDTH])
        split.setStretchFactor(1, 1)
        split.setChildrenCollapsible(False)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SMALL)
        column.addLayout(top)
        column.addWidget(self.waiting)
        column.addLayout(told)
        column.addWidget(split, 1)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(page)
        self._stack.addWidget(self.empty)

    def recall(self, preferences: Preferences) -> None:
        """Take over what was filled in to restore each source, and remember what will be."""
        self.verifying.recall_from(preferences.restore_of)
        self.verifying.remembered.connect(preferences.set_restore)

    def python(self) -> Writer | None:
        """What writes the script of what is shown."""
        return written(self._code)

    def copy_shown(self) -> None:
        """Copy the Python of what is chosen, or the verdict of what was compared."""
        if self.calls.is_verifying and self.verifying.result is not None:
            self.calls.verify_outcome.copy_shown()
        elif self._code:
            QGuiApplication.clipboard().setText(self._code)

    @property
    def _code(self) -> str:
        """The script of the comparison once there is one, else of the call."""
        return (self.verifying.code if self.calls.is_verifying else "") or self.model.code

    def _show(self) -> None:
        model = self.model
        words, can_verify = model.empty_words, bool(self.verifying.kinds)
        is_bare = bool(words) and can_verify
        self._stack.setCurrentIndex(1 if words and not can_verify else 0)
        self.empty.say(words)
        for part in (self.list, self.load, self.title):
            part.setVisible(not is_bare)
        saved_model = model.saved_model
        self.title.set_text(saved_model.path.rsplit("/", 1)[-1] if saved_model else "")
        root, severity = (SNAPSHOTS if is_bare else model.root_words), model.root_severity
        self.root.show_lines([(*SIGNS[severity][:2], root)] if root else [])
        if model.groups is not self._shown_groups:
            self._shown_groups = model.groups
            self._fill_list()
        self.card.show_entry(model.chosen, self._code)

    def _fill_list(self) -> None:
        """Headings can't be chosen; each entry carries its place in `model.entries`."""
        blocked = QSignalBlocker(self.list)  # lines of the old list have places of their own
        self.list.clear()
        place = 0
        for group in self.model.groups:
            heading = QListWidgetItem(group.title)
            heading.setFlags(Qt.ItemFlag.NoItemFlags)
            heading.setForeground(QColor(colours().muted))
            heading.setSizeHint(QSize(0, _HEADING_HEIGHT))
            self.list.addItem(heading)
            for entry in group.entries:
                item = QListWidgetItem(entry.name)
                item.setToolTip(f"{entry.name}\n{entry.summary}")
                item.setSizeHint(QSize(0, _ENTRY_HEIGHT))  # as wide as the list: names elide
                item.setData(Qt.ItemDataRole.UserRole, place)
                item.setIcon(icon("signature" if entry.is_signature else "code", "muted"))
                self.list.addItem(item)
                place += 1
        self.list.setCurrentRow(1)
        blocked.unblock()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is no room for both side by side, the list stands above."""
        super().resizeEvent(event)
        is_narrow = self.width() < _NARROW
        wanted = Qt.Orientation.Vertical if is_narrow else Qt.Orientation.Horizontal
        if wanted is not self._split.orientation():
            self._split.setOrientation(wanted)
            self._split.setSizes([_LIST_HEIGHT if is_narrow else _LIST_WIDTH, 3 * _LIST_WIDTH])
        room = self.width() - SPACE - _CARD_WIDTH
        if not is_narrow and self.list.width() > room:  # names elide, a form that is cut is no use
            self._split.setSizes([room, _CARD_WIDTH])

    def changeEvent(self, event: QEvent) -> None:
        """Another scheme: the headings in its colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "list"):
            for row in range(self.list.count()):
                item = self.list.item(row)
                if item.data(Qt.ItemDataRole.UserRole) is None:
                    item.setForeground(QColor(colours().muted))

    def _on_item(self, item: QListWidgetItem | None) -> None:
        place = item.data(Qt.ItemDataRole.UserRole) if item else None
        if place is not None:
            self.model.choose(self.model.entries[place])

    def _show_outcome(self) -> None:
        """What came of a call may lie below the edge: bring it into view, when it has its size."""
        shown = self.calls.news
        if shown is not None and shown.isVisible():
            QTimer.singleShot(0, shown, lambda: self.card.ensureWidgetVisible(shown))

    def _show_load(self) -> None:
        model = self.model
        why_not = model.why_not_load
        self.load.setEnabled(not why_not)
        self.load.setToolTip(
            why_not or "Load it with TensorFlow, in the worker. This runs the model's own graph."
        )
        if model.task:
            self.waiting.wait_for("Loading with TensorFlow", model.task)
        else:
            self.waiting.done()
        report = model.report
        lines = report_lines(report) if report else []
        told = self.model.root_words  # stands above already
        self.said.show_lines([line for line in lines if line[2] != told])
