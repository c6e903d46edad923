"""What a model file could do when it is loaded or called, told from its bytes alone."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from tfinspector.contents.findings import Finding
from tfinspector.contents.keras_files import CustomObject, LambdaLayer

GRAPH = ""
"""The name of the body that is the graph itself; the others are functions."""


class EntryKind(StrEnum):
    """When what an entry reaches is executed."""

    LOADING = "loading"  # tf.saved_model.load runs it
    SIGNATURE = "signature"
    FUNCTION = "function"  # a function of the object graph
    SAVER = "saver"  # saves and restores the variables, as in every SavedModel
    NOBODY = "nobody"  # stands in the graph, but no entry leads there


@dataclass(frozen=True, slots=True)
class GraphBody:
    """The graph itself or one function: its operations counted, and the functions they call.

    `devices` counts nodes with a device written into them, `channels_first` the operations with
    `data_format` NCHW. `xla_version` is the highest `XlaCallModule` version in it, 0 for none.
    """

    name: str
    ops: Mapping[str, int]
    calls: tuple[str, ...] = ()
    devices: Mapping[str, int] = field(default_factory=dict)
    channels_first: Mapping[str, int] = field(default_factory=dict)
    xla_version: int = 0


@dataclass(frozen=True, slots=True)
class GraphEntry:
    """A way into a graph: what runs when, under the name that a user knows it by.

    `body` has the nodes of the graph itself that it needs; `body.calls` leads on.
    """

    kind: EntryKind
    name: str
    body: GraphBody


@dataclass(frozen=True, slots=True)
class GraphCensus:
    """Every operation of one meta graph. `producer` and `min_consumer` are GraphDef versions."""

    tags: tuple[str, ...]
    tensorflow_version: str
    graph: GraphBody
    functions: Mapping[str, GraphBody]
    entries: tuple[GraphEntry, ...]
    producer: int = 0
    min_consumer: int = 0

    @property
    def ops(self) -> dict[str, int]:
        """How often each operation stands in the graph and in its functions."""
        counts: dict[str, int] = {}
        for body in (self.graph, *self.functions.values()):
            for op, count in body.ops.items():
                counts[op] = counts.get(op, 0) + count
        return counts


@dataclass(frozen=True, slots=True)
class KnownOperations:
    """What a TensorFlow has, to judge a model by: the worker's, or the list that ships.

    tensorflow   its version
    ops          registered operations
    producer     the GraphDef version that it writes and reads
    xla_version  the highest `XlaCallModule` version that it runs, 0 where it does not tell
    kernels      {operation: device types that have a kernel}; {} where nobody was asked
    devices      device types that are there ("CPU", "GPU")
    packages     modules with operations of their own that are installed beside it
    """

    tensorflow: str
    ops: frozenset[str]
    producer: int
    xla_version: int
    kernels: Mapping[str, frozenset[str]] = field(default_factory=dict)
    devices: frozenset[str] = frozenset()
    packages: frozenset[str] = frozenset()

    @property
    def is_of_worker(self) -> bool:
        """Whether a worker was asked."""
        return bool(self.kernels)

    @property
    def words(self) -> str:
        """ "by TensorFlow 2.15.0 of the worker", as the end of a sentence."""
        if self.is_of_worker:
            return f"by TensorFlow {self.tensorflow} of the worker"
        return (
            f"by the list of TensorFlow {self.tensorflow} that ships with the program; "
            "no worker was asked"
        )

    @property
    def subject(self) -> str:
        """ "TensorFlow 2.15.0 of the worker", as a sentence begins."""
        return f"TensorFlow {self.tensorflow}" + (" of the worker" if self.is_of_worker else "")

    def lacks_kernel(self, op: str) -> bool:
        """Whether it has the operation, and no device that is there computes it."""
        if not self.is_of_worker or op not in self.ops:
            return False
        return not self.kernels.get(op, frozenset()) & (self.devices | {"DEFAULT"})


class Reach(StrEnum):
    """What an operation can touch outside the model."""

    READS_FILES = "reads files"
    WRITES_FILES = "writes files"
    NETWORK = "network"
    PYTHON = "Python"


@dataclass(frozen=True, slots=True)
class ReachingOp:
    """An operation that reaches out: how often, what for, and from where it is run.

    `called_from` are chains from an entry to the function that holds it, "serving_default ->
    __inference_f_12"; `when` are the kinds of those entries.
    """

    op: str
    reach: Reach
    count: int
    when: tuple[EntryKind, ...]
    called_from: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UnknownOp:
    """An operation that plain TensorFlow does not have; `package` is "" where nobody knows."""

    op: str
    count: int
    package: str
    called_from: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CodeInFile:
    """Code that a Keras file would run while it is loaded, and the word that allows just that.

    consent   of this very content: another byte in the file, another word
    could_do  sentences, one for each place that has code
    names     that stand in the compiled code ("os", "system"), as far as bytes tell
    """

    path: str
    consent: str
    could_do: tuple[str, ...]
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TrustReport:
    """What a source would do if it were loaded.

    `versions` are by name ("tensorflow", "producer", "keras", ...). `executes` is False for what
    only holds values, like a checkpoint. `judged_by` is None where no operations were judged.
    """

    path: str
    executes: bool
    ops: Mapping[str, int] = field(default_factory=dict)
    reaching: tuple[ReachingOp, ...] = ()
    unknown: tuple[UnknownOp, ...] = ()
    lambdas: tuple[LambdaLayer, ...] = ()
    custom_objects: tuple[CustomObject, ...] = ()
    versions: Mapping[str, str | int] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    judged_by: KnownOperations | None = None
