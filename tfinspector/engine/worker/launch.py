"""How the worker is started: a command, and our sources through its standard input.

Any command that ends in a Python interpreter will do, because all that is appended to it is
`-u -c BOOTSTRAP`. Tested with real processes: an interpreter of another virtual environment,
`env`, a shell wrapper, and a stand-in for ssh that joins its words as ssh does. Two kinds of
command need care, see `complete`.
"""

import json
import os
import shlex
import sys
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from pathlib import PurePath
from shutil import which

from tfinspector.worker.protocol import PACKAGE

BOOTSTRAP = 'exec(open(0,"rb",0,closefd=False).readline())'
"""One line (conda run refuses more) without single quote, backslash, dollar or exclamation mark."""

_JOINS_WORDS = frozenset({"ssh", "slogin", "autossh"})
_CONDA = frozenset({"conda", "mamba"})


def default_command() -> tuple[str, ...]:
    """This interpreter; in a frozen program, which has none, the first `python3` of the path."""
    if getattr(sys, "frozen", False):
        return (which("python3") or "python3",)
    return (sys.executable,)


def parse_command(text: str) -> tuple[str, ...]:
    """A command line as a person types it ("conda run -n x python") as words."""
    return tuple(shlex.split(text))


def complete(command: Sequence[str]) -> list[str]:
    """The words to execute.

    ssh joins its words with blanks and has the remote shell split them again, so what we append is
    quoted for that shell. `conda run` holds all output back until the end unless told otherwise.
    """
    words = [os.path.expanduser(command[0]), *command[1:]]
    names = [PurePath(word).name for word in words]
    appended = ["-u", "-c", BOOTSTRAP]
    if _JOINS_WORDS & set(names):
        appended = [shlex.quote(word) for word in appended]
    holds_back = not {"--no-capture-output", "--live-stream"} & set(words)
    if names[0] in _CONDA and "run" in words and holds_back:
        words.insert(words.index("run") + 1, "--no-capture-output")
    return words + appended


@cache
def opening_bytes() -> bytes:
    """What the bootstrap reads from its standard input: one line of program, then the sources."""
    sources = {
        _module_name(entry.name): entry.read_text(encoding="utf-8")
        for entry in files("tfinspector.worker").iterdir()
        if entry.name.endswith(".py")
    }
    first = sources.pop(f"{PACKAGE}.bootstrap")
    bundle = json.dumps(sources).encode("ascii")
    return f"exec({first!a})\n{len(bundle):08d}".encode("ascii") + bundle


def _module_name(file_name: str) -> str:
    stem = file_name.removesuffix(".py")
    return PACKAGE if stem == "__init__" else f"{PACKAGE}.{stem}"
