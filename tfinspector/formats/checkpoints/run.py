"""A run: a directory of checkpoints, its snapshots in order.

Everything on disk is listed, whether the state file names it or not, and so are saves that are
still running or were cut off (`tensorflow/python/checkpoint/functional_saver.py`: data files come
into being under `PREFIX_temp/`, are renamed, and the index is written last). The step of a
snapshot comes from its name, else from a counter it holds, else there is only the file's time.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from tfinspector.contents.checkpoints import RunListing, Snapshot, StateFile
from tfinspector.contents.findings import Unreadable
from tfinspector.formats.bundles.bundle import Bundle, BundleReader, read_bundle
from tfinspector.formats.checkpoints.state_file import STATE_FILE_NAME, read_state_file, resolve
from tfinspector.formats.file_names import (
    INDEX,
    TEMPORARY_DIRECTORY,
    TEMPORARY_FILE,
    natural_key,
    shard_name,
    steps_in_names,
)
from tfinspector.formats.places.files import (
    absolute,
    entries_of,
    is_file,
    is_remote,
    names_in,
    status_at,
)

if TYPE_CHECKING:
    from tfinspector.formats.places.files import Entry

COUNTERS = ("save_counter", "global_step", "step", "_iterations", "iterations", "iter", "epoch")
"""What tells how far training was, by the last part of its name: the surest first."""

_MOST_INDEX_NBYTES = 16 << 20  # read to look for short data and counters; more would take seconds
_MOST_DIRECTORIES = 2000
_SMALLEST_INDEX = 48  # bytes: the footer of a table
_VALUE_KEY = "/.ATTRIBUTES/VARIABLE_VALUE"


@dataclass
class _FileSet:
    """The files of one prefix, as a directory's listing shows them: sizes and newest time."""

    index_nbytes: int = -1
    shards: dict[int, int] = field(default_factory=dict)
    shard_count: int = 0
    nbytes: int = 0
    mtime: float = 0.0
    temporary: bool = False


def list_run(directory: str) -> RunListing:
    """The snapshots in `directory`, or, where it holds none, one level below. Raises `OSError`."""
    directory = absolute(directory)
    sets, leftovers = _all_file_sets(directory)
    state = None
    if is_file(os.path.join(directory, STATE_FILE_NAME)):
        state = _with_places(read_state_file(os.path.join(directory, STATE_FILE_NAME)))
    snapshots = [
        _snapshot(os.path.join(directory, name), sets[name], step)
        for name, step in zip(sets, _steps(list(sets)), strict=True)
    ]
    snapshots = _with_times(snapshots, state)
    # Elsewhere each look inside is a request or three, and names mostly tell the step.
    look = sort_snapshots if is_remote(directory) else look_inside
    return RunListing(directory, tuple(look(snapshots)), state, tuple(sorted(leftovers)))


def _with_places(state: StateFile) -> StateFile:
    """With those written paths that lead to a checkpoint outside, as TensorFlow follows them."""
    if is_remote(state.path):  # only what is beside it can be looked for
        names = set(names_in(state.path.rpartition("/")[0]))
        beside = [one for one in (*state.all_paths, state.latest) if one + INDEX in names]
        return replace(state, here=tuple(dict.fromkeys(beside)))
    own = os.path.dirname(os.path.abspath(state.path))
    places: dict[bool, list[str]] = {True: [], False: []}
    for written in dict.fromkeys((*state.all_paths, state.latest)):
        if not written:
            continue
        path = resolve(state.path, written)
        outside = os.path.commonpath((path, own)) != own
        if outside and os.path.isfile(path + INDEX):
            places[os.path.samefile(os.path.dirname(path), own)].append(written)
    return replace(state, elsewhere=tuple(places[False]), here=tuple(places[True]))


def snapshot_paths(directory: str) -> set[str]:
    """The prefixes that `list_run` would list, from the directory alone. Raises `OSError`."""
    directory = absolute(directory)
    return {os.path.join(directory, name) for name in _all_file_sets(directory)[0]}


def _all_file_sets(directory: str) -> tuple[dict[str, _FileSet], list[str]]:
    """Those in `directory`; where it holds none, those one level below."""
    sets, leftovers = _file_sets(directory)
    if not sets:
        for below in _directories(directory):
            found, left = _file_sets(os.path.join(directory, below))
            sets |= {os.path.join(below, name): files for name, files in found.items()}
            leftovers += [os.path.join(below, name) for name in left]
    return sets, leftovers


def _steps(names: list[str]) -> list[int | None]:
    """From the base names; where the directories are numbered instead, from those."""
    bases = [os.path.basename(name) for name in names]
    below = [os.path.dirname(name) for name in names]
    steps = steps_in_names(bases)
    if len(names) > 1 and len(set(steps)) == 1 and len(set(below)) == len(names):
        return steps_in_names(below)
    return steps


def _directories(directory: str) -> list[str]:
    with entries_of(directory) as entries:
        return sorted(entry.name for entry in entries if entry.is_dir())[:_MOST_DIRECTORIES]


def look_inside(snapshots: list[Snapshot]) -> list[Snapshot]:
    """The snapshots in order, after opening the small ones for what names and sizes don't tell."""
    budget = _MOST_INDEX_NBYTES
    seen = []
    for snapshot in snapshots:
        if snapshot.complete:
            size = status_at(snapshot.path + INDEX).st_size
            if size <= budget:
                budget -= size
                snapshot = _look_inside_one(snapshot)
        seen.append(snapshot)
    return sort_snapshots(seen)


def sort_snapshots(snapshots: Iterable[Snapshot]) -> list[Snapshot]:
    """Oldest first: by step where all have one, otherwise by time; names decide ties."""
    snapshots = list(snapshots)
    by_step = all(snapshot.step is not None for snapshot in snapshots)
    return sorted(
        snapshots,
        key=lambda one: (
            (one.step or 0) if by_step else 0,
            one.time or 0.0,
            natural_key(one.path),
        ),
    )


def _file_sets(directory: str) -> tuple[dict[str, _FileSet], list[str]]:
    sets: dict[str, _FileSet] = {}
    leftovers: list[str] = []
    with entries_of(directory) as entries:
        for entry in entries:
            _note_entry(entry, sets, leftovers)
    for name in [name for name, files in sets.items() if files.temporary]:
        if sets[name].index_nbytes < 0:
            sets[name].nbytes += _size_of_directory(os.path.join(directory, f"{name}_temp"))
    return sets, leftovers


def _note_entry(entry: "Entry", sets: dict[str, _FileSet], leftovers: list[str]) -> None:
    name = entry.name
    try:
        status = entry.stat()
        is_directory = entry.is_dir()
    except OSError:
        return  # gone since the listing, or a dangling link
    if is_directory:
        match = TEMPORARY_DIRECTORY.match(name)
        if match is None or not _holds_parts(entry.path):
            return
        leftovers.append(name)
        files = sets.setdefault(match["prefix"], _FileSet())
        files.temporary = True
        files.mtime = max(files.mtime, status.st_mtime)
        return
    if TEMPORARY_FILE.match(name):
        leftovers.append(name)
        return
    shard = shard_name(name)
    if shard is not None:
        files = sets.setdefault(shard.prefix, _FileSet())
        files.shards[shard.shard] = status.st_size
        files.shard_count = max(files.shard_count, shard.of)
    elif name.endswith(INDEX) and len(name) > len(INDEX):
        files = sets.setdefault(name[: -len(INDEX)], _FileSet())
        files.index_nbytes = status.st_size
    else:
        return
    files.nbytes += status.st_size
    files.mtime = max(files.mtime, status.st_mtime)


def _holds_parts(directory: str) -> bool:
    try:
        return any(name.startswith("part-") for name in names_in(directory))
    except OSError:
        return False


def _size_of_directory(directory: str) -> int:
    try:
        with entries_of(directory) as entries:
            return sum(entry.stat().st_size for entry in entries if entry.is_file())
    except OSError:
        return 0


def _snapshot(prefix: str, files: _FileSet, step: int | None) -> Snapshot:
    problem, id = _what_is_missing(os.path.basename(prefix), files)
    step_from = "file time" if step is None else "file name"
    time = files.mtime or None  # not every place tells it
    return Snapshot(
        prefix, step, step_from, time, files.nbytes, not problem, problem, problem_id=id
    )


def _what_is_missing(name: str, files: _FileSet) -> tuple[str, str]:
    """What is, and the class of the failure; two empty texts where all is there."""
    if files.index_nbytes < 0:
        if files.temporary:
            return f"only {name}_temp/ is there", "F09"
        return f"{name}.index is missing", "F06"
    if files.index_nbytes < _SMALLEST_INDEX:
        return f"{name}.index has {files.index_nbytes} bytes only", "F07"
    if not files.shards:
        return f"no file {name}.data-... is there", "F06"
    absent = [shard for shard in range(min(files.shard_count, 10_000)) if shard not in files.shards]
    if absent:
        missing = f"{len(absent)} of {files.shard_count} data files are missing"
        return f"{missing}, first number {absent[0]}", "F06"
    return "", ""


def _with_times(snapshots: list[Snapshot], state: StateFile | None) -> list[Snapshot]:
    """With the time noted in the state file: a copy of the files has another."""
    if state is None or len(state.timestamps) != len(state.all_paths):
        return snapshots
    directory = os.path.dirname(state.path)
    noted: dict[str, float] = {}
    for written, stamp in zip(state.all_paths, state.timestamps, strict=True):
        noted[os.path.join(directory, os.path.basename(written))] = stamp
        noted[resolve(state.path, written)] = stamp
    return [
        replace(snapshot, time=noted.get(snapshot.path, snapshot.time)) for snapshot in snapshots
    ]


def _look_inside_one(snapshot: Snapshot) -> Snapshot:
    try:
        bundle = read_bundle(snapshot.path)
    except Unreadable as error:
        return _broken(snapshot, error.finding.title.rstrip("."), error.finding.id)
    fault = next((shard.fault for shard in bundle.shards() if shard.fault), None)
    if fault:
        return _broken(snapshot, fault.title.rstrip("."), fault.id)
    short = [shard for shard in bundle.shards() if shard.size < shard.needed]
    if short:
        first = short[0]
        name = os.path.basename(first.path)
        if first.size < 0:
            return _broken(snapshot, f"{name} is missing", "F06")
        return _broken(snapshot, f"{name} has {first.size:,} of {first.needed:,} bytes", "F07")
    if snapshot.step is None:
        return _with_counter(snapshot, bundle)
    return snapshot


def _broken(snapshot: Snapshot, problem: str, id: str) -> Snapshot:
    return replace(snapshot, complete=False, problem=problem, problem_id=id)


def _with_counter(snapshot: Snapshot, bundle: Bundle) -> Snapshot:
    """With the step from the first counter that the checkpoint holds."""
    by_name: dict[str, list[str]] = {}
    for key in bundle.keys:
        path = key.removesuffix(_VALUE_KEY)
        by_name.setdefault(path.rpartition("/")[2], []).append(key)
    reader = BundleReader(bundle)
    for counter in COUNTERS:
        for key in sorted(by_name.get(counter, []), key=len):
            dtype, shape, _, problem = bundle.describe(key)
            if shape or problem or dtype.kind != "integer":
                continue
            try:
                step = int(reader.read(key))
            except Unreadable:
                continue
            return replace(snapshot, step=step, step_from=counter.strip("_"))
    return snapshot
