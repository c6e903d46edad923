"""What a path is: whatever a person points at, the thing that was meant, or why there is none.

Any file of a set stands for its checkpoint, the state file for its run, a part of a SavedModel
for its directory. Names are taken literally (no globs), `~` and relative paths are resolved.
"""

import os
import re

from tfinspector.contents.sources import GivenAs, Recognised, SourceKind
from tfinspector.formats import faults as file_faults
from tfinspector.formats.file_names import INDEX, META, natural_key, shard_name
from tfinspector.formats.places.files import is_remote
from tfinspector.formats.places.passwords import taken
from tfinspector.formats.recognition import faults as faults
from tfinspector.formats.recognition.directories import (
    SAVED_MODEL_PARTS,
    around_assets,
    is_sharded_v1,
    recognise_directory,
    run_of_state_file,
    saved_model,
)
from tfinspector.formats.recognition.file_kinds import STATE_FILE, sniff
from tfinspector.formats.recognition.remote import recognise_remote

_FILE_SCHEME = re.compile("file://", re.IGNORECASE)
_NO_PATH = frozenset({"", "None", "null", "nan"})


def recognise(given: str) -> Recognised:
    """What `given` is; raises `Unreadable` with what it is instead, or what is near it."""
    if is_remote(given.strip()) and not _FILE_SCHEME.match(given.strip()):
        return recognise_remote(taken(given))
    path = _normalised(given)
    if os.path.isdir(path):
        return recognise_directory(path, given)
    try:
        return (
            _part_of_checkpoint(path, given)
            or _part_of_saved_model(path, given)
            or _without_number(path, given)
            or _file(path, given)
        )
    except OSError as error:
        raise faults.cannot_look(path, error) from error


def _normalised(given: str) -> str:
    """The absolute path that is meant; a trailing separator and a `file://` are dropped."""
    text = given.strip()
    if text in _NO_PATH or "\0" in text:
        raise faults.no_path(given)
    if text != given:
        exact = os.path.abspath(os.path.expanduser(given))
        if os.path.lexists(exact):  # a name that really begins or ends with a space
            return exact
    if scheme := _FILE_SCHEME.match(text):
        text = text[scheme.end() :]
    return os.path.abspath(os.path.expanduser(text))


def _part_of_checkpoint(path: str, given: str) -> Recognised | None:
    """The checkpoint that `path` is the prefix or a file of."""
    if os.path.isfile(path + INDEX):
        return _checkpoint(path, given, GivenAs.ITSELF, "")
    name = os.path.basename(path)
    shard = shard_name(path)
    if shard is not None:
        how = f"from data file {shard.shard} of {shard.of}"
        return _checkpoint(shard.prefix, given, GivenAs.SHARD, how, path)
    if name.endswith(INDEX) and name != INDEX and os.path.lexists(path):
        if os.path.isfile(path) and sniff(path).id == "F11":
            return None  # a whole V1 checkpoint under that name
        return _checkpoint(path[: -len(INDEX)], given, GivenAs.INDEX, "from its index file")
    if name.endswith(META) and os.path.isfile(path[: -len(META)] + INDEX):
        return _checkpoint(path[: -len(META)], given, GivenAs.META, "from its graph file")
    if _has_rest(path):
        return _checkpoint(path, given, GivenAs.ITSELF, "")
    return None


def _checkpoint(prefix: str, given: str, given_as: GivenAs, how: str, file: str = "") -> Recognised:
    """A checkpoint; where its index is missing, opening it says so, with what else is there."""
    if file and not os.path.isfile(prefix + INDEX):
        if not os.path.lexists(file):
            raise faults.nothing_there(file, given)
        raise file_faults.no_index(prefix, _names_beginning(prefix))
    words = f"the checkpoint {os.path.basename(prefix)}" + (f", {how}" if how else "")
    return Recognised(SourceKind.CHECKPOINT, prefix, given, given_as, words)


def _has_rest(prefix: str) -> bool:
    """Whether data files or a temporary directory of a prefix without an index are there."""
    if os.path.lexists(prefix):
        return False
    name = os.path.basename(prefix)
    for other in _names_beginning(prefix):
        shard = shard_name(other)
        if other == f"{name}_temp" or (shard is not None and shard.prefix == name):
            return True
    return False


def _part_of_saved_model(path: str, given: str) -> Recognised | None:
    directory, name = os.path.split(path)
    if name not in SAVED_MODEL_PARTS or not os.path.lexists(path):
        return None
    return saved_model(directory, given, GivenAs.PART, f"from its {name}")


def _without_number(path: str, given: str) -> Recognised | None:
    """The newest PREFIX-N where only PREFIX was given, as `tf.train.Checkpoint.save` takes it."""
    if os.path.lexists(path):
        return None
    pattern = re.compile(re.escape(os.path.basename(path)) + r"-\d+\.index$")
    names = [name for name in _names_beginning(path) if pattern.match(name)]
    if not names:
        return None
    names.sort(key=natural_key)
    prefixes = [os.path.join(os.path.dirname(path), name[: -len(INDEX)]) for name in names]
    newest = os.path.basename(prefixes[-1])
    words = f"the checkpoint {newest}, the last of {len(names)} that begin so"
    return Recognised(
        SourceKind.CHECKPOINT, prefixes[-1], given, GivenAs.WITHOUT_NUMBER, words,
        tuple(reversed(prefixes[:-1])),
    )  # fmt: skip


def _file(path: str, given: str) -> Recognised:
    """A file that is no part of a checkpoint by its name: judged by what is in it."""
    if not os.path.lexists(path):
        if is_sharded_v1(path):
            words = f"{os.path.basename(path)}, a checkpoint in the old format (V1), in shards"
            return Recognised(SourceKind.CHECKPOINT_V1, path, given, GivenAs.ITSELF, words)
        raise faults.nothing_there(path, given)
    if not os.path.isfile(path):
        raise faults.no_file(path)
    kind = sniff(path)
    if kind is STATE_FILE:
        return run_of_state_file(path, given)
    if kind.kind is None:
        if (model := around_assets(path, given)) is not None:
            return model
        raise faults.foreign_file(path, kind)
    name = os.path.basename(path)
    words = f"{kind.noun} {name}" if kind.noun else f"{name}, {kind.words}"
    return Recognised(kind.kind, path, given, GivenAs.ITSELF, words)


def _names_beginning(path: str) -> list[str]:
    """Names in the directory of `path` that begin with its base name; no globs."""
    directory, name = os.path.split(path)
    try:
        return sorted(other for other in os.listdir(directory) if other.startswith(name))
    except OSError:
        return []
