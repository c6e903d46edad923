"""Says what is wrong with a file as a whole: empty, cut off, another kind, gone, replaced.

Each function makes an `Unreadable` with evidence and a fix; ids are the classes of failures
(F02 wrong file, F03 nothing there, F06 a file of the set is missing, F07 damaged, F08 files of
two saves, F11 V1 format, F12 another format, F13 not allowed).
"""

import os
import shlex
from collections.abc import Mapping
from typing import NamedTuple

from tfinspector.contents.findings import Finding, Fix, Severity, Unreadable, sentence

LFS_POINTER = b"version https://git-lfs.github.com/spec/v1"


class _Foreign(NamedTuple):
    start: bytes
    kind: str
    todo: str
    id: str = "F12"


_WEB_PAGES = (b"<!doctype", b"<html", b"<?xml", b"<error>")
"""Cloud stores answer with XML where a file is missing or closed."""

_PICKLE = "It is no TensorFlow file, and it is not opened: unpickling executes code."
_FOREIGN = (
    _Foreign(
        b"model_checkpoint_path:", "the `checkpoint` state file", "Open its directory.", "F02"
    ),
    _Foreign(
        b"\x89HDF\r\n\x1a\n", "an HDF5 file (Keras weights or model)", "Open it as a Keras file."
    ),
    _Foreign(b"PK\x03\x04", "a zip archive, perhaps a .keras file", "Open it as a Keras file."),
    _Foreign(b"\x1f\x8b", "a gzip archive", "Unpack it first."),
    _Foreign(b"\x80\x02", "a Python pickle", _PICKLE),
    _Foreign(b"\x80\x04", "a Python pickle", _PICKLE),
    _Foreign(b"\x93NUMPY", "a NumPy array", "It is no checkpoint; numpy.load reads it."),
    _Foreign(b"{", "a JSON file", "Choose the checkpoint's .index file, or its directory."),
)


def unreadable(
    id: str,
    title: str,
    where: str,
    fix: str | Fix,
    detail: str = "",
    evidence: Mapping[str, object] | None = None,
) -> Unreadable:
    """An error finding, ready to raise; its title becomes a sentence, as all titles are."""
    fix = Fix(fix) if isinstance(fix, str) else fix
    return Unreadable(
        Finding(id, Severity.ERROR, sentence(title), detail, where, evidence or {}, fix)
    )


def not_a_table(path: str, start: bytes, nbytes: int) -> Unreadable:
    """Why this is no index, judged by its first bytes (some 500) and its size."""
    name = os.path.basename(path)
    evidence = {"size": nbytes, "first_bytes": start[:16].hex(" ")}
    if not nbytes:
        title = f"{name} is empty: the save was not finished, or the disk was full"
        fix = "Use an earlier checkpoint of this run, or save again."
        return unreadable("F07", title, path, fix, evidence=evidence)
    if fetched := not_fetched(path, start):
        return fetched
    for foreign in _FOREIGN:
        if start.startswith(foreign.start):
            title = f"{name} is {foreign.kind}, not a checkpoint's index"
            return unreadable(foreign.id, title, path, foreign.todo, evidence=evidence)
    return unreadable(
        "F07",
        f"{name} is cut off, or is not a checkpoint's index: it does not end like one",
        path,
        "Copy it again if it comes from elsewhere; otherwise use an earlier checkpoint.",
        f"An index ends with the bytes 57 fb 80 8b 24 75 47 db; these {nbytes:,} bytes do not.",
        evidence,
    )


def not_fetched(path: str, start: bytes) -> Unreadable | None:
    """A git-LFS pointer or a web page in place of the file; None if it is neither."""
    name = os.path.basename(path)
    if start.startswith(LFS_POINTER):
        lines = start.decode("utf-8", "replace").splitlines()
        words = dict(line.partition(" ")[::2] for line in lines)
        return unreadable(
            "F07",
            f"{name} is a git-LFS pointer: the file itself was never fetched",
            path,
            Fix("Fetch the real files.", f"git lfs pull --include={shlex.quote(name)}"),
            evidence={"true_size": words.get("size", ""), "oid": words.get("oid", "")},
        )
    if start.lstrip()[:9].lower().startswith(_WEB_PAGES):
        return unreadable(
            "F07",
            f"{name} is a web page: the download saved an error or a login page",
            path,
            "Download it again, signed in where that is needed.",
            evidence={"starts_with": start[:80].decode("utf-8", "replace")},
        )
    return None


def damaged_index(path: str, nbytes: int, reason: str) -> Unreadable:
    """The file is an index, but its own structure does not hold."""
    return unreadable(
        "F07",
        f"{os.path.basename(path)} is damaged: {reason}",
        path,
        "Copy or download it again; if the copy is the same, use an earlier checkpoint.",
        evidence={"size": nbytes},
    )


def version_one(path: str) -> Unreadable:
    """A table in the old single-file format, under the name of an index."""
    return unreadable(
        "F11",
        f"{os.path.basename(path)} is a whole V1 checkpoint, not the index of a V2 one",
        path,
        "Rename it so that it does not end in .index, and open it by that name.",
    )


def no_index(prefix: str, data_files: list[str]) -> Unreadable:
    """`PREFIX.index` is missing; `data_files` are those of the prefix that are there."""
    name = os.path.basename(prefix)
    if not data_files:
        title = f"there is no checkpoint {name} here"
        return unreadable("F03", title, prefix, "Open the directory; it lists what is there.")
    return unreadable(
        "F06",
        f"{name}.index is missing; names, types and shapes are only in it",
        f"{prefix}.index",
        "Copy the .index file beside the data files, or use another checkpoint.",
        evidence={"data_files": data_files[:10]},
    )


def cannot_open(path: str, error: OSError | ValueError) -> Unreadable:
    """The system refused to open or to read the file."""
    name = os.path.basename(path)
    if isinstance(error, PermissionError):
        fix = Fix("Nothing is wrong with it: allow it, or ask its owner to.", _allow(path))
        return unreadable("F13", f"{name} is a file that you are not allowed to read", path, fix)
    if isinstance(error, FileNotFoundError):
        fix = Fix("Put all files of the checkpoint into one directory: .index and every .data.")
        return unreadable("F06", f"{name} is not there", path, fix)
    reason = getattr(error, "strerror", None) or str(error)
    fix = Fix("See whether its disk or network share is all right, then open it again.")
    return unreadable("F13", f"{name} can't be read: {reason}", path, fix)


def _allow(path: str) -> str:
    """The command that opens the file, or the directory that hides it."""
    try:
        os.lstat(path)
    except PermissionError:
        return f"chmod u+rx {shlex.quote(os.path.dirname(os.path.abspath(path)))}"
    except OSError:
        pass  # gone meanwhile
    return f"chmod u+r {shlex.quote(path)}"


def cut_off(path: str, needed: int, size: int) -> Unreadable:
    """A data file that ends before the bytes that the index places in it."""
    return unreadable(
        "F07",
        f"{os.path.basename(path)} is cut off: it has {size:,} bytes, {needed:,} are needed",
        path,
        "Copy or download it again and compare the sizes.",
        evidence={"needed": needed, "size": size},
    )


def replaced(path: str) -> Unreadable:
    """A data file that is not the one that was there when the checkpoint was opened."""
    return unreadable(
        "F08",
        f"{os.path.basename(path)} was changed after this checkpoint was opened",
        path,
        "Reload the checkpoint: a training run or a copy has written over it.",
    )


def bad_tensor(prefix: str, key: str, problem: str, id: str = "F07") -> Unreadable:
    """A tensor that can't be read; `problem` completes "KEY ..."."""
    return unreadable(
        id,
        f"{key} {problem}",
        prefix,
        "Copy the checkpoint's files again; if they are the same, use another checkpoint.",
        evidence={"key": key},
    )
