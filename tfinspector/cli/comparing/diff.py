"""`tfinspector diff`: two sources side by side, variable by variable."""

from collections.abc import Mapping
from typing import Annotated

import typer

from tfinspector.cli.answers import Answer, deliver
from tfinspector.cli.comparing.diff_page import write_page
from tfinspector.cli.comparing.drift_conditions import (
    FailOnOption,
    conditions,
    find_failures,
    of_opening,
)
from tfinspector.cli.documents import Document, number
from tfinspector.cli.options import JsonOption, NoCacheOption
from tfinspector.cli.page import Page
from tfinspector.cli.scripts import EmitCodeOption, tell_of_script, write_script
from tfinspector.contents import numbers
from tfinspector.contents.comparisons import Comparison, MovedPair, Told
from tfinspector.contents.drift_metrics import METRICS
from tfinspector.contents.findings import gravest_first
from tfinspector.contents.variables import Variable
from tfinspector.engine.cache.places import open_cache, problems_of
from tfinspector.engine.code.comparing import comparison_of
from tfinspector.engine.comparing.comparing import compare
from tfinspector.engine.exporting import write_csv
from tfinspector.engine.jobs import Ticket
from tfinspector.engine.opening import open_source
from tfinspector.engine.restoring.rename_maps import load_map

_FIGURES = tuple(metric.name for metric in METRICS if metric.of_change)
_LISTS = ("added", "removed", "changed", "renamed", "moved", "identical", "unread")
_EMPTY: Document = {name: [] for name in _LISTS}

Older = Annotated[str, typer.Argument(metavar="A", help="The older side: anything with variables.")]
Newer = Annotated[
    str, typer.Argument(metavar="B", help="The newer side. Of a run its newest snapshot counts.")
]


def command(
    a: Older,
    b: Newer,
    map_file: Annotated[
        str | None,
        typer.Option(
            "--map",
            metavar="FILE",
            help="Renames as JSON, from names in A to names in B; they go before suggestions.",
            show_default=False,
        ),
    ] = None,
    fail_on: FailOnOption = None,
    csv: Annotated[
        str | None,
        typer.Option("--csv", metavar="FILE", help="Write a table too.", show_default=False),
    ] = None,
    emit_code: EmitCodeOption = None,
    as_json: JsonOption = False,
    no_cache: NoCacheOption = False,
) -> None:
    """Tell what was added, removed, renamed, what changed, moved or stayed the same."""
    wanted = conditions(fail_on, (*_FIGURES, *_LISTS))

    def work(ticket: Ticket) -> Answer:
        renames = load_map(map_file) if map_file else ()
        older, newer = open_source(a, ticket), open_source(b, ticket)
        cache = None if no_cache else open_cache()
        found = compare(older, newer, renames, ticket=ticket, cache=cache)
        if csv:
            write_csv(csv, _CSV_HEADER, _csv_rows(found))
        if emit_code:
            write_script(emit_code, comparison_of(older, newer, found))
        failures = find_failures(wanted, lambda figure: _values(found, figure))
        told = [*found.findings, *of_opening((older, newer)), *problems_of(cache)]
        findings = [*failures, *gravest_first(told)]

        def write(page: Page) -> None:
            write_page(page, found, csv)
            tell_of_script(page, emit_code)

        return Answer(lambda: _document(found), write, findings)

    deliver(as_json, _EMPTY, work)


def _values(found: Comparison, figure: str) -> Mapping[str, float]:
    """A figure by variable; of what is not moved only the number there is of it."""
    if figure in _LISTS:
        return {figure: float(len(getattr(found, figure)))}
    return {pair.name: pair.figures[figure] for pair in found.moved}


def _document(found: Comparison) -> Document:
    return {
        "a": {"path": found.a.path, "step": found.a.step},
        "b": {"path": found.b.path, "step": found.b.step},
        "added": [_told(each) for each in found.added],
        "removed": [_told(each) for each in found.removed],
        "changed": [_told(each) for each in found.changed],
        "renamed": [
            {"from": pair.a.name, "to": pair.b.name, "from_key": pair.a.key,
             "to_key": pair.b.key, "confidence": pair.confidence, "why": pair.why}
            for pair in found.renamed
        ],
        "moved": [_moved(pair) for pair in found.moved],
        "identical": [pair.name for pair in found.identical],
        "unread": [_told(each) for each in found.unread],
        "totals": {
            "parameters": found.totals.parameters,
            "moved_parameters": found.totals.moved_parameters,
            "l2": number(found.totals.l2),
            "relative_l2": number(found.totals.relative_l2),
            "left_out": list(found.totals.left_out),
        },
    }  # fmt: skip


def _told(each: Told) -> Document:
    return {"name": each.name, "reason": each.reason, "a": _about(each.a), "b": _about(each.b)}


def _about(variable: Variable | None) -> Document | None:
    if variable is None:
        return None
    return {
        "name": variable.name, "key": variable.key,
        "dtype": variable.dtype.name, "shape": list(variable.shape),
    }  # fmt: skip


def _moved(pair: MovedPair) -> Document:
    figures = {name: number(pair.figures[name]) for name in _FIGURES}
    return {"name": pair.name, "key": pair.b.key, "was": pair.a.name, **figures}


_CSV_HEADER = ("state", "name", "name in A", "dtype", "shape", "role", "reason", *_FIGURES)


def _csv_rows(found: Comparison) -> list[list[object]]:
    rows: list[list[object]] = []
    for state in ("added", "removed", "changed", "unread"):
        for each in getattr(found, state):
            variable = each.b or each.a
            before = each.a.name if each.a else ""
            rows.append([state, each.name, before, *_cells(variable), each.reason])
    for pair in found.moved:
        figures = [number(pair.figures[name]) for name in _FIGURES]
        rows.append(["moved", pair.name, pair.a.name, *_cells(pair.b), "", *figures])
    rows += [["identical", pair.name, pair.a.name, *_cells(pair.b), ""] for pair in found.identical]
    return rows


def _cells(variable: Variable) -> list[object]:
    return [variable.dtype.name, numbers.shape(variable.shape), variable.role.value]
