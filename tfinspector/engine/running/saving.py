"""Outputs of a call as .npy files: all of them or none, and never over a file that is there."""

import os
import re
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tfinspector.contents.calls import CallOutput
from tfinspector.contents.findings import Finding, Fix, Severity, Unreadable
from tfinspector.engine.exporting import write_npy
from tfinspector.engine.written_here import check_here

_UNFIT = re.compile(r"[^\w.\-]+")


def check_place(directory: str) -> Path:
    """The directory: one that is there, or that can be made. Raises Unreadable (V03)."""
    check_here(directory)
    target = Path(directory).expanduser()
    if target.exists() and not target.is_dir():
        raise _refusal(target, "it is a file, and nothing is overwritten")
    if not target.absolute().parent.is_dir():
        raise _refusal(target, f"{target.absolute().parent} is no directory")
    return target


def save_outputs(directory: str, outputs: Sequence[CallOutput]) -> tuple[Path, ...]:
    """Write each output as NAME.npy into the directory, where none of them may be yet.

    Raises Unreadable; then nothing was written.
    """
    target = check_place(directory)
    names = _file_names(outputs)
    there = [name for name in names if os.path.lexists(target / name)]
    if there:
        raise _refusal(target, f"{there[0]} is there already, and nothing is overwritten")
    made: list[Path] = []
    try:
        target.mkdir(exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=".outputs-", dir=target))
        try:
            for name, output in zip(names, outputs, strict=True):
                write_npy(draft / name, output.values)
            for name in names:
                os.link(draft / name, target / name)  # fails where somebody was faster
                made.append(target / name)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    except OSError as error:
        for path in made:
            path.unlink(missing_ok=True)
        raise _refusal(target, error.strerror or str(error)) from error
    return tuple(made)


def _file_names(outputs: Sequence[CallOutput]) -> list[str]:
    """The outputs' names as names of files, each once ("scores/left" is scores_left.npy)."""
    taken: set[str] = set()
    names = []
    for output in outputs:
        stem = _UNFIT.sub("_", output.name).strip(".") or "output"
        name, number = stem, 2
        while name.lower() in taken:
            name, number = f"{stem}-{number}", number + 1
        taken.add(name.lower())
        names.append(f"{name}.npy")
    return names


def _refusal(target: Path, why: str) -> Unreadable:
    return Unreadable(
        Finding(
            "V03", Severity.ERROR, f"The outputs can't be saved in {target.name}: {why}.",
            where=str(target), evidence={"path": str(target), "reason": why},
            fix=Fix("Choose a directory of its own for them."),
        )
    )  # fmt: skip
