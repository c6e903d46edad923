"""`tfinspector run`: call a signature or a function of a SavedModel, and see what comes out."""

from typing import Annotated

import typer

from tfinspector.cli.answers import WORKER_DIED, Answer, deliver
from tfinspector.cli.asking import worker, worker_document
from tfinspector.cli.calls import (
    CustomOption,
    FormOption,
    FunctionOption,
    asked_inputs,
    check_callee,
    given_documents,
    given_words,
)
from tfinspector.cli.documents import Document, number
from tfinspector.cli.options import (
    DeviceOption,
    InputOption,
    JsonOption,
    LogicalCpusOption,
    PathArgument,
    PythonOption,
    SeedOption,
    SignatureOption,
    SizeOption,
    TagsOption,
    tags_of,
)
from tfinspector.cli.page import Page
from tfinspector.contents import numbers
from tfinspector.contents.calls import CallOutput, CallReport
from tfinspector.contents.figures import Statistics
from tfinspector.engine.jobs import Ticket
from tfinspector.engine.opening import open_source
from tfinspector.engine.running.making import SEED
from tfinspector.engine.running.run import CallRequest, run_opened
from tfinspector.engine.running.saving import check_place, save_outputs
from tfinspector.engine.worker.client import WorkerFailed


def command(
    path: PathArgument,
    signature: SignatureOption = None,
    function: FunctionOption = None,
    form: FormOption = None,
    custom: CustomOption = None,
    inputs: InputOption = None,
    sizes: SizeOption = None,
    tags: TagsOption = None,
    device: DeviceOption = None,
    logical_cpus: LogicalCpusOption = 0,
    python: PythonOption = None,
    seed: SeedOption = SEED,
    repeat: Annotated[
        int, typer.Option("--repeat", metavar="N", min=1, help="Call it so often, to take times.")
    ] = 1,
    save: Annotated[
        str | None,
        typer.Option(
            "--save",
            metavar="DIR",
            help="Write each output as .npy into this new directory.",
            show_default=False,
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Call a SavedModel's signature with TensorFlow, in a process of its own."""
    check_callee(signature, function, form)
    empty: Document = {"outputs": [], "seconds": 0.0}

    def work(ticket: Ticket) -> Answer:
        asked = asked_inputs(inputs, sizes)
        request = CallRequest(
            signature,
            function,
            *asked,
            tags_of(tags),
            device,
            seed,
            repeat,
            form=form,
            logical_cpus=logical_cpus,
            imports=tuple(custom or ()),
        )
        if save:
            check_place(save)
        try:
            with worker(python) as client:
                report = run_opened(open_source(path, ticket), request, client, ticket)
        except WorkerFailed as failed:
            return Answer(lambda: empty, lambda page: None, [failed.finding], WORKER_DIED)
        saved = save_outputs(save, report.outputs) if save and report.done else ()
        files = [str(each) for each in saved]
        return Answer(
            lambda: _document(report, seed, files),
            lambda page: _write(page, report, files),
            report.findings,
        )

    deliver(as_json, empty, work)


def _document(report: CallReport, seed: int, files: list[str]) -> Document:
    callee = report.callee
    assert callee
    return {
        "path": report.path,
        "signature": callee.name if callee.is_signature else None,
        "function": None if callee.is_signature else callee.name,
        "device": report.device,
        "seed": seed,
        "form": callee.form and {"number": callee.number, "arguments": callee.form.arguments},
        "inputs": given_documents(report.given),
        "outputs": [
            output_document(each, files[place] if files else None)
            for place, each in enumerate(report.outputs)
        ],
        "seconds": number(report.seconds),
        "times": [number(each) for each in report.times],
        "load_seconds": number(report.load_seconds),
        "worker": worker_document(report.interpreter),
    }


def output_document(output: CallOutput, file: str | None = None) -> Document:
    """One output; figures are over finite values, null where there are none."""
    known = output.figures
    figures = known if isinstance(known, Statistics) and known.finite else None
    return {
        "name": output.name,
        "dtype": output.dtype,
        "shape": list(output.shape),
        "min": number(figures.min) if figures else None,
        "max": number(figures.max) if figures else None,
        "mean": number(figures.mean) if figures else None,
        "finite": known.finite if isinstance(known, Statistics) else None,
        "file": file,
    }


def _write(page: Page, report: CallReport, files: list[str]) -> None:
    callee = report.callee
    assert callee
    by = f" by {report.interpreter}" if report.interpreter else ""
    name = f"{callee.name}({given_words(report.given)})"
    if not report.done:
        page.line(f"{name} was not called to its end{by}.", "wrong")
        return
    calls = len(report.times)
    median = f", the median of {calls} calls" if calls > 1 else ""
    page.line(f"{name} took {numbers.short_duration(report.seconds)}{median}{by}.")
    if callee.form:
        page.line(f"Its call form {callee.number}: {callee.form.arguments}.", "muted")
    if report.load_seconds:
        page.line(f"Loading it took {numbers.duration(report.load_seconds)}.")
    page.heading("Outputs")
    page.table(
        ("name", "shape", "dtype", "min", "max", "mean"),
        (
            [each.name for each in report.outputs],
            [numbers.shape(each.shape) for each in report.outputs],
            [each.dtype for each in report.outputs],
            *([_figure(each, which) for each in report.outputs] for which in _FIGURES),
        ),
    )
    for file in files:
        page.line(file, "muted")


_FIGURES = ("min", "max", "mean")


def _figure(output: CallOutput, which: str) -> str:
    known = output.figures
    if not isinstance(known, Statistics) or not known.finite:
        return ""
    return numbers.four(getattr(known, which))
