"""`--png`: the heat map is painted by what `__main__` hands in, because painting needs Qt."""

from typing import Protocol

from tfinspector.contents.drift_metrics import Reference
from tfinspector.contents.drifts import DriftTable
from tfinspector.contents.findings import Finding, Fix, Severity, Unreadable
from tfinspector.engine.exporting import new_file


class Painter(Protocol):
    """Makes the bytes of a PNG file of one metric; needs no display."""

    def __call__(self, table: DriftTable, metric: str, reference: Reference) -> bytes:
        """Paint it."""
        ...


def draw(
    painter: Painter | None, table: DriftTable, metric: str, against: Reference, path: str
) -> None:
    """Write the picture, complete or not at all. Raises `Unreadable`."""
    if painter is None:
        raise Unreadable(
            Finding(
                "D23", Severity.ERROR,
                "Pictures can't be drawn here: the program runs without its window's parts.",
                where=path,
                fix=Fix("Use the program itself, or write the figures with --csv.",
                        "tfinspector drift RUN --png drift.png"),
            )
        )  # fmt: skip
    picture = painter(table, metric, against)
    with new_file(path) as file:
        file.write(picture)
