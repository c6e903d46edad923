"""`tfinspector trust`: what a SavedModel or a Keras file would do, before anything loads it."""

from collections.abc import Sequence

from tfinspector.cli.answers import Answer, deliver
from tfinspector.cli.documents import Document
from tfinspector.cli.options import JsonOption, PathArgument
from tfinspector.cli.page import Page
from tfinspector.contents import numbers
from tfinspector.contents.trust import TrustReport
from tfinspector.engine.jobs import Ticket
from tfinspector.engine.opening import open_source
from tfinspector.engine.trusting import trust

_EMPTY: Document = {"ops": {}, "dangerous": [], "custom": [], "lambdas": [], "versions": {}}


def command(path: PathArgument, as_json: JsonOption = False) -> None:
    """List what loading and calling a model could do, from its bytes alone."""

    def work(ticket: Ticket) -> Answer:
        opened = open_source(path, ticket)
        report = trust(opened, ticket)
        told = {finding.id for finding in report.findings}
        rest = (finding for finding in opened.source.findings if finding.id not in told)
        findings = [*report.findings, *rest]
        return Answer(lambda: _document(report), lambda page: _write(page, report), findings)

    deliver(as_json, _EMPTY, work)


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
    }  # fmt: skip


def _write(page: Page, report: TrustReport) -> None:
    if not report.executes:
        page.line("It holds values only: loading them executes nothing of its own.")
        return
    versions = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in
                         report.versions.items())  # fmt: skip
    page.line(f"Written by {versions}." if versions else "It does not say what wrote it.")
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
