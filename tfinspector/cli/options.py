"""The arguments and options that several commands share."""

from typing import Annotated

import typer

PathArgument = Annotated[
    str,
    typer.Argument(
        metavar="PATH",
        help="A checkpoint (its prefix or any of its files), a directory, a SavedModel.",
        show_default=False,
    ),
]
JsonOption = Annotated[
    bool, typer.Option("--json", help="One JSON document on standard output, nothing else.")
]
NoCacheOption = Annotated[
    bool, typer.Option("--no-cache", help="Compute everything anew and store nothing.")
]
PythonOption = Annotated[
    str | None,
    typer.Option(
        "--python",
        metavar="CMD",
        help="The command of the Python that has TensorFlow; the one in the settings if left out.",
        show_default=False,
    ),
]
