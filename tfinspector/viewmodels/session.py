"""The session: what is open, what is chosen, what is known. The one state of the window.

Views bind to its signals and call its verbs. It reads nothing itself: opening, measuring and
asking TensorFlow are jobs in pool threads, and their results arrive in the window's thread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from tfinspector.contents.findings import Finding
from tfinspector.viewmodels.checks import Checks
from tfinspector.viewmodels.choosing import again, carried
from tfinspector.viewmodels.doors import Doors
from tfinspector.viewmodels.jobs import uncollected
from tfinspector.viewmodels.measuring_queue import Choice, Figures, MeasuringQueue
from tfinspector.viewmodels.opening import Batch, Order, Rank, open_all
from tfinspector.viewmodels.referee import Referee
from tfinspector.viewmodels.tasks import Task, TaskList
from tfinspector.viewmodels.watching import Watcher
from tfinspector.viewmodels.worker import Worker

if TYPE_CHECKING:
    from tfinspector.contents.checkpoints import Checkpoint
    from tfinspector.contents.reports import TensorFlowReport
    from tfinspector.contents.variables import Variable
    from tfinspector.engine.jobs import Ticket
    from tfinspector.engine.opening import OpenSource
    from tfinspector.viewmodels.opening import Opened

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
        self._referee = Referee(self.doors, self.tasks, self.worker, self)
        self.checks = Checks(self.doors, self.tasks, self)
        self.queue = MeasuringQueue(self.doors, self)
        self.sources: list[OpenSource] = []
        self.current: OpenSource | None = None
        self.current_snapshot: str | None = None
        self.checkpoint: Checkpoint | None = None
        self.chosen: tuple[Choice, ...] = ()
        self._refusals: dict[str, Finding] = {}
        self._order = Order()
        self.watcher = Watcher(self, self)
        self.queue.measured.connect(self.measured)
        self.tasks.failed.connect(self._tell_failure)
        self.tasks.succeeded.connect(lambda task: self.dismiss(task.title))
        self.worker.changed.connect(self._on_worker)
        self._referee.changed.connect(self.findings_changed)
        self.checks.changed.connect(self.findings_changed)

    # Opening and closing

    def open_several(self, paths: Iterable[str]) -> list[Task]:
        """Open each of them; the first that can be opened becomes current."""
        batch = Batch()
        return [self.open(path, batch) for path in dict.fromkeys(paths)]

    def open(self, path: str, batch: Batch | None = None) -> Task:
        """Open what `path` points at, off the window's thread, and make it current.

        A folder with several runs or models opens all of them; the first becomes current.
        """
        among, number = batch or Batch(), self._order.ask()
        return self.run(
            f"Open {_short(path)}",
            lambda ticket: open_all(self._open, path, ticket),
            lambda found: self._have_opened(found, path, number, among),
            lambda finding: self._was_refused(path, finding),
            key=f"open {path}",
        )

    def close(self, source: OpenSource) -> None:
        """Forget `source`; what still runs for it is dropped."""
        if source not in self.sources:
            return
        at = self.sources.index(source)
        self.sources.remove(source)
        self._let_go(source)
        self.sources_changed.emit()
        self.findings_changed.emit()
        if source is self.current:
            left = self.sources[min(at, len(self.sources) - 1)] if self.sources else None
            self.set_current(left)

    def reload(self) -> None:
        """Open every source again and keep what is current and chosen, by name."""
        for source in list(self.sources):
            self._reload(source)

    def refresh(self, source: OpenSource) -> None:
        """Read `source` again because its files have changed, without showing a task."""
        self._reload(source, quiet=True)

    def dismiss(self, path: str) -> None:
        """Forget that `path` could not be opened."""
        if self._refusals.pop(path, None):
            self.findings_changed.emit()

    # Current and chosen

    def set_current(self, source: OpenSource | None, snapshot: str | None = None) -> None:
        """Make `source` and one of its snapshots (None: the newest) current.

        A snapshot that was not read yet is read in the background; `current_changed` comes when
        it is there. Until then everything stays as it is.
        """
        if source is None or source.source.checkpoint is None:
            self._become(source, None, None)
            return
        newest = source.source.checkpoint
        wanted = snapshot or newest.prefix
        if wanted == newest.prefix:
            self._become(source, wanted, newest)
            return
        self.run(
            f"Read {_short(wanted)}",
            lambda ticket: _checkpoint(source, wanted),
            lambda checkpoint: self._become(source, wanted, checkpoint),
            lambda finding: self._was_refused(wanted, finding),
            quiet=True,
            key="current",
            owner=source,
        )

    def choose(self, choices: Iterable[Choice]) -> None:
        """Choose these; they are measured before everything else."""
        chosen = tuple(dict.fromkeys(choices))
        if chosen != self.chosen:
            self.chosen = chosen
            self.queue.urge(chosen)
            self.chosen_changed.emit()

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

    @property
    def variables(self) -> tuple[Variable, ...]:
        """The variables of the current snapshot."""
        return self.checkpoint.variables if self.checkpoint else ()

    # Findings

    @property
    def findings(self) -> list[Finding]:
        """Of everything: what could not be opened first, then source by source."""
        return [finding for _, finding in self.told()]

    def tell(self, about: str, finding: Finding) -> None:
        """Add a finding of the program's own, about "settings" or "program"."""
        self._refusals[about] = finding
        self.findings_changed.emit()

    def told(self) -> list[tuple[str, Finding]]:
        """(who it is about, finding): the path that could not be opened, or the source's path."""
        told = list(self._refusals.items())
        if self.worker.finding:
            told.append(("worker", self.worker.finding))
        for source in self.sources:
            told += [(source.source.path, finding) for finding in self.findings_of(source)]
        return told

    def findings_of(self, source: OpenSource) -> list[Finding]:
        """Findings of one source: its own, those of TensorFlow, those of a check."""
        own = list(source.source.findings)
        return own + self._referee.findings(source) + self.checks.findings(source)

    def referee(self, source: OpenSource) -> TensorFlowReport | Finding | None:
        """What TensorFlow says of the same files; a finding where it failed; None until asked."""
        return self._referee.verdict(source)

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

    # What arrives

    def _have_opened(self, found: list[Opened], path: str, number: int, batch: Batch) -> None:
        self._refusals.pop(path, None)
        for at, (each, what) in enumerate(found):
            if isinstance(what, Finding):
                self._was_refused(each, what)
            else:
                self._has_opened(what, each, (number, at), batch)

    def _has_opened(self, source: OpenSource, path: str, rank: Rank, batch: Batch) -> None:
        self._refusals.pop(path, None)
        same = [old for old in self.sources if old.source.path == source.source.path]
        if same:
            self._replace(same[0], source)
        else:
            at = self._order.place(source.source.path, rank, self.sources)
            self.sources.insert(at, source)
            self.sources_changed.emit()
        if not same and batch.may_show(rank, self.current):
            batch.shown = rank, source
            self.set_current(source)
        self.findings_changed.emit()
        self._referee.ask(source)
        self.opened.emit(source, path)

    def _open(self, path: str, ticket: Ticket) -> OpenSource:
        """In a pool thread."""
        ticket.report(0, 0, path)
        with uncollected:
            return self.doors.open_source(path, ticket)

    def _reload(self, source: OpenSource, quiet: bool = False) -> None:
        path = source.source.given or source.source.path
        snapshot = self.current_snapshot if source is self.current else None

        def job(ticket: Ticket) -> tuple[OpenSource, Checkpoint | None]:
            fresh = self._open(path, ticket)
            there = {each.path for each in fresh.source.snapshots}
            return fresh, _checkpoint(fresh, snapshot) if snapshot in there else None

        self.run(
            f"Reload {_short(path)}",
            job,
            lambda read: self._reloaded(source, *read),
            lambda finding: self._was_refused(path, finding),
            quiet=quiet,
            key=f"open {path}",
            owner=source,
        )

    def _reloaded(self, old: OpenSource, fresh: OpenSource, checkpoint: Checkpoint | None) -> None:
        self._refusals.pop(old.source.given or old.source.path, None)
        self._replace(old, fresh, checkpoint)
        self.findings_changed.emit()
        self._referee.ask(fresh)
        self.opened.emit(fresh, fresh.source.given)

    def _replace(
        self, old: OpenSource, fresh: OpenSource, checkpoint: Checkpoint | None = None
    ) -> None:
        """`fresh` takes the place of `old`; `checkpoint` is its reading of what is current."""
        if old not in self.sources:
            return
        self.sources[self.sources.index(old)] = fresh
        was_current, snapshot = self.current is old, self.current_snapshot
        self.queue.inherit(old, fresh)
        kept = again(self.chosen, old, fresh, checkpoint)
        self._forget(old)
        self.choose(kept)
        self.sources_changed.emit()
        if was_current and checkpoint and checkpoint.prefix == snapshot:
            self._become(fresh, snapshot, checkpoint)
        elif was_current:
            there = {each.path for each in fresh.source.snapshots}
            self.set_current(fresh, snapshot if snapshot in there else None)

    def _let_go(self, source: OpenSource) -> None:
        self._forget(source)
        self.choose(choice for choice in self.chosen if choice.source is not source)

    def _forget(self, source: OpenSource) -> None:
        """End what runs for `source`, and drop what is known of it."""
        self.tasks.drop_of(source)
        self.queue.forget(source)
        self._referee.forget(source)
        self.checks.forget(source)

    def _was_refused(self, path: str, finding: Finding) -> None:
        self._refusals[path] = finding
        self.findings_changed.emit()
        self.refused.emit(path, finding)

    def _become(
        self, source: OpenSource | None, snapshot: str | None, checkpoint: Checkpoint | None
    ) -> None:
        same = source is self.current and snapshot == self.current_snapshot
        if same and checkpoint is self.checkpoint:
            return
        before = self.current
        self.current, self.current_snapshot, self.checkpoint = source, snapshot, checkpoint
        if source is not None and snapshot is not None:
            self.queue.work_through(source, snapshot, self.variables)
        self.current_changed.emit()
        if before and source and before.source.path != source.source.path:
            self.choose(carried(self.chosen, source, snapshot, self.variables))

    def _tell_failure(self, task: Task) -> None:
        """A job failed whose starter does not tell it: the card stays until it succeeds."""
        if not task.is_told and task.finding:
            self.tell(task.title, task.finding)

    def _on_worker(self) -> None:
        self.findings_changed.emit()
        for source in self.sources:
            self._referee.ask(source)


def _checkpoint(source: OpenSource, snapshot: str | None) -> Checkpoint:
    with uncollected:
        return source.checkpoint(snapshot)


def _newest(source: OpenSource) -> str | None:
    checkpoint = source.source.checkpoint
    return checkpoint.prefix if checkpoint else None


def _short(path: str) -> str:
    return path.rstrip("/").rsplit("/", 1)[-1] or path
