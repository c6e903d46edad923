"""What lies in place of a data file and is none: a git-LFS pointer, a web page, an archive ...

No byte of such a file belongs to any tensor, so all tensors of that shard are refused. A data
file has no signature of its own: those of other formats are believed only where the size is not
the one that the index tells, a pointer (longer than any chance) always.
"""

import os
import shlex
import stat
from typing import TYPE_CHECKING

from tfinspector.contents.findings import Finding, Fix, Severity
from tfinspector.formats import faults
from tfinspector.formats.faults import LFS_POINTER
from tfinspector.formats.places.files import open_file

if TYPE_CHECKING:
    from tfinspector.formats.places.files import Status

_SNIFF_NBYTES = 512
_ARCHIVES = (
    (b"\x1f\x8b\x08", "a gzip archive", "gunzip"),
    (b"\xfd7zXZ\0", "an xz archive", "unxz"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive", "unzstd"),
    (b"PK\x03\x04", "a zip archive", "unzip"),
)


def find_impostor(path: str, status: "Status", needed: int) -> Finding | None:
    """Why nothing in the file at `path` can be taken for tensors; None if it may be sound.

    `needed` is how many bytes the index places there. Titles begin "FILE is ...".
    """
    if stat.S_ISDIR(status.st_mode):
        return _fault(path, "is a directory, not the data", Fix(
            "Look inside it for the file, or copy the file again under exactly this name.",
            f"ls -l {shlex.quote(path)}"))  # fmt: skip
    if not stat.S_ISREG(status.st_mode):
        return _fault(path, "is no regular file, and not the data",
                      Fix("Copy the file again under exactly this name."))  # fmt: skip
    try:
        with open_file(path) as file:
            start = file.read(_SNIFF_NBYTES)
    except OSError as error:
        return faults.cannot_open(path, error).finding
    return _judge(path, start, status.st_size != needed)


def _judge(path: str, start: bytes, odd_size: bool) -> Finding | None:
    directory, name = os.path.split(path)
    if start.startswith(LFS_POINTER):
        where = f"-C {shlex.quote(directory)} " if directory else ""
        known = faults.not_fetched(path, start)
        return _fault(
            path,
            "is a git-LFS pointer, not the data",
            Fix("The file itself was never fetched: fetch it.",
                f"git {where}lfs pull --include={shlex.quote(name)}"),
            dict(known.finding.evidence) if known else {},
        )  # fmt: skip
    if not odd_size:
        return None
    if known := faults.not_fetched(path, start):
        return _fault(
            path,
            "is a web page, not the data",
            Fix("The download saved an error or a login page. Download it again, signed in where "
                "that is needed."),
            dict(known.finding.evidence),
        )  # fmt: skip
    for beginning, kind, tool in _ARCHIVES:
        if start.startswith(beginning):
            into = "/path/to/unpacked"
            code = f"mkdir -p {into}\n"
            code += (
                f"unzip {shlex.quote(path)} -d {into}"
                if tool == "unzip"
                else f"{tool} -c < {shlex.quote(path)} > {into}/{shlex.quote(name)}"
            )
            text = "Unpack it into another directory, and copy the .index beside it."
            return _fault(path, f"is {kind}, not the data", Fix(text, code))
    return None


def _fault(path: str, what: str, fix: Fix, evidence: dict[str, object] | None = None) -> Finding:
    title = f"{os.path.basename(path)} {what}"
    return Finding("F07", Severity.ERROR, title, where=path, evidence=evidence or {}, fix=fix)
