"""Checkpoints and runs."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from tfinspector.contents.findings import Finding
from tfinspector.contents.graphs import ObjectGraph
from tfinspector.contents.variables import Variable

if TYPE_CHECKING:  # a checkpoint is listed without the classes of a Keras file
    from tfinspector.contents.keras_files import KerasFile

_VALUES_OF_SAVED_MODEL = os.path.join(os.sep, "variables", "variables")


class Dialect(StrEnum):
    """Which library's naming a checkpoint speaks; decides how names are shown and matched."""

    KERAS3 = "keras3"
    KERAS2 = "keras2"
    TF1 = "tf1"  # name-based, no object graph
    OBJECT = "object"  # tf.Module, plain tf.train.Checkpoint


@dataclass(frozen=True, slots=True)
class Shard:
    """One data file: how long it should at least be, and how long it is (-1: not there).

    `fault` tells why nothing of it can be read, though something lies there: a git-LFS pointer, a
    web page, a directory, a file that this user may not read. Its title begins with the name.
    """

    path: str
    needed: int
    size: int
    fault: Finding | None = None


@dataclass(frozen=True, slots=True)
class LostBlock:
    """A block of the index that can't be read: keys in `(after, up_to]` are lost."""

    after: str
    up_to: str
    reason: str


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What one checkpoint holds.

    `unlinked` are keys that no node of the graph mentions (they are variables too). `problems`
    are sentences about the index as a whole. `mtime` is seconds since the epoch. `keras` is what a
    Keras file tells of itself, None for other files.
    """

    prefix: str
    variables: Sequence[Variable]
    graph: ObjectGraph | None
    dialect: Dialect
    shards: tuple[Shard, ...]
    index_nbytes: int
    mtime: float
    big_endian: bool = False
    producer: int = 1
    min_consumer: int = 0
    unlinked: tuple[str, ...] = ()
    lost_blocks: tuple[LostBlock, ...] = ()
    problems: tuple[str, ...] = ()
    keras: "KerasFile | None" = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One checkpoint of a run, known from its file names and sizes alone.

    `step` is None where nothing tells it; `step_from` says where it comes from
    ("file name", "save_counter", "iterations", "file time"). `time` is seconds since the epoch.
    `nbytes` counts all files of the set. `complete` is False for a save that is still running
    or was cut off; `problem` then says what is missing, and `problem_id` which class of failure
    that is ("F07"). `metric` is what its name tells of how good it is, as a callback writes it
    ("val_loss 0.25", or the number alone).
    """

    path: str
    step: int | None
    step_from: str
    time: float | None
    nbytes: int
    complete: bool = True
    problem: str = ""
    metric: str = ""
    problem_id: str = ""

    @property
    def name(self) -> str:
        """The last part of its path; of the values of a SavedModel, that of the model's."""
        return os.path.basename(self.path.removesuffix(_VALUES_OF_SAVED_MODEL))


@dataclass(frozen=True, slots=True)
class StateFile:
    """The `checkpoint` text file: `latest` and `all_paths` as written, timestamps parallel.

    `elsewhere` are the written paths that lead to checkpoints in another directory than the
    file's own, `here` those that lead to this directory under another name (a link).
    """

    path: str
    latest: str
    all_paths: tuple[str, ...]
    timestamps: tuple[float, ...]
    problem: str = ""
    elsewhere: tuple[str, ...] = ()
    here: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RunListing:
    """What lies in a run's directory: snapshots oldest first, its state file, and leftovers.

    `leftovers` are names of temporary files and directories of saves that did not end.
    """

    path: str
    snapshots: tuple[Snapshot, ...]
    state: StateFile | None = None
    leftovers: tuple[str, ...] = ()
