"""The parts of a Keras file on disk: texts, HDF5 files, assets - whatever the layout is."""

import contextlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from tfinspector.contents.findings import Unreadable
from tfinspector.contents.keras_files import KerasLayout
from tfinspector.formats import faults
from tfinspector.formats.hdf5.headers import SIGNATURE
from tfinspector.formats.keras import keras_faults
from tfinspector.formats.keras.archive import WEIGHTS, Archive, read_archive, read_text
from tfinspector.formats.keras.places import Place, place_of_file
from tfinspector.formats.places.files import (
    is_directory,
    is_file,
    is_there,
    names_below,
    open_buffered,
)

CONFIG, METADATA = "config.json", "metadata.json"
_OTHER_WEIGHTS = "model.weights.json"
_ASSETS = "assets/"
_MOST_TEXT_NBYTES = 256 << 20


@dataclass
class Parts:
    """What was found.

    texts     the small JSON files by name
    weights   the HDF5 files, in order; `listed` are files that should be there, by path
    needed    sizes that files should have, by path
    files     every file whose change matters
    """

    path: str
    layout: KerasLayout
    texts: dict[str, str] = field(default_factory=dict)
    weights: list[Place] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    assets: list[str] = field(default_factory=list)
    compressed: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    needed: dict[str, int] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)


def find_parts(path: str) -> Parts:
    """The parts of the Keras file or directory at `path`; raises `Unreadable`."""
    if is_directory(path):
        return _of_directory(path)
    try:
        with open_buffered(path) as file:
            start = file.read(4096)
    except OSError as error:
        raise faults.cannot_open(path, error) from error
    if start.startswith(b"PK\x03\x04"):
        return _of_archive(path)
    if start.lstrip()[:1] == b"{":
        return _of_shards(path)
    if (fetched := faults.not_fetched(path, start)) is not None:
        raise fetched
    if not start:
        raise keras_faults.empty(path)
    if SIGNATURE not in start:
        raise keras_faults.no_keras_file(path, start)
    weights = path.endswith(".weights.h5")
    layout = KerasLayout.WEIGHTS if weights else KerasLayout.HDF5_MODEL
    return Parts(path, layout, weights=[place_of_file(path)], files=[path])


def _of_archive(path: str) -> Parts:
    archive = read_archive(path)
    parts = Parts(path, KerasLayout.ARCHIVE, files=[path])
    if not archive.members:
        raise keras_faults.damaged_archive(path, archive)
    if archive.problem:
        parts.problems.append(f"the archive is damaged: {archive.problem}")
        parts.needed[path] = archive.needed
    for name, member in archive.members.items():
        if member.compressed:
            parts.compressed.append(name)
        if name.startswith(_ASSETS):
            parts.assets.append(name[len(_ASSETS) :])
    for name in (CONFIG, METADATA):
        if name in archive.members:
            with _noted(parts, name):
                parts.texts[name] = read_text(archive.members[name])
    _weights_of_archive(archive, parts)
    return parts


def _weights_of_archive(archive: Archive, parts: Parts) -> None:
    if WEIGHTS in archive.members:
        parts.weights.append(archive.members[WEIGHTS].place)
        return
    if _OTHER_WEIGHTS in archive.members:
        with _noted(parts, _OTHER_WEIGHTS):
            text = read_text(archive.members[_OTHER_WEIGHTS])
            names, _ = shard_names(text)
            there = [name for name in names if name in archive.members]
            parts.weights += [archive.members[name].place for name in there]
            parts.problems += [f"{name} is missing in it" for name in names if name not in there]
        return
    if CONFIG not in archive.members:
        if archive.problem:
            raise keras_faults.damaged_archive(parts.path, archive)
        raise keras_faults.other_archive(parts.path, list(archive.members))
    other = next((name for name in archive.members if name.startswith("model.weights")), "")
    parts.problems.append(
        f"it keeps its weights as {other}, which Keras writes as pickled Python" if other
        else f"{WEIGHTS} is missing in it: it holds the model's configuration, and no weights"
    )  # fmt: skip


def _of_directory(path: str) -> Parts:
    parts = Parts(path, KerasLayout.DIRECTORY)
    for name in (CONFIG, METADATA):
        place = os.path.join(path, name)
        parts.files.append(place)
        if is_there(place):
            with _noted(parts, name):
                parts.texts[name] = _text_of(place)
        else:
            parts.problems.append(f"{name} is missing in it")
    weights = os.path.join(path, WEIGHTS)
    if is_there(weights):
        parts.files.append(weights)
        parts.weights.append(place_of_file(weights))
    else:
        parts.problems.append(f"{WEIGHTS} is missing in it")
        parts.missing.append(weights)
    assets = os.path.join(path, "assets")
    parts.assets += names_below(assets)
    return parts


def _of_shards(path: str) -> Parts:
    text = _text_of(path)
    names, problem = shard_names(text)
    if problem:
        raise keras_faults.no_weight_map(path, problem)
    parts = Parts(path, KerasLayout.SHARDED, texts={os.path.basename(path): text}, files=[path])
    directory = os.path.dirname(path)
    for name in names:
        place = os.path.join(directory, name)
        parts.files.append(place)
        if is_file(place):
            parts.weights.append(place_of_file(place))
        else:
            parts.missing.append(place)
    if not parts.weights:
        raise keras_faults.no_shards(path, [os.path.basename(one) for one in parts.missing])
    return parts


def shard_names(text: str) -> tuple[list[str], str]:
    """The files that a weight map names, base names only, and what is wrong with it."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        return [], f"it is no JSON ({error})"
    listed = found.get("weight_map") if isinstance(found, dict) else None
    if not isinstance(listed, dict):
        return [], "it has no weight_map"
    names: dict[str, None] = {}
    for value in listed.values():
        for name in value if isinstance(value, list) else [value]:
            if isinstance(name, str) and os.path.basename(name) not in ("", ".", ".."):
                names[os.path.basename(name)] = None
    return sorted(names), "" if names else "its weight_map names no file"


def shards_of_map(text: str) -> Mapping[str, list[str]]:
    """Which files each group of a weight map should be in."""
    found = json.loads(text)["weight_map"]
    return {
        str(group).strip("/"): [
            os.path.basename(str(one)) for one in (value if isinstance(value, list) else [value])
        ]
        for group, value in found.items()
    }


def _text_of(path: str) -> str:
    try:
        with open_buffered(path) as file:
            data = file.read(_MOST_TEXT_NBYTES + 1)
    except OSError as error:
        raise faults.cannot_open(path, error) from error
    if len(data) > _MOST_TEXT_NBYTES:
        raise faults.damaged_index(path, len(data), "it is too large to be a configuration")
    return data.decode("utf-8", "replace")


@contextlib.contextmanager
def _noted(parts: Parts, name: str):  # type: ignore[no-untyped-def]
    """What goes wrong with a small file is noted, for the weights can be read without it."""
    try:
        yield
    except Unreadable as error:
        parts.problems.append(f"{name} can't be read: {error.finding.title}")
