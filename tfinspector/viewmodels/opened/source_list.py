"""What is open: opening, reading again and closing, in the order in which it was asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from tfinspector.contents import numbers
from tfinspector.contents.findings import Finding
from tfinspector.contents.passwords import masked
from tfinspector.viewmodels.courtesy import window
from tfinspector.viewmodels.doors import Doors
from tfinspector.viewmodels.focus import Focus, make_ready, read_snapshot
from tfinspector.viewmodels.jobs import uncollected
from tfinspector.viewmodels.measuring.queue import MeasuringQueue
from tfinspector.viewmodels.opened.opening import Batch, Order, Rank, open_all
from tfinspector.viewmodels.tasks import Task, TaskList
from tfinspector.viewmodels.telling import Telling

if TYPE_CHECKING:
    from tfinspector.contents.checkpoints import Checkpoint
    from tfinspector.engine.jobs import Ticket
    from tfinspector.engine.opening import OpenSource
    from tfinspector.viewmodels.opened.opening import Opened


class SourceList(QObject):
    """`changed` follows `sources`; `opened` and `refused` are those of the session."""

    changed = Signal()
    opened = Signal(object, str)
    refused = Signal(str, object)

    def __init__(
        self,
        doors: Doors,
        tasks: TaskList,
        queue: MeasuringQueue,
        telling: Telling,
        focus: Focus,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._doors, self._tasks, self._queue = doors, tasks, queue
        self._telling, self._focus = telling, focus
        self._order = Order()
        self.sources: list[OpenSource] = []
        focus.refused.connect(self._was_refused)

    def open_several(self, paths: Iterable[str]) -> list[Task]:
        """Open each of them; the first that can be opened becomes current."""
        batch = Batch()
        return [self.open(path, batch) for path in dict.fromkeys(paths)]

    def open(self, path: str, batch: Batch | None = None) -> Task:
        """Open what `path` points at, or all sources in it, and make the first one current.

        Only the job knows the password of an address.
        """
        among, number, told = batch or Batch(), self._order.ask(), masked(path)
        return self._tasks.run(
            f"Open {short(told)}",
            lambda ticket: open_all(self._open, path, ticket),
            lambda found: self._have_opened(found, told, number, among),
            lambda finding: self._was_refused(told, finding),
            key=f"open {told}",
        )

    def put_together(
        self, paths: Sequence[str], as_given: bool = False, instead: OpenSource | None = None
    ) -> Task:
        """Make one run of what is at these paths, at the place of `instead` where that is open."""
        title = f"Put together {numbers.counted(len(paths), 'source')}"
        among, number = Batch(), self._order.ask()

        def done(run: OpenSource) -> None:
            path = run.source.path
            if instead in self.sources and instead is not None:
                self._reloaded(instead, run, None)
            else:
                self._has_opened(run, path, (number, 0), among)

        def job(ticket: Ticket) -> OpenSource:
            return self._read(lambda: self._doors.put_together(paths, as_given, ticket))

        return self._tasks.run(
            title, job, done, lambda finding: self._was_refused(title, finding),
            key=f"put together {id(instead)}" if instead else "",
        )  # fmt: skip

    def close(self, source: OpenSource) -> None:
        """Forget `source`; what still runs for it is dropped."""
        if source not in self.sources:
            return
        at = self.sources.index(source)
        self.sources.remove(source)
        self._forget(source)
        self._focus.let_go(source)
        self.changed.emit()
        self._telling.changed.emit()
        if source is self._focus.source:
            left = self.sources[min(at, len(self.sources) - 1)] if self.sources else None
            self._focus.show(left)

    def reload(self, source: OpenSource, quiet: bool = False) -> None:
        """Read `source` again; what can't be read any more stays as it was, and says so."""
        given = "" if source.paths else source.source.given
        path = given or source.source.path
        snapshot = self._focus.snapshot if source is self._focus.source else None

        def job(ticket: Ticket) -> tuple[OpenSource, Checkpoint | None]:
            fresh = self._read(lambda: self._doors.open_again(source, ticket))
            there = {each.path for each in fresh.source.snapshots}
            return fresh, read_snapshot(fresh, snapshot) if snapshot in there else None

        def failed(finding: Finding) -> None:
            self._telling.lose(source, finding)
            self.refused.emit(path, finding)

        self._tasks.run(
            f"Reload {short(path)}", job, lambda read: self._reloaded(source, *read), failed,
            quiet=quiet, key=f"open {path}", owner=source,
        )  # fmt: skip

    # What arrives

    def _have_opened(self, found: list[Opened], path: str, number: int, batch: Batch) -> None:
        self._telling.dismiss(path)
        for at, (each, what) in enumerate(found):
            if isinstance(what, Finding):
                self._was_refused(each, what)
            else:
                self._has_opened(what, each, (number, at), batch)

    def _has_opened(self, source: OpenSource, path: str, rank: Rank, batch: Batch) -> None:
        self._telling.dismiss(path)
        same = [old for old in self.sources if old.source.path == source.source.path]
        if same:
            self._replace(same[0], source)
        else:
            at = self._order.place(source.source.path, rank, self.sources)
            self.sources.insert(at, source)
            self.changed.emit()
        if not same and batch.may_show(rank, self._focus.source):
            batch.shown = rank, source
            self._focus.show(source)
        self._tell(source, path)

    def _reloaded(self, old: OpenSource, fresh: OpenSource, checkpoint: Checkpoint | None) -> None:
        self._replace(old, fresh, checkpoint)
        self._tell(fresh, fresh.source.given)

    def _replace(
        self, old: OpenSource, fresh: OpenSource, checkpoint: Checkpoint | None = None
    ) -> None:
        """`fresh` takes the place of `old`; `checkpoint` is its reading of what is current."""
        if old not in self.sources:
            return
        self.sources[self.sources.index(old)] = fresh
        self._queue.inherit(old, fresh)
        kept = self._focus.keep(old, fresh, checkpoint)
        self._forget(old)
        self._focus.choose(kept)
        self.changed.emit()
        if self._focus.source is old:
            self._focus.follow(fresh, checkpoint)

    def _tell(self, source: OpenSource, path: str) -> None:
        self._telling.changed.emit()
        self._telling.follow(source)
        self.opened.emit(source, path)

    def _was_refused(self, path: str, finding: Finding) -> None:
        self._telling.tell(path, finding)
        self.refused.emit(path, finding)

    def _forget(self, source: OpenSource) -> None:
        """End what runs for `source`, and drop what is known of it."""
        self._tasks.drop_of(source)
        self._queue.forget(source)
        self._telling.forget(source)

    def _open(self, path: str, ticket: Ticket) -> OpenSource:
        """In a pool thread."""
        ticket.report(0, 0, masked(path))
        return self._read(lambda: self._doors.open_source(path, ticket))

    @staticmethod
    def _read(read: Callable[[], OpenSource]) -> OpenSource:
        """In a pool thread: what is opened, with all that is made when it is first looked at."""
        with window.awaited(), uncollected:
            opened = read()
            make_ready(opened, None, opened.source.variables)
            return opened


def short(path: str) -> str:
    """The last part of a path."""
    return path.rstrip("/").rsplit("/", 1)[-1] or path
