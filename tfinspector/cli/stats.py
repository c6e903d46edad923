"""`tfinspector stats`: figures and histograms of every variable, over finite values."""

from typing import Annotated

import typer

from tfinspector.cli.answers import Answer, deliver
from tfinspector.cli.choosing import chosen
from tfinspector.cli.documents import Document, number, plain
from tfinspector.cli.measured import Row, figure_cells, measured
from tfinspector.cli.options import JsonOption, NoCacheOption, PathArgument
from tfinspector.cli.page import Page
from tfinspector.cli.stats_spectra import (
    Spectra,
    find_spectra,
    spectrum_document,
    write_spectra,
)
from tfinspector.contents import numbers
from tfinspector.contents.figures import Statistics, Unmeasured
from tfinspector.engine.cache.places import open_cache, problems_of
from tfinspector.engine.exporting import write_csv
from tfinspector.engine.histograms import draw_shared
from tfinspector.engine.jobs import Ticket
from tfinspector.engine.opening import open_source

_COUNTS = ("count", "nan", "posinf", "neginf", "zero", "negative")
_FIGURES = ("min", "max", "mean", "std", "l1", "l2")
_QUANTILES = (0.01, 0.25, 0.5, 0.75, 0.99)
_BINS = 64
_BARS = "▁▂▃▄▅▆▇█"
_BAR_COUNT = 16


def command(
    path: PathArgument,
    variable: Annotated[
        str | None,
        typer.Option(
            "--variable",
            metavar="GLOB",
            help="Only variables whose name or key fits, such as 'decoder/*/kernel'.",
            show_default=False,
        ),
    ] = None,
    csv: Annotated[
        str | None,
        typer.Option("--csv", metavar="FILE", help="Write a table too.", show_default=False),
    ] = None,
    spectrum: Annotated[
        bool,
        typer.Option("--spectrum", help="Singular values of every matrix too; takes longer."),
    ] = False,
    as_json: JsonOption = False,
    no_cache: NoCacheOption = False,
) -> None:
    """Count, measure and draw the values of every variable."""

    def work(ticket: Ticket) -> Answer:
        opened = open_source(path, ticket)
        variables, findings = chosen(opened, variable)
        cache = None if no_cache else open_cache()
        rows, odd = measured(opened, variables, cache, ticket)
        spectra = find_spectra(opened, variables, ticket) if spectrum else None
        if csv:
            write_csv(csv, _CSV_HEADER, [_csv_row(row) for row in rows])
        return Answer(
            lambda: {"variables": [_document(row) | _spectrum(row, spectra) for row in rows]},
            lambda page: _write(page, rows, spectra, csv),
            [
                *odd,
                *opened.source.findings,
                *findings,
                *problems_of(cache),
            ],
        )

    deliver(as_json, {"variables": []}, work)


def _document(row: Row) -> Document:
    """All fields for every variable; null where there are no figures, and `problem` says why."""
    variable, figures = row
    document: Document = {
        "name": variable.name, "key": variable.key,
        "dtype": variable.dtype.name, "shape": list(variable.shape),
    }  # fmt: skip
    if isinstance(figures, Unmeasured):
        names = (*_COUNTS, *_FIGURES, "quantiles", "quantile_error", "of_magnitude", "histogram")
        return document | dict.fromkeys(names) | {"problem": figures.reason}
    document |= {name: int(getattr(figures, name)) for name in _COUNTS}
    document |= {name: number(getattr(figures, name)) for name in _FIGURES}
    document["quantiles"] = {str(q): number(x) for q, x in figures.quantiles.items()}
    document["quantile_error"] = figures.quantile_error
    document["of_magnitude"] = figures.of_magnitude
    document["histogram"] = _histogram(figures)
    return document | {"problem": None}


def _spectrum(row: Row, spectra: Spectra | None) -> Document:
    """The field that only --spectrum adds."""
    if spectra is None:
        return {}
    return {"spectrum": spectrum_document(spectra.get(row[0].key))}


def _histogram(figures: Statistics) -> Document:
    [drawn] = draw_shared([figures], bins=_BINS)
    return {
        "edges": plain(drawn.edges), "counts": plain(drawn.counts), "scale": drawn.scale.value,
        "below": drawn.below, "above": drawn.above, "exact": drawn.exact, "error": drawn.error,
    }  # fmt: skip


_CSV_HEADER = (
    "name", "key", "dtype", "shape", *_COUNTS, *_FIGURES, *(f"q{q}" for q in _QUANTILES),
    "problem",
)  # fmt: skip


def _csv_row(row: Row) -> list[object]:
    variable, figures = row
    about = [variable.name, variable.key, variable.dtype.name, numbers.shape(variable.shape)]
    if isinstance(figures, Unmeasured):
        return [*about, *[""] * (len(_CSV_HEADER) - len(about) - 1), figures.reason]
    return [
        *about,
        *(int(getattr(figures, name)) for name in _COUNTS),
        *(number(getattr(figures, name)) for name in _FIGURES),
        *(number(figures.quantiles.get(q, float("nan"))) for q in _QUANTILES),
        "",
    ]


def _write(page: Page, rows: list[Row], spectra: Spectra | None, csv: str | None) -> None:
    if not rows:
        page.line("No variables to measure.", "muted")
        return
    page.table(
        ("name", "count", "min", "max", "mean", "std", "zero %", "NaN", "Inf", "histogram"),
        list(zip(*map(_cells, rows), strict=True)),
        right=range(1, 9),
    )
    if spectra is not None:
        write_spectra(page, spectra, {variable.key: variable.name for variable, _ in rows})
    if csv:
        page.line()
        page.line(f"The table is in {csv}.")


def _cells(row: Row) -> tuple[str, ...]:
    variable, figures = row
    if isinstance(figures, Unmeasured):
        return (variable.name, f"{variable.size:,}", *[""] * 7, figures.reason)
    return (
        variable.name,
        f"{figures.count:,}",
        *figure_cells(figures),
        _bars(figures) if figures.finite else "nothing finite" if figures.count else "empty",
    )


def _bars(figures: Statistics) -> str:
    """The histogram as a line of blocks; an empty bin is a space, a single value is visible."""
    [drawn] = draw_shared([figures], bins=_BAR_COUNT)
    highest = drawn.counts.max(initial=0)
    if highest <= 0:
        return ""
    steps = len(_BARS) - 1
    return "".join(
        _BARS[round(steps * count / highest)] if count > 0 else " " for count in drawn.counts
    )
