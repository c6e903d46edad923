"""What a person looks at: the current source and snapshot, and the chosen variables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from tfinspector.contents.findings import Finding, Unreadable
from tfinspector.viewmodels.choosing import again, carried
from tfinspector.viewmodels.courtesy import window
from tfinspector.viewmodels.jobs import uncollected
from tfinspector.viewmodels.measuring.queue import Choice, MeasuringQueue
from tfinspector.viewmodels.tasks import TaskList

if TYPE_CHECKING:
    from tfinspector.contents.checkpoints import Checkpoint
    from tfinspector.contents.variables import Variable
    from tfinspector.engine.opening import OpenSource


class Focus(QObject):
    """`current_changed` and `chosen_changed` follow `source`, `snapshot`, `checkpoint`, and
    `chosen`; `refused` (path, Finding): a snapshot could not be read.
    """

    current_changed = Signal()
    chosen_changed = Signal()
    refused = Signal(str, object)

    def __init__(
        self, tasks: TaskList, queue: MeasuringQueue, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._tasks, self._queue = tasks, queue
        self.source: OpenSource | None = None
        self.snapshot: str | None = None
        self.checkpoint: Checkpoint | None = None
        self.chosen: tuple[Choice, ...] = ()

    @property
    def variables(self) -> Sequence[Variable]:
        """The variables of the current snapshot."""
        return self.checkpoint.variables if self.checkpoint else ()

    def show(self, source: OpenSource | None, snapshot: str | None = None) -> None:
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

        def refused(finding: Finding) -> None:
            self.refused.emit(wanted, finding)

        self._tasks.run(
            f"Read {wanted.rsplit('/', 1)[-1]}",
            lambda ticket: read_snapshot(source, wanted),
            lambda checkpoint: self._become(source, wanted, checkpoint),
            refused, quiet=True, key="current", owner=source,
        )  # fmt: skip

    def choose(self, choices: Iterable[Choice]) -> None:
        """Choose these; they are measured before everything else."""
        chosen = tuple(dict.fromkeys(choices))
        if chosen != self.chosen:
            self.chosen = chosen
            self._queue.urge(chosen)
            self.chosen_changed.emit()

    def keep(
        self, old: OpenSource, fresh: OpenSource, checkpoint: Checkpoint | None
    ) -> list[Choice]:
        """The choices to take up again with `fresh`, which is `old` read again."""
        return again(self.chosen, old, fresh, checkpoint)

    def follow(self, fresh: OpenSource, checkpoint: Checkpoint | None) -> None:
        """The current source was read again as `fresh`, its current snapshot as `checkpoint`."""
        snapshot = self.snapshot
        if checkpoint and checkpoint.prefix == snapshot:
            self._become(fresh, snapshot, checkpoint)
        else:
            there = {each.path for each in fresh.source.snapshots}
            self.show(fresh, snapshot if snapshot in there else None)

    def let_go(self, source: OpenSource) -> None:
        """Choose nothing of `source` any more."""
        self.choose(choice for choice in self.chosen if choice.source is not source)

    def _become(
        self, source: OpenSource | None, snapshot: str | None, checkpoint: Checkpoint | None
    ) -> None:
        same = source is self.source and snapshot == self.snapshot
        if same and checkpoint is self.checkpoint:
            return
        before = self.source
        self.source, self.snapshot, self.checkpoint = source, snapshot, checkpoint
        if source is not None and snapshot is not None:
            # What lies on another machine is read as far as somebody looks at it.
            rows = () if source.source.is_remote else self.variables
            self._queue.work_through(source, snapshot, rows)
        self.current_changed.emit()
        if before and source and before.source.path != source.source.path:
            self.choose(carried(self.chosen, source, snapshot, self.variables))


def read_snapshot(source: OpenSource, snapshot: str | None) -> Checkpoint:
    """The contents of a snapshot; for a pool thread. Raises `Unreadable`."""
    with window.awaited(), uncollected:
        checkpoint = source.checkpoint(snapshot)
        make_ready(source, snapshot, checkpoint.variables)
        return checkpoint


def make_ready(source: OpenSource, snapshot: str | None, variables: Sequence[Variable]) -> None:
    """Make what is made when first looked at, here and not beside the window's thread: the rows,
    and what tells where a tensor lies. (Of another machine no more is read than is looked at.)
    """
    rows = tuple(variables)
    if rows and not source.source.is_remote:
        with suppress(Unreadable):  # said where the tensor itself is looked at
            source.reader(snapshot).locate(rows[-1].key)
