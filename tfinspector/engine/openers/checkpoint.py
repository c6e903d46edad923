"""Opens a checkpoint by its prefix."""

import os
from dataclasses import replace

from tfinspector.contents.findings import Severity, Unreadable
from tfinspector.contents.sources import Recognised, Source, SourceKind
from tfinspector.diagnosis.files import find_file_problems
from tfinspector.diagnosis.runs import find_double_numbers, unfinished
from tfinspector.engine.jobs import Ticket
from tfinspector.engine.openers.opened import Opened, files_of, snapshot_of, stamp
from tfinspector.formats.checkpoints.checkpoint import read_checkpoint
from tfinspector.formats.checkpoints.run import list_run
from tfinspector.formats.places.files import is_remote

NOTHING_THERE = frozenset({"F03", "F06"})  # no index, so nothing can be told of what is there


def open_checkpoint(recognised: Recognised, ticket: Ticket) -> Opened:
    """The checkpoint whose prefix was recognised; raises `Unreadable`."""
    prefix = recognised.path
    try:
        loaded = read_checkpoint(prefix)
    except Unreadable as error:
        raise _with_neighbours(error, recognised) from error
    checkpoint = loaded[0]
    source = Source(
        SourceKind.CHECKPOINT,
        prefix,
        recognised.given,
        recognised.taken_for,
        (snapshot_of(checkpoint),),
        checkpoint,
        findings=(*find_file_problems(checkpoint), *find_double_numbers([prefix])),
    )
    return Opened(source, [loaded], stamp(files_of(checkpoint)))


def _with_neighbours(error: Unreadable, recognised: Recognised) -> Unreadable:
    """The error, with the other checkpoints of the directory where the fix is to use one."""
    if is_remote(recognised.path):
        return error  # each look at a neighbour is a request
    try:
        listing = list_run(os.path.dirname(recognised.path))
    except OSError:
        return error
    whole = [one for one in listing.snapshots if one.complete and one.path != recognised.path]
    mine = next((one for one in listing.snapshots if one.path == recognised.path), None)
    finding = error.finding
    if mine is not None and finding.id in NOTHING_THERE and "_temp/" in mine.problem:
        finding = unfinished(mine, listing, Severity.ERROR)
    elif not whole:
        return error
    evidence = dict(finding.evidence) | {"others": [one.path for one in whole[-5:]]}
    return Unreadable(replace(finding, evidence=evidence))
