"""The option `--emit-code`: the same as a script of plain TensorFlow and NumPy."""

import os
from typing import Annotated

import typer

from tfinspector.cli.page import Page
from tfinspector.engine.exporting import new_file

EmitCodeOption = Annotated[
    str | None,
    typer.Option(
        "--emit-code",
        metavar="FILE",
        help="Write a script of plain TensorFlow and NumPy that finds the same.",
        show_default=False,
    ),
]


def write_script(path: str, code: str) -> None:
    """Write it, whole or not at all. Raises Unreadable."""
    with new_file(path) as file:
        file.write(code.encode("utf-8"))


def tell_of_script(page: Page, path: str | None) -> None:
    """Where it is, if one was asked for."""
    if path:
        page.line(f"The script is in {os.path.expanduser(path)}.")
