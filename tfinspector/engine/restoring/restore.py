"""A dry run, and a restore that is proved: build, match, restore, compare, call, compare again.

The client that is passed in is fresh: the user's code runs in its process, so the caller makes one
for each job and stops it afterwards.
"""

import os
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace

from tfinspector.contents.restores import (
    MatchTable,
    Outcome,
    Rename,
    RestoreReport,
    Row,
    Way,
)
from tfinspector.contents.sources import SourceKind
from tfinspector.diagnosis.matching.match_table import match
from tfinspector.diagnosis.matching.states import (
    COUNTER,
    WHY_DAMAGED,
    WHY_FAILED,
    WHY_STOPPED,
    outcome_of,
    prove,
    prove_again,
    refused,
    untouched,
)
from tfinspector.diagnosis.restoring.graph_files import GRAPHS
from tfinspector.engine.jobs import Ticket
from tfinspector.engine.opening import open_source
from tfinspector.engine.restoring.file_hashes import hash_keys
from tfinspector.engine.restoring.job import RestoreJob, RestoreRequest
from tfinspector.engine.restoring.keras_restoring import ask_for_places, load_plainly
from tfinspector.engine.restoring.mapped_assigning import Pairs, assign_pairs, pairs_of
from tfinspector.engine.restoring.model_hints import hints_for
from tfinspector.engine.restoring.model_reports import description_of, relayed_error_of
from tfinspector.engine.tensorflow_places import why_not_read_by_tensorflow
from tfinspector.engine.worker.client import WorkerClient, WorkerFailed

__all__ = ["RestoreRequest", "dry_run", "restore"]

_SAVE_COUNTER = "save_counter"


def dry_run(
    request: RestoreRequest,
    client: WorkerClient,
    ticket: Ticket | None = None,
    renames: Sequence[Rename] = (),
) -> RestoreReport:
    """Build the model and say what a restore (with `renames`) would do; assigns nothing.

    Nothing is restored by it, so the outcome is "nothing"; what a restore would come to is the
    `expected_outcome`, "failed" where TensorFlow would stop half-way. Whatever goes wrong in the
    worker is a report whose outcome is "failed" itself. Raises Unreadable if the source can't be
    read, and Cancelled.
    """
    job = _begin(request, client, ticket, is_dry=True)
    try:
        table = _build_and_match(job)
    except WorkerFailed as failed:
        return job.failed(failed)
    assert job.model is not None
    if renames or request.keep_partial:
        _take_pairs(job, table, renames)
    _trace(job)
    stops = bool(refused(table.rows)) and not (request.keep_partial or renames)
    job.expected_outcome = Outcome.FAILED if stops else outcome_of(job.rows, job.model)
    return job.report(Outcome.NOTHING)


def restore(
    request: RestoreRequest,
    client: WorkerClient,
    ticket: Ticket | None = None,
    renames: Sequence[Rename] = (),
) -> RestoreReport:
    """Restore and prove it, variable by variable; raises as `dry_run` does.

    What TensorFlow would do only by half is not begun, unless the request keeps part of it: then
    what fits is assigned one by one. So it is with `renames`, the accepted pairs: what matches by
    itself and what they name is assigned. After an error the old values are back.
    """
    job = _begin(request, client, ticket, is_dry=False)
    try:
        table = _build_and_match(job)
        if job.checkpoint.keras is not None:
            stored = {} if renames else load_plainly(job, table)
            if stored:
                return _prove(job, table, stored, {})
        elif not renames and not _is_beyond_tensorflow(job, table):
            return _restore_plainly(job, table)
        if renames or request.keep_partial or not refused(table.rows):
            return _restore_pairs(job, table, renames)
    except WorkerFailed as failed:
        return job.failed(failed)
    _trace(job)
    job.rows = untouched(table.rows, WHY_STOPPED)
    return job.report(Outcome.FAILED)


def _is_beyond_tensorflow(job: RestoreJob, table: MatchTable) -> bool:
    """Whether its own call would stop half-way, can't read the file where it lies, or puts to a
    place what does not belong there.
    """
    wrong = job.request.keep_partial and table.misplaced
    is_a_graph = job.opened.source.kind in GRAPHS
    is_out_of_reach = is_a_graph or why_not_read_by_tensorflow(job.checkpoint.prefix)
    return bool(refused(table.rows) or wrong or is_out_of_reach)


def _begin(
    request: RestoreRequest, client: WorkerClient, ticket: Ticket | None, is_dry: bool
) -> RestoreJob:
    ticket = ticket or Ticket()
    opened = open_source(request.path, ticket)
    checkpoint = opened.stored_checkpoint(request.snapshot)
    return RestoreJob(request, client, ticket, opened, checkpoint, is_dry)


def _build_and_match(job: RestoreJob) -> MatchTable:
    request = job.request
    told = job.ask(
        "build",
        f"building {request.factory}",
        factory=request.factory,
        kwargs=dict(request.kwargs),
        device=request.device,
        logical_cpus=request.logical_cpus,
        hints=hints_for(job.checkpoint, job.opened.source.saved_model),
    )
    about = job.client.about
    assert about is not None  # it has just answered
    job.model = description_of(told, about)
    if job.checkpoint.keras is not None:
        ask_for_places(job)
    job.look_at_memory()
    job.ticket.report(0, 0, "matching")
    job.table = match(job.checkpoint, job.model, request.attachment)
    job.rows = job.table.rows
    return job.table


def _restore_plainly(job: RestoreJob, table: MatchTable) -> RestoreReport:
    """TensorFlow's own call, as the user's program makes it."""
    assert job.model is not None
    job.ask("remember", "remembering the model's values", variables=_paired(table.rows))
    started = time.monotonic()
    told = job.ask(
        "restore",
        f"restoring {os.path.basename(job.checkpoint.prefix)}",
        prefix=_as_tensorflow_takes(job),
        name=table.attachment.name,
        mode="restore" if _counts_saves(job) else "read",
    )
    job.seconds = time.monotonic() - started
    job.way = Way.RESTORE
    job.status_type = told["status_type"]
    job.log += [told["log"], *told["warnings"]]
    error = relayed_error_of(told["error"])
    if error is not None:
        job.fail_with(error)
        job.ask("roll_back", "rolling back")
        job.rows = untouched(table.rows, WHY_FAILED)
        return job.report(Outcome.FAILED)
    counter = (told.get("save_counter") or {}).get("sha256")
    keys = [row.key for row in table.rows if _has_two_sides(row)]
    stored = hash_keys(job.reader, keys, job.ticket).by_key
    return _prove(job, table, stored, {COUNTER: counter} if counter else {})


def _as_tensorflow_takes(job: RestoreJob) -> str:
    """The prefix; of an old (V1) checkpoint in several files, the pattern of their names."""
    prefix, shards = job.checkpoint.prefix, job.checkpoint.shards
    several = shards and shards[0].path.startswith(f"{prefix}-") and "-of-" in shards[0].path
    if job.opened.source.kind is not SourceKind.CHECKPOINT_V1 or not several:
        return prefix
    return f"{prefix}-?????-of-{shards[0].path[-5:]}"


def _restore_pairs(job: RestoreJob, table: MatchTable, renames: Sequence[Rename]) -> RestoreReport:
    """Pair by pair, for what TensorFlow's own call can't do."""
    pairs = _take_pairs(job, table, renames)
    if _is_damaged(job, pairs):
        job.look_for_damage()
        job.rows = untouched(pairs.rows, WHY_DAMAGED)
        return job.report(Outcome.FAILED)
    job.ask("remember", "remembering the model's values", variables=_paired(pairs.rows))
    started = time.monotonic()
    try:
        sent = assign_pairs(job, pairs)
    except WorkerFailed:
        job.rows = untouched(pairs.rows, WHY_FAILED)
        raise
    job.seconds = time.monotonic() - started
    job.way = Way.ASSIGNMENT if sent.by_key else None
    known = {COUNTER: sent.counter} if sent.counter else {}
    return _prove(job, replace(table, rows=pairs.rows), sent.by_key, known)


def _is_damaged(job: RestoreJob, pairs: Pairs) -> bool:
    """Whether a value that would be assigned is not what was saved: equal to it proves nothing."""
    for key in dict.fromkeys(row.key for row in pairs.rows if row.fits):
        job.ticket.check()
        if job.reader.verify(key) is not None:
            return True
    return False


def _take_pairs(job: RestoreJob, table: MatchTable, renames: Sequence[Rename]) -> Pairs:
    assert job.model is not None
    pairs = pairs_of(job.checkpoint, job.model, table, renames)
    job.used, job.rows = tuple(renames), pairs.rows
    return pairs


def _prove(
    job: RestoreJob, table: MatchTable, stored: dict[str, str], known: dict[int, str]
) -> RestoreReport:
    """Compare with the file now, and once more after a call of the model.

    A layer that its first call builds or initialises must not undo the restore unseen.
    """
    assert job.model is not None
    mine = _paired(table.rows)
    job.rows = prove(table, job.model, known | job.hashes(mine), stored)
    told = job.ask("call", "calling the model")
    job.called, job.why_not_called = told["done"], told["why_not"]
    after = job.hashes(mine)
    if job.called:
        job.rows = prove_again(job.rows, job.model, after, stored)
    _trace(job)
    return job.report(outcome_of(job.rows, job.model))


def _trace(job: RestoreJob) -> None:
    """Learn which variables a call uses. Comes last, for it runs the user's Python once more.

    That Python may note that it ran, and then do something else when it is called in earnest.
    """
    assert job.model is not None
    try:
        used = job.ask("trace", "looking which variables a call uses")["in_call"]
    except WorkerFailed as failed:  # what is proved stays proved
        job.log.append(failed.finding.title)
        return
    job.model = replace(job.model, in_call=None if used is None else tuple(used))


def _counts_saves(job: RestoreJob) -> bool:
    """Whether the file was written by `save`; after `write` and in SavedModels `read` is right."""
    graph = job.checkpoint.graph
    if graph is None or not graph.nodes:
        return False
    return any(name == _SAVE_COUNTER for name, _ in graph.nodes[0].children)


def _has_two_sides(row: Row) -> bool:
    return row.fits or bool(row.key and row.variable >= 0)


def _paired(rows: Iterable[Row]) -> list[int]:
    """Variables of the model that a key goes into."""
    return sorted({row.variable for row in rows if row.variable >= 0 and row.key})
