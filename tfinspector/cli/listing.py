"""`tfinspector list`: what is inside, without executing anything."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from tfinspector.cli.answers import WORKER_DIED, Answer, deliver
from tfinspector.cli.documents import (
    Document,
    signature_documents,
    tensorflow_document,
    variable_rows,
)
from tfinspector.cli.kinds import Kinds, kinds_of
from tfinspector.cli.natural_order import in_natural_order
from tfinspector.cli.options import JsonOption, NoCacheOption, PathArgument, PythonOption
from tfinspector.cli.page import Page
from tfinspector.contents import numbers
from tfinspector.contents.findings import Finding
from tfinspector.contents.sources import Source
from tfinspector.contents.variables import Role, Variable
from tfinspector.engine.jobs import Ticket
from tfinspector.engine.opening import OpenSource, open_source

if TYPE_CHECKING:
    from tfinspector.contents.reports import TensorFlowReport
    from tfinspector.contents.saved_models import SavedModel, TensorSpec


def command(
    path: PathArgument,
    with_tensorflow: Annotated[
        bool,
        typer.Option("--with-tensorflow", help="Ask TensorFlow too, in a process of its own."),
    ] = False,
    python: PythonOption = None,
    as_json: JsonOption = False,
    no_cache: NoCacheOption = False,
) -> None:
    """List snapshots, variables and signatures."""

    def work(ticket: Ticket) -> Answer:
        opened = open_source(path, ticket)
        report, failure = None, None
        if with_tensorflow:
            report, failure = _tensorflow(opened, python, ticket)
        return _answer(
            opened.source,
            _rows(opened.source),
            with_tensorflow,
            report,
            failure,
        )

    with _without_collecting():
        deliver(as_json, _empty(path, with_tensorflow), work)


def _rows(source: Source) -> tuple[Variable, ...]:
    """The variables in the order shown; where there is no file that holds them, without keys."""
    ordered = in_natural_order(source.variables)
    return ordered if source.snapshots else tuple([each._replace(key="") for each in ordered])


@contextmanager
def _without_collecting() -> Iterator[None]:
    """No garbage collection: it looks at a million values of which none is garbage (50 ms)."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _empty(path: str, with_tensorflow: bool) -> Document:
    document: Document = {
        "kind": None, "path": path, "snapshots": [], "variables": [], "signatures": [],
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
    variables: tuple[Variable, ...],
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
        _write(page, source, variables)
        if report:
            _write_verdict(page, report)

    return Answer(document, page, findings, WORKER_DIED if failure else None)


def _document(source: Source, variables: tuple[Variable, ...]) -> Document:
    kinds = kinds_of(variables)
    return {
        "kind": source.kind.value,
        "path": source.path,
        "snapshots": [
            {
                "path": each.path, "step": each.step, "time": each.time, "nbytes": each.nbytes,
                "step_from": each.step_from, "complete": each.complete,
                "problem": each.problem or None,
            }
            for each in source.snapshots
        ],
        "variables": variable_rows(variables, kinds),
        "signatures": signature_documents(source.saved_model),
        "totals": _totals(kinds),
    }  # fmt: skip


def _totals(kinds: Kinds) -> Document:
    counted = list(zip(kinds.counts(), kinds.samples, strict=True))
    return {
        "variables": len(kinds.of),
        "parameters": sum(
            count * sample.size
            for count, sample in counted
            if sample.role is Role.WEIGHT and sample.dtype.itemsize
        ),
        "nbytes": sum(count * sample.nbytes for count, sample in counted),
    }


def _write(page: Page, source: Source, variables: tuple[Variable, ...]) -> None:
    kinds = kinds_of(variables)
    page.line(f"{page.style(source.path, 'bold')}  {_kind(source)}")
    if len(source.snapshots) > 1:
        _write_snapshots(page, source)
    if variables:
        if len(source.snapshots) > 1:
            page.heading(
                f"Variables of {_base(source.checkpoint.prefix if source.checkpoint else '')}"
            )
        else:
            page.line()
        _write_variables(page, variables, kinds)
    if source.saved_model:
        _write_signatures(page, source.saved_model)
    totals = _totals(kinds)
    page.line()
    page.line(
        f"{_counted(totals['variables'], 'variable')}, "
        f"{_counted(totals['parameters'], 'parameter')}, {numbers.size(totals['nbytes'])}"
    )


def _kind(source: Source) -> str:
    return source.kind.value.replace("_", " ").replace("saved model", "SavedModel")


def _base(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2]


def _counted(number: int, what: str) -> str:
    return f"{numbers.whole(number)} {what}{'' if number == 1 else 's'}"


def _write_snapshots(page: Page, source: Source) -> None:
    page.heading("Snapshots")
    page.table(
        ("name", "step", "time", "size"),
        (
            [
                _base(each.path) + ("" if each.complete else " (incomplete)")
                for each in source.snapshots
            ],
            ["" if each.step is None else str(each.step) for each in source.snapshots],
            ["" if each.time is None else numbers.moment(each.time) for each in source.snapshots],
            [numbers.size(each.nbytes) for each in source.snapshots],
        ),
        right=(1, 3),
    )


def _write_variables(page: Page, variables: tuple[Variable, ...], kinds: Kinds) -> None:
    samples = kinds.samples
    page.table(
        ("name", "shape", "dtype", "parameters", "size", "role"),
        (
            [each.name for each in variables],
            [numbers.shape(each.shape) for each in samples],
            [each.dtype.name for each in samples],
            [numbers.whole(each.size) for each in samples],
            [numbers.size(each.nbytes) for each in samples],
            [each.role if not each.problem else _problem(each) for each in samples],
        ),
        right=(3, 4),
        kinds=kinds.of,
    )


def _problem(variable: Variable) -> str:
    return f"{variable.role}  ({variable.problem})"


def _write_signatures(page: Page, saved_model: "SavedModel") -> None:
    for graph in saved_model.meta_graphs:
        tags = ", ".join(graph.tags) or "no tags"
        page.heading(
            f"Signatures ({tags}), written by TensorFlow {graph.tensorflow_version or '?'}"
        )
        if not graph.signatures:
            page.line("None: its functions are called from Python.", "muted")
        for signature in graph.signatures:
            page.line(f"{signature.name}")
            _write_specs(page, "takes  ", signature.inputs)
            _write_specs(page, "returns", signature.outputs)


def _write_specs(page: Page, word: str, specs: "tuple[TensorSpec, ...]") -> None:
    for spec in specs:
        page.line(f"  {word} {spec.name}: {spec.dtype.name}, {numbers.shape(spec.shape)}")


def _write_verdict(page: Page, report: "TensorFlowReport") -> None:
    page.line()
    if report.agrees is None:
        page.line(f"TensorFlow {report.version} gave no answer.", "attention")
    elif report.agrees:
        page.line(f"TensorFlow {report.version} agrees.")
    else:
        page.line(f"TensorFlow {report.version} disagrees:", "wrong")
        for difference in report.differences:
            page.paragraph(difference, "  ")
