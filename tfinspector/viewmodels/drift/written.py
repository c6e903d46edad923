"""The numbers behind the pictures of the page Drift, written as tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from tfinspector.contents import numbers
from tfinspector.contents.drifts import DriftTable
from tfinspector.engine.jobs import Ticket
from tfinspector.viewmodels.drift.curves import places_of
from tfinspector.viewmodels.drift.heat import Heat
from tfinspector.viewmodels.drift.words import step_labels
from tfinspector.viewmodels.session import Session
from tfinspector.viewmodels.tasks import Task

Rows = Iterable[Sequence[str]]


def write_numbers(session: Session, title: str, path: str, header: list[str], rows: Rows) -> Task:
    """Write a table as CSV, as a task."""

    def job(ticket: Ticket) -> None:
        from tfinspector.engine.exporting import write_csv

        write_csv(path, header, rows)

    return session.run(f"Export {title}", job)


def heat_table(heat: Heat) -> tuple[list[str], Rows]:
    """Lines x snapshots, as shown."""
    return ["variable", "role", "dtype", "shape", *step_labels(heat.table)], _heat_rows(heat)


def _heat_rows(heat: Heat) -> Iterator[list[str]]:
    """The variables that are shown, in their order, with values in full."""
    for at, line in enumerate(heat.lines):
        row = heat.table.rows[line.rows[0]]
        about = ["", "", ""] if line.is_group else [
            row.role.value, row.dtype.name, numbers.shape(row.shape)
        ]  # fmt: skip
        cells = heat.cells(at)
        values = zip(cells.values.tolist(), cells.paired.tolist(), strict=True)
        yield [
            line.name,
            *about,
            *(numbers.exact(value) if there else "" for value, there in values),
        ]


def path_table(table: DriftTable) -> tuple[list[str], Rows]:
    """A row for each point of the path."""
    return ["step" if places_of(table)[1] else "snapshot", "across", "up"], _points(table)


def _points(table: DriftTable) -> Iterator[list[str]]:
    steps = places_of(table)[0]
    if table.path is not None:
        for at, point in zip(table.path.snapshots, table.path.points.tolist(), strict=True):
            yield [f"{steps[at]:.15g}", *(numbers.exact(value) for value in point)]
