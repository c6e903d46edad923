"""What a URL is, asked with few requests: a file by its bytes, a directory by its names.

Only what lies in a directory itself is looked at, and the numbered versions of a SavedModel.
"""

import os
from collections.abc import Sequence

from tfinspector.contents.findings import Unreadable
from tfinspector.contents.sources import GivenAs, Recognised, SourceKind
from tfinspector.formats.checkpoints.state_file import STATE_FILE_NAME
from tfinspector.formats.faults import unreadable
from tfinspector.formats.file_names import INDEX, META, shard_name
from tfinspector.formats.keras.snapshot_names import snapshots_among
from tfinspector.formats.places.files import absolute, is_directory, is_file, is_there, names_in
from tfinspector.formats.recognition import faults as faults
from tfinspector.formats.recognition.directories import (
    KERAS_NAMES,
    SAVED_MODEL_PARTS,
    SAVED_MODEL_PROTOS,
    holds_checkpoints,
    is_sharded_v1,
    of_other_programs,
)
from tfinspector.formats.recognition.file_kinds import STATE_FILE, sniff

_ELSEWHERE = "read from another machine"
_VARIABLES = "variables"


def recognise_remote(given: str) -> Recognised:
    """What the URL `given` is; raises `Unreadable`."""
    url = absolute(given.strip())
    directory, _, name = url.rpartition("/")
    try:
        found = _checkpoint(url, given)
        if found is None and name in SAVED_MODEL_PARTS:
            found = _saved_model(directory, given, GivenAs.PART)
        if found is None and name != STATE_FILE_NAME:
            found = _file(url, given)
        return found or _directory(url, given)
    except OSError as error:
        raise faults.cannot_look(url, error) from error


def _found(kind: SourceKind, what: str, path: str, given: str, given_as: GivenAs) -> Recognised:
    words = f"{what} {path.rpartition('/')[2]}, {_ELSEWHERE}"
    return Recognised(kind, path, given, given_as, words)


def _checkpoint(url: str, given: str) -> Recognised | None:
    directory, _, name = url.rpartition("/")
    shard = shard_name(name)
    prefix, given_as = url, GivenAs.ITSELF
    if shard is not None:
        prefix, given_as = f"{directory}/{shard.prefix}", GivenAs.SHARD
    elif name.endswith(INDEX):
        prefix, given_as = url[: -len(INDEX)], GivenAs.INDEX
    elif name.endswith(META):
        prefix, given_as = url[: -len(META)], GivenAs.META
    if not is_file(prefix + INDEX):
        return None
    return _found(SourceKind.CHECKPOINT, "the checkpoint", prefix, given, given_as)


def _file(url: str, given: str) -> Recognised | None:
    """A single file, judged by its first and last bytes; None if there is none."""
    if is_directory(url) or not is_there(url):
        return None
    kind = sniff(url)
    if kind is STATE_FILE:
        return _directory(f"{url.rpartition('/')[0]}/{STATE_FILE_NAME}", given)
    if kind.kind is None:
        raise faults.foreign_file(url, kind)
    what = kind.noun or "the checkpoint in the old format (V1)"
    return _found(kind.kind, what, url, given, GivenAs.ITSELF)


def _directory(url: str, given: str) -> Recognised:
    directory, _, name = url.rpartition("/")
    given_as = GivenAs.DIRECTORY
    if name == STATE_FILE_NAME:
        url, name, given_as = directory, directory.rpartition("/")[2], GivenAs.STATE_FILE
    try:
        names = names_in(url)
    except (FileNotFoundError, NotADirectoryError):
        names = []
    if not names and is_sharded_v1(url):
        what = "the checkpoint in the old format (V1)"
        return _found(SourceKind.CHECKPOINT_V1, what, url, given, GivenAs.ITSELF)
    if not names:
        raise _nothing_there(url, given)
    found = _saved_model(url, given, GivenAs.ITSELF, names)
    if found is None and name == _VARIABLES:
        found = _saved_model(url.rpartition("/")[0], given, GivenAs.PART)
    return found or _of_names(url, given, given_as, names)


def _of_names(url: str, given: str, given_as: GivenAs, names: Sequence[str]) -> Recognised:
    """What a directory with these names is, if it is no SavedModel."""
    if holds_checkpoints(names):
        return _found(SourceKind.RUN, "the run", url, given, given_as)
    if _VARIABLES in names and is_file(values := f"{url}/{_VARIABLES}/{_VARIABLES}{INDEX}"):
        words = f"the variables of {url.rpartition('/')[2]}, a SavedModel without its graph"
        prefix = values.removesuffix(INDEX)
        return Recognised(SourceKind.CHECKPOINT, prefix, given, GivenAs.WITHOUT_GRAPH, words)
    if set(names) >= KERAS_NAMES or {"config.json", "model.weights.h5"} <= set(names):
        return _found(SourceKind.KERAS, "the unpacked Keras model", url, given, given_as)
    if snapshots_among(names) or (STATE_FILE_NAME in names and _is_v1_run(url, names)):
        return _found(SourceKind.RUN, "the run", url, given, given_as)
    versions = sorted((one for one in names if one.isdecimal()), key=int)
    for version in reversed(versions):
        found = _saved_model(f"{url}/{version}", given, GivenAs.VERSIONS)
        if found is not None:
            return found
    raise of_other_programs(url, names)


def _is_v1_run(url: str, names: Sequence[str]) -> bool:
    # Imported here: nothing else of V1 is needed to tell a directory.
    from tfinspector.formats.v1.v1_run import v1_snapshots_among

    return bool(v1_snapshots_among(url, names))


def _saved_model(
    url: str, given: str, given_as: GivenAs, names: Sequence[str] | None = None
) -> Recognised | None:
    """The SavedModel in a directory, told by its names alone; None if there is none."""
    if names is None:
        try:
            names = names_in(url)
        except (FileNotFoundError, NotADirectoryError):
            return None
    if not any(proto in names for proto in SAVED_MODEL_PROTOS):
        return None
    return _found(SourceKind.SAVED_MODEL, "the SavedModel", url, given, given_as)


def _nothing_there(url: str, given: str) -> Unreadable:
    return unreadable(
        "F03",
        f"There is no {url}, and no checkpoint that begins so.",
        url,
        "Look at the spelling of the URL, and whether you may list what is there; a web server "
        f"that shows no listing gives single files by their own URL, like {os.path.join(url, '')}"
        "ckpt-1.index.",
        evidence={"given": given},
    )
