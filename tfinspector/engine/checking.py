"""Recomputes every checksum of a source: is each byte the one that was saved?"""

import os
from collections.abc import Callable, Iterable

from tfinspector.contents.checkpoints import Checkpoint, Snapshot
from tfinspector.contents.checks import BadTensor, CheckReport
from tfinspector.contents.findings import Finding, Severity, Unreadable, gravest_first
from tfinspector.contents.sources import SourceKind
from tfinspector.diagnosis.files import find_file_problems
from tfinspector.diagnosis.integrity import explain_bad_tensors, tell_of_writer
from tfinspector.diagnosis.keras_damage import (
    explain_keras_check,
    has_checksums,
    tell_of_no_checksums,
)
from tfinspector.engine.check_pass import CheckPass
from tfinspector.engine.jobs import Ticket
from tfinspector.engine.open_source import OpenSource


def check(
    open_source: OpenSource, ticket: Ticket | None = None, snapshot: str | None = None
) -> CheckReport:
    """Reads every tensor of all snapshots (or of the one that is named), 1 MiB at a time.

    One snapshot is held at a time, the newest first. The findings of the source come with it, and
    those of every snapshot's files. Raises `Cancelled`, and `Unreadable` if there is no such
    snapshot.
    """
    source = open_source.source
    run = _Run(open_source, ticket or Ticket())
    if snapshot is not None:
        run.expect([snapshot])
        run.check(open_source.checkpoint(snapshot), 0)
        return run.report(source.findings)
    # A SavedModel whose values are missing has a checkpoint of declared rows and no snapshot.
    newest = source.checkpoint.prefix if source.checkpoint and source.snapshots else ""
    paths = [one.path for one in source.snapshots]
    rest = [one for one in source.snapshots if one.path != newest]
    run.expect(paths)
    if newest:
        run.check(open_source.checkpoint(newest), sum(one.nbytes for one in rest))
    while rest:
        one = rest.pop()
        run.check_another(one, sum(other.nbytes for other in rest))
    return run.report(source.findings)


class _Run:
    """One pass over the snapshots of a source: what was read, and what did not hold."""

    def __init__(self, opened: OpenSource, ticket: Ticket) -> None:
        self._opened = opened
        self._ticket = ticket
        self._order: list[str] = []
        self._looked_at: list[str] = []
        self._findings: list[Finding] = []
        self._done = 0
        self._checked = 0
        self._unproved = 0
        self._without_checksums: list[str] = []
        self._bad: list[BadTensor] = []

    def expect(self, paths: list[str]) -> None:
        """The paths of what will be checked, oldest first."""
        self._order = paths

    def check_another(self, snapshot: Snapshot, still_to_come: int) -> None:
        """Check one that the source did not open; what keeps it from being read is a finding."""
        self._ticket.check()
        try:
            checkpoint = self._opened.checkpoint(snapshot.path)
        except Unreadable as error:
            if "_temp/" not in snapshot.problem:  # else a save that did not end: F09 tells
                self._looked_at.append(snapshot.path)
                self._findings.append(error.finding)
            return
        self._findings += find_file_problems(checkpoint)
        self.check(checkpoint, still_to_come)

    def check(self, checkpoint: Checkpoint, still_to_come: int) -> None:
        """Check all tensors of one; `still_to_come` bytes of others follow."""
        self._looked_at.append(checkpoint.prefix)
        text = f"Checking {os.path.basename(checkpoint.prefix)}"
        if len(self._order) > 1:
            text += f" ({len(self._looked_at)} of {len(self._order)})"
        reader = self._opened.reader(checkpoint.prefix)
        one = CheckPass(checkpoint, reader, self._ticket, (self._done, still_to_come), text)
        one.check_all()
        done = one.done
        self._done += done
        self._checked += one.checked
        self._bad += one.bad
        bad = [each for each in one.bad if each.key not in one.refused]
        if checkpoint.keras is None:
            if one.bad and one.was_written_over():
                told = [tell_of_writer(checkpoint, one.bad)]
            else:
                seconds = _seconds_between(checkpoint)
                told = explain_bad_tensors(checkpoint, bad, one.checked, seconds, one.origin())
                told += one.odd_placement()
            if self._opened.source.kind is SourceKind.GRAPH_DEF:
                self._unproved += one.checked  # that it has no checksums is told with the source
        else:
            members = _changed_members(checkpoint, one.tick)
            self._bad += members
            told = explain_keras_check(checkpoint, bad, members)
            if not has_checksums(checkpoint):
                self._without_checksums.append(checkpoint.prefix)
                self._unproved += one.checked
            self._done += one.done - done
        self._findings += [*told, *{each.title: each for each in one.refused.values()}.values()]

    def report(self, of_source: Iterable[Finding]) -> CheckReport:
        """What came out, with the findings of the source; nothing is told twice."""
        wrong = {one.where for one in self._findings if one.severity is Severity.ERROR}
        told = {(one.id, one.title, one.where) for one in self._findings}
        broken = {one.path for one in self._opened.source.snapshots if not one.complete}
        rest = [
            one
            for one in of_source
            if (one.id, one.title, one.where) not in told
            and not (one.where in broken and _is_told(one.where, wrong))
        ]
        if self._without_checksums:
            rest.append(tell_of_no_checksums(self._without_checksums))
        findings = gravest_first([*self._findings, *rest])
        places = {path: place for place, path in enumerate(self._order)}
        snapshots = sorted(self._looked_at, key=lambda path: places.get(path, 0))
        return CheckReport(
            tuple(findings), self._checked, tuple(self._bad), self._done, tuple(snapshots),
            self._unproved,
        )  # fmt: skip


def _changed_members(checkpoint: Checkpoint, tick: Callable[[int], None]) -> list[BadTensor]:
    """Parts of a Keras archive whose checksum does not hold."""
    if checkpoint.keras is None or checkpoint.keras.layout != "archive":
        return []
    from tfinspector.formats.keras.archive import read_archive, verify_member

    changed = []
    for name, member in read_archive(checkpoint.prefix).members.items():
        try:
            mismatch = verify_member(member, tick)
        except Unreadable:
            continue  # cut off: told when it was opened
        if mismatch is not None:
            changed.append(BadTensor(name, name, *mismatch, snapshot=checkpoint.prefix))
    return changed


def _is_told(prefix: str, places: Iterable[str]) -> bool:
    """Whether an error speaks of this snapshot, or of one of its files."""
    return any(place == prefix or place.startswith(f"{prefix}.") for place in places)


def _seconds_between(checkpoint: Checkpoint) -> float | None:
    """By how much the newest data file is newer than the index; None where it can't be told."""
    times = []
    for shard in checkpoint.shards:
        try:
            times.append(os.stat(shard.path).st_mtime)
        except OSError:
            continue
    return max(times) - checkpoint.mtime if times else None
