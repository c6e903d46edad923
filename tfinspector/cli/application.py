"""The commands with their options, as far as they are asked for: what takes a parser of words."""

import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Annotated

import typer

from tfinspector import __version__

_HELP = """Look into TensorFlow SavedModels and checkpoints, restore them, see what moved.

Without a command, `tfinspector [PATH...]` opens the window; \
`tfinspector shots PATH... -o DIR` draws its pages to PNG files. \
Every other command works without a display and takes `--json`.

Exit status: 0 nothing is wrong, 1 something is, 2 it can't be read, 3 the worker died.
"""


def application(modules: Mapping[str, str]) -> typer.Typer:
    """A parser for the words in `modules`, whose values are modules of this package."""
    parser = typer.Typer(
        name="tfinspector",
        help=_HELP,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    parser.callback()(_options)
    for name, module in modules.items():
        parser.command(name)(import_module(f"tfinspector.cli.{module}").command)
    return parser


def _say_version(asked: bool) -> None:
    if asked:
        sys.stdout.write(f"tfinspector {__version__}\n")
        raise typer.Exit


def _options(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_say_version, is_eager=True, help="Say the version."),
    ] = False,
) -> None:
    """Options of the program itself."""
