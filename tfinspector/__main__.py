"""The program's entry: a command word goes to the command line, anything else opens the window.

Decided on the words alone, so that a command does not load Qt and the window not the commands.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from tfinspector.contents.drift_metrics import Reference
    from tfinspector.contents.drifts import DriftTable

COMMANDS = frozenset(
    (
        "list", "stats", "values", "check", "diff", "drift", "restore", "load", "run", "verify",
        "trust", "report", "demo",
    )
)  # fmt: skip
"""The words of `cli.md`."""

_OF_THE_PROGRAM = frozenset(("--help", "-h", "--version"))
_WRONG_USAGE = 2


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program; returns the exit status."""
    words = list(sys.argv[1:] if argv is None else argv)
    first = words[0] if words else ""
    if first == "shots":
        from tfinspector.app import shots

        return shots(words[1:])
    if first in COMMANDS or first in _OF_THE_PROGRAM:
        from tfinspector.cli.main import main as run_command

        status = run_command(words, _paint)
        if first == "list" and argv is None:
            _leave(status)
        return status
    if meant := _mistyped(words):
        sys.stderr.write(
            f"tfinspector: no such command or path: {first}; did you mean {meant}?\n"
            "See tfinspector --help.\n"
        )
        return _WRONG_USAGE
    from tfinspector.app import main as open_window

    fresh = "--fresh" in words
    return open_window([word for word in words if word != "--fresh"], fresh)


def _mistyped(words: Sequence[str]) -> str:
    """The command that the first word was meant to be, "" if it is none or something is there."""
    first = words[0] if words else ""
    if not first.isalpha() or os.path.lexists(first) or os.path.lexists(f"{first}.index"):
        return ""
    from difflib import get_close_matches

    return next(iter(get_close_matches(first.lower(), sorted(COMMANDS | {"shots"}), 1)), "")


def _leave(status: int) -> NoReturn:
    """End at once: Python would first take a million values apart, which takes 40 ms."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def _paint(table: DriftTable, metric: str, reference: Reference) -> bytes:
    """Qt is loaded when a command really draws, and finds no display necessary."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from tfinspector.views.drift.picture import paint_drift

    return paint_drift(table, metric, reference)


if __name__ == "__main__":
    sys.exit(main())
