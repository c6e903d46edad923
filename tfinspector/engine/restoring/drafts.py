"""Files that are written beside their place and moved there when they are whole; never over any."""

import os
import shutil

from tfinspector.engine.restoring.repair_findings import unwritable


def move_drafts(drafts: str, prefix: str) -> list[str]:
    """Data files first, the index last: a prefix without index is no checkpoint to anybody."""
    directory = os.path.dirname(prefix)
    moved: list[str] = []
    try:
        for name in sorted(os.listdir(drafts), key=lambda name: name.endswith(".index")):
            draft, target = os.path.join(drafts, name), os.path.join(directory, name)
            _sync(draft)
            _place(draft, target)
            moved.append(target)
    except OSError as error:
        for path in moved:
            os.unlink(path)
        raise unwritable(prefix, error.strerror or str(error)) from error
    return moved


def _sync(path: str) -> None:
    with open(path, "rb+") as file:
        os.fsync(file.fileno())


def _place(draft: str, target: str) -> None:
    """Under its name, unless that is taken by now."""
    try:
        os.link(draft, target)  # fails where something is there
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        with open(target, "xb"):
            pass
        shutil.move(draft, target)
