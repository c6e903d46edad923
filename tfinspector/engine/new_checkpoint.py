"""The files of a checkpoint that is written: both appear when all is written, or neither does."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import BinaryIO

from tfinspector.contents.findings import Finding, Fix, Severity, Unreadable
from tfinspector.engine.written_here import check_here

_DATA = ".data-00000-of-00001"
_INDEX = ".index"


@dataclass(frozen=True, slots=True)
class NewCheckpoint:
    """`data` and `index` are files to write to; `prefix` is where they will be."""

    prefix: str
    data: BinaryIO
    index: BinaryIO


def check_prefix(prefix: str) -> str:
    """The prefix in full; raises `Unreadable` where it may not be written."""
    check_here(prefix)
    prefix = os.path.abspath(os.path.expanduser(prefix).removesuffix(_INDEX))
    directory, name = os.path.split(prefix)
    if not os.path.isdir(directory):
        raise _unwritable(prefix, f"there is no directory {directory}")
    if taken := _taken(directory, name):
        raise _unwritable(prefix, f"{taken} is there already, and nothing is ever written over")
    return prefix


@contextmanager
def new_checkpoint(prefix: str) -> Iterator[NewCheckpoint]:
    """The two files of `prefix`: the data appears before the index, never over another file.

    Raises `Unreadable` where they can't be written, or something of that prefix is there.
    """
    prefix = check_prefix(prefix)
    directory, name = os.path.split(prefix)
    mark = f"{os.getpid()}.partial"
    drafts = [os.path.join(directory, f".{name}{end}.{mark}") for end in (_DATA, _INDEX)]
    try:
        with open(drafts[0], "xb") as data, open(drafts[1], "xb") as index:
            yield NewCheckpoint(prefix, data, index)
            for file in (data, index):
                file.flush()
                os.fsync(file.fileno())
        _publish(drafts, [f"{prefix}{_DATA}", f"{prefix}{_INDEX}"])
    except OSError as error:
        raise _unwritable(prefix, error.strerror or str(error)) from error
    finally:
        for draft in drafts:
            with suppress(FileNotFoundError):
                os.unlink(draft)


def _publish(drafts: list[str], targets: list[str]) -> None:
    """Give the files their names; a link fails where a file came meanwhile, a rename would not."""
    done: list[str] = []
    try:
        for draft, target in zip(drafts, targets, strict=True):
            try:
                os.link(draft, target)
            except FileExistsError:
                raise
            except OSError:  # a file system without links
                if os.path.lexists(target):
                    raise
                os.rename(draft, target)
            done.append(target)
    except OSError:
        for target in done:
            os.unlink(target)
        raise


def _taken(directory: str, name: str) -> str:
    """The first file of a checkpoint of that name, "" if there is none."""
    with suppress(OSError):
        for each in sorted(os.listdir(directory)):
            if each == name or each == f"{name}{_INDEX}" or each.startswith(f"{name}.data-"):
                return each
    return ""


def _unwritable(prefix: str, why: str) -> Unreadable:
    return Unreadable(
        Finding(
            "V03", Severity.ERROR,
            f"{os.path.basename(prefix)} can't be written: {why}.",
            where=prefix, evidence={"path": prefix, "reason": why},
            fix=Fix("Choose another name, in a directory you may write to and with room for it."),
        )
    )  # fmt: skip
