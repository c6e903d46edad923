"""`tfinspector demo`: something real to look at, trained in a few seconds."""

import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from tfinspector.cli.answers import Answer, deliver
from tfinspector.cli.asking import words
from tfinspector.cli.documents import Document
from tfinspector.cli.options import JsonOption, PythonOption
from tfinspector.cli.page import Page
from tfinspector.engine.demo import (
    demo_directory,
    demo_is_complete,
    demo_sources,
    make_demo,
)
from tfinspector.engine.jobs import Ticket


def command(
    directory: Annotated[
        str | None,
        typer.Argument(
            metavar="DIR",
            help="A new or empty folder; the program's data folder if left out.",
            show_default=False,
        ),
    ] = None,
    open_window: Annotated[
        bool, typer.Option("--open", help="Open the window on it when it is there.")
    ] = False,
    python: PythonOption = None,
    as_json: JsonOption = False,
) -> None:
    """Train a small model with snapshots, a SavedModel, and factories that fit or miss."""
    target = Path(directory).expanduser() if directory else demo_directory()

    def work(ticket: Ticket) -> Answer:
        reused = demo_is_complete(target)
        path = make_demo(target, ticket, words(python))
        return Answer(lambda: _document(path, reused), lambda page: _write(page, path, reused))

    try:
        deliver(as_json, {"path": str(target), "reused": False, "sources": []}, work)
    except SystemExit as end:
        if open_window and end.code == 0:
            raise typer.Exit(_window(target.resolve())) from None
        raise


def _document(path: Path, reused: bool) -> Document:
    return {"path": str(path), "reused": reused, "sources": list(map(str, demo_sources(path)))}


def _write(page: Page, path: Path, reused: bool) -> None:
    """The folder on standard output, so that a script can use it; the rest beside it."""
    page.line(str(path))
    told = "The demo is already there." if reused else "The demo is ready."
    sys.stderr.write(f"{told} Look at it:  tfinspector {demo_sources(path)[0]}\n")


def _window(path: Path) -> int:
    """The window is another program to the command line, which works without Qt."""
    run, with_nan, saved_model, *_ = map(str, demo_sources(path))
    return subprocess.call([sys.executable, "-m", "tfinspector", run, with_nan, saved_model])
