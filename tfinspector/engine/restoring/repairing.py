"""Writes a repaired checkpoint beside the broken one, which the user's ordinary restore takes.

By the ending of its name it may as well be a file of Keras: see `keras_writing`.

The values go into the model by the map (by our own reader, so from any source that it reads), the
worker writes them as the user's `tf.train.Checkpoint` would, and a fresh worker restores the result
by TensorFlow's ordinary call: only what that proves is told. What does not fit (another head,
another vocabulary, the state of another optimizer) is left out and told, the rest is written.
"""

import os
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from tfinspector.contents.restores import Attachment, Outcome, Rename, RestoreReport, State
from tfinspector.engine.jobs import Ticket
from tfinspector.engine.restoring.carried import (
    left_out,
    tell_changed,
    tell_fresh_state,
    tell_left_out,
    tell_not_carried,
)
from tfinspector.engine.restoring.drafts import move_drafts
from tfinspector.engine.restoring.keras_writing import check_file, is_keras_file, write_keras
from tfinspector.engine.restoring.proving import hashes_in, lost_values
from tfinspector.engine.restoring.repair_findings import (
    left_behind,
    not_filled,
    not_proved,
    unwritable,
)
from tfinspector.engine.restoring.restore import RestoreRequest, restore
from tfinspector.engine.worker.client import WorkerClient, WorkerFailed
from tfinspector.engine.written_here import check_here

_USELESS = frozenset({Outcome.FAILED, Outcome.NOTHING})
_ARRIVED = frozenset({State.RESTORED, State.NOT_COMPARABLE})


def write_fixed(
    request: RestoreRequest,
    renames: Sequence[Rename],
    prefix: str,
    client: WorkerClient,
    ticket: Ticket | None = None,
) -> RestoreReport:
    """Write `prefix` (its `.index` and `.data-` files) and report how its restore went.

    A name that ends in `.weights.h5` or `.keras` becomes a file of Keras instead.
    `renames` are the accepted pairs. The report is of the new checkpoint, restored in a fresh
    worker; its findings tell what of the model is not in it and keeps its initial values, what of
    the source it has not, what was changed on the way, or why nothing was written: only where none
    of the model's weights would fit. Nothing that exists is touched. Raises Unreadable where the
    source can't be read, the map does not fit or the place is taken, and Cancelled; then nothing is
    left behind.
    """
    ticket = ticket or Ticket()
    check_place(prefix)
    prefix = os.path.abspath(os.path.expanduser(prefix))
    if is_keras_file(prefix):
        return write_keras(request, renames, prefix, client, ticket)
    filled = restore(replace(request, keep_partial=True), client, ticket, renames)
    if filled.outcome in _USELESS or filled.model is None or filled.table is None:
        return replace(filled, findings=(not_filled(filled), *filled.findings))
    place = filled.table.attachment
    with tempfile.TemporaryDirectory(
        prefix=f".{os.path.basename(prefix)}.", suffix=".partial", dir=os.path.dirname(prefix)
    ) as drafts:
        draft = os.path.join(drafts, os.path.basename(prefix))
        try:
            held = hashes_in(client, ticket)
            without = [row.variable for row in left_out(filled)]
            client.exchange(
                "write", {"prefix": draft, "name": place.name, "without": without}, (), ticket,
                request.timeout, f"writing {os.path.basename(prefix)}",
            )  # fmt: skip
        except WorkerFailed as failed:
            findings = (failed.finding, *filled.findings)
            return replace(filled, outcome=Outcome.FAILED, findings=findings)
        written = move_drafts(drafts, prefix)
    report = None
    try:
        report = _prove(request, filled, renames, prefix, place, client, ticket, held)
        return report
    finally:
        if report is None or report.outcome is Outcome.FAILED:
            for path in written:  # unproved, so not kept
                os.unlink(path)


def _prove(
    request: RestoreRequest,
    filled: RestoreReport,
    renames: Sequence[Rename],
    prefix: str,
    place: Attachment,
    client: WorkerClient,
    ticket: Ticket,
    held: dict[int, str],
) -> RestoreReport:
    """The ordinary restore in a process that knows nothing of the first."""
    again = replace(request, path=prefix, snapshot=None, attachment=place, keep_partial=False)
    with WorkerClient(client.command) as fresh:
        report = restore(again, fresh, ticket)
        consumed, found = _ask_tensorflow(prefix, place, fresh, ticket)
    without = {row.variable for row in left_out(filled)}
    wrong = lost_values(filled, report, held, found, without)
    if without:  # assert_consumed misses them, but all that is in the file must have its place
        wrong += [row.name for row in report.rows if row.key and row.state not in _ARRIVED]
    elif consumed:
        wrong.append(consumed.partition("\n")[0])
    if report.outcome is Outcome.FAILED:
        wrong.insert(0, report.findings[0].title if report.findings else "the restore failed")
    findings = [not_proved(prefix, wrong)] if wrong else []
    findings += tell_left_out(filled, prefix, place) + left_behind(filled)
    findings += tell_changed(renames, filled) + tell_not_carried(filled)
    findings += tell_fresh_state(filled)
    if without:  # that the new file has nothing for them has just been told
        known = [each for each in report.findings if each.id != "M01"]
        report = replace(report, findings=tuple(known))
    outcome = Outcome.FAILED if wrong else report.outcome
    return replace(
        report,
        outcome=outcome,
        renames=tuple(renames),
        findings=(*findings, *report.findings),
    )


def _ask_tensorflow(
    prefix: str, place: Attachment, fresh: WorkerClient, ticket: Ticket
) -> tuple[str, dict[int, str]]:
    """What `assert_consumed` says to the ordinary restore, "" if content; and the values then."""
    params = {"prefix": prefix, "name": place.name, "mode": "restore"}
    try:
        told: dict[str, Any] = fresh.call("restore", params, ticket)
        found = hashes_in(fresh, ticket)
    except WorkerFailed as failed:
        return failed.finding.title, {}
    if told["error"] is not None:
        return str(told["error"]["message"]), found
    said = told["checks"].get("assert_consumed", "TensorFlow did not restore it by its objects")
    return str(said or ""), found


def check_place(prefix: str) -> None:
    """Raise Unreadable where nothing may be written: over anything, or where no directory is."""
    check_here(prefix)
    prefix = os.path.abspath(os.path.expanduser(prefix))
    if is_keras_file(prefix):
        check_file(prefix)
        return
    directory, base = os.path.split(prefix)
    if not os.path.isdir(directory):
        raise unwritable(prefix, f"there is no directory {directory}")
    if not base or base.endswith((".index", ".meta")) or ".data-" in base:
        raise unwritable(prefix, "a prefix is a name without .index or .data-")
    taken = [name for name in os.listdir(directory) if _belongs(name, base)]
    if taken:
        raise unwritable(prefix, f"{sorted(taken)[0]} is there already")


def _belongs(name: str, base: str) -> bool:
    return name == f"{base}.index" or name.startswith(f"{base}.data-")
