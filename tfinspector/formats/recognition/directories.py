"""What a directory is: a SavedModel, a run, or the place around one of them."""

import contextlib
import os
import re
from collections.abc import Sequence

from tfinspector.contents.findings import Unreadable
from tfinspector.contents.sources import GivenAs, Recognised, SourceKind
from tfinspector.formats.checkpoints.state_file import STATE_FILE_NAME, read_state_file
from tfinspector.formats.file_names import (
    INDEX,
    TEMPORARY_DIRECTORY,
    natural_key,
    shard_name,
)
from tfinspector.formats.keras.snapshot_names import snapshots_among
from tfinspector.formats.places.files import is_file, names_in
from tfinspector.formats.recognition import faults as faults
from tfinspector.formats.recognition.foreign_kinds import ORBAX, SAFETENSORS_DIRECTORY, TFJS

SAVED_MODEL_PROTOS = ("saved_model.pb", "saved_model.pbtxt", "saved_model.cpb")
SAVED_MODEL_PARTS = frozenset({*SAVED_MODEL_PROTOS, "fingerprint.pb", "keras_metadata.pb"})
_ASSETS = frozenset({"assets", "assets.extra"})
KERAS_NAMES = frozenset({"config.json", "metadata.json"})
_ORBAX_ARRAYS = "manifest.ocdbt"
_ORBAX_NAMES = frozenset({"_CHECKPOINT_METADATA", "_METADATA", _ORBAX_ARRAYS})
_VERSION = re.compile(r"\d+$")
_V1_PATTERN = re.compile(r"-\?{5}-of-\d{5}$")  # how a state file names V1 shards
_MOST_LOOKED_AT = 2000  # directories one level below


def recognise_directory(path: str, given: str) -> Recognised:
    """What the directory `path` is; raises `Unreadable` if nothing in it can be opened."""
    try:
        names = names_in(path)
    except OSError as error:
        raise faults.cannot_look(path, error) from error
    name = os.path.basename(path) or path
    found = saved_model(path, given)
    if found is None and name == "variables":
        found = saved_model(os.path.dirname(path), given, GivenAs.PART, "from its variables")
    if found is not None:
        return found
    if holds_checkpoints(names):
        return _run(path, given, GivenAs.DIRECTORY, "")
    values = os.path.join(path, "variables", "variables")
    if os.path.isfile(values + INDEX):
        words = f"the variables of {name}, a SavedModel without its graph"
        return Recognised(SourceKind.CHECKPOINT, values, given, GivenAs.WITHOUT_GRAPH, words)
    if set(names) >= KERAS_NAMES or {"config.json", "model.weights.h5"} <= set(names):
        words = f"the Keras model {name}, unpacked"
        return Recognised(SourceKind.KERAS, path, given, GivenAs.DIRECTORY, words)
    if _ORBAX_NAMES.intersection(names):
        raise of_other_programs(path, names)
    if snapshots_among(names):
        return _run(path, given, GivenAs.DIRECTORY, "")
    inside = _look_one_level_below(path, given, names)
    if inside is not None:
        return inside
    if STATE_FILE_NAME in names:
        return _without_v2(os.path.join(path, STATE_FILE_NAME), given, GivenAs.DIRECTORY)
    if (model := around_assets(path, given)) is not None:
        return model
    raise of_other_programs(path, names)


def of_other_programs(path: str, names: Sequence[str]) -> Unreadable:
    """Why a directory with nothing of TensorFlow's in it can't be opened."""
    if (arrays := _orbax_arrays(path, names)) is not None:
        return faults.foreign_directory(path, ORBAX, arrays)
    if any(one.endswith(".safetensors") for one in names):
        return faults.foreign_directory(path, SAFETENSORS_DIRECTORY)
    if "model.json" in names and any(one.endswith(".bin") for one in names):
        return faults.foreign_file(os.path.join(path, "model.json"), TFJS)
    return faults.nothing_inside(path, sorted(names))


def _orbax_arrays(path: str, names: Sequence[str]) -> str | None:
    """Where an Orbax checkpoint keeps its arrays: in itself, in an item of it, or, where a
    directory holds one per step (as Keras's callback leaves them), in those of the last step."""
    if _ORBAX_ARRAYS in names:
        return path
    if _ORBAX_NAMES.intersection(names):
        items = [os.path.join(path, name) for name in sorted(names)]
        return next((one for one in items if _ORBAX_ARRAYS in _names_or_none(one)), path)
    steps = sorted((name for name in names if name.isdecimal()), key=int)
    if not steps:
        return None
    last = os.path.join(path, steps[-1])
    inside = _names_or_none(last)
    return _orbax_arrays(last, inside) if _ORBAX_NAMES.intersection(inside) else None


def _names_or_none(path: str) -> list[str]:
    try:
        return names_in(path)
    except OSError:  # a file, or not ours to look into
        return []


def saved_model(
    path: str, given: str, given_as: GivenAs = GivenAs.ITSELF, how: str = ""
) -> Recognised | None:
    """The SavedModel in `path`, None if there is none."""
    if not is_saved_model(path):
        return None
    words = f"the SavedModel {os.path.basename(path)}" + (f", {how}" if how else "")
    return Recognised(SourceKind.SAVED_MODEL, path, given, given_as, words)


def around_assets(path: str, given: str) -> Recognised | None:
    """The SavedModel that `path` is the assets of, or a file among them; None if it is neither."""
    for folder in (path, os.path.dirname(path)):
        if (name := os.path.basename(folder)) in _ASSETS:
            return saved_model(os.path.dirname(folder), given, GivenAs.PART, f"from its {name}")
    return None


def run_of_state_file(path: str, given: str) -> Recognised:
    """The run whose state file `path` is."""
    directory = os.path.dirname(path)
    try:
        names = names_in(directory)
    except OSError as error:
        raise faults.cannot_look(directory, error) from error
    if not holds_checkpoints(names):
        return _without_v2(path, given, GivenAs.STATE_FILE)
    return _run(directory, given, GivenAs.STATE_FILE, "from its state file")


def _without_v2(state_path: str, given: str, given_as: GivenAs) -> Recognised:
    """The V1 checkpoint that a state file names, where no other checkpoint is beside it."""
    from tfinspector.formats.v1.v1_run import v1_snapshots_among

    state = read_state_file(state_path)
    directory = os.path.dirname(state_path)
    if len(v1_snapshots_among(directory, names_in(directory))) > 1:
        return _run(directory, given, given_as, "in the old format (V1), from its state file")
    for written in (state.latest, *reversed(state.all_paths)):
        name = _V1_PATTERN.sub("", os.path.basename(written))
        prefix = os.path.join(directory, name)
        if name and (is_file(prefix) or is_sharded_v1(prefix)):
            words = f"the checkpoint {name} in the old format (V1), from its state file"
            return Recognised(SourceKind.CHECKPOINT_V1, prefix, given, given_as, words)
    raise faults.only_state_file(directory, state.all_paths or (state.latest,))


def is_sharded_v1(prefix: str) -> bool:
    """Whether `PREFIX-00000-of-0000N` is there, a V1 checkpoint in shards."""
    directory, name = os.path.split(prefix)
    pattern = re.compile(re.escape(name) + r"-\d{5}-of-\d{5}$")
    try:
        return any(pattern.match(other) for other in names_in(directory))
    except OSError:
        return False


def is_saved_model(path: str) -> bool:
    """Whether `path` is a directory that TensorFlow would look at as a SavedModel."""
    return any(is_file(os.path.join(path, proto)) for proto in SAVED_MODEL_PROTOS)


def holds_checkpoints(names: Sequence[str]) -> bool:
    """Whether a directory with these names holds a checkpoint, or the rest of a broken one."""
    return any(
        (name.endswith(INDEX) and name != INDEX)
        or shard_name(name) is not None
        or TEMPORARY_DIRECTORY.match(name) is not None
        for name in names
    )


def _run(
    path: str, given: str, given_as: GivenAs, how: str, others: Sequence[str] = ()
) -> Recognised:
    words = f"the run {os.path.basename(path) or path}" + (f", {how}" if how else "")
    return Recognised(SourceKind.RUN, path, given, given_as, words, tuple(others))


def _look_one_level_below(path: str, given: str, names: Sequence[str]) -> Recognised | None:
    """The one thing in the directories below, None if there is nothing."""
    models, runs = _one_level_below(path, names)
    name = os.path.basename(path) or path
    if runs:
        if not models and len(runs) > 1 and all(_holds_one_checkpoint(run) for run in runs):
            how = f"one snapshot in each of {len(runs)} directories"
            return _run(path, given, GivenAs.PARENT, how)
        if len(runs) == 1:
            return _run(runs[0], given, GivenAs.PARENT, f"in {name}", models)
    elif models and all(_VERSION.match(os.path.basename(model)) for model in models):
        return _newest_version(path, given, models)
    elif len(models) == 1:
        return saved_model(models[0], given, GivenAs.PARENT, f"in {name}")
    if models or runs:
        raise faults.several_inside(path, runs + models)
    from tfinspector.formats.keras.run import one_in_each  # not needed by what is told above

    snapshots = one_in_each(path, names)
    if snapshots:
        how = f"one snapshot in each of {len(snapshots)} directories"
        return _run(path, given, GivenAs.PARENT, how)
    return None


def _one_level_below(path: str, names: Sequence[str]) -> tuple[list[str], list[str]]:
    """The SavedModels and the runs in the directories below."""
    models: list[str] = []
    runs: list[str] = []
    for name in sorted(names, key=natural_key)[:_MOST_LOOKED_AT]:
        below = os.path.join(path, name)
        if is_saved_model(below):
            models.append(below)
        elif os.path.isdir(below):
            with contextlib.suppress(OSError):  # not ours to look into
                inside = os.listdir(below)
                if holds_checkpoints(inside) or snapshots_among(inside):
                    runs.append(below)
    return models, runs


def _newest_version(path: str, given: str, models: list[str]) -> Recognised:
    """TensorFlow Serving's layout: MODEL/1, MODEL/2, ...; the highest number is served."""
    newest = max(models, key=lambda model: int(os.path.basename(model)))
    others = [model for model in models if model != newest]
    words = f"version {os.path.basename(newest)} of the SavedModel {os.path.basename(path) or path}"
    if others:
        words += f", the newest of {len(models)}"
    return Recognised(SourceKind.SAVED_MODEL, newest, given, GivenAs.VERSIONS, words, tuple(others))


def _holds_one_checkpoint(directory: str) -> bool:
    return sum(name.endswith(INDEX) for name in names_in(directory)) == 1
