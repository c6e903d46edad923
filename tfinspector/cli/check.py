"""`tfinspector check`: whether every byte is what was written, and what is wrong with the files."""

import os

from tfinspector.cli.answers import Answer, deliver
from tfinspector.cli.documents import Document
from tfinspector.cli.options import JsonOption, NoCacheOption, PathArgument
from tfinspector.cli.page import Page
from tfinspector.contents import numbers
from tfinspector.contents.checks import CheckReport
from tfinspector.contents.findings import Severity
from tfinspector.engine.checking import check
from tfinspector.engine.jobs import Ticket
from tfinspector.engine.opening import open_source

_EMPTY: Document = {"findings": [], "tensors": {"checked": 0, "bad": []}, "snapshots": []}


def command(
    path: PathArgument, as_json: JsonOption = False, no_cache: NoCacheOption = False
) -> None:
    """Compare all bytes with their checksums, and look for everything that can be wrong."""

    def work(ticket: Ticket) -> Answer:
        report = check(open_source(path, ticket), ticket)
        return Answer(lambda: _document(report), lambda page: _write(page, report), report.findings)

    deliver(as_json, _EMPTY, work)


def _document(report: CheckReport) -> Document:
    """`stored` and `computed` are null for a tensor that can't be read, `problem` says why."""
    bad = [
        {
            "name": each.name, "key": each.key, "stored": _checksum(each.stored),
            "computed": _checksum(each.computed), "problem": each.problem or None,
            "snapshot": each.snapshot,
        }
        for each in report.bad
    ]  # fmt: skip
    return {
        "findings": [],
        "tensors": {"checked": report.checked, "bad": bad, "nbytes": report.nbytes},
        "snapshots": list(report.snapshots),
    }


def _checksum(number: int) -> int | None:
    return None if number < 0 else number


def _write(page: Page, report: CheckReport) -> None:
    several = len(report.snapshots) > 1
    if not report.bad:
        page.line(_without_bad(report))
        return
    unread = sum(1 for each in report.bad if each.problem)
    counts = ((len(report.bad) - unread, "damaged"), (unread, "unreadable"))
    told = ", ".join(f"{numbers.whole(count)} {word}" for count, word in counts if count)
    page.line(f"{_checked(report)}, {told}.", "wrong")
    page.line()
    snapshots = [os.path.basename(each.snapshot) for each in report.bad]
    page.table(
        (*(("snapshot",) if several else ()), "name", "checksum stored", "computed", ""),
        (
            *((snapshots,) if several else ()),
            [each.name for each in report.bad],
            [_hexadecimal(each.stored) for each in report.bad],
            [_hexadecimal(each.computed) for each in report.bad],
            [each.problem.removeprefix(f"{each.key} ") for each in report.bad],
        ),
    )


def _without_bad(report: CheckReport) -> str:
    """Nothing is called sound that was not looked at."""
    wrong = any(finding.severity is Severity.ERROR for finding in report.findings)
    if not report.checked:
        return "No tensor could be checked." if wrong else "There are no tensors to check."
    if wrong:
        return f"{_checked(report)}, and these are as they were written; not all could be checked."
    if report.unproved:
        return f"{_checked(report)}; {numbers.whole(report.unproved)} of them have no checksum."
    return f"{_checked(report)}, all as they were written."


def _checked(report: CheckReport) -> str:
    count = len(report.snapshots)
    where = f" in {numbers.whole(count)} snapshots" if count > 1 else ""
    checked = numbers.counted(report.checked, "tensor")
    return f"{checked} checked{where} ({numbers.size(report.nbytes)})"


def _hexadecimal(checksum: int) -> str:
    return "" if checksum < 0 else f"{checksum:08x}"
