"""`tfinspector check`: whether every byte is what was written, and what is wrong with the files."""

import os
from typing import Annotated

import typer

from tfinspector.cli.answers import Answer, deliver
from tfinspector.cli.documents import Document
from tfinspector.cli.options import JsonOption, NoCacheOption, PathArgument
from tfinspector.cli.page import Page
from tfinspector.contents import numbers
from tfinspector.contents.checks import CheckReport
from tfinspector.contents.findings import Severity
from tfinspector.contents.salvaging import Salvaged, how_to_restore, salvaged_words
from tfinspector.engine.checking import check
from tfinspector.engine.jobs import Ticket
from tfinspector.engine.new_checkpoint import check_prefix
from tfinspector.engine.opening import OpenSource, open_source

_EMPTY: Document = {"findings": [], "tensors": {"checked": 0, "bad": []}, "snapshots": []}


SalvageOption = Annotated[
    str | None,
    typer.Option(
        "--salvage",
        metavar="PREFIX",
        help="Save what is intact as the new checkpoint PREFIX; of a run, its newest snapshot.",
        show_default=False,
    ),
]


def command(
    path: PathArgument,
    salvage_to: SalvageOption = None,
    as_json: JsonOption = False,
    no_cache: NoCacheOption = False,
) -> None:
    """Compare all bytes with their checksums, and look for everything that can be wrong."""

    def work(ticket: Ticket) -> Answer:
        if salvage_to is not None:
            check_prefix(salvage_to)
        opened = open_source(path, ticket)
        report = check(opened, ticket)
        salvaged = _salvage(opened, salvage_to, ticket) if salvage_to is not None else None
        return Answer(
            lambda: _document(report) | _salvaged_document(salvaged),
            lambda page: _write(page, report, salvaged),
            report.findings,
        )

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


def _salvage(opened: OpenSource, prefix: str, ticket: Ticket) -> Salvaged:
    from tfinspector.engine.salvaging import salvage  # only where something is written

    return salvage(opened, prefix, ticket)


def _salvaged_document(salvaged: Salvaged | None) -> Document:
    if salvaged is None:
        return {}
    lost = [{"name": each.name, "why": each.why} for each in salvaged.lost]
    return {
        "salvaged": {"prefix": salvaged.prefix, "kept": list(salvaged.kept), "lost": lost},
    }


def _checksum(number: int) -> int | None:
    return None if number < 0 else number


def _write(page: Page, report: CheckReport, salvaged: Salvaged | None) -> None:
    _write_check(page, report)
    if salvaged is not None:
        page.line()
        _write_salvaged(page, salvaged)


def _write_salvaged(page: Page, salvaged: Salvaged) -> None:
    page.line(salvaged_words(salvaged), "proved")
    page.line(how_to_restore(salvaged))
    if salvaged.lost:
        page.line()
        page.table(
            ("lost", "why"),
            ([each.name for each in salvaged.lost], [each.why for each in salvaged.lost]),
        )


def _write_check(page: Page, report: CheckReport) -> None:
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
        if report.unproved == report.checked:
            return f"{_checked(report)}, which have no checksums."
        unproved = numbers.counted(report.unproved, "of them has", "of them have")
        return f"{_checked(report)}; {unproved} no checksum."
    return f"{_checked(report)}, all as they were written."


def _checked(report: CheckReport) -> str:
    count = len(report.snapshots)
    where = f" in {numbers.whole(count)} snapshots" if count > 1 else ""
    checked = numbers.counted(report.checked, "tensor")
    return f"{checked} checked{where} ({numbers.size(report.nbytes)})"


def _hexadecimal(checksum: int) -> str:
    return "" if checksum < 0 else f"{checksum:08x}"
