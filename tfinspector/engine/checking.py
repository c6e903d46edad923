"""Recomputes every checksum of a source: is each byte the one that was saved?"""

import os

from tfinspector.contents.checkpoints import Checkpoint
from tfinspector.contents.checks import BadTensor, CheckReport
from tfinspector.contents.findings import Unreadable
from tfinspector.diagnosis.integrity import explain_bad_tensors
from tfinspector.engine.jobs import Ticket
from tfinspector.engine.open_source import OpenSource
from tfinspector.formats.checkpoints.variables import OBJECT_GRAPH_KEY
from tfinspector.formats.reading import BLOCK_NBYTES, TensorReader

_UNREAD = -1
_TENSORS_PER_REPORT = 256


def check(
    open_source: OpenSource, ticket: Ticket | None = None, snapshot: str | None = None
) -> CheckReport:
    """Reads every tensor of a snapshot (the newest by default), a block of 1 MiB at a time.

    The findings of the source come with it. Raises `Cancelled`, and `Unreadable` if there is no
    such snapshot.
    """
    findings = open_source.source.findings
    if open_source.source.checkpoint is None:
        return CheckReport(findings, 0, ())
    checkpoint = open_source.checkpoint(snapshot)
    run = _Run(checkpoint, open_source.reader(snapshot), ticket or Ticket())
    run.check_all()
    told = explain_bad_tensors(checkpoint, run.bad, run.checked, _seconds_between(checkpoint))
    return CheckReport((*told, *findings), run.checked, tuple(run.bad), run.done)


class _Run:
    """One pass over a checkpoint: what was read, and what did not hold."""

    def __init__(self, checkpoint: Checkpoint, reader: TensorReader, ticket: Ticket) -> None:
        self._reader = reader
        self._ticket = ticket
        self._text = f"Checking {os.path.basename(checkpoint.prefix)}"
        self._rows = [(one.name, one.key) for one in checkpoint.variables]
        self._total = sum(one.nbytes for one in checkpoint.variables)
        self._told = 0
        try:
            self._total += reader.locate(OBJECT_GRAPH_KEY).nbytes
            self._rows.append(("the object graph", OBJECT_GRAPH_KEY))
        except Unreadable:
            pass  # a checkpoint of TF1 has none
        self.done = 0
        self.checked = 0
        self.bad: list[BadTensor] = []

    def check_all(self) -> None:
        for place, (name, key) in enumerate(self._rows):
            if place % _TENSORS_PER_REPORT == 0:
                self._report()
            self._check_one(name, key)
        self._report()

    def _check_one(self, name: str, key: str) -> None:
        try:
            mismatch = self._reader.verify(key, self._tick)
        except Unreadable as error:
            self.bad.append(BadTensor(name, key, _UNREAD, _UNREAD, error.finding.title))
            return
        self.checked += 1
        if mismatch is not None:
            self.bad.append(BadTensor(name, key, *mismatch))

    def _tick(self, nbytes: int) -> None:
        self.done += nbytes
        if self.done - self._told >= BLOCK_NBYTES:
            self._report()

    def _report(self) -> None:
        self._told = self.done
        self._ticket.report(self.done, max(self._total, self.done), self._text)


def _seconds_between(checkpoint: Checkpoint) -> float | None:
    """By how much the newest data file is newer than the index; None where it can't be told."""
    times = []
    for shard in checkpoint.shards:
        try:
            times.append(os.stat(shard.path).st_mtime)
        except OSError:
            continue
    return max(times) - checkpoint.mtime if times else None
