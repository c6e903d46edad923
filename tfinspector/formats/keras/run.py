"""A directory of Keras snapshots, as `ModelCheckpoint` and scripts leave them.

`model.05-0.12.keras`, `weights.{epoch:02d}-{val_loss:.2f}.weights.h5`, `net_epoch_3.h5`: files
whose names are alike but for their numbers. The step is the first whole number that differs.
"""

import os
import re
import zipfile
from collections.abc import Iterable, Sequence

from tfinspector.contents.checkpoints import RunListing, Snapshot
from tfinspector.contents.findings import Unreadable
from tfinspector.formats.hdf5.file_bytes import Broken
from tfinspector.formats.hdf5.headers import read_superblock
from tfinspector.formats.keras.parts import shard_names
from tfinspector.formats.keras.places import place_of_file
from tfinspector.formats.recognition.file_names import natural_key

_ENDINGS = (".weights.h5", ".weights.json", ".keras", ".h5", ".hdf5")
_NUMBER = re.compile(r"\d+\.\d+|\d+")
_NAMED = re.compile(r"(?:step|epoch|iter(?:ation)?|ckpt|cp|checkpoint|ep|e)[-_.=]?$", re.IGNORECASE)
_SHARD = re.compile(r"(.+)_\d{5}\.weights\.h5$")
_LONGEST_NUMBER = 18


def snapshots_among(names: Iterable[str]) -> dict[str, int]:
    """The snapshots of one run among the names of a directory, each with its step.

    Empty unless at least two names are alike, and all that are belong to one pattern.
    """
    names = list(names)
    indexes = {name[: -len(".weights.json")] for name in names if name.endswith(".weights.json")}
    alike: dict[tuple[str, ...], list[str]] = {}
    for name in names:
        ending = next((one for one in _ENDINGS if name.endswith(one)), None)
        shard = _SHARD.match(name)
        if ending is None or (shard is not None and shard[1] in indexes):
            continue
        parts = _NUMBER.split(name[: -len(ending)])
        if len(parts) > 1:
            alike.setdefault((ending, *parts), []).append(name)
    runs = [found for found in map(_with_steps, alike.values()) if len(found) > 1]
    return runs[0] if len(runs) == 1 else {}


def _with_steps(names: Sequence[str]) -> dict[str, int]:
    """The step of each name; {} where no number of theirs can be one."""
    stems = [name[: -len(next(one for one in _ENDINGS if name.endswith(one)))] for name in names]
    numbers = [_NUMBER.findall(stem) for stem in stems]
    before = _NUMBER.split(stems[0])
    columns = list(zip(*numbers, strict=True))
    whole = [
        place
        for place, column in enumerate(columns)
        if all(one.isdecimal() and len(one) <= _LONGEST_NUMBER for one in column)
        and len(set(column)) > 1
    ]
    if not whole:
        return {}
    called = [place for place in whole if _NAMED.search(before[place])]
    place = (called or whole)[0]
    return {name: int(one[place]) for name, one in zip(names, numbers, strict=True)}


def list_keras_run(directory: str) -> RunListing:
    """The snapshots of a directory, oldest first. Raises `OSError`."""
    directory = os.path.abspath(directory)
    found = []
    for name, step in snapshots_among(os.listdir(directory)).items():
        path = os.path.join(directory, name)
        try:
            status = os.stat(path)
        except OSError:
            continue  # gone since the listing
        problem = _why_incomplete(path, status.st_size)
        found.append(
            Snapshot(path, step, "file name", status.st_mtime, status.st_size, not problem, problem)
        )
    found.sort(key=lambda one: (one.step or 0, one.time or 0.0, natural_key(one.path)))
    return RunListing(directory, tuple(found))


def keras_snapshot_paths(directory: str) -> set[str]:
    """The paths that `list_keras_run` would list, from the names alone. Raises `OSError`."""
    directory = os.path.abspath(directory)
    return {os.path.join(directory, name) for name in snapshots_among(os.listdir(directory))}


def _why_incomplete(path: str, size: int) -> str:
    """What the beginning or the end of a file tells about a save that did not end."""
    name = os.path.basename(path)
    if not size:
        return f"{name} is empty"
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
