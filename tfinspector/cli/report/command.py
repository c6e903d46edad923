"""`tfinspector report`: what lies at some paths, as one HTML file to keep or send.

It holds what `list`, `stats` and, for a run, `drift` say, with pictures, and needs nothing else:
no script, no link, no font.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import typer

from tfinspector import __version__
from tfinspector.cli.answers import Answer, deliver
from tfinspector.cli.comparing.drift_picture import Painter
from tfinspector.cli.documents import Document
from tfinspector.cli.measured import Row, measured
from tfinspector.cli.options import JsonOption, NoCacheOption
from tfinspector.cli.page import Page
from tfinspector.cli.report import html
from tfinspector.cli.report.variables import variables_table
from tfinspector.contents import numbers
from tfinspector.contents.drift_metrics import METRIC_BY_NAME, Reference
from tfinspector.contents.drifts import DriftTable
from tfinspector.contents.findings import Finding, Unreadable
from tfinspector.contents.holdings import Holdings, add_up
from tfinspector.contents.source_facts import facts, heading
from tfinspector.engine.cache.places import open_cache, problems_of
from tfinspector.engine.cache.store import Store
from tfinspector.engine.comparing.drifting import drift
from tfinspector.engine.exporting import new_file
from tfinspector.engine.jobs import Ticket
from tfinspector.engine.opening import OpenSource, open_source

_METRIC = "relative_l2"

Paths = Annotated[list[str], typer.Argument(metavar="PATH...", help="What the report is about.")]
OutputOption = Annotated[
    str, typer.Option("--output", "-o", metavar="FILE.html", help="The file to write.")
]


@dataclass(frozen=True, slots=True)
class Reported:
    """One source with its figures. `moved` is None for what is no run of several snapshots."""

    opened: OpenSource
    holdings: Holdings
    rows: list[Row]
    moved: DriftTable | None
    findings: tuple[Finding, ...]

    @property
    def name(self) -> str:
        """Its own name."""
        return os.path.basename(self.opened.source.path.rstrip("/"))


def command(
    context: typer.Context,
    paths: Paths,
    output: OutputOption,
    as_json: JsonOption = False,
    no_cache: NoCacheOption = False,
) -> None:
    """Write one self-contained HTML file with tables and pictures."""
    painter: Painter | None = context.obj

    def work(ticket: Ticket) -> Answer:
        cache = None if no_cache else open_cache()
        reported, unread = _read_all(paths, cache, ticket)
        if not reported:
            raise Unreadable(unread[0])
        with new_file(output) as file:
            file.write(_page(reported, unread, painter).encode("utf-8", "backslashreplace"))
        findings = [*unread, *(each for one in reported for each in one.findings)]
        return Answer(
            lambda: _document(output, reported),
            lambda page: _say(page, output, reported),
            [*findings, *problems_of(cache)],
        )

    deliver(as_json, {"file": None, "sources": []}, work)


def _read_all(
    paths: list[str], cache: Store | None, ticket: Ticket
) -> tuple[list[Reported], list[Finding]]:
    """What can be read, and why the rest can't."""
    reported: list[Reported] = []
    unread: list[Finding] = []
    for path in paths:
        try:
            reported.append(_read(path, cache, ticket))
        except Unreadable as problem:
            unread.append(problem.finding)
    return reported, unread


def _read(path: str, cache: Store | None, ticket: Ticket) -> Reported:
    opened = open_source(path, ticket)
    source = opened.source
    rows, odd = measured(opened, source.variables, cache, ticket)
    moved = None
    if sum(snapshot.complete for snapshot in source.snapshots) > 1:
        moved = drift([opened], ticket=ticket, cache=cache)
    told = [*odd, *source.findings, *(moved.findings if moved else ())]
    once = {(each.id, each.title): each for each in told}
    return Reported(opened, add_up(source.variables), rows, moved, tuple(once.values()))


def _document(output: str, reported: list[Reported]) -> Document:
    sources = [
        {
            "path": each.opened.source.path, "kind": each.opened.source.kind.value,
            "variables": each.holdings.variables, "parameters": each.holdings.parameters,
            "nbytes": each.holdings.nbytes, "snapshots": len(each.opened.source.snapshots),
        }
        for each in reported
    ]  # fmt: skip
    return {"file": os.path.abspath(os.path.expanduser(output)), "sources": sources}


def _say(page: Page, output: str, reported: list[Reported]) -> None:
    for each in reported:
        variables = numbers.counted(each.holdings.variables, "variable")
        page.line(f"{each.name}: {variables}, {numbers.size(each.holdings.nbytes)}")
    page.line(f"Written: {output}")


def _page(reported: list[Reported], unread: list[Finding], painter: Painter | None) -> str:
    names = ", ".join(each.name for each in reported)
    day = datetime.now().astimezone().strftime("%Y-%m-%d %H:%M")
    body = [html.finding(each) for each in unread]
    for each in reported:
        body += _section(each, painter)
    return html.whole_page(names, f"tfinspector {__version__}, {day}", body)


def _section(reported: Reported, painter: Painter | None) -> Iterator[str]:
    source, holdings = reported.opened.source, reported.holdings
    yield html.heading(reported.name, 2)
    yield html.paragraph(heading(source), "muted")
    yield html.paragraph(source.path, "muted")
    yield html.tiles(_tiles(reported))
    yield from map(html.finding, reported.findings)
    if holdings.variables:
        yield html.heading("Bytes by role")
        yield html.parts(holdings.by_role)
        yield html.heading("Bytes by type")
        yield html.parts(holdings.by_type)
    if reported.moved is not None:
        yield from _moved(reported.moved, painter)
    if holdings.variables:
        yield html.heading("Variables")
        yield variables_table(reported.rows)
    yield html.heading("About")
    rows = facts(source, source.checkpoint, None)
    yield html.table(("", ""), [(html.cell(label), html.cell(text)) for label, text, _ in rows])


def _tiles(reported: Reported) -> Iterator[tuple[str, str]]:
    source, holdings = reported.opened.source, reported.holdings
    yield numbers.whole(holdings.variables), "variables"
    yield numbers.whole(holdings.parameters), "parameters"
    yield numbers.size(holdings.nbytes), "of values"
    if len(source.snapshots) > 1:
        yield numbers.whole(len(source.snapshots)), "snapshots"
    if source.saved_model:
        count = sum(len(graph.signatures) for graph in source.saved_model.meta_graphs)
        yield numbers.whole(count), "signatures"


def _moved(moved: DriftTable, painter: Painter | None) -> Iterator[str]:
    yield html.heading("Drift")
    if painter is None:
        yield html.paragraph("Without the window's parts its picture can't be drawn.", "muted")
    else:
        words = METRIC_BY_NAME[_METRIC].title
        yield html.picture(painter(moved, _METRIC, Reference.FIRST), words)
