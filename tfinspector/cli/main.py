"""The command line's entry: words to commands, and how a command ends.

Only the module of the command that was asked for is imported, so that `list` of a large file
does not pay for the others. What every command means is fixed in `cli.md`.
"""

import os
import sys
from collections.abc import Sequence
from importlib import import_module

from tfinspector.cli.memory import use_memory_well
from tfinspector.contents.collecting import without_collecting

COMMANDS = {
    "list": "listing.command",
    "stats": "stats",
    "values": "values",
    "check": "check",
    "diff": "comparing.diff",
    "drift": "comparing.drift",
    "load": "load",
    "run": "run",
    "verify": "verify",
    "trust": "trust",
    "restore": "restore.command",
    "report": "report.command",
    "demo": "demo",
}
"""The word, and the module of this package that has its `command`."""

INTERRUPTED = 130
_THREADS = "OPENBLAS_NUM_THREADS"
_PIPE_CLOSED = 141
_AS_JSON = "--json"


def main(argv: Sequence[str] | None = None, painter: object = None) -> int:
    """Run one command; the exit status of `cli.md` (130 interrupted, 141 reader gone).

    `painter` draws pictures (see `comparing.drift_picture`); commands find it in their context.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    if not arguments:
        arguments = ["--help"]
    use_memory_well()
    _import_numpy()
    try:
        if _is_plain_listing(arguments):
            with without_collecting():
                from tfinspector.cli.listing.answer import list_source

            path = next(word for word in arguments[1:] if word != _AS_JSON)
            list_source(path, _AS_JSON in arguments)
        from tfinspector.cli.application import application

        known = {word: COMMANDS[word] for word in arguments[:1] if word in COMMANDS}
        application(known or COMMANDS)(arguments, prog_name="tfinspector", obj=painter)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(bool(end.code))
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        return _PIPE_CLOSED
    return 0


def _is_plain_listing(arguments: Sequence[str]) -> bool:
    """Whether it is `list PATH` with at most `--json`.

    That is what is asked most, and from scripts; to load a parser of words takes a tenth of it.
    """
    command, *words = arguments
    paths = [word for word in words if word != _AS_JSON]
    return command == "list" and len(paths) == 1 and not paths[0].startswith("-")


def _import_numpy() -> None:
    """NumPy without the threads of its linear algebra: they cost 40 ms and no command needs them.

    Only said while it is imported, so that TensorFlow's process hears nothing of it.
    """
    was = os.environ.get(_THREADS)
    os.environ.setdefault(_THREADS, "1")
    with without_collecting():
        import_module("numpy")
    if was is None:
        del os.environ[_THREADS]
