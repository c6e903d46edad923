"""`tfinspector drift`: how every variable of a run moved, snapshot by snapshot."""

from collections.abc import Iterator, Mapping
from typing import Annotated

import typer

from tfinspector.cli.answers import Answer, deliver
from tfinspector.cli.comparing.drift_conditions import (
    FailOnOption,
    conditions,
    find_failures,
    metric_named,
    of_opening,
)  # fmt: skip
from tfinspector.cli.comparing.drift_page import write_page
from tfinspector.cli.comparing.drift_picture import draw
from tfinspector.cli.documents import Document, number
from tfinspector.cli.options import JsonOption, NoCacheOption
from tfinspector.cli.page import Page
from tfinspector.cli.scripts import EmitCodeOption, tell_of_script, write_script
from tfinspector.contents import numbers
from tfinspector.contents.drift_metrics import METRIC_BY_NAME, Reference
from tfinspector.contents.drifts import DriftTable, RunPath
from tfinspector.contents.findings import gravest_first
from tfinspector.engine.cache.places import open_cache, problems_of
from tfinspector.engine.code.drifting import drift_of
from tfinspector.engine.comparing.drifting import drift
from tfinspector.engine.comparing.executors import executor_at
from tfinspector.engine.exporting import write_csv
from tfinspector.engine.jobs import Ticket
from tfinspector.engine.putting_together import put_together
from tfinspector.engine.restoring.rename_maps import load_map

_EMPTY: Document = {"snapshots": [], "metric": "", "variables": []}

Paths = Annotated[
    list[str],
    typer.Argument(
        metavar="PATH...", help="A run's directory, or snapshots in the order of training."
    ),
]
MetricOption = Annotated[
    str, typer.Option("--metric", metavar="M", help="What to show: relative_l2, cosine, norm, ...")
]
ReferenceOption = Annotated[
    str,
    typer.Option(
        "--reference", metavar="R", help="What to compare with: first, previous, or a snapshot."
    ),
]
MapOption = Annotated[
    str | None,
    typer.Option(
        "--map", metavar="FILE", help="Names that changed on the way.", show_default=False
    ),
]
CsvOption = Annotated[
    str | None,
    typer.Option(
        "--csv", metavar="FILE", help="Write all metrics, a row for each variable and snapshot.",
        show_default=False,
    ),
]  # fmt: skip
PngOption = Annotated[
    str | None,
    typer.Option(
        "--png", metavar="FILE", help="Draw the metric as a heat map.", show_default=False
    ),
]
ExecutorOption = Annotated[
    str | None,
    typer.Option(
        "--executor", metavar="E", help="Compute elsewhere: dask:ADDRESS of a scheduler.",
        show_default=False,
    ),
]  # fmt: skip
ExactOption = Annotated[
    bool,
    typer.Option(
        "--exact-path", help="Take the run's path from all weights, even if they are very many."
    ),
]


def command(
    context: typer.Context,
    paths: Paths,
    metric: MetricOption = "relative_l2",
    reference: ReferenceOption = Reference.FIRST.value,
    map_file: MapOption = None,
    fail_on: FailOnOption = None,
    csv: CsvOption = None,
    png: PngOption = None,
    emit_code: EmitCodeOption = None,
    executor: ExecutorOption = None,
    exact_path: ExactOption = False,
    as_json: JsonOption = False,
    no_cache: NoCacheOption = False,
) -> None:
    """Measure how far every variable moved, and find what breaks, stands still or jumps."""
    metric_named(metric)
    wanted = conditions(fail_on, METRIC_BY_NAME)

    def work(ticket: Ticket) -> Answer:
        renames = load_map(map_file) if map_file else ()
        source = put_together(paths, ticket)
        cache = None if no_cache else open_cache()
        with executor_at(executor) as elsewhere:
            table = drift(
                [source], reference, ticket=ticket, executor=elsewhere, renames=renames,
                cache=cache, exact_path=exact_path,
            )  # fmt: skip
        against = _reference(table, reference)
        if csv:
            write_csv(csv, _CSV_HEADER, _csv_rows(table, against))
        if png:
            draw(context.obj, table, metric, against, png)
        if emit_code:
            rows = range(len(table.rows))
            write_script(emit_code, drift_of(source, table, metric, against, rows))
        failures = find_failures(wanted, lambda figure: _worst(table, figure, against))
        told = [*table.findings, *of_opening([source]), *problems_of(cache)]

        def write(page: Page) -> None:
            write_page(page, table, metric, against, source.source.taken_for, (csv, png))
            tell_of_script(page, emit_code)

        return Answer(
            lambda: _document(table, metric, against) | {"taken_for": source.source.taken_for},
            write,
            [*failures, *gravest_first(told)],
        )

    deliver(as_json, _EMPTY | {"metric": metric}, work)


def _reference(table: DriftTable, asked: str) -> Reference:
    return Reference.PREVIOUS if asked == Reference.PREVIOUS else table.reference


def _worst(table: DriftTable, figure: str, against: Reference) -> Mapping[str, float]:
    """Every value, by variable and snapshot."""
    values = table.values(figure, against)
    return {
        f"{row.name} at {_step(table, at)}": float(values[number, at])
        for number, row in enumerate(table.rows)
        for at in range(len(table.snapshots))
    }


def _step(table: DriftTable, at: int) -> str:
    snapshot = table.snapshots[at]
    return snapshot.path.rpartition("/")[2] if snapshot.step is None else f"step {snapshot.step}"


def _document(table: DriftTable, metric: str, against: Reference) -> Document:
    values, paired = table.values(metric, against), table.paired(metric, against)
    errors = table.errors(metric, against)
    variables = []
    for at, row in enumerate(table.rows):
        document: Document = {
            "name": row.name, "values": _values(values[at], paired[at]),
            "key": row.keys[-1] or None,
            "dtype": row.dtype.name, "shape": list(row.shape), "role": row.role.value,
            "events": [
                {"snapshot": event.at, "what": event.what.value, "text": event.text}
                for event in row.events
            ],
            "problem": row.problem or None,
        }  # fmt: skip
        if errors is not None:
            document["errors"] = _values(errors[at], paired[at])
        variables.append(document)
    return {
        "snapshots": [
            {"path": each.path, "step": each.step, "step_from": each.step_from,
             "metric": each.metric or None}
            for each in table.snapshots
        ],
        "metric": metric,
        "reference": against.value,
        "reference_path": None
        if against is Reference.PREVIOUS or not METRIC_BY_NAME[metric].of_change
        else table.snapshots[table.anchor].path,
        "variables": variables,
        "plane": _plane(table.path),
    }  # fmt: skip


def _values(values: object, paired: object) -> list[float | str | None]:
    pairs = zip(values.tolist(), paired.tolist(), strict=True)  # type: ignore[attr-defined]
    return [number(value) if there else None for value, there in pairs]


def _plane(path: RunPath | None) -> Document | None:
    """The run's path in the plane in which it moved most; null where there is none."""
    if path is None:
        return None
    return {
        "points": path.points.tolist(), "snapshots": list(path.snapshots),
        "left_out": list(path.left_out), "without": list(path.without),
        "explained": list(path.explained),
        "variables": path.variables, "parameters": path.parameters, "stride": path.stride,
        "error": path.error,
    }  # fmt: skip


_CSV_HEADER = ("name", "dtype", "shape", "role", "snapshot", "step", *METRIC_BY_NAME)


def _csv_rows(table: DriftTable, against: Reference) -> Iterator[list[object]]:
    values = {name: table.values(name, against) for name in METRIC_BY_NAME}
    paired = {name: table.paired(name, against) for name in METRIC_BY_NAME}
    for at, row in enumerate(table.rows):
        about = [row.name, row.dtype.name, numbers.shape(row.shape), row.role.value]
        for shot, snapshot in enumerate(table.snapshots):
            step = "" if snapshot.step is None else snapshot.step
            figures = [
                number(float(values[name][at, shot])) if paired[name][at, shot] else ""
                for name in METRIC_BY_NAME
            ]
            yield [*about, snapshot.path, step, *figures]
