"""`tfinspector values`: the values of one variable, or of any slice of it."""

import shlex
import sys
from dataclasses import replace
from math import prod
from typing import Annotated, Any

import numpy as np
import typer

from tfinspector.cli.answers import Answer, deliver
from tfinspector.cli.documents import Document, plain
from tfinspector.cli.options import JsonOption, NoCacheOption, PathArgument
from tfinspector.cli.page import Page, escaped
from tfinspector.contents import numbers
from tfinspector.contents.findings import Unreadable
from tfinspector.contents.passwords import masked
from tfinspector.contents.tensors import Region, VariantElement
from tfinspector.contents.variables import Variable
from tfinspector.engine.exporting import write_npy
from tfinspector.engine.jobs import Ticket
from tfinspector.engine.opening import open_source
from tfinspector.engine.values import parse_slice, read_values

_SHOWN_ELEMENTS = 1000
"""A page shows that many values at most; a document always has all."""
_SHOWN_LINES = 60


def command(
    path: PathArgument,
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="Its name or its key.", show_default=False)
    ],
    region: Annotated[
        str | None,
        typer.Option(
            "--slice",
            metavar="SLICE",
            help='Part of it, as NumPy writes it: "0:4,:".',
            show_default=False,
        ),
    ] = None,
    npy: Annotated[
        str | None,
        typer.Option("--npy", metavar="FILE", help="Write an .npy file.", show_default=False),
    ] = None,
    as_json: JsonOption = False,
    no_cache: NoCacheOption = False,
) -> None:
    """Show the values of one variable."""

    def work(ticket: Ticket) -> Answer:
        opened = open_source(path, ticket)
        variable = opened.find(name)
        reader = opened.reader()
        part = _slice_of(
            region or "", variable.shape, f"{shlex.quote(masked(path))} {shlex.quote(name)}"
        )
        if npy and not region:
            write_npy(npy, reader, variable, ticket)
        elif npy:
            write_npy(npy, read_values(reader, variable, part))
        shown = part if as_json else _beginning(part)
        values = read_values(reader, variable, shown)
        return Answer(
            lambda: _document(variable, shown, values),
            lambda page: _write(page, variable, part, values, npy),
            opened.source.findings,
        )

    empty = {"name": name, "dtype": None, "shape": None, "slice": region, "values": None}
    deliver(as_json, empty, work)


def _slice_of(text: str, shape: tuple[int, ...], whose: str) -> Region:
    """The slice; what is refused is answered with a command that runs as it is."""
    try:
        return parse_slice(text, shape)
    except Unreadable as problem:
        finding = problem.finding
        assert finding.fix
        command = f"tfinspector values {whose}"
        command += f" --slice {shlex.quote(finding.fix.code)}" if finding.fix.code else ""
        fix = replace(finding.fix, code=command)
        raise Unreadable(replace(finding, fix=fix)) from problem


def _beginning(part: Region, room: int = _SHOWN_ELEMENTS) -> Region:
    """What a page has room for: whole rows from the start, as many as fit."""
    shown: list[slice] = []
    for axis in reversed(part):
        taken = min(axis.stop - axis.start, max(1, room))
        shown.append(slice(axis.start, axis.start + taken))
        room //= max(1, taken)
    return tuple(reversed(shown))


def _document(variable: Variable, part: Region, values: np.ndarray[Any, Any]) -> Document:
    return {
        "name": variable.name, "key": variable.key, "dtype": variable.dtype.name,
        "shape": list(variable.shape), "slice": _text(part), "values": plain(values),
    }  # fmt: skip


def _text(part: Region) -> str:
    """The slice as a person would write it, with the bounds that were taken."""
    return ",".join(f"{axis.start}:{axis.stop}" for axis in part)


def _element(value: object) -> str:
    """A string with what is no text in it escaped, or what a variant holds."""
    return str(value) if isinstance(value, VariantElement) else repr(value)


def _lines(values: np.ndarray[Any, Any], width: int) -> tuple[np.ndarray[Any, Any], list[str]]:
    """The beginning of the values that a page shows, and its lines."""
    room = values.size
    while True:
        text = np.array2string(
            values, threshold=sys.maxsize, max_line_width=width, separator=", ",
            formatter={"object": _element},
        )  # fmt: skip
        lines = text.splitlines()
        if len(lines) <= _SHOWN_LINES or room <= 1:
            return values, lines
        room = min(room - 1, room * _SHOWN_LINES // len(lines))
        values = values[_beginning(tuple(slice(0, size) for size in values.shape), room)]


def _write(
    page: Page, variable: Variable, part: Region, values: np.ndarray[Any, Any], npy: str | None
) -> None:
    page.line(
        f"{page.style(escaped(variable.name), 'bold')}  {variable.dtype.name}, "
        f"{numbers.shape(variable.shape)}" + (f", [{_text(part)}]" if part else "")
    )
    values, lines = _lines(values, page.prose_width)
    for line in lines:
        page.line(escaped(line))
    if (count := prod(axis.stop - axis.start for axis in part)) > values.size:
        page.line()
        page.line(
            f"The first {numbers.shape(values.shape)} of {numbers.whole(count)} values; "
            "--slice shows another part, --json and --npy all.",
            "muted",
        )
    if npy:
        page.line()
        page.line(f"The array is in {npy}.")
