"""Writes a repaired checkpoint beside the broken one, which the user's ordinary restore takes.

The values go into the model by the map (by our own reader, so from any source that it reads), the
worker writes them as the user's `tf.train.Checkpoint` would, and a fresh worker restores the result
by TensorFlow's ordinary call: only what that proves is told.
"""

import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from tfinspector.contents.findings import Finding, Fix, Severity, Unreadable
from tfinspector.contents.models import ModelDescription
from tfinspector.contents.restores import Attachment, Outcome, Rename, RestoreReport, Row, State
from tfinspector.contents.variables import Role
from tfinspector.engine.jobs import Ticket
from tfinspector.engine.restoring.restore import RestoreRequest, restore
from tfinspector.engine.worker.client import WorkerClient, WorkerFailed

_USELESS = frozenset({Outcome.FAILED, Outcome.NOTHING})
_SHOWN = 5


def write_fixed(
    request: RestoreRequest,
    renames: Sequence[Rename],
    prefix: str,
    client: WorkerClient,
    ticket: Ticket | None = None,
) -> RestoreReport:
    """Write `prefix` (its `.index` and `.data-` files) and report how its restore went.

    `renames` are the accepted pairs. The report is of the new checkpoint, restored in a fresh
    worker; its findings tell what of it are the model's own first values, or why nothing was
    written. Nothing that exists is touched. Raises Unreadable where the source can't be read, the
    map does not fit or the place is taken, and Cancelled; then nothing is left behind.
    """
    ticket = ticket or Ticket()
    prefix = os.path.abspath(os.path.expanduser(prefix))
    check_place(prefix)
    filled = restore(request, client, ticket, renames)
    if filled.outcome in _USELESS or filled.model is None or filled.table is None:
        return replace(filled, findings=(_not_filled(filled), *filled.findings))
    place = filled.table.attachment
    with tempfile.TemporaryDirectory(
        prefix=f".{os.path.basename(prefix)}.", suffix=".partial", dir=os.path.dirname(prefix)
    ) as drafts:
        draft = os.path.join(drafts, os.path.basename(prefix))
        try:
            held = _hashes(client, ticket)
            client.exchange(
                "write", {"prefix": draft, "name": place.name}, (), ticket, request.timeout,
                f"writing {os.path.basename(prefix)}",
            )  # fmt: skip
        except WorkerFailed as failed:
            findings = (failed.finding, *filled.findings)
            return replace(filled, outcome=Outcome.FAILED, findings=findings)
        written = _move(drafts, prefix)
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
    wrong = _lost(filled, report, held, found)
    if consumed:
        wrong.append(consumed.partition("\n")[0])
    if report.outcome is Outcome.FAILED:
        wrong.insert(0, report.findings[0].title if report.findings else "the restore failed")
    findings = [_not_proved(prefix, wrong)] if wrong else []
    findings += _first_values(filled, prefix) + _left_behind(filled)
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
        found = _hashes(fresh, ticket)
    except WorkerFailed as failed:
        return failed.finding.title, {}
    if told["error"] is not None:
        return str(told["error"]["message"]), found
    said = told["checks"].get("assert_consumed", "TensorFlow did not restore it by its objects")
    return str(said or ""), found


def _hashes(client: WorkerClient, ticket: Ticket) -> dict[int, str]:
    told = client.call("hashes", {"variables": None}, ticket)["hashes"]
    return {at: sha256 for at, sha256, _, _ in told}


def _lost(
    filled: RestoreReport, report: RestoreReport, held: dict[int, str], found: dict[int, str]
) -> list[str]:
    """Variables that do not hold again what they held when the file was written."""
    if filled.model is None or report.model is None:
        return ["the model could not be built again"]
    again = _by_name(report.model)
    unreached = {row.variable for row in filled.rows if row.state is State.UNREACHABLE}
    wrong = [
        row.model_path or row.name
        for row in filled.rows
        if row.state in (State.VALUE_DIFFERS, State.NOT_ASSIGNED) and row.variable >= 0
    ]
    for name, at in _by_name(filled.model).items():
        is_saved = at not in unreached and not filled.model.variables[at].random_state
        if is_saved and held.get(at) != found.get(again.get(name, -1)):
            wrong.append(name)
    return wrong


def _by_name(model: ModelDescription) -> dict[str, int]:
    return {each.path: at for at, each in enumerate(model.variables) if each.path}


def check_place(prefix: str) -> None:
    """Raise Unreadable where nothing may be written: over anything, or where no directory is."""
    prefix = os.path.abspath(os.path.expanduser(prefix))
    directory, base = os.path.split(prefix)
    if not os.path.isdir(directory):
        raise _unwritable(prefix, f"there is no directory {directory}")
    if not base or base.endswith((".index", ".meta")) or ".data-" in base:
        raise _unwritable(prefix, "a prefix is a name without .index or .data-")
    taken = [name for name in os.listdir(directory) if _belongs(name, base)]
    if taken:
        raise _unwritable(prefix, f"{sorted(taken)[0]} is there already")


def _belongs(name: str, base: str) -> bool:
    return name == f"{base}.index" or name.startswith(f"{base}.data-")


def _move(drafts: str, prefix: str) -> list[str]:
    """Data files first, the index last: a prefix without index is no checkpoint to anybody."""
    directory = os.path.dirname(prefix)
    moved: list[str] = []
    try:
        for name in sorted(os.listdir(drafts), key=lambda name: name.endswith(".index")):
            draft, target = os.path.join(drafts, name), os.path.join(directory, name)
            _sync(draft)
            _place(draft, target)
            moved.append(target)
    except OSError as error:
        for path in moved:
            os.unlink(path)
        raise _unwritable(prefix, error.strerror or str(error)) from error
    return moved


def _sync(path: str) -> None:
    with open(path, "rb+") as file:
        os.fsync(file.fileno())


def _place(draft: str, target: str) -> None:
    """Under its name, unless that is taken by now."""
    try:
        os.link(draft, target)  # fails where something is there
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        with open(target, "xb"):
            pass
        shutil.move(draft, target)


def _first_values(filled: RestoreReport, prefix: str) -> list[Finding]:
    """Weights of the model that nothing in the source filled."""
    names = [
        row.model_path or row.name
        for row in filled.rows
        if row.state is State.MISSING_IN_CHECKPOINT and row.role != Role.METRIC.value
    ]
    names += [row.model_path for row in filled.rows if row.state is State.SHAPE_MISMATCH]
    if not names:
        return []
    what = "variable has" if len(names) == 1 else "variables have"
    return [
        Finding(
            "M32",
            Severity.WARNING,
            f"{len(names)} {what} only the first value that the factory gave, for nothing in the "
            f"source goes there: {_listed(names)}.",
            where=prefix,
            evidence={"variables": names},
            fix=Fix("Accept or add a pair for it in the map, or train it before use."),
        )
    ]


def _left_behind(filled: RestoreReport) -> list[Finding]:
    """Assigned, but no checkpoint of the object can hold it."""
    assert filled.model is not None
    names = [
        row.name
        for row in filled.rows
        if row.key and row.variable >= 0 and filled.model.variables[row.variable].node < 0
        and row.state is State.RESTORED
    ]  # fmt: skip
    if not names:
        return []
    return [
        Finding(
            "M03",
            Severity.WARNING,
            f"{len(names)} of the values are not in the new file, because no attribute leads to "
            f"their variables: {_listed(names)}.",
            where=filled.prefix,
            evidence={"variables": names},
            fix=Fix(
                "Give each layer of the list an attribute of its own, then write again.",
                'for i, block in enumerate(self.blocks):\n    setattr(self, f"block_{i}", block)',
            ),
        )
    ]


def _not_filled(filled: RestoreReport) -> Finding:
    rows: tuple[Row, ...] = filled.rows
    return Finding(
        "M33",
        Severity.ERROR,
        "Nothing was written, because nothing could be restored through the map.",
        where=filled.path,
        evidence={"outcome": filled.outcome.value, "variables": len(rows)},
        fix=Fix("Accept pairs in the list of renames first; the findings below say what is wrong."),
    )


def _not_proved(prefix: str, wrong: list[str]) -> Finding:
    return Finding(
        "M33",
        Severity.ERROR,
        f"{os.path.basename(prefix)} was not kept, because a fresh restore of it did not prove "
        f"right: {_listed(wrong)}.",
        where=prefix,
        evidence={"wrong": wrong},
        fix=Fix(
            "Look whether the factory builds the same model each time and whether a call changes "
            "its variables; the generated code assigns the same pairs in your own program."
        ),
    )


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more


def _unwritable(prefix: str, why: str) -> Unreadable:
    return Unreadable(
        Finding(
            "V03",
            Severity.ERROR,
            f"{os.path.basename(prefix) or prefix} can't be written: {why}.",
            where=prefix,
            evidence={"prefix": prefix, "reason": why},
            fix=Fix("Choose another prefix; what is there is never written over."),
        )
    )
