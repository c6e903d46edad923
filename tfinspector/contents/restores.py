"""Restores: what matches, what was restored, what could be mapped, and the report about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from tfinspector.contents.checkpoints import Checkpoint
from tfinspector.contents.findings import Finding
from tfinspector.contents.models import ModelDescription
from tfinspector.contents.reports import RelayedError
from tfinspector.contents.saved_models import Shape
from tfinspector.contents.sources import SourceKind


class State(StrEnum):
    """The state of one variable in a restore, exactly as in `cli.md`."""

    RESTORED = "restored"  # proved equal to the file
    MISSING_IN_MODEL = "missing_in_model"
    MISSING_IN_CHECKPOINT = "missing_in_checkpoint"
    SHAPE_MISMATCH = "shape_mismatch"
    DTYPE_MISMATCH = "dtype_mismatch"
    NOT_BUILT = "not_built"
    NOT_ASSIGNED = "not_assigned"
    VALUE_DIFFERS = "value_differs"
    UNREACHABLE = "unreachable"
    NOT_COMPARABLE = "not_comparable"


class Attachment(NamedTuple):
    """Where the model stands in the checkpoint: `tf.train.Checkpoint(model)` for name "",
    `tf.train.Checkpoint(**{name: model})` otherwise; only a bare model has the choice.
    """

    name: str = ""


class Row(NamedTuple):
    """One variable on either side, or a matched pair.

    key          the file's key, "" for a model variable without counterpart
    name         the file's name for it, or the model's where there is no key
    variable     index in `ModelDescription.variables`, -1 for a key without counterpart
    fits         a restore would assign it and prove it equal; nothing was assigned yet, so the
                 state is `NOT_ASSIGNED`: "restored" is only said of what is proved
    """

    state: State
    key: str
    name: str
    variable: int
    model_path: str
    file_shape: Shape
    model_shape: Shape
    file_dtype: str
    model_dtype: str
    device: str = ""
    role: str = ""
    why: str = ""
    fits: bool = False

    @property
    def expected(self) -> State:
        """Its state, or what a restore is foretold to make of it."""
        return State.RESTORED if self.fits else self.state


class Frontier(NamedTuple):
    """An edge of the checkpoint that the model does not have: where the walk ended.

    Every lost key counts for one edge only, the nearest; optimizers come last, because they list
    the variables of the model too. So an edge of 0 keys is another way to what is lost already.
    `model_node` is -1 for the `tf.train.Checkpoint` that a bare model is put into by name.

    path       of the parent node, as both sides agree on it ("model"); "" for the root
    edge       the checkpoint's name of the edge that has no counterpart
    node       the checkpoint's node behind it
    offered    what the model's object offers there instead
    file_edges what the checkpoint's node offers there
    keys       how many keys lie beneath and are lost through it
    """

    path: str
    edge: str
    node: int
    model_node: int
    offered: tuple[str, ...]
    file_edges: tuple[str, ...]
    keys: int


@dataclass(frozen=True, slots=True)
class MatchTable:
    """A dry run: every variable of either side with its state. Nothing was assigned.

    `bound` maps checkpoint nodes to model nodes, in the order of TensorFlow's walk (-1 as in
    `Frontier.model_node`); it is empty for a checkpoint without an object graph. `conflicts` are
    checkpoint nodes that several paths resolve to different objects of the model (shared there,
    copied here), with those objects, the one that gets the value first. `as_good` are the names in
    the checkpoint under which a bare model would fit as well as where it stands. `misplaced` are
    keys of an optimizer that by position get to the place of something else: TensorFlow assigns
    what of them fits, this program never does of its own accord.
    """

    attachment: Attachment
    rows: tuple[Row, ...]
    frontier: tuple[Frontier, ...]
    bound: dict[int, int]
    conflicts: tuple[tuple[int, tuple[int, ...]], ...] = ()
    as_good: tuple[str, ...] = ()
    misplaced: frozenset[str] = frozenset()


class Rename(NamedTuple):
    """A proposed or accepted pair: the file's `key` goes into the model's `path`.

    transform is "" (as it is), "cast" (to the model's type), "transpose" (permutation in `axes`),
    "reshape" (axes split or joined), "part" (it fills the part of the variable that begins at
    `offset`; the pairs of one variable fill it together), or "slice" (the model's shape is cut from
    or filled into the file's). In the window each pair counts once the user accepted it. On the
    command line what keeps every element is applied and named; "slice" waits for
    `"accepted": true` in a map, and so does a guess: `alternatives` are other places (eight at
    most) that fit as well by all that tells. `rule` names what proposed it. `path` is the
    variable's name where no path leads to it.
    """

    key: str
    name: str
    path: str
    confidence: float
    why: str
    rule: str = ""
    transform: str = ""
    axes: tuple[int, ...] = ()
    offset: tuple[int, ...] = ()
    alternatives: tuple[str, ...] = ()


class ValueSketch(NamedTuple):
    """What tells one tensor's values from another's, in a few numbers.

    sha256     as `worker/hashing.py` makes it, "" where not known
    constant   all elements are the same, which proves nothing; None where not known
    quantiles  at 0, 1/8, ... 1 of the finite elements, () where not known
    """

    sha256: str
    constant: bool | None = None
    quantiles: tuple[float, ...] = ()


class Way(StrEnum):
    """How the values came into the model."""

    RESTORE = "tf.train.Checkpoint.restore"
    LOAD_WEIGHTS = "load_weights"
    ASSIGNMENT = "assignment"  # pair by pair, by the match or a map


@dataclass(frozen=True, slots=True)
class RestoreEvidence:
    """All that a diagnosis may look at; what was not done is None or empty.

    `error` is what building or restoring raised, `log` what TensorFlow printed meanwhile,
    `status_type` the class that its `restore` returned. `factory` and `kwargs` are what was asked
    to be called, `device` where to build ("" for TensorFlow's own choice), `available_nbytes` the
    free memory there before the restore (-1: not known). `load_error` is what Keras's own
    `load_weights` raised, whether or not another `way` was found. `kind` is what was opened.
    """

    checkpoint: Checkpoint
    source_findings: tuple[Finding, ...]
    model: ModelDescription | None = None
    table: MatchTable | None = None
    rows: tuple[Row, ...] = ()
    renames: tuple[Rename, ...] = ()
    dry_run: bool = True
    status_type: str = ""
    error: RelayedError | None = None
    log: str = ""
    factory: str = ""
    kwargs: Mapping[str, object] = field(default_factory=dict)
    device: str = ""
    available_nbytes: int = -1
    load_error: RelayedError | None = None
    way: Way | None = None
    kind: SourceKind | None = None


class Outcome(StrEnum):
    """How a restore went, as in `cli.md`."""

    RESTORED = "restored"
    PARTIAL = "partial"
    NOTHING = "nothing"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class RestoreReport:
    """Everything about one dry run or restore.

    status_type is the class TensorFlow's restore returned, `log` what it printed; `renames` are
    suggestions; `seconds` and `peak_nbytes` are of the worker. Parameters are the elements of the
    model's weights, and how many of them were proved. A dry run restores nothing: what a restore
    would do is in `expected_outcome` (None otherwise) and `parameters_expected`.
    `called` says that the values were compared once more after a forward call, `why_not_called`
    why not. `error` is what building or restoring raised; `worker_died` that no answer came at all.
    `way` is how the values came into the model, None where none did. `kind` is what was opened.
    """

    outcome: Outcome
    dry_run: bool
    path: str
    prefix: str
    model: ModelDescription | None
    table: MatchTable | None
    rows: tuple[Row, ...]
    renames: tuple[Rename, ...]
    findings: tuple[Finding, ...]
    status_type: str = ""
    log: str = ""
    seconds: float = 0.0
    peak_nbytes: int = 0
    parameters_restored: int = 0
    parameters_total: int = 0
    called: bool = False
    why_not_called: str = ""
    error: RelayedError | None = None
    worker_died: bool = False
    way: Way | None = None
    expected_outcome: Outcome | None = None
    parameters_expected: int = 0
    kind: SourceKind | None = None

    @property
    def outlook(self) -> Outcome:
        """How it went or, of a dry run, how a restore is foretold to go."""
        return self.expected_outcome or self.outcome
