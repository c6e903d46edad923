"""`tfinspector list` with its options; what it answers is made in `answer`."""

from typing import Annotated

import typer

from tfinspector.cli.listing.answer import list_source
from tfinspector.cli.options import JsonOption, NoCacheOption, PathArgument, PythonOption


def command(
    path: PathArgument,
    with_tensorflow: Annotated[
        bool,
        typer.Option("--with-tensorflow", help="Ask TensorFlow too, in a process of its own."),
    ] = False,
    python: PythonOption = None,
    as_json: JsonOption = False,
    no_cache: NoCacheOption = False,
) -> None:
    """List snapshots, variables and signatures."""
    list_source(path, as_json, with_tensorflow, python)
