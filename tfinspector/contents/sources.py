"""A source: what a path turned out to be."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from tfinspector.contents.checkpoints import Checkpoint, Snapshot, StateFile
from tfinspector.contents.findings import Finding
from tfinspector.contents.variables import Variable

if TYPE_CHECKING:  # a checkpoint is listed without the twelve classes of a SavedModel (6 ms)
    from tfinspector.contents.saved_models import SavedModel


class SourceKind(StrEnum):
    """The kinds of `cli.md`."""

    CHECKPOINT = "checkpoint"
    CHECKPOINT_V1 = "checkpoint_v1"
    RUN = "run"
    SAVED_MODEL = "saved_model"
    KERAS = "keras"
    KERAS_WEIGHTS = "keras_weights"
    KERAS_HDF5 = "keras_hdf5"
    GRAPH_DEF = "graph_def"
    META_GRAPH = "meta_graph"


class GivenAs(StrEnum):
    """What a person pointed at, where it is not simply the thing itself."""

    ITSELF = "itself"
    INDEX = "index"  # PREFIX.index
    SHARD = "shard"  # PREFIX.data-00000-of-00001
    META = "meta"  # PREFIX.meta, a TF1 graph
    STATE_FILE = "state file"  # the text file `checkpoint`
    DIRECTORY = "directory"
    WITHOUT_NUMBER = "prefix without its number"
    VERSIONS = "directory of versions"
    PARENT = "parent directory"
    PART = "part of a SavedModel"
    WITHOUT_GRAPH = "SavedModel without its graph"  # saved_model.pb is missing


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a path turned out to be, before anything is read.

    path       normalised and absolute: a prefix, a run's directory, a SavedModel's directory
    taken_for  a sentence, as in `Source`
    others     other things that could have been meant, absolute paths
    """

    kind: SourceKind
    path: str
    given: str
    given_as: GivenAs
    taken_for: str
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """One opened thing.

    path       the normalised path: a prefix, a run's directory, a SavedModel's directory
    given      what the person pointed at
    taken_for  a sentence: "the checkpoint ckpt-3, from its index file"
    snapshots  oldest first; one for a checkpoint or a SavedModel that has variables
    checkpoint the newest complete snapshot (for a SavedModel: its `variables/`)
    """

    kind: SourceKind
    path: str
    given: str
    taken_for: str
    snapshots: tuple[Snapshot, ...] = ()
    checkpoint: Checkpoint | None = None
    saved_model: "SavedModel | None" = None
    state: StateFile | None = None
    findings: tuple[Finding, ...] = ()

    @property
    def is_remote(self) -> bool:
        """Whether it lies on another machine: its path is a URL, which no absolute path is."""
        return "://" in self.path

    @property
    def variables(self) -> Sequence[Variable]:
        """The variables of the newest snapshot; empty for a SavedModel without any."""
        return self.checkpoint.variables if self.checkpoint else ()
