"""A directory of Keras snapshots: which are there, in which order, and which are not whole."""

import os
import zipfile

from tfinspector.contents.checkpoints import RunListing, Snapshot
from tfinspector.contents.findings import Unreadable
from tfinspector.formats.hdf5.file_bytes import Broken
from tfinspector.formats.hdf5.headers import read_superblock
from tfinspector.formats.keras.parts import shard_names
from tfinspector.formats.keras.places import place_of_file
from tfinspector.formats.keras.snapshot_names import metrics_among, snapshots_among
from tfinspector.formats.places.files import absolute, entries_of, is_remote, names_in
from tfinspector.formats.recognition.file_names import natural_key


def list_keras_run(directory: str) -> RunListing:
    """The snapshots of a directory, oldest first. Raises `OSError`."""
    directory = absolute(directory)
    with entries_of(directory) as entries:
        there = {entry.name: entry for entry in entries}
    found = []
    steps = snapshots_among(there)
    metrics = metrics_among(list(steps))
    for name, step in steps.items():
        path = os.path.join(directory, name)
        try:
            status = there[name].stat()
        except OSError:
            continue  # gone since the listing
        problem = _why_incomplete(path, status.st_size)
        found.append(
            Snapshot(
                path,
                step,
                "file name",
                status.st_mtime,
                status.st_size,
                not problem,
                problem,
                metrics.get(name, ""),
            )
        )
    found.sort(key=lambda one: (one.step or 0, one.time or 0.0, natural_key(one.path)))
    return RunListing(directory, tuple(found))


def keras_snapshot_paths(directory: str) -> set[str]:
    """The paths that `list_keras_run` would list, from the names alone. Raises `OSError`."""
    directory = absolute(directory)
    return {os.path.join(directory, name) for name in snapshots_among(names_in(directory))}


def _why_incomplete(path: str, size: int) -> str:
    """What the beginning or the end of a file tells about a save that did not end."""
    name = os.path.basename(path)
    if not size:
        return f"{name} is empty"
    if is_remote(path):
        return ""  # each look inside is a request or three: what is wrong is told by opening it
    try:
        if path.endswith(".json"):
            with open(path, "rb") as text:
                names, problem = shard_names(text.read(1 << 26).decode("utf-8", "replace"))
            gone = [
                one for one in names if not os.path.isfile(os.path.join(os.path.dirname(path), one))
            ]
            return problem or (f"{gone[0]} is missing" if gone else "")
        if path.endswith(".keras"):
            return "" if zipfile.is_zipfile(path) else f"{name} does not end like an archive"
        place = place_of_file(path)
        with place.open() as file:
            end = read_superblock(file, 0, size).end
        return f"{name} has {size:,} of {end:,} bytes" if end > size else ""
    except (Broken, Unreadable, OSError, ValueError) as error:
        return str(error)
