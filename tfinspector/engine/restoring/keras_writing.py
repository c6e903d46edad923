"""Writes a file of Keras from the matched model, which the user's `load_weights` takes.

The values go into the model by the match and the map, from any source that this program reads;
Keras saves the model in the worker, and in a fresh worker `load_weights` must bring every value
back; a whole model must come back by `load_model` too. Only what that proves is kept.
"""

import os
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from tfinspector.contents.restores import Attachment, Outcome, Rename, RestoreReport, Way
from tfinspector.engine.jobs import Ticket
from tfinspector.engine.restoring.drafts import move_drafts
from tfinspector.engine.restoring.proving import hashes_in, lost_values
from tfinspector.engine.restoring.repair_findings import (
    first_values,
    how_to_load,
    no_whole_model,
    not_filled,
    not_proved,
    unwritable,
)
from tfinspector.engine.restoring.restore import RestoreRequest, restore
from tfinspector.engine.worker.client import MethodFailed, WorkerClient, WorkerFailed

_WHOLE = ".keras"
_ENDINGS = (".weights.h5", _WHOLE)
_USELESS = frozenset({Outcome.FAILED, Outcome.NOTHING})


def is_keras_file(path: str) -> bool:
    """Whether what is to be written is a file of Keras, by the ending of its name."""
    return path.endswith(_ENDINGS)


def check_file(path: str) -> None:
    """Raise Unreadable where nothing may be written: over anything, or where no directory is."""
    directory = os.path.dirname(path)
    if not os.path.isdir(directory):
        raise unwritable(path, f"there is no directory {directory}")
    if os.path.lexists(path):
        raise unwritable(path, "it is there already")


def write_keras(
    request: RestoreRequest,
    renames: Sequence[Rename],
    path: str,
    client: WorkerClient,
    ticket: Ticket,
) -> RestoreReport:
    """Write `path` and report how a fresh model loads it; raises as `write_fixed` does."""
    filled = restore(replace(request, keep_partial=True), client, ticket, renames)
    if filled.outcome in _USELESS or filled.model is None:
        return replace(filled, findings=(not_filled(filled), *filled.findings))
    directory, name = os.path.split(path)
    with tempfile.TemporaryDirectory(
        prefix=f".{name}.", suffix=".partial", dir=directory
    ) as drafts:
        try:
            held = hashes_in(client, ticket)
            client.exchange(
                "save_keras", {"path": os.path.join(drafts, name)}, (), ticket, request.timeout,
                f"writing {name}",
            )  # fmt: skip
        except WorkerFailed as failed:
            raised = isinstance(failed, MethodFailed) and path.endswith(_WHOLE)
            told = no_whole_model(path, failed.finding.title) if raised else failed.finding
            findings = (told, *filled.findings)
            return replace(filled, outcome=Outcome.FAILED, findings=findings)
        move_drafts(drafts, path)
    report = None
    try:
        report = _prove(request, filled, renames, path, client, ticket, held)
        return report
    finally:
        if report is None or report.outcome is Outcome.FAILED:
            os.unlink(path)  # unproved, so not kept


def _prove(
    request: RestoreRequest,
    filled: RestoreReport,
    renames: Sequence[Rename],
    path: str,
    client: WorkerClient,
    ticket: Ticket,
    held: dict[int, str],
) -> RestoreReport:
    """Keras's own call, in a process that knows nothing of the first."""
    again = replace(request, path=path, snapshot=None, attachment=Attachment(), keep_partial=False)
    with WorkerClient(client.command) as fresh:
        report = restore(again, fresh, ticket)
        found = hashes_in(fresh, ticket) if report.model is not None else {}
        loaded = _load_model(path, fresh, ticket) if report.model is not None else {}
    wrong = lost_values(filled, report, held, found)
    if report.way is not Way.LOAD_WEIGHTS:
        wrong.insert(0, "load_weights does not bring all values back")
    wrong += loaded.get("differ", ())
    findings = [not_proved(path, wrong)] if wrong else []
    if error := loaded.get("error"):
        findings.insert(0, no_whole_model(path, f"load_model raises {error['message'].strip()}"))
    findings += first_values(filled, path) + how_to_load(path, loaded)
    return replace(
        report,
        outcome=Outcome.FAILED if wrong or error else report.outcome,
        renames=tuple(renames),
        findings=(*findings, *report.findings),
    )


def _load_model(path: str, fresh: WorkerClient, ticket: Ticket) -> dict[str, Any]:
    """What the worker says to `load_model`; {} of a file that holds weights alone."""
    if not path.endswith(_WHOLE):
        return {}
    try:
        told: dict[str, Any] = fresh.call("load_model", {"path": path}, ticket)
    except WorkerFailed as failed:
        return {"error": {"message": failed.finding.title}}
    return told
