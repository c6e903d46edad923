"""One checkpoint, every byte of it against its checksum, on all processors where it is large."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from tfinspector.contents.checkpoints import Checkpoint
from tfinspector.contents.checks import BadTensor, Origin
from tfinspector.contents.findings import Finding, Unreadable
from tfinspector.diagnosis.placement import find_odd_placement
from tfinspector.engine.crew import Crew, await_all
from tfinspector.engine.jobs import Ticket
from tfinspector.formats.bundles.bundle import BundleReader
from tfinspector.formats.bundles.placement import placement_of
from tfinspector.formats.checkpoints.variables import OBJECT_GRAPH_KEY
from tfinspector.formats.places.files import status_at
from tfinspector.formats.reading import BLOCK_NBYTES, TensorReader

_UNREAD = -1
_TENSORS_PER_REPORT = 256
_SHARED_NBYTES = 32 << 20  # below, threads take longer to start than they save
_SMALL_NBYTES = 256 << 10  # tensors of that size on average keep one thread's Python busy
_PORTION_NBYTES = 8 << 20


class _Row(NamedTuple):
    name: str
    key: str
    nbytes: int


class CheckPass:
    """One pass over one checkpoint: `checked` were read, `bad` do not hold, `refused` are closed.

    `around` are the bytes of the snapshots before and after this one, for the progress.
    """

    def __init__(
        self,
        checkpoint: Checkpoint,
        reader: TensorReader,
        ticket: Ticket,
        around: tuple[int, int],
        text: str,
    ) -> None:
        self._reader = reader
        self._ticket = ticket
        self._text = text
        self._checkpoint = checkpoint
        self._prefix = checkpoint.prefix
        self._before, self._after = around
        self._rows = [_Row(one.name, one.key, one.nbytes) for one in checkpoint.variables]
        try:
            graph = reader.locate(OBJECT_GRAPH_KEY).nbytes
            self._rows.append(_Row("the object graph", OBJECT_GRAPH_KEY, graph))
        except Unreadable:
            pass  # a checkpoint of TF1 has none
        self._total = sum(one.nbytes for one in self._rows)
        self._told = 0
        self.done = 0
        self.checked = 0
        self.bad: list[BadTensor] = []
        self.refused: dict[str, Finding] = {}

    def check_all(self) -> None:
        """Read everything. Raises `Cancelled`."""
        if self._total < max(_SHARED_NBYTES, _SMALL_NBYTES * len(self._rows)):
            for place, row in enumerate(self._rows):
                if place % _TENSORS_PER_REPORT == 0:
                    self._report()
                self._note(row, self._verify(row, self.tick))
        else:
            self._check_together()
        self._report()

    def _check_together(self) -> None:
        with Crew(self._ticket) as crew:

            def check(portion: list[_Row]) -> list[tuple[int, int] | Unreadable | None]:
                crew.tick(0)  # small tensors tick seldom
                return [self._verify(row, crew.tick) for row in portion]

            portions = list(_portions(self._rows))
            futures = [crew.submit(check, portion) for portion in portions]
            results = await_all(futures, self._ticket, lambda: self._far(crew.done), self._text)
            self.done = self._told = crew.done
        for portion, answers in zip(portions, results, strict=True):
            for row, answer in zip(portion, answers, strict=True):
                self._note(row, answer)

    def _verify(
        self, row: _Row, tick: Callable[[int], None]
    ) -> tuple[int, int] | Unreadable | None:
        try:
            return self._reader.verify(row.key, tick)
        except Unreadable as error:
            return error

    def _note(self, row: _Row, answer: tuple[int, int] | Unreadable | None) -> None:
        if isinstance(answer, Unreadable):
            finding = answer.finding
            self.bad.append(
                BadTensor(row.name, row.key, _UNREAD, _UNREAD, finding.title, self._prefix)
            )
            closed = finding.id == "F13" and finding.where != self._prefix
            if closed and not finding.title.startswith(row.key):  # else known when it was opened
                self.refused[row.key] = finding  # its own advice fits, not that for damage
            return
        self.checked += 1
        if answer is not None:
            self.bad.append(BadTensor(row.name, row.key, *answer, snapshot=self._prefix))

    def origin(self) -> Origin | None:
        """What the bytes that changed tell of where they come from."""
        if not self.bad or not isinstance(self._reader, BundleReader):
            return None
        from tfinspector.engine.origins import find_origin  # for damaged files only

        return find_origin(self._reader, [row.key for row in self._rows], self.bad)

    def was_written_over(self) -> bool:
        """Whether another program changed the files since they were opened."""
        if not isinstance(self._reader, BundleReader):
            return False
        bundle = self._reader.bundle
        try:
            index = status_at(f"{bundle.prefix}.index")
            if (index.st_size, index.st_mtime) != (bundle.index_nbytes, bundle.mtime):
                return True
            for shard, stamp in bundle.stamps.items():
                if stamp.nbytes >= 0:
                    status = status_at(bundle.shard_path(shard))
                    if (status.st_size, status.st_mtime_ns) != stamp[:2]:
                        return True
        except OSError:
            return True
        return False

    def odd_placement(self) -> list[Finding]:
        """Tensors that share bytes, and bytes of no tensor."""
        if not isinstance(self._reader, BundleReader):
            return []
        return find_odd_placement(self._checkpoint, placement_of(self._reader.bundle))

    def tick(self, nbytes: int) -> None:
        """So many bytes more were read. Raises `Cancelled`."""
        self.done += nbytes
        if self.done - self._told >= BLOCK_NBYTES:
            self._report()

    def _report(self) -> None:
        self._told = self.done
        self._ticket.report(*self._far(self.done), self._text)

    def _far(self, done: int) -> tuple[int, int]:
        total = self._before + max(self._total, done) + self._after
        return self._before + done, total


def _portions(rows: list[_Row]) -> Iterator[list[_Row]]:
    """Rows in turn, as many as are worth a thread's while."""
    portion: list[_Row] = []
    nbytes = 0
    for row in rows:
        portion.append(row)
        nbytes += row.nbytes
        if nbytes >= _PORTION_NBYTES or len(portion) == _TENSORS_PER_REPORT:
            yield portion
            portion, nbytes = [], 0
    if portion:
        yield portion
