"""`tfinspector trust`: what a SavedModel or a Keras file would do, before anything loads it."""

from collections.abc import Sequence
from typing import Annotated

import typer

from tfinspector.cli.answers import WORKER_DIED, Answer, deliver
from tfinspector.cli.asking import worker
from tfinspector.cli.documents import Document
from tfinspector.cli.options import JsonOption, PathArgument
from tfinspector.cli.page import Page
from tfinspector.contents import numbers
from tfinspector.contents.trust import KnownOperations, TrustReport
from tfinspector.engine.jobs import Ticket
from tfinspector.engine.known_operations import operations_of
from tfinspector.engine.opening import open_source
from tfinspector.engine.trusting import trust
from tfinspector.engine.worker.client import WorkerFailed

_EMPTY: Document = {
    "ops": {}, "dangerous": [], "custom": [], "lambdas": [], "versions": {}, "judged_by": None,
}  # fmt: skip
_Python = Annotated[
    str | None,
    typer.Option(
        "--python",
        metavar="CMD",
        help="Ask the TensorFlow of this Python which operations it has. It loads nothing of the "
        "model. If left out, no TensorFlow is started.",
        show_default=False,
    ),
]


def command(path: PathArgument, python: _Python = None, as_json: JsonOption = False) -> None:
    """List what loading and calling a model could do, from its bytes alone."""

    def work(ticket: Ticket) -> Answer:
        opened = open_source(path, ticket)
        try:
            known = _operations(python, ticket)
        except WorkerFailed as failed:
            return Answer(lambda: _EMPTY, lambda page: None, [failed.finding], WORKER_DIED)
        report = trust(opened, ticket, known)
        told = {finding.id for finding in report.findings}
        rest = (finding for finding in opened.source.findings if finding.id not in told)
        findings = [*report.findings, *rest]
        return Answer(lambda: _document(report), lambda page: _write(page, report), findings)

    deliver(as_json, _EMPTY, work)


def _operations(python: str | None, ticket: Ticket) -> KnownOperations | None:
    if python is None:
        return None
    with worker(python) as client:
        return operations_of(client, ticket)


def _document(report: TrustReport) -> Document:
    """`dangerous` are operations that reach outside the model, `custom` what plain TensorFlow or
    Keras does not have.
    """
    return {
        "path": report.path,
        "executes": report.executes,
        "ops": dict(report.ops),
        "dangerous": [
            {
                "op": each.op, "reach": each.reach.value, "count": each.count,
                "when": [kind.value for kind in each.when], "called_from": list(each.called_from),
            }
            for each in report.reaching
        ],
        "custom": [
            {"op": each.op, "count": each.count, "package": each.package or None,
             "called_from": list(each.called_from)}
            for each in report.unknown
        ] + [
            {"class": each.class_name, "module": each.module, "needed": each.needed,
             "registered_name": each.registered_name, "place": each.place}
            for each in report.custom_objects
        ],
        "lambdas": [
            {"path": each.path, "function": each.function, "has_code": each.has_code,
             "kind": each.kind}
            for each in report.lambdas
        ],
        "versions": dict(report.versions),
        "judged_by": report.judged_by and {
            "tensorflow": report.judged_by.tensorflow, "worker": report.judged_by.is_of_worker,
        },
    }  # fmt: skip


def _write(page: Page, report: TrustReport) -> None:
    if not report.executes:
        page.line("It holds values only: loading them executes nothing of its own.")
        return
    versions = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in
                         report.versions.items())  # fmt: skip
    page.line(f"Written by {versions}." if versions else "It does not say what wrote it.")
    if report.judged_by:
        page.line(f"Its operations are judged {report.judged_by.words}.", "muted")
    if report.reaching:
        page.heading("Reaches outside")
        page.table(
            ("operation", "what", "how often", "when", "from"),
            (
                [each.op for each in report.reaching],
                [each.reach.value for each in report.reaching],
                [numbers.whole(each.count) for each in report.reaching],
                [", ".join(kind.value for kind in each.when) for each in report.reaching],
                [_first(each.called_from) for each in report.reaching],
            ),
        )
    elif not report.lambdas and not report.unknown:
        page.line("Nothing in it touches files, the network or Python, beside its own variables.")
    if report.custom_objects:
        page.heading("Classes that Keras does not bring")
        page.table(
            ("class", "module", "where"),
            (
                [each.class_name for each in report.custom_objects],
                [each.module for each in report.custom_objects],
                [each.place for each in report.custom_objects],
            ),
        )
    if report.ops:
        page.heading("Operations")
        common = sorted(report.ops.items(), key=lambda item: (-item[1], item[0]))
        page.table(
            ("operation", "how often"),
            ([op for op, _ in common], [numbers.whole(count) for _, count in common]),
        )


def _first(chains: Sequence[str]) -> str:
    rest = f" and {len(chains) - 1} more" if len(chains) > 1 else ""
    return f"{chains[0]}{rest}" if chains else ""
