"""What an opener returns: the source, what was loaded of it, and how its files looked then."""

import os
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from tfinspector.contents.checkpoints import Checkpoint, Snapshot
from tfinspector.contents.sources import Source
from tfinspector.formats.file_names import step_in_name
from tfinspector.formats.reading import TensorReader

_UNPACKED = ("config.json", "metadata.json")  # beside the weights of an unpacked .keras

Loaded = tuple[Checkpoint, TensorReader]
Stamps = Mapping[str, "FileStamp | None"]


class Opened(NamedTuple):
    """A source, the snapshots of it that are in memory, and the state of the files it is from."""

    source: Source
    loaded: list[Loaded]
    stamps: Stamps


class FileStamp(NamedTuple):
    """What tells one state of a file from another."""

    inode: int
    nbytes: int
    mtime_ns: int


def stamp(paths: Iterable[str]) -> dict[str, FileStamp | None]:
    """The state of each file now; None where it is not there."""
    stamps: dict[str, FileStamp | None] = {}
    for path in paths:
        try:
            status = os.stat(path)
        except OSError:
            stamps[path] = None
        else:
            stamps[path] = FileStamp(status.st_ino, status.st_size, status.st_mtime_ns)
    return stamps


def snapshot_of(checkpoint: Checkpoint) -> Snapshot:
    """The one snapshot of a source that is a single checkpoint."""
    nbytes = checkpoint.index_nbytes + sum(max(shard.size, 0) for shard in checkpoint.shards)
    step = step_in_name(os.path.basename(checkpoint.prefix))
    short = [one for one in checkpoint.shards if one.fault or one.size < one.needed]
    fault = next((one.fault for one in short if one.fault), None)
    return Snapshot(
        checkpoint.prefix,
        step,
        "file name" if step is not None else "file time",
        checkpoint.mtime,
        nbytes,
        not short,
        fault.title.rstrip(".") if fault else "a data file is missing or cut off" if short else "",
    )


def files_of(checkpoint: Checkpoint) -> list[str]:
    """The files whose change makes what was read of a checkpoint out of date."""
    shards = [shard.path for shard in checkpoint.shards]
    if checkpoint.keras is None:
        return [f"{checkpoint.prefix}.index", *shards]
    beside = [os.path.join(checkpoint.prefix, name) for name in _UNPACKED]
    return [checkpoint.prefix, *shards, *(one for one in beside if os.path.isfile(one))]
