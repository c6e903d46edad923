"""`tfinspector load`: whether TensorFlow loads a SavedModel, and what it has then."""

from typing import Annotated

import typer

from tfinspector.cli.answers import WORKER_DIED, Answer, deliver
from tfinspector.cli.asking import worker, worker_document
from tfinspector.cli.documents import Document, number, signature_document
from tfinspector.cli.options import (
    DeviceOption,
    JsonOption,
    PathArgument,
    PythonOption,
    TagsOption,
    tags_of,
)
from tfinspector.cli.page import Page
from tfinspector.contents import numbers
from tfinspector.contents.reports import LoadedVariable, LoadReport
from tfinspector.engine.jobs import Ticket
from tfinspector.engine.loading import load_saved_model
from tfinspector.engine.repaired_models import write_without_slots
from tfinspector.engine.worker.client import WorkerFailed


def command(
    path: PathArgument,
    tags: TagsOption = None,
    device: DeviceOption = None,
    python: PythonOption = None,
    repaired: Annotated[
        str | None,
        typer.Option(
            "--write-repaired",
            metavar="DIR",
            help="Load and keep a copy without the references to its optimizer's slots.",
            show_default=False,
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Load a SavedModel with TensorFlow, in a process of its own."""
    asked = tags_of(tags)
    empty: Document = {
        "loaded": False, "seconds": 0.0, "callable": False, "signatures": [], "variables": [],
    }  # fmt: skip

    def work(ticket: Ticket) -> Answer:
        try:
            with worker(python) as client:
                if repaired is None:
                    report = load_saved_model(path, client, asked, device, ticket)
                else:
                    report = write_without_slots(path, repaired, client, asked, ticket)
        except WorkerFailed as failed:
            return Answer(lambda: empty, lambda page: None, [failed.finding], WORKER_DIED)
        return Answer(lambda: _document(report), lambda page: _write(page, report), report.findings)

    deliver(as_json, empty, work)


def _document(report: LoadReport) -> Document:
    return {
        "path": report.path,
        "loaded": report.loaded,
        "seconds": number(report.seconds),
        "callable": report.callable,
        "tags": None if report.tags is None else list(report.tags),
        "device": report.device,
        "signatures": [signature_document(report.tags or (), each) for each in report.signatures],
        "variables": [
            {
                "name": _name(each), "paths": list(each.paths), "full_name": each.name,
                "dtype": each.dtype,
                "shape": None if each.shape is None else list(each.shape),
                "device": each.device, "trainable": each.trainable,
                "problem": each.problem or None,
            }
            for each in report.variables
        ],
        "worker": worker_document(report.interpreter),
    }  # fmt: skip


def _name(variable: LoadedVariable) -> str:
    """Its path: TensorFlow's own names are often shared by several variables."""
    return variable.paths[0] if variable.paths else variable.name


def _write(page: Page, report: LoadReport) -> None:
    by = f" by {report.interpreter}" if report.interpreter else ""
    if not report.loaded:
        page.line(f"Not loaded{by}.", "wrong")
        return
    page.line(f"Loaded in {numbers.duration(report.seconds)}{by}.")
    page.line("It can be called." if report.callable else "It can't be called as a whole.")
    page.heading("Signatures")
    for signature in report.signatures:
        takes = ", ".join(
            f"{s.name}: {s.dtype.name} [{numbers.shape(s.shape)}]" for s in signature.inputs
        )
        returns = ", ".join(
            f"{s.name}: {s.dtype.name} [{numbers.shape(s.shape)}]" for s in signature.outputs
        )
        page.paragraph(f"{signature.name}({takes}) -> {returns}", "  ")
    page.heading("Variables")
    page.table(
        ("name", "shape", "dtype", "device"),
        (
            [_name(each) for each in report.variables],
            [numbers.shape(each.shape) for each in report.variables],
            [each.dtype for each in report.variables],
            [each.device.rpartition("device:")[2] for each in report.variables],
        ),
    )
