"""`tfinspector check`: whether every byte is what was written, and what is wrong with the files."""

from tfinspector.cli.answers import Answer, deliver
from tfinspector.cli.documents import Document
from tfinspector.cli.options import JsonOption, NoCacheOption, PathArgument
from tfinspector.cli.page import Page
from tfinspector.contents import numbers
from tfinspector.contents.checks import CheckReport
from tfinspector.engine.checking import check
from tfinspector.engine.jobs import Ticket
from tfinspector.engine.opening import open_source


def command(
    path: PathArgument, as_json: JsonOption = False, no_cache: NoCacheOption = False
) -> None:
    """Compare all bytes with their checksums, and look for everything that can be wrong."""

    def work(ticket: Ticket) -> Answer:
        report = check(open_source(path, ticket), ticket)
        return Answer(lambda: _document(report), lambda page: _write(page, report), report.findings)

    deliver(as_json, {"findings": [], "tensors": {"checked": 0, "bad": []}}, work)


def _document(report: CheckReport) -> Document:
    """`stored` and `computed` are null for a tensor that can't be read, `problem` says why."""
    bad = [
        {
            "name": each.name, "key": each.key, "stored": _checksum(each.stored),
            "computed": _checksum(each.computed), "problem": each.problem or None,
        }
        for each in report.bad
    ]  # fmt: skip
    return {
        "findings": [],
        "tensors": {"checked": report.checked, "bad": bad, "nbytes": report.nbytes},
    }


def _checksum(number: int) -> int | None:
    return None if number < 0 else number


def _write(page: Page, report: CheckReport) -> None:
    checked = f"{numbers.whole(report.checked)} tensors checked ({numbers.size(report.nbytes)})"
    if not report.bad:
        page.line(f"{checked}, all as they were written.")
        return
    page.line(f"{checked}, {len(report.bad):,} damaged.", "wrong")
    page.line()
    page.table(
        ("name", "checksum stored", "computed", ""),
        (
            [each.name for each in report.bad],
            [_hexadecimal(each.stored) for each in report.bad],
            [_hexadecimal(each.computed) for each in report.bad],
            [each.problem for each in report.bad],
        ),
    )


def _hexadecimal(checksum: int) -> str:
    return "" if checksum < 0 else f"{checksum:08x}"
