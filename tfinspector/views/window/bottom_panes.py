"""What happened, below the pages: findings, tasks, the worker's log; their tabs count."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from tfinspector.contents import numbers
from tfinspector.viewmodels.session import Session
from tfinspector.views.icons import icon
from tfinspector.views.panes.findings import FindingsPane
from tfinspector.views.panes.log import LogPane
from tfinspector.views.panes.tasks import TasksPane
from tfinspector.views.widgets.tab_bar import Tabs

_FINDINGS, _TASKS, _LOG = range(3)


class BottomPanes(Tabs):
    """Attributes: findings, tasks, log. What fails brings up the findings."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.findings, self.tasks = FindingsPane(session), TasksPane(session)
        self.log = LogPane(session)
        self.addTab(self.findings, icon("info", "muted"), "Findings")
        self.addTab(self.tasks, icon("tasks", "muted"), "Tasks")
        self.addTab(self.log, icon("log", "muted"), "Worker log")
        self.findings.counted.connect(self._count_findings)
        self.tasks.counted.connect(self._count_tasks)
        session.refused.connect(lambda *_: self.show_findings())
        session.tasks.failed.connect(lambda *_: self.show_findings())

    def show_findings(self) -> None:
        """Bring the findings to the front."""
        self.setCurrentIndex(_FINDINGS)

    def show_tasks(self) -> None:
        """Bring the tasks to the front."""
        self.setCurrentIndex(_TASKS)

    def show_log(self) -> None:
        """Bring the worker's log to the front."""
        self.setCurrentIndex(_LOG)

    def _count_tasks(self, running: int) -> None:
        self.setTabText(_TASKS, f"Tasks · {running} running" if running else "Tasks")

    def _count_findings(self, errors: int, warnings: int, notes: int) -> None:
        words = [
            f"{numbers.whole(count)} {word}{'' if count == 1 else 's'}"
            for count, word in ((errors, "error"), (warnings, "warning"), (notes, "note"))
            if count
        ]
        self.setTabText(_FINDINGS, f"Findings · {', '.join(words)}" if words else "Findings")
        sign = ("error", "wrong") if errors else ("warning", "attention") if warnings else None
        self.setTabIcon(_FINDINGS, icon(*sign) if sign else icon("info", "muted"))
