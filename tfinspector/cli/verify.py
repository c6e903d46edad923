"""`tfinspector verify`: does a restored model, another SavedModel or a device answer the same?"""

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
    KwargsOption,
    LogicalCpusOption,
    PathArgument,
    PythonOption,
    SeedOption,
    SignatureOption,
    SizeOption,
    TagsOption,
    keywords_of,
    tags_of,
)
from tfinspector.cli.page import Page
from tfinspector.contents import numbers
from tfinspector.contents.verifications import VerifyReport
from tfinspector.engine.jobs import Ticket
from tfinspector.engine.running.making import SEED
from tfinspector.engine.running.run import CallRequest
from tfinspector.engine.running.verifying import VerifyRequest, verify


def command(
    path: PathArgument,
    against: Annotated[
        str | None,
        typer.Option(
            "--against",
            metavar="PATH",
            help="A checkpoint for the factory's model, another SavedModel, a .keras file.",
            show_default=False,
        ),
    ] = None,
    factory: Annotated[
        str | None,
        typer.Option(
            "--factory",
            metavar="SPEC",
            help="What builds the model that is restored: path/to/file.py:callable.",
            show_default=False,
        ),
    ] = None,
    kwargs: KwargsOption = "{}",
    signature: SignatureOption = None,
    function: FunctionOption = None,
    form: FormOption = None,
    custom: CustomOption = None,
    inputs: InputOption = None,
    sizes: SizeOption = None,
    tags: TagsOption = None,
    device: DeviceOption = None,
    devices: Annotated[
        str | None,
        typer.Option(
            "--devices",
            metavar="D,D",
            help="Call it on each of them and compare: CPU:0,GPU:0.",
            show_default=False,
        ),
    ] = None,
    logical_cpus: LogicalCpusOption = 0,
    python: PythonOption = None,
    seed: SeedOption = SEED,
    tolerance: Annotated[
        float | None,
        typer.Option(
            "--tolerance",
            metavar="T",
            min=0,
            help="The largest absolute difference that counts as equal; none if left out.",
            show_default=False,
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Send one input through two models, or through one on several devices, and compare."""
    check_callee(signature, function, form)
    several = tuple(name.strip() for name in (devices or "").split(",") if name.strip())
    if not against and len(several) < 2:
        raise typer.BadParameter(
            "say what to compare it with: --against PATH, or --devices CPU:0,GPU:0",
            param_hint="--against",
        )
    if several and device:
        raise typer.BadParameter("does not go together with --device", param_hint="--devices")
    arguments = keywords_of(kwargs)
    empty: Document = {"outputs": [], "equal": False}

    def work(ticket: Ticket) -> Answer:
        asked = asked_inputs(inputs, sizes)
        call = CallRequest(
            signature,
            function,
            *asked,
            tags_of(tags),
            device,
            seed,
            form=form,
            logical_cpus=logical_cpus,
            imports=tuple(custom or ()),
        )
        request = VerifyRequest(
            path, against or "", factory or "", arguments, call, several, tolerance
        )
        report = verify(request, lambda: worker(python), ticket)
        return Answer(
            lambda: _document(report, seed),
            lambda page: _write(page, report),
            report.findings,
            WORKER_DIED if report.worker_died else None,
        )

    deliver(as_json, empty, work)


def _document(report: VerifyReport, seed: int) -> Document:
    return {
        "path": report.path,
        "compared": [report.first, report.second],
        "outputs": [
            {
                "name": each.name, "other": each.other, "device": each.device,
                "dtype": each.dtype, "shape": list(each.shape),
                "max_abs": number(each.max_abs), "max_rel": number(each.max_rel),
                "equal": each.equal, "close": each.close, "relation": each.relation,
            }
            for each in report.outputs
        ],
        "equal": report.equal,
        "tolerance": None if report.tolerance is None else number(report.tolerance),
        "paired": report.paired,
        "seed": seed,
        "inputs": given_documents(report.given),
        "restores": [str(each.outcome) for each in report.restores],
        "worker": worker_document(report.interpreter),
    }  # fmt: skip


def _write(page: Page, report: VerifyReport) -> None:
    if not report.outputs:
        page.line("Nothing could be compared.", "wrong")
        return
    given = given_words(report.given)
    page.paragraph(f"{report.first[0].upper()}{report.first[1:]} against {report.second}: {given}.")
    allowed = "" if report.tolerance is None else f" within {report.tolerance:g}"
    if report.equal:
        page.line(f"All outputs are equal{allowed or ', element by element'}.", "proved")
    else:
        page.line(f"Not all outputs are equal{allowed}.", "wrong")
    page.heading("Outputs")
    devices = any(each.device for each in report.outputs)
    page.table(
        ("output", *(("device",) if devices else ()), "equal", "max abs", "max rel", "shape"),
        (
            [_name(each.name, each.other) for each in report.outputs],
            *([[each.device for each in report.outputs]] if devices else []),
            ["yes" if each.equal else "rounding" if each.close else "no"
             for each in report.outputs],
            [numbers.four(each.max_abs) for each in report.outputs],
            [numbers.four(each.max_rel) for each in report.outputs],
            [numbers.shape(each.shape) for each in report.outputs],
        ),
    )  # fmt: skip


def _name(mine: str, other: str) -> str:
    return mine if mine == other else f"{mine} ({other or 'nothing'})"
