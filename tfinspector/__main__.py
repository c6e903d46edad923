"""The program's entry: a command word goes to the command line, anything else opens the window.

Decided on the words alone, so that a command does not load Qt and the window not the commands.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

COMMANDS = frozenset(
    (
        "list", "stats", "values", "check", "diff", "drift", "restore", "load", "run", "verify",
        "trust", "report", "demo",
    )
)  # fmt: skip
"""The words of `cli.md`; one that this version does not have yet is refused there, not opened."""

_OF_THE_PROGRAM = frozenset(("--help", "-h", "--version"))


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program; returns the exit status."""
    words = list(sys.argv[1:] if argv is None else argv)
    first = words[0] if words else ""
    if first == "shots":
        from tfinspector.app import shots

        return shots(words[1:])
    if first in COMMANDS or first in _OF_THE_PROGRAM:
        from tfinspector.cli.main import main as run_command

        return run_command(words)
    from tfinspector.app import main as open_window

    fresh = "--fresh" in words
    return open_window([word for word in words if word != "--fresh"], fresh)


if __name__ == "__main__":
    sys.exit(main())
