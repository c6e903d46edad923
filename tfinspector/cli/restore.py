"""`tfinspector restore`: build the user's model, restore into it, and prove every variable."""

import json
from collections import Counter
from typing import Annotated, Any

import typer

from tfinspector.cli.answers import WORKER_DIED, Answer, deliver
from tfinspector.cli.asking import worker
from tfinspector.cli.documents import Document
from tfinspector.cli.options import JsonOption, PathArgument, PythonOption
from tfinspector.cli.page import Page
from tfinspector.contents import numbers
from tfinspector.contents.restores import Outcome, Rename, RestoreReport, Row, State
from tfinspector.engine.jobs import Ticket
from tfinspector.engine.restoring import RestoreRequest, dry_run, restore

_OUTCOMES = {
    Outcome.RESTORED: ("Restored: every variable is proved equal to the file.", "accent"),
    Outcome.PARTIAL: ("Restored in part.", "attention"),
    Outcome.NOTHING: ("Nothing was restored.", "wrong"),
    Outcome.FAILED: ("Not restored; the model holds what it held before.", "wrong"),
}
_WOULD = {
    Outcome.RESTORED: ("Everything matches; nothing was assigned.", "accent"),
    Outcome.PARTIAL: ("A part matches; nothing was assigned.", "attention"),
    Outcome.NOTHING: ("Nothing matches; nothing was assigned.", "wrong"),
    Outcome.FAILED: ("A restore would stop half-way; nothing was assigned.", "wrong"),
}
_QUIET = frozenset({State.RESTORED, State.MATCHED})


def command(
    path: PathArgument,
    factory: Annotated[
        str,
        typer.Option(
            "--factory",
            metavar="SPEC",
            help="What builds the model: path/to/file.py:callable or package.module:callable.",
            show_default=False,
        ),
    ],
    kwargs: Annotated[
        str,
        typer.Option("--kwargs", metavar="JSON", help="Its keyword arguments, a JSON object."),
    ] = "{}",
    device: Annotated[
        str | None,
        typer.Option("--device", metavar="D", help="CPU:0, GPU:0, ...", show_default=False),
    ] = None,
    python: PythonOption = None,
    dry: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would be restored; assign nothing.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Restore into your own model, explain what does not fit, and put it right."""
    request = RestoreRequest(path, factory, _arguments(kwargs), device)
    empty: Document = {
        "outcome": Outcome.FAILED.value, "variables": [],
        "summary": {"by_state": {}, "parameters_restored": 0, "parameters_total": 0},
        "renames": [], "worker": None,
    }  # fmt: skip

    def work(ticket: Ticket) -> Answer:
        with worker(python) as client:
            report = (dry_run if dry else restore)(request, client, ticket)
        return Answer(
            lambda: document_of(report),
            lambda page: _write(page, report),
            report.findings,
            WORKER_DIED if report.worker_died else None,
        )

    deliver(as_json, empty, work)


def _arguments(text: str) -> dict[str, Any]:
    try:
        arguments = json.loads(text)
    except ValueError as error:
        raise typer.BadParameter(f"not JSON: {error}", param_hint="--kwargs") from error
    if not isinstance(arguments, dict):
        raise typer.BadParameter(
            'a JSON object is needed, such as {"width": 64}', param_hint="--kwargs"
        )
    return arguments


def document_of(report: RestoreReport) -> Document:
    """The report as `cli.md` says it."""
    about = report.model.interpreter if report.model else None
    return {
        "outcome": report.outcome.value,
        "dry_run": report.dry_run,
        "path": report.path,
        "prefix": report.prefix,
        "variables": [_variable(row) for row in report.rows],
        "summary": {
            "by_state": dict(Counter(row.state.value for row in report.rows)),
            "parameters_restored": report.parameters_restored,
            "parameters_total": report.parameters_total,
        },
        "renames": [_rename(rename) for rename in report.renames],
        "seconds": report.seconds,
        "called": report.called,
        "worker": about
        and {"python": about.python, "tensorflow": about.tensorflow, "keras": about.keras},
    }


def _variable(row: Row) -> Document:
    return {
        "name": row.name, "key": row.key or None, "model_path": row.model_path or None,
        "state": row.state.value,
        "file_shape": None if row.file_shape is None else list(row.file_shape),
        "model_shape": None if row.model_shape is None else list(row.model_shape),
        "file_dtype": row.file_dtype or None, "model_dtype": row.model_dtype or None,
        "verified": row.state is State.RESTORED, "device": row.device or None,
        "role": row.role or None, "why": row.why or None,
    }  # fmt: skip


def _rename(rename: Rename) -> Document:
    return {
        "from": rename.key, "to": rename.path, "confidence": rename.confidence,
        "why": rename.why, "rule": rename.rule, "transform": rename.transform or None,
    }  # fmt: skip


def _write(page: Page, report: RestoreReport) -> None:
    page.line(*(_WOULD if report.dry_run else _OUTCOMES)[report.outcome])
    if report.parameters_total:
        would = "would be " if report.dry_run else ""
        page.line(
            f"{numbers.whole(report.parameters_restored)} of "
            f"{numbers.whole(report.parameters_total)} parameters {would}restored."
        )
    by_state = Counter(row.state for row in report.rows)
    if by_state:
        page.heading("Variables by state")
        page.table(
            ("state", "variables"),
            ([state.value for state in by_state], [str(n) for n in by_state.values()]),
            right=(1,),
        )
    _write_rows(page, [row for row in report.rows if row.state not in _QUIET])
    _write_renames(page, report.renames)


def _write_rows(page: Page, rows: list[Row]) -> None:
    if not rows:
        return
    page.heading("Not restored")
    page.table(
        ("name", "state", "in the file", "in the model", "model path"),
        (
            [row.name for row in rows],
            [row.state.value for row in rows],
            [_side(row.file_dtype, row.file_shape) for row in rows],
            [_side(row.model_dtype, row.model_shape) for row in rows],
            [row.model_path for row in rows],
        ),
    )


def _side(dtype: str, shape: tuple[int | None, ...] | None) -> str:
    return f"{dtype} {numbers.shape(shape)}" if dtype else "—"


def _write_renames(page: Page, renames: tuple[Rename, ...]) -> None:
    if not renames:
        return
    page.heading("Suggested renames")
    page.table(
        ("from", "to", "confidence", "why"),
        (
            [rename.key for rename in renames],
            [rename.path for rename in renames],
            [f"{rename.confidence:.0%}" for rename in renames],
            [rename.why for rename in renames],
        ),
        right=(2,),
    )
