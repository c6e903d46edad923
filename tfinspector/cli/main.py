"""The command line's entry: words to commands, and how a command ends.

Only the module of the command that was asked for is imported, so that `list` of a large file
does not pay for the others. What every command means is fixed in `cli.md`.
"""

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Annotated

import typer

from tfinspector import __version__

COMMANDS = {
    "list": "listing",
    "stats": "stats",
    "values": "values",
    "check": "check",
    "diff": "diff",
    "drift": "drift",
    "load": "load",
    "restore": "restore",
    "demo": "demo",
}
"""The word, and the module of this package that has its `command`."""

INTERRUPTED = 130
_THREADS = "OPENBLAS_NUM_THREADS"
_PIPE_CLOSED = 141

_HELP = """Look into TensorFlow SavedModels and checkpoints, restore them, see what moved.

Without a command, `tfinspector [PATH...]` opens the window; \
`tfinspector shots PATH... -o DIR` draws its pages to PNG files. \
Every other command works without a display and takes `--json`.

Exit status: 0 nothing is wrong, 1 something is, 2 it can't be read, 3 the worker died.
"""


def main(argv: Sequence[str] | None = None, painter: object = None) -> int:
    """Run one command; the exit status of `cli.md` (130 interrupted, 141 reader gone).

    `painter` draws pictures (see `drift_picture`); commands reach it as their context's `obj`.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    if not arguments:
        arguments = ["--help"]
    names = [arguments[0]] if arguments[0] in COMMANDS else list(COMMANDS)
    _import_numpy()
    try:
        _application(names)(arguments, prog_name="tfinspector", obj=painter)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(bool(end.code))
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        return _PIPE_CLOSED
    return 0


def _import_numpy() -> None:
    """NumPy without the threads of its linear algebra: they cost 40 ms and no command needs them.

    Only said while it is imported, so that TensorFlow's process hears nothing of it.
    """
    was = os.environ.get(_THREADS)
    os.environ.setdefault(_THREADS, "1")
    import_module("numpy")
    if was is None:
        del os.environ[_THREADS]


def _application(names: Sequence[str]) -> typer.Typer:
    application = typer.Typer(
        name="tfinspector",
        help=_HELP,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    application.callback()(_options)
    for name in names:
        module = import_module(f"tfinspector.cli.{COMMANDS[name]}")
        application.command(name)(module.command)
    return application


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
