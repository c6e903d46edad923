"""The arguments and options that several commands share."""

from typing import Annotated, Any

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
KwargsOption = Annotated[
    str, typer.Option("--kwargs", metavar="JSON", help="Its keyword arguments, a JSON object.")
]
SignatureOption = Annotated[
    str | None,
    typer.Option(
        "--signature",
        metavar="S",
        help="Its name; serving_default, or the only one, if left out.",
        show_default=False,
    ),
]
InputOption = Annotated[
    list[str] | None,
    typer.Option(
        "--input",
        metavar="NAME=VALUE",
        help="random, zeros, ones, constant:V, 'values:1,2;3,4', FILE.npy, FILE.npz, FILE.csv, "
        "text:FILE, image:FILE (floats from 0 to 1), pixels:FILE (0 to 255). Without NAME: all "
        "others.",
        show_default=False,
    ),
]
SizeOption = Annotated[
    list[str] | None,
    typer.Option(
        "--size",
        metavar="NAME=4,3",
        help="Sizes of unknown dimensions, 1 by default. Without NAME: of all others.",
        show_default=False,
    ),
]
LogicalCpusOption = Annotated[
    int,
    typer.Option(
        "--logical-cpus",
        metavar="N",
        min=0,
        help="Split the CPU into CPU:0 to CPU:N-1 first, to try placement without a GPU.",
        show_default=False,
    ),
]
SeedOption = Annotated[int, typer.Option("--seed", metavar="N", min=0, help="Of random inputs.")]


def tags_of(text: str | None) -> tuple[str, ...] | None:
    """`--tags` as tags; None where it was left out."""
    return None if text is None else tuple(part.strip() for part in text.split(",") if part.strip())


def keywords_of(text: str) -> dict[str, Any]:
    """`--kwargs` as keyword arguments of a factory."""
    import json

    try:
        arguments = json.loads(text)
    except ValueError as error:
        raise typer.BadParameter(f"not JSON: {error}", param_hint="--kwargs") from error
    if not isinstance(arguments, dict):
        raise typer.BadParameter(
            'a JSON object is needed, such as {"width": 64}', param_hint="--kwargs"
        )
    return arguments
