"""A directory of V1 checkpoints: those that its state file names, and those whose graph is beside.

A V1 file has no ending of its own. The paths in a state file of TensorFlow 1 are absolute, so
that they lead nowhere once the directory was moved: what counts is the last part of each.
"""

import os
from collections.abc import Iterable

from tfinspector.contents.checkpoints import RunListing, Snapshot
from tfinspector.formats.bundles.table import MAGIC
from tfinspector.formats.checkpoints.run import sort_snapshots
from tfinspector.formats.checkpoints.state_file import STATE_FILE_NAME, read_state_file
from tfinspector.formats.file_names import INDEX, META, steps_in_names
from tfinspector.formats.places.files import absolute, names_in, open_buffered
from tfinspector.formats.v1.v1_files import v1_files, v1_prefix


def v1_snapshots_among(directory: str, names: Iterable[str]) -> list[str]:
    """The prefixes (base names) of the V1 checkpoints in a directory with these names."""
    names = set(names)
    candidates = [name[: -len(META)] for name in names if name.endswith(META)]
    if STATE_FILE_NAME in names:
        state = read_state_file(os.path.join(directory, STATE_FILE_NAME))
        written = (*state.all_paths, state.latest)
        candidates += [os.path.basename(v1_prefix(path)) for path in written if path]
    return [
        name
        for name in dict.fromkeys(candidates)
        if name + INDEX not in names and _is_v1(os.path.join(directory, name))
    ]


def v1_snapshot_paths(directory: str) -> set[str]:
    """The paths of what `list_v1_run` would list. Raises `OSError`."""
    directory = absolute(directory)
    names = v1_snapshots_among(directory, names_in(directory))
    return {os.path.join(directory, name) for name in names}


def list_v1_run(directory: str) -> RunListing:
    """The V1 checkpoints of a directory, oldest first. Raises `OSError`."""
    directory = absolute(directory)
    entries = names_in(directory)
    names = v1_snapshots_among(directory, entries)
    state = None
    if STATE_FILE_NAME in entries:
        state = read_state_file(os.path.join(directory, STATE_FILE_NAME))
    steps = steps_in_names(names)
    found = [
        _snapshot(os.path.join(directory, name), step)
        for name, step in zip(names, steps, strict=True)
    ]
    return RunListing(directory, tuple(sort_snapshots(found)), state)


def _snapshot(prefix: str, step: int | None) -> Snapshot:
    stamps = v1_files(prefix)
    there = [stamp for stamp in stamps.values() if stamp]
    missing = len(stamps) - len(there)
    return Snapshot(
        prefix,
        step,
        "file name" if step is not None else "file time",
        max(stamp.mtime_ns for stamp in there) / 1e9,
        sum(stamp.nbytes for stamp in there),
        not missing,
        f"{missing} of its {len(stamps)} files are missing" if missing else "",
    )


def _is_v1(prefix: str) -> bool:
    """Whether the files are there, and the first of them ends like a table."""
    path = next((path for path, stamp in v1_files(prefix).items() if stamp), None)
    if path is None:
        return False
    try:
        with open_buffered(path) as file:
            file.seek(0, os.SEEK_END)
            file.seek(max(0, file.tell() - len(MAGIC)))
            return file.read() == MAGIC
    except OSError:
        return False
