"""A directory of Keras snapshots: which are there, in which order, and which are not whole."""

import contextlib
import os
import zipfile
from collections.abc import Iterable, Mapping

from tfinspector.contents.checkpoints import RunListing, Snapshot
from tfinspector.contents.findings import Unreadable
from tfinspector.formats.checkpoints.run import sort_snapshots
from tfinspector.formats.file_names import natural_key, steps_in_names
from tfinspector.formats.hdf5.file_bytes import Broken
from tfinspector.formats.hdf5.headers import read_superblock
from tfinspector.formats.keras.parts import shard_names
from tfinspector.formats.keras.places import place_of_file
from tfinspector.formats.keras.snapshot_names import keras_names, metrics_among, snapshots_among
from tfinspector.formats.places.files import absolute, entries_of, is_remote, names_in, status_at

_MOST_DIRECTORIES = 2000  # looked into one level below
_FEWEST = 2  # that make a run


def list_keras_run(directory: str) -> RunListing:
    """The snapshots of a directory, oldest first. Raises `OSError`."""
    directory = absolute(directory)
    with entries_of(directory) as entries:
        there = {entry.name: entry for entry in entries}
    found = []
    steps = _snapshots_among(directory, there)
    metrics = metrics_among(list(steps)) if steps.keys() <= there.keys() else {}
    for name, step in steps.items():
        path = os.path.join(directory, name)
        try:
            status = there[name].stat() if name in there else status_at(path)
        except OSError:
            continue  # gone since the listing
        problem = _why_incomplete(path, status.st_size)
        found.append(
            Snapshot(
                path,
                step,
                "file time" if step is None else "file name",
                status.st_mtime,
                status.st_size,
                not problem,
                problem,
                metrics.get(name, ""),
            )
        )
    return RunListing(directory, tuple(sort_snapshots(found)))


def keras_snapshot_paths(directory: str) -> set[str]:
    """The paths that `list_keras_run` would list, from the names alone. Raises `OSError`."""
    directory = absolute(directory)
    return {
        os.path.join(directory, name) for name in _snapshots_among(directory, names_in(directory))
    }


def _snapshots_among(directory: str, names: Iterable[str]) -> Mapping[str, int | None]:
    """The snapshots in a directory with these names; where it holds none, one in each below."""
    return snapshots_among(names) or one_in_each(directory, names)


def one_in_each(directory: str, names: Iterable[str]) -> dict[str, int | None]:
    """`epoch_1/model.keras`, `epoch_2/model.keras`, ...: one file of one name in each folder.

    With the steps that the folders' names tell. Empty where there are no two such folders.
    """
    files: dict[str, str] = {}
    for name in [] if is_remote(directory) else sorted(names, key=natural_key)[:_MOST_DIRECTORIES]:
        below = os.path.join(directory, name)
        if os.path.isdir(below):
            with contextlib.suppress(OSError):  # not ours to look into
                inside = keras_names(os.listdir(below))
                if len(inside) == 1:
                    files[name] = inside[0]
    if len(files) < _FEWEST or len(set(files.values())) > 1:
        return {}
    steps = steps_in_names(list(files))
    return {
        os.path.join(folder, file): step
        for (folder, file), step in zip(files.items(), steps, strict=True)
    }


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
