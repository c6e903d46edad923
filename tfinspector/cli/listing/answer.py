"""What `tfinspector list` answers: what is inside, without executing anything.

No parser of words and none of their modules is imported here: `list PATH` needs none.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NoReturn

from tfinspector.cli.answers import WORKER_DIED, Answer, deliver
from tfinspector.cli.documents import Document, signature_documents, tensorflow_document
from tfinspector.cli.listing.page import write_source, write_verdict
from tfinspector.cli.listing.totals import totals_of
from tfinspector.cli.listing.variable_rows import variable_rows
from tfinspector.cli.natural_order import in_natural_order
from tfinspector.cli.page import Page
from tfinspector.contents.collecting import without_collecting
from tfinspector.contents.findings import Finding
from tfinspector.contents.passwords import masked
from tfinspector.contents.sources import Source
from tfinspector.contents.variable_columns import VariableColumns
from tfinspector.contents.variables import Variable
from tfinspector.engine.jobs import Ticket
from tfinspector.engine.opening import OpenSource, open_source

if TYPE_CHECKING:
    from tfinspector.contents.reports import TensorFlowReport


def list_source(
    path: str, as_json: bool, with_tensorflow: bool = False, python: str | None = None
) -> NoReturn:
    """List what `path` is and holds, and end with the exit status."""

    def work(ticket: Ticket) -> Answer:
        opened = open_source(path, ticket)
        report, failure = None, None
        if with_tensorflow:
            report, failure = _tensorflow(opened, python, ticket)
        return _answer(
            opened.source,
            VariableColumns.of(_rows(opened.source)),
            with_tensorflow,
            report,
            failure,
        )

    with without_collecting():
        deliver(as_json, _empty(path, with_tensorflow), work)


def _rows(source: Source) -> Sequence[Variable]:
    """The variables in the order shown; where there is no file that holds them, without keys."""
    ordered = in_natural_order(source.variables)
    return ordered if source.snapshots else [each._replace(key="") for each in ordered]


def _empty(path: str, with_tensorflow: bool) -> Document:
    document: Document = {
        "kind": None, "path": masked(path), "snapshots": [], "variables": [], "signatures": [],
        "totals": {"variables": 0, "parameters": 0, "nbytes": 0},
    }  # fmt: skip
    return document | ({"tensorflow": None} if with_tensorflow else {})


def _tensorflow(
    opened: OpenSource, python: str | None, ticket: Ticket
) -> "tuple[TensorFlowReport | None, Finding | None]":
    """TensorFlow's word, or why there is none."""
    from tfinspector.cli.asking import worker
    from tfinspector.engine.referee import ask_tensorflow
    from tfinspector.engine.worker.client import WorkerFailed

    try:
        with worker(python) as client:
            return ask_tensorflow(opened, client, ticket, load=True), None
    except WorkerFailed as failed:
        return None, failed.finding


def _answer(
    source: Source,
    variables: VariableColumns,
    asked: bool,
    report: "TensorFlowReport | None",
    failure: Finding | None,
) -> Answer:
    findings = [*source.findings, *(report.findings if report else ())]
    if failure:
        findings.insert(0, failure)

    def document() -> Document:
        said = {"tensorflow": tensorflow_document(report)} if asked else {}
        return _document(source, variables) | said

    def page(page: Page) -> None:
        write_source(page, source, variables)
        if report:
            write_verdict(page, report)

    return Answer(document, page, findings, WORKER_DIED if failure else None)


def _document(source: Source, variables: VariableColumns) -> Document:
    return {
        "kind": source.kind.value,
        "path": source.path,
        "snapshots": [
            {
                "path": each.path, "step": each.step, "time": each.time, "nbytes": each.nbytes,
                "step_from": each.step_from, "complete": each.complete,
                "problem": each.problem or None, "metric": each.metric or None,
            }
            for each in source.snapshots
        ],
        "variables": variable_rows(variables),
        "signatures": signature_documents(source.saved_model),
        "totals": totals_of(variables)._asdict(),
    }  # fmt: skip
