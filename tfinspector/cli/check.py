"""`tfinspector check`: whether every byte is what was written, and what is wrong with the files."""

from tfinspector.cli.answers import Answer, deliver
from tfinspector.cli.documents import Document
from tfinspector.cli.options import JsonOption, NoCacheOption, PathArgument
from tfinspector.cli.page import Page
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
    bad = [{"name": b.name, "stored": b.stored, "computed": b.computed} for b in report.bad]
    return {"findings": [], "tensors": {"checked": report.checked, "bad": bad}}


def _write(page: Page, report: CheckReport) -> None:
    if not report.bad:
        page.line(f"{report.checked:,} tensors checked, all as they were written.")
        return
    page.line(f"{report.checked:,} tensors checked, {len(report.bad):,} are damaged.", "wrong")
    page.line()
    page.table(
        ("name", "checksum stored", "computed"),
        (
            [each.name for each in report.bad],
            [_hexadecimal(each.stored) for each in report.bad],
            [_hexadecimal(each.computed) for each in report.bad],
        ),
    )


def _hexadecimal(checksum: int) -> str:
    return f"{checksum:08x}"
