"""What `restore` writes besides its answer: a map, a script, a repaired checkpoint."""

import os
import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from tfinspector.contents.findings import Finding, Fix, Severity, Unreadable
from tfinspector.contents.restores import Outcome, Rename, RestoreReport
from tfinspector.engine.exporting import new_file
from tfinspector.engine.jobs import Ticket
from tfinspector.engine.restoring.carried import ABOUT_WRITING, tell_changed
from tfinspector.engine.restoring.code import code_for
from tfinspector.engine.restoring.rename_maps import save_map
from tfinspector.engine.restoring.repairing import check_place, write_fixed
from tfinspector.engine.restoring.restore import RestoreRequest
from tfinspector.engine.restoring.waiting import tell_waiting, waits
from tfinspector.engine.worker.client import WorkerClient


@dataclass(frozen=True, slots=True)
class Wanted:
    """The files that the command line asked for; "" for none."""

    map: str = ""
    code: str = ""
    fixed: str = ""


@dataclass(slots=True)
class Written:
    """What of it was written, and what there is to say about it.

    `checkpoint` is the prefix that was written and proved, `fixed` the report of that proof (or
    of what kept it from being written).
    """

    map: str = ""
    pairs: int = 0
    code: str = ""
    checkpoint: str = ""
    fixed: RestoreReport | None = None
    findings: list[Finding] = field(default_factory=list)


def check_places(wanted: Wanted) -> None:
    """Before anything is done: raises Unreadable where the checkpoint could not be written."""
    if wanted.fixed:
        check_place(wanted.fixed)


def write_outputs(
    wanted: Wanted,
    request: RestoreRequest,
    report: RestoreReport,
    used: tuple[Rename, ...],
    make_client: Callable[[], WorkerClient],
    ticket: Ticket,
) -> Written:
    """Write what is wanted. `used` is the map that was given; the suggestions count if it is empty.

    What keeps every element counts at once and is told (M38): a rename, a transpose, a reshape,
    parts put together, a cast. What drops elements or makes some up ("slice"), and what is a guess
    among places that fit as well, counts only once it comes back in a map, accepted there by a
    person. Raises Cancelled; what can't be written is told as a finding.
    """
    written = Written()
    applied, left_out = _to_apply(used, report)
    if wanted.map:
        pairs = used or report.renames
        _try(written, lambda: _write_map(written, wanted.map, pairs, left_out))
    if not (wanted.code or wanted.fixed):
        return written
    if report.model is None or report.table is None:
        written.findings.append(_no_model(wanted))
        return written
    written.findings += tell_waiting(left_out, _asked(wanted))
    request = replace(request, attachment=report.table.attachment)
    written.findings += tell_changed(applied, report)
    if wanted.code:
        _try(written, lambda: _write_code(written, wanted.code, request, report, applied))
    if wanted.fixed:
        _try(
            written,
            lambda: _write_fixed(written, wanted.fixed, request, applied, make_client, ticket),
        )
    return written


def _to_apply(
    used: tuple[Rename, ...], report: RestoreReport
) -> tuple[tuple[Rename, ...], tuple[Rename, ...]]:
    if used:
        return used, ()
    waiting = tuple(each for each in report.renames if waits(each))
    return tuple(each for each in report.renames if not waits(each)), waiting


def _try(written: Written, write: Callable[[], None]) -> None:
    try:
        write()
    except Unreadable as error:
        written.findings.append(error.finding)


def _write_map(
    written: Written, path: str, pairs: Sequence[Rename], offers: Sequence[Rename]
) -> None:
    save_map(path, pairs, offers)
    written.map, written.pairs = os.path.abspath(os.path.expanduser(path)), len(pairs)


def _write_code(
    written: Written,
    path: str,
    request: RestoreRequest,
    report: RestoreReport,
    renames: Sequence[Rename],
) -> None:
    with new_file(path) as file:
        file.write(code_for(request, report, renames).encode("utf-8"))
    written.code = os.path.abspath(os.path.expanduser(path))


def _write_fixed(
    written: Written,
    prefix: str,
    request: RestoreRequest,
    renames: Sequence[Rename],
    make_client: Callable[[], WorkerClient],
    ticket: Ticket,
) -> None:
    with make_client() as client:
        fixed = write_fixed(request, renames, prefix, client, ticket)
    written.fixed = fixed
    absolute = os.path.abspath(os.path.expanduser(prefix))
    if fixed.outcome is not Outcome.FAILED and fixed.prefix == absolute:
        written.checkpoint = absolute
    known = {(each.id, each.title) for each in written.findings}
    written.findings += [
        each
        for each in fixed.findings
        if (each.severity is not Severity.INFO or each.id in ABOUT_WRITING)
        and (each.id, each.title) not in known
    ]


def _no_model(wanted: Wanted) -> Finding:
    asked = [os.path.basename(name) for name in (wanted.code, wanted.fixed) if name]
    return Finding(
        "M35",
        Severity.WARNING,
        f"{' and '.join(asked)} could not be written: there is no model to restore into.",
        evidence={"asked": asked},
        fix=Fix("Put the factory right first; the findings above say what is wrong with it."),
    )


def _asked(wanted: Wanted) -> str:
    """The words of the command line that ask for it again."""
    if wanted.fixed:
        return f"--write-fixed {shlex.quote(wanted.fixed)}"
    return f"--emit-code {shlex.quote(wanted.code)}"
