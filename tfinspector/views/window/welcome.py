"""What stands in the middle while nothing is open: what can be opened, or why it could not be."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from tfinspector.viewmodels.session import Session
from tfinspector.views.widgets.empty_state import EmptyState

_TEACHES = "Drop a checkpoint, a SavedModel or a run here, or make the demo run."
_STARTS = "Start TensorFlow"  # a task of the worker, not something that will be shown here


class Welcome(EmptyState):
    """Follows a session. `opening_asked`: its button wants another path."""

    opening_asked = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("drop", parent=parent)
        self._session = session
        self._refusal = ""
        self.fill_ground()
        self.pressed.connect(self._press)
        session.refused.connect(self._was_refused)
        session.opened.connect(lambda *_: self._forget())
        session.tasks.changed.connect(self._show)
        session.findings_changed.connect(self._show)
        self._show()

    def _was_refused(self, _path: str, finding: object) -> None:
        self._refusal = getattr(finding, "title", "")
        self._show()

    def _forget(self) -> None:
        self._refusal = ""

    def _show(self) -> None:
        busy = [task for task in self._session.tasks.running if task.title != _STARTS]
        told = {finding.title for finding in self._session.findings}
        if busy:
            self.set_icon("waiting")
            self.say(f"{busy[-1].title} \N{HORIZONTAL ELLIPSIS}")
        elif self._refusal in told:
            self.set_icon("error", "wrong")
            self.say(f"{self._refusal}\n\nWhat to do is told below.", "Open another")
        else:
            self.set_icon("drop")
            self.say(_TEACHES, "Make the demo run")

    def _press(self) -> None:
        if self._refusal:
            self.opening_asked.emit()
        else:
            self._session.make_demo()
