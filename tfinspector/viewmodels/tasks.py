"""Tasks: jobs that a person can see, cancel and retry."""

import time
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from tfinspector.contents.findings import Cancelled, Finding
from tfinspector.engine.jobs import Progress
from tfinspector.viewmodels.courtesy import PoliteTicket
from tfinspector.viewmodels.jobs import Courier, Job, Pool, finding_of

_TICK_MS = 60
_KEPT = 200


class TaskState(StrEnum):
    """Where a task stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen."""
        return self in (TaskState.DONE, TaskState.FAILED, TaskState.CANCELLED)


class Task(QObject):
    """One job in the pool. `changed` and `ended` come in the window's thread,
    `ended` after the result was handed over.

    Attributes: title, state, progress (None until it reports), finding (why it failed), started
    and stopped (seconds of `time.monotonic`, 0.0 before), quiet (not shown in the list),
    owner (the source it is about; its end ends the task).
    """

    changed = Signal()
    ended = Signal()

    def __init__(
        self,
        parent: QObject,
        title: str,
        job: Job,
        on_done: Callable[[Any], object] | None,
        on_failed: Callable[[Finding], object] | None,
    ) -> None:
        super().__init__(parent)
        self.title = title
        self.state = TaskState.WAITING
        self.progress: Progress | None = None
        self.finding: Finding | None = None
        self.started = self.stopped = 0.0
        self.quiet = False
        self.key = ""
        self.owner: object = None
        self._job = job
        self._on_done, self._on_failed = on_done, on_failed
        self._latest: Progress | None = None
        self._ticket = PoliteTicket(self._note)
        self._dropped = False
        self._begin: Callable[[Task], None] | None = None

    def cancel(self) -> None:
        """Ask it to stop. Its result will not be delivered, even if it is already on its way."""
        if self.state.is_over:
            return
        self._ticket.cancel()
        self._settle(TaskState.CANCELLED)
        self._tell_end()

    def drop(self) -> None:
        """Cancel it, and deliver nothing to anybody: what it was for is gone."""
        self._dropped = True
        self.cancel()

    def retry(self) -> None:
        """Start it once more, if it is over and was not dropped."""
        if self.state.is_over and not self._dropped and self._begin:
            self._begin(self)

    @property
    def can_retry(self) -> bool:
        """Whether `retry` would do something useful: it failed or was cancelled."""
        return self.state in (TaskState.FAILED, TaskState.CANCELLED) and not self._dropped

    @property
    def is_told(self) -> bool:
        """Whether somebody was given the job of telling a failure; else the list must."""
        return self._on_failed is not None

    @property
    def seconds(self) -> float:
        """How long it has been running, or ran."""
        end = self.stopped if self.state.is_over else time.monotonic()
        return end - self.started if self.started else 0.0

    def _note(self, progress: Progress) -> None:
        self._latest = progress  # read by the list's timer, in the window's thread

    def _work(self, courier: Courier) -> Callable[[], None]:
        """What the pool runs. Each start has its own ticket, so an old end can't end a new one."""
        self._ticket = ticket = PoliteTicket(self._note)
        self.state, self.progress, self.finding = TaskState.WAITING, None, None
        self._latest = None

        def deliver(end: Callable[[], None]) -> None:
            def arrive() -> None:
                if ticket is self._ticket and not self.state.is_over:
                    end()

            courier.post(arrive)

        def work() -> None:
            if ticket.cancelled:
                return
            deliver(self._has_begun)
            try:
                result = self._job(ticket)
            except Cancelled:
                deliver(self.cancel)
            except Exception as error:  # noqa: BLE001 - becomes the task's finding
                finding = finding_of(error)
                deliver(lambda: self._has_failed(finding))
            else:
                deliver(lambda: self._has_done(result))

        return work

    def _has_begun(self) -> None:
        self.state, self.started = TaskState.RUNNING, time.monotonic()
        self.changed.emit()

    def _has_done(self, result: Any) -> None:
        self._settle(TaskState.DONE)
        try:
            if self._on_done:
                self._on_done(result)
        finally:
            self._tell_end()

    def _has_failed(self, finding: Finding) -> None:
        self.finding = finding
        self._settle(TaskState.FAILED)
        try:
            if self._on_failed:
                self._on_failed(finding)
        finally:
            self._tell_end()

    def _settle(self, state: TaskState) -> None:
        self.state, self.stopped = state, time.monotonic()
        self.progress = self._latest or self.progress

    def _tell_end(self) -> None:
        """Last of all: who hears of the end finds the result where it belongs."""
        self.changed.emit()
        self.ended.emit()

    def _tick(self) -> None:
        if self._latest is not self.progress:
            self.progress = self._latest
            self.changed.emit()


class TaskList(QObject):
    """All tasks, newest last. Quiet ones are kept only while they run and are not shown.

    `failed` and `succeeded` carry a task that is not quiet.
    """

    added = Signal(object)
    removed = Signal(object)
    changed = Signal()
    failed = Signal(object)
    succeeded = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = Pool(parent=self)
        self._courier = Courier(self)
        self._tasks: list[Task] = []
        self._timer = QTimer(self, interval=_TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._closed = False

    def __iter__(self) -> Iterator[Task]:
        return iter([task for task in self._tasks if not task.quiet])

    def __len__(self) -> int:
        return sum(not task.quiet for task in self._tasks)

    @property
    def running(self) -> list[Task]:
        """The visible tasks that are not over."""
        return [task for task in self if not task.state.is_over]

    @property
    def is_busy(self) -> bool:
        """Whether anything at all runs, quiet tasks too."""
        return any(not task.state.is_over for task in self._tasks)

    def run(
        self,
        title: str,
        job: Job,
        on_done: Callable[[Any], object] | None = None,
        on_failed: Callable[[Finding], object] | None = None,
        *,
        quiet: bool = False,
        key: str = "",
        owner: object = None,
    ) -> Task:
        """Run `job(ticket)` in the pool and hand its result to `on_done` in the window's thread.

        A task with the same `key` that still runs is superseded: cancelled, its result dropped.
        `owner` is the source it is about; `drop_of(owner)` drops it. A quiet task is not listed.
        """
        task = Task(self, title, job, on_done, on_failed)
        task.quiet, task.key, task.owner = quiet, key, owner
        if key:
            for older in [t for t in self._tasks if t.key == key and not t.state.is_over]:
                older.drop()
        task._begin = self._begin
        task.changed.connect(self.changed)
        task.ended.connect(lambda: self._ended(task))
        self._tasks.append(task)
        if not quiet:
            self.added.emit(task)
        self._begin(task)
        return task

    def drop_of(self, owner: object) -> None:
        """Drop every running task about `owner`."""
        for task in [t for t in self._tasks if t.owner is owner and not t.state.is_over]:
            task.drop()

    def clear_finished(self) -> None:
        """Forget the tasks that are over."""
        for task in [t for t in self._tasks if t.state.is_over]:
            self._forget(task)
        self.changed.emit()

    def close(self) -> bool:
        """Cancel everything and wait for the pool; False if a job did not stop in time."""
        self._closed = True
        for task in [t for t in self._tasks if not t.state.is_over]:
            task.drop()
        self._timer.stop()
        return self._pool.close()

    def _begin(self, task: Task) -> None:
        if self._closed:
            task.drop()
            return
        self._pool.start(task._work(self._courier))
        self._timer.start()
        task.changed.emit()

    def _ended(self, task: Task) -> None:
        if not self.is_busy:
            self._timer.stop()
        if task.state is TaskState.FAILED and not task.quiet:
            self.failed.emit(task)
        if task.state is TaskState.DONE and not task.quiet:
            self.succeeded.emit(task)
        if task.quiet:
            self._forget(task)
        over = [t for t in self._tasks if t.state.is_over]
        if len(over) > _KEPT:
            self._forget(over[0])

    def _forget(self, task: Task) -> None:
        if task in self._tasks:
            self._tasks.remove(task)
        if not task.quiet:
            self.removed.emit(task)
        task.deleteLater()

    def _tick(self) -> None:
        for task in list(self._tasks):
            task._tick()
