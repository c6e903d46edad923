"""`tfinspector restore`: build the user's model, restore into it, and prove every variable."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated

import typer

from tfinspector.cli.answers import WORKER_DIED, Answer, deliver
from tfinspector.cli.asking import worker
from tfinspector.cli.options import (
    DeviceOption,
    JsonOption,
    KwargsOption,
    LogicalCpusOption,
    NoCacheOption,
    PathArgument,
    PythonOption,
    keywords_of,
)
from tfinspector.cli.restore.document import document_of, empty_document
from tfinspector.cli.restore.outputs import Wanted, check_places, write_outputs
from tfinspector.cli.restore.page import write_page
from tfinspector.contents.devices import DeviceReport
from tfinspector.contents.findings import Finding, Severity
from tfinspector.contents.reports import Interpreter
from tfinspector.contents.restores import Rename, RestoreReport
from tfinspector.engine.jobs import Ticket
from tfinspector.engine.restoring.device_comparing import compare_devices
from tfinspector.engine.restoring.rename_maps import load_map
from tfinspector.engine.restoring.restore import RestoreRequest, dry_run, restore

_GRAVITY = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}
_WRITES = "What the program suggests is applied where no --map is given."

Factory = Annotated[
    str,
    typer.Option(
        "--factory",
        metavar="SPEC",
        help="What builds the model: path/to/file.py:callable or package.module:callable.",
        show_default=False,
    ),
]
Devices = Annotated[
    str | None,
    typer.Option(
        "--devices",
        metavar="D,D",
        help="Restore on each of them and compare their outputs: CPU:0,GPU:0.",
        show_default=False,
    ),
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Only say what would be restored; assign nothing.")
]
KeepPartial = Annotated[
    bool,
    typer.Option(
        "--keep-partial", help="Where shapes or types do not fit, restore the rest all the same."
    ),
]
MapOption = Annotated[
    str | None,
    typer.Option("--map", metavar="FILE", help="Restore through this map.", show_default=False),
]
SaveMap = Annotated[
    str | None,
    typer.Option(
        "--save-map",
        metavar="FILE",
        help="Write the suggested renames as a map to edit, or the map that was used.",
        show_default=False,
    ),
]
EmitCode = Annotated[
    str | None,
    typer.Option(
        "--emit-code",
        metavar="FILE",
        help=f"Write a plain TensorFlow script that does the restore. {_WRITES}",
        show_default=False,
    ),
]
WriteFixed = Annotated[
    str | None,
    typer.Option(
        "--write-fixed",
        metavar="PREFIX",
        help="Write a checkpoint that your own restore takes, or a NAME.weights.h5 or NAME.keras "
        f"that load_weights takes, and prove it. {_WRITES}",
        show_default=False,
    ),
]


@dataclass(frozen=True, slots=True)
class _Done:
    """What the worker said; `about` is its interpreter, also where no model came of it."""

    report: RestoreReport
    about: Interpreter | None
    devices: DeviceReport | None = None

    @property
    def findings(self) -> list[Finding]:
        """Of all devices, each once."""
        reports = [run.report for run in self.devices.runs] if self.devices else [self.report]
        found = [each for report in reports for each in report.findings]
        return found + (list(self.devices.findings) if self.devices else [])

    @property
    def worker_died(self) -> bool:
        """Whether a worker gave no answer."""
        reports = [run.report for run in self.devices.runs] if self.devices else [self.report]
        return any(report.worker_died for report in reports)


def command(
    path: PathArgument,
    factory: Factory,
    kwargs: KwargsOption = "{}",
    device: DeviceOption = None,
    devices: Devices = None,
    python: PythonOption = None,
    dry: DryRun = False,
    keep_partial: KeepPartial = False,
    map_file: MapOption = None,
    save_map: SaveMap = None,
    emit_code: EmitCode = None,
    write_fixed: WriteFixed = None,
    logical_cpus: LogicalCpusOption = 0,
    as_json: JsonOption = False,
    no_cache: NoCacheOption = False,
) -> None:
    """Restore into your own model, explain what does not fit, and put it right."""
    request = RestoreRequest(
        path, factory, keywords_of(kwargs), device, keep_partial=keep_partial,
        logical_cpus=logical_cpus,
    )  # fmt: skip
    several = _device_list(devices, device, dry)
    wanted = Wanted(save_map or "", emit_code or "", write_fixed or "")

    def work(ticket: Ticket) -> Answer:
        used = load_map(map_file) if map_file else ()
        check_places(wanted)
        done = _ask(request, several, python, dry, used, ticket)
        report = done.report
        outputs = write_outputs(wanted, request, report, used, lambda: worker(python), ticket)
        findings = _ordered([*done.findings, *outputs.findings])
        died = done.worker_died or (outputs.fixed is not None and outputs.fixed.worker_died)
        return Answer(
            lambda: document_of(report, done.about, used, outputs, done.devices),
            lambda page: write_page(
                page, report, done.about, findings, used, outputs, done.devices
            ),
            findings,
            WORKER_DIED if died else None,
            page_has_findings=True,
        )

    deliver(as_json, empty_document(), work)


def _ask(
    request: RestoreRequest,
    devices: tuple[str, ...],
    python: str | None,
    dry: bool,
    used: tuple[Rename, ...],
    ticket: Ticket,
) -> _Done:
    if devices:
        compared = compare_devices(request, devices, lambda: worker(python), ticket, used)
        models = [run.report.model for run in compared.runs]
        about = next((model.interpreter for model in models if model), None)
        return _Done(compared.runs[0].report, about, compared)
    with worker(python) as client:
        report = (dry_run if dry else restore)(request, client, ticket, used)
        return _Done(report, report.model.interpreter if report.model else client.about)


def _device_list(text: str | None, device: str | None, dry: bool) -> tuple[str, ...]:
    names = tuple(name.strip() for name in (text or "").split(",") if name.strip())
    if text is not None and len(names) < 2:
        raise typer.BadParameter("two or more are needed: CPU:0,GPU:0", param_hint="--devices")
    if names and (device or dry):
        other = "--device" if device else "--dry-run"
        raise typer.BadParameter(f"does not go together with {other}", param_hint="--devices")
    return names


def _ordered(findings: Iterable[Finding]) -> list[Finding]:
    """Each once, the gravest first, and else as they came."""
    once: dict[tuple[str, str], Finding] = {}
    for each in findings:
        once.setdefault((each.id, each.title), each)
    return sorted(once.values(), key=lambda each: _GRAVITY[each.severity])
