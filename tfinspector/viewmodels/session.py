"""The session: what is open, what is chosen, what is known. The one state of the window.

Views bind to its signals and call its verbs. It reads nothing itself: opening, measuring and
asking TensorFlow are jobs in pool threads, and their results arrive in the window's thread. The
work is done by its parts: `source_list`, `focus`, `telling`, `measuring_queue`, `worker`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from tfinspector.contents.findings import Finding
from tfinspector.viewmodels.doors import Doors
from tfinspector.viewmodels.focus import Focus
from tfinspector.viewmodels.measuring.queue import Choice, Figures, MeasuringQueue
from tfinspector.viewmodels.opened.source_list import SourceList
from tfinspector.viewmodels.opened.watching import Watcher
from tfinspector.viewmodels.tasks import Task, TaskList
from tfinspector.viewmodels.telling import Telling
from tfinspector.viewmodels.worker import Worker

if TYPE_CHECKING:
    from tfinspector.contents.checkpoints import Checkpoint
    from tfinspector.contents.reports import TensorFlowReport
    from tfinspector.contents.variables import Variable
    from tfinspector.engine.jobs import Ticket
    from tfinspector.engine.opening import OpenSource

__all__ = ["Choice", "Session", "Task"]


class Session(QObject):
    """See the module. All signals come in the window's thread, after the state has changed.

    sources_changed   `sources` (opened, closed, reloaded)
    current_changed   `current`, `current_snapshot`, `checkpoint`
    chosen_changed    `chosen`
    measured          list of `Choice` that have just got figures
    findings_changed  `findings`, and `referee(source)`
    opened            an `OpenSource` that was opened (again), with the path that was given
    refused           (path, Finding): it could not be opened
    """

    sources_changed = Signal()
    current_changed = Signal()
    chosen_changed = Signal()
    measured = Signal(list)
    findings_changed = Signal()
    opened = Signal(object, str)
    refused = Signal(str, object)

    def __init__(self, doors: Doors | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.doors = doors or Doors()
        self.tasks = TaskList(self)
        self.worker = Worker(self.doors, self.tasks, self)
        self.queue = MeasuringQueue(self.doors, self)
        self._telling = Telling(self.doors, self.tasks, self.worker, self.queue, self)
        self._focus = Focus(self.tasks, self.queue, self)
        self._list = SourceList(
            self.doors, self.tasks, self.queue, self._telling, self._focus, self
        )
        self.checks = self._telling.checks
        self._pass_on()
        self.watcher = Watcher(self._list, self.tasks, self)

    def _pass_on(self) -> None:
        """The signals of the parts are those of the session."""
        self.queue.measured.connect(self.measured)
        self._telling.changed.connect(self.findings_changed)
        self._focus.current_changed.connect(self.current_changed)
        self._focus.chosen_changed.connect(self.chosen_changed)
        self._list.changed.connect(self.sources_changed)
        self._list.opened.connect(self.opened)
        self._list.refused.connect(self.refused)
        self.worker.changed.connect(self._ask_tensorflow)

    # Opening and closing

    @property
    def sources(self) -> list[OpenSource]:
        """What is open, in the order in which it was asked for."""
        return self._list.sources

    def open_several(self, paths: Iterable[str]) -> list[Task]:
        """Open each of them; the first that can be opened becomes current."""
        return self._list.open_several(paths)

    def open(self, path: str) -> Task:
        """Open what `path` points at, off the window's thread, and make it current.

        A folder with several runs or models opens all of them; the first becomes current.
        """
        return self._list.open(path)

    def put_together(
        self, paths: Sequence[str], as_given: bool = False, instead: OpenSource | None = None
    ) -> Task:
        """Make one run of what is at these paths: sources and snapshots of any kinds.

        It is in the order of training as far as anything tells it, or `as_given`; it takes the
        place of `instead`, or stands beside what is open and becomes current.
        """
        return self._list.put_together(paths, as_given, instead)

    def close(self, source: OpenSource) -> None:
        """Forget `source`; what still runs for it is dropped."""
        self._list.close(source)

    def reload(self) -> None:
        """Open every source again and keep what is current and chosen, by name."""
        for source in list(self.sources):
            self._list.reload(source)

    # Current and chosen

    @property
    def current(self) -> OpenSource | None:
        """The source that the pages are about."""
        return self._focus.source

    @property
    def current_snapshot(self) -> str | None:
        """The path of its snapshot that they are about."""
        return self._focus.snapshot

    @property
    def checkpoint(self) -> Checkpoint | None:
        """The contents of that snapshot."""
        return self._focus.checkpoint

    @property
    def variables(self) -> Sequence[Variable]:
        """The variables of that snapshot."""
        return self._focus.variables

    @property
    def chosen(self) -> tuple[Choice, ...]:
        """The chosen variables."""
        return self._focus.chosen

    def set_current(self, source: OpenSource | None, snapshot: str | None = None) -> None:
        """Make `source` and one of its snapshots (None: the newest) current.

        A snapshot that was not read yet is read in the background; `current_changed` comes when
        it is there. Until then everything stays as it is.
        """
        self._focus.show(source, snapshot)

    def choose(self, choices: Iterable[Choice]) -> None:
        """Choose these; they are measured before everything else."""
        self._focus.choose(choices)

    def choice(self, variable: Variable) -> Choice:
        """`variable` in the current snapshot."""
        assert self.current is not None
        assert self.current_snapshot is not None
        return Choice(self.current, self.current_snapshot, variable)

    def statistics(self, choice: Choice) -> Figures | None:
        """The figures of `choice`; None if not measured yet, and then it is measured first."""
        return self.queue.figures(choice)

    def known(self) -> dict[str, Figures]:
        """All figures of the current snapshot so far, by key. Read only."""
        if self.current is None or self.current_snapshot is None:
            return {}
        return self.queue.known(self.current, self.current_snapshot)

    # Findings

    @property
    def findings(self) -> list[Finding]:
        """Of everything: what could not be opened first, then source by source."""
        return [finding for _, finding in self.told()]

    def told(self) -> list[tuple[str, Finding]]:
        """(who it is about, finding): the path that could not be opened, or the source's path."""
        return self._telling.told(self.sources)

    def tell(self, about: str, finding: Finding) -> None:
        """Add a finding of the program's own, about "settings" or "program"."""
        self._telling.tell(about, finding)

    def bring(self, source: OpenSource, part: str, findings: Iterable[Finding]) -> None:
        """Tell what a page found out about `source`, in place of what `part` brought before."""
        self._telling.bring(source, part, findings)

    def dismiss(self, path: str) -> None:
        """Forget that `path` could not be opened."""
        self._telling.dismiss(path)

    def findings_of(self, source: OpenSource) -> list[Finding]:
        """All findings of one source; see `Telling`."""
        return self._telling.of(source)

    def lost(self, source: OpenSource) -> Finding | None:
        """Why `source` could not be read again; None where nothing is known to be wrong."""
        return self._telling.lost(source)

    def referee(self, source: OpenSource) -> TensorFlowReport | Finding | None:
        """What TensorFlow says of the same files; a finding where it failed; None until asked."""
        return self._telling.referee.verdict(source)

    def _ask_tensorflow(self) -> None:
        for source in self.sources:
            self._telling.referee.ask(source)

    # Work

    def run(
        self,
        title: str,
        job: Callable[[Ticket], Any],
        on_done: Callable[[Any], object] | None = None,
        on_failed: Callable[[Finding], object] | None = None,
        *,
        quiet: bool = False,
        key: str = "",
        owner: OpenSource | None = None,
    ) -> Task:
        """Run `job(ticket)` off the window's thread; see `TaskList.run`."""
        return self.tasks.run(
            title, job, on_done, on_failed, quiet=quiet, key=key, owner=owner
        )  # fmt: skip

    def make_demo(self) -> Task:
        """Train the demo run in a child process, then open it."""

        def job(ticket: Ticket) -> str:
            return str(self.doors.make_demo(str(self.doors.demo_directory()), ticket))

        return self.run("Make the demo run", job, self.open, key="demo")

    @property
    def is_busy(self) -> bool:
        """Whether anything is still running or being measured."""
        return self.tasks.is_busy or self.queue.is_busy

    def shut_down(self) -> bool:
        """Stop all work and wait for it; False if something did not stop in time."""
        stopped = self.queue.close()
        self.worker.close()
        return self.tasks.close() and stopped
