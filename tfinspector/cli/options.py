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
TagsOption = Annotated[
    str | None,
    typer.Option(
        "--tags",
        metavar="T",
        help="The tags of the graph, with commas; the only one if left out.",
        show_default=False,
    ),
]
DeviceOption = Annotated[
    str | None,
    typer.Option("--device", metavar="D", help="CPU:0, GPU:0, ...", show_default=False),
]


def tags_of(text: str | None) -> tuple[str, ...] | None:
    """`--tags` as tags; None where it was left out."""
    return None if text is None else tuple(part.strip() for part in text.split(",") if part.strip())
