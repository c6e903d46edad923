"""`tfinspector load`: whether TensorFlow loads a SavedModel, and what it has then."""

from typing import Annotated

import typer

from tfinspector.cli.answers import WORKER_DIED, Answer, deliver
from tfinspector.cli.asking import worker, worker_document
from tfinspector.cli.calls import CustomOption
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
from tfinspector.engine.loading_keras import KerasRequest, load_keras
from tfinspector.engine.opening import open_source
from tfinspector.engine.proving import load_proved
from tfinspector.engine.repaired_models import write_without_slots
from tfinspector.engine.worker.client import WorkerFailed

_PROOF = {True: "yes", False: "no", None: "-"}


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
    custom: CustomOption = None,
    consent: Annotated[
        str,
        typer.Option(
            "--allow-code",
            metavar="WORD",
            help="Run the code that a Keras file brings along. The word belongs to the content of "
            "the file: without it, what the code could do is told, and the word.",
            show_default=False,
        ),
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """Load a SavedModel or a whole model of Keras with TensorFlow, in a process of its own."""
    asked = tags_of(tags)
    empty: Document = {
        "loaded": False, "seconds": 0.0, "callable": False, "signatures": [], "variables": [],
    }  # fmt: skip

    def work(ticket: Ticket) -> Answer:
        opened = open_source(path, ticket)
        keras = KerasRequest(tuple(custom or ()), consent, device)
        try:
            with worker(python) as client:
                if opened.source.checkpoint is not None and opened.source.checkpoint.keras:
                    report = load_keras(opened, keras, client, ticket)
                elif repaired is None:
                    report = load_proved(
                        opened, client, asked, device, ticket, imports=keras.custom
                    )
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
        "way": report.way or None,
        "tags": None if report.tags is None else list(report.tags),
        "device": report.device,
        "signatures": [signature_document(report.tags or (), each) for each in report.signatures],
        "variables": [
            {
                "name": _name(each), "paths": list(each.paths), "full_name": each.name,
                "dtype": each.dtype,
                "shape": None if each.shape is None else list(each.shape),
                "device": each.device, "trainable": each.trainable,
                "equal": each.equal, "problem": each.problem or None,
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
    way = f" {report.way}" if report.way else ""
    page.line(f"Loaded{way} in {numbers.duration(report.seconds)}{by}.")
    page.line("It can be called." if report.callable else "It can't be called as a whole.")
    _write_proof(page, report)
    if report.signatures:
        page.heading("Signatures")
    for signature in report.signatures:
        takes = ", ".join(
            f"{s.name}: {s.dtype.name} [{numbers.shape(s.shape)}]" for s in signature.inputs
        )
        returns = ", ".join(
            f"{s.name}: {s.dtype.name} [{numbers.shape(s.shape)}]" for s in signature.outputs
        )
        page.paragraph(f"{signature.name}({takes}) -> {returns}", "  ")
    if not report.variables:
        return
    page.heading("Variables")
    page.table(
        ("name", "shape", "dtype", "device", "as in the file"),
        (
            [_name(each) for each in report.variables],
            [numbers.shape(each.shape) for each in report.variables],
            [each.dtype for each in report.variables],
            [each.device.rpartition("device:")[2] or each.device for each in report.variables],
            [_PROOF[each.equal] for each in report.variables],
        ),
    )


def _write_proof(page: Page, report: LoadReport) -> None:
    count = len(report.variables)
    if report.differing:
        page.line(f"{numbers.counted(len(report.differing), 'variable')} of {count} "
                  "not as in the file.", "wrong")  # fmt: skip
    elif count and report.proved == count:
        all_of_them = "The one variable holds" if count == 1 else f"All {count} variables hold"
        page.line(f"{all_of_them} the file's values, bit for bit.", "proved")
    elif count:
        page.line(f"{report.proved} of {count} variables hold the file's values, bit for bit; the "
                  "rest could not be paired with a value in the file.")  # fmt: skip
