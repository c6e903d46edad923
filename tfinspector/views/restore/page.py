"""The page Restore: choose a factory, see what would be restored, prove it, put it right."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QPalette
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QSplitter,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from tfinspector.viewmodels.preferences import Preferences
from tfinspector.viewmodels.python import Writer, written
from tfinspector.viewmodels.restore.jobs import Written
from tfinspector.viewmodels.restore.model import EMPTY, RestoreModel
from tfinspector.viewmodels.restore.words import Verdict, about, written_words
from tfinspector.viewmodels.session import Session
from tfinspector.views.restore.form import RestoreFormView
from tfinspector.views.restore.match import MatchPane, VerdictLine
from tfinspector.views.restore.outcome import OutcomePane
from tfinspector.views.restore.rule import Rule, Veil
from tfinspector.views.theme import SMALL, TIGHT
from tfinspector.views.widgets.buttons import tool_button
from tfinspector.views.widgets.elided_label import ElidedLabel
from tfinspector.views.widgets.empty_state import EmptyState
from tfinspector.views.widgets.waiting_line import WaitingLine

_HEIGHTS = (270, 230)
_WAITING = {
    "Dry run": "Building the model",
    "Restore": "Restoring",
    "Write": "Writing",
    "Compare devices": "Restoring",
}


class RestorePage(QWidget):
    """Attributes: model, form, match, outcome, write, written, empty."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.model = RestoreModel(session, self)
        self.form = RestoreFormView(self.model)
        self.waiting = WaitingLine()
        self.match = MatchPane(session, self.model)
        self.outcome = OutcomePane(self.model)
        self.empty = EmptyState("restore")
        self.write = tool_button("export", "Write repaired checkpoint…")
        self.written = VerdictLine()
        self._lay_out()
        self.waiting.cancelled.connect(self.model.cancel)
        self.empty.pressed.connect(self.form.picker.ask_file)
        self.write.clicked.connect(self._ask_prefix)
        self.model.changed.connect(self._show)
        self.model.form_changed.connect(self._show)
        self.model.renames.decided.connect(self._show)
        self.model.written_changed.connect(self._show_written)
        self._show()
        self._show_written()

    # Verbs of the window

    def set_filter(self, text: str) -> str:
        """Filter the match table; returns what is wrong with the filter, "" if nothing."""
        self.model.table.set_filter(text)
        return self.model.table.filter_problem

    def python(self) -> Writer | None:
        """What writes the script of what is shown."""
        return written(self.model.code)

    def recall(self, preferences: Preferences) -> None:
        """Take over what was filled in for each source, and remember what will be."""
        self.model.recall_from(preferences.restore_of)
        self.model.remembered.connect(preferences.set_restore)

    def expand_all(self) -> None:
        """Open every group of the match table."""
        self.model.table.expand_all()

    def collapse_all(self) -> None:
        """Close every group of the match table."""
        self.model.table.collapse_all()

    # Building

    def _lay_out(self) -> None:
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        split = QSplitter(Qt.Orientation.Vertical, childrenCollapsible=False)
        split.addWidget(self.match)
        split.addWidget(self.outcome)
        self.outcome.tabs.setCornerWidget(self.write)
        split.setSizes(list(_HEIGHTS))
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        self._about = ElidedLabel(role="muted")
        self._about.set_elide_mode(Qt.TextElideMode.ElideRight)
        bottom = QHBoxLayout()
        bottom.setContentsMargins(SMALL, TIGHT, SMALL, TIGHT)
        bottom.setSpacing(SMALL)
        bottom.addWidget(self._about, 1)
        dimmed = QWidget()  # a splitter would make a pane of the veil
        around = QVBoxLayout(dimmed)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(split)
        known = QWidget()
        column = QVBoxLayout(known)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(dimmed, 1)
        column.addWidget(self._proof())
        column.addWidget(Rule())
        column.addLayout(bottom)
        middle = QWidget()
        self._stack = QStackedLayout(middle)
        self._stack.addWidget(known)
        self._stack.addWidget(self.empty)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.form)
        whole.addWidget(Rule())
        whole.addWidget(self.waiting)
        whole.addWidget(middle, 1)
        self._veil = Veil(dimmed)

    def _proof(self) -> QWidget:
        """The line about a repaired checkpoint; there only after one was written."""
        self._proof_line = QWidget()
        line = QHBoxLayout(self._proof_line)
        line.setContentsMargins(SMALL, TIGHT, SMALL, TIGHT)
        line.setSpacing(TIGHT)
        line.addWidget(self.written, 1)
        self._copy_prefix = tool_button("copy", "Copy path", "", self._copy_written)
        self._open_written = tool_button("open", "Open it", "", self._open)
        line.addWidget(self._copy_prefix)
        line.addWidget(self._open_written)
        return self._proof_line

    # Following the model

    def _show(self) -> None:
        model = self.model
        if model.task:
            self.waiting.wait_for(_WAITING[model.doing], model.task)
        else:
            self.waiting.done()
        words = model.empty_words
        self.form.setEnabled(not words)
        if words:
            self.empty.say(words)
        elif not model.form.factory.strip():
            self.empty.say(EMPTY, "Choose a factory")
        elif model.task:
            self.empty.say("")
        else:
            self.empty.say("Press Dry run: it builds the model and assigns nothing.")
        has_news = model.result is not None or model.failure is not None
        self._stack.setCurrentIndex(0 if has_news and not words else 1)
        self.match.setVisible(model.result is not None and model.result.rows is not None)
        self._veil.set_shown(model.is_stale)
        self.match.show_state()
        self.outcome.show_state()
        result = model.result
        self._about.set_text(about(result.report, result.order.form.spec) if result else "")
        why_not = model.why_not_write
        self.write.setEnabled(not why_not)
        self.write.setToolTip(
            why_not or "A new checkpoint that your code restores by the ordinary call"
        )

    def _show_written(self) -> None:
        written = self.model.written
        self._proof_line.setVisible(written is not None)
        is_there = isinstance(written, Written)
        if isinstance(written, Written):
            told = written_words(written.prefix, written.report)
            is_there = told.role == "proved"
            self.written.say(told)
        elif written is not None:
            self.written.say(Verdict("error", "wrong", written.title))
        self._copy_prefix.setVisible(is_there)
        self._open_written.setVisible(is_there)

    # Repair

    def _ask_prefix(self) -> None:
        path, _ = QFileDialog.getSaveFileName(
            self, "Write a repaired checkpoint: its prefix", self.model.suggested_prefix
        )
        if path:
            self.model.write_repaired(path.removesuffix(".index"))

    def _copy_written(self) -> None:
        if isinstance(self.model.written, Written):
            QGuiApplication.clipboard().setText(self.model.written.prefix)

    def _open(self) -> None:
        if isinstance(self.model.written, Written):
            self._session.open(self.model.written.prefix)
