"""Reports: what the worker, the process with TensorFlow, said."""

from dataclasses import dataclass
from enum import StrEnum

from tfinspector.contents.findings import Finding
from tfinspector.contents.saved_models import Shape, Signature


class WorkerState(StrEnum):
    """Where the worker stands.

    STOPPED      not started, or ended because somebody asked for it
    STARTING     its process runs, TensorFlow is being imported
    READY, BUSY  it waits for a request, it works on one
    DEAD         it ended by itself or had to be killed; the next request starts another
    UNAVAILABLE  it can't work: no such interpreter, Python too old, TensorFlow missing
    """

    STOPPED = "stopped"
    STARTING = "starting"
    READY = "ready"
    BUSY = "busy"
    DEAD = "dead"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class Device:
    """Something a model can be put on: "GPU:0", and its model where TensorFlow knows it."""

    name: str
    model: str = ""

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Interpreter:
    """The Python that the worker runs in. `tensorflow` is None where it is missing."""

    python: str
    executable: str
    tensorflow: str | None
    keras: str | None
    numpy: str | None
    devices: tuple[Device, ...]
    pid: int
    host: str = ""
    problem: str = ""

    def __str__(self) -> str:
        words = [f"Python {self.python}"]
        words.insert(0, f"TF {self.tensorflow}" if self.tensorflow else "no TensorFlow")
        return " · ".join(words + [device.name for device in self.devices])


@dataclass(frozen=True, slots=True)
class TraceFrame:
    """One line of a traceback; `code` is the source line, "" where there is none."""

    file: str
    line: int
    function: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class RelayedError:
    """An exception that was raised in the worker. `frames` end where it was raised."""

    type: str
    message: str
    frames: tuple[TraceFrame, ...] = ()
    module: str = ""
    cause: str = ""


@dataclass(frozen=True, slots=True)
class ListedVariable:
    """A key as `tf.train.list_variables` gives it; `dtype` is TensorFlow's name of the type."""

    key: str
    dtype: str
    shape: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class LoadedVariable:
    """A variable of a loaded SavedModel.

    `paths` lead to it from the root (none in a TF1 graph). `sha256` is over its value (see
    `worker/hashing.py`), "" where it was not asked for or `problem` says why there is none. `equal`
    is whether that is the value in the file, None where the file has none for it.
    """

    name: str
    paths: tuple[str, ...]
    dtype: str
    shape: Shape
    device: str
    trainable: bool
    sha256: str = ""
    problem: str = ""
    equal: bool | None = None


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What came of loading a SavedModel or a model of Keras.

    `seconds` is the time TensorFlow took, 0 if it failed. `error` is what it raised, as it came;
    the findings explain it. `way` says how a Keras model was loaded ("with keras, not compiled").
    """

    path: str
    loaded: bool
    seconds: float
    callable: bool
    signatures: tuple[Signature, ...]
    variables: tuple[LoadedVariable, ...]
    findings: tuple[Finding, ...]
    device: str = ""
    tags: tuple[str, ...] | None = None
    interpreter: Interpreter | None = None
    error: RelayedError | None = None
    way: str = ""

    @property
    def proved(self) -> int:
        """How many variables hold the file's very values."""
        return sum(each.equal is True for each in self.variables)

    @property
    def differing(self) -> tuple[LoadedVariable, ...]:
        """Those that hold something else than the file."""
        return tuple(each for each in self.variables if each.equal is False)


@dataclass(frozen=True, slots=True)
class TensorFlowReport:
    """TensorFlow's word against ours.

    `agrees` is None where TensorFlow gave no answer, `differences` are sentences, each of which
    a finding explains. `signatures` are there only if a SavedModel was loaded.
    """

    version: str
    variables: tuple[ListedVariable, ...]
    signatures: tuple[Signature, ...]
    agrees: bool | None
    differences: tuple[str, ...]
    findings: tuple[Finding, ...]
    load: LoadReport | None = None
    interpreter: Interpreter | None = None


class EndReason(StrEnum):
    """Who ended the worker's process."""

    ITSELF = "itself"  # or the system
    ASKED = "asked"  # the user: stop, kill, restart
    CANCELLED = "cancelled"  # a cancelled request did not stop politely
    TIMEOUT = "timeout"  # a request took longer than allowed
    START_TIMEOUT = "start_timeout"
    BROKEN = "broken"  # a callback of this program raised
    SILENT = "silent"  # it closed its channel and stayed
    GARBAGE = "garbage"  # something that is no frame came over the protocol's channel


@dataclass(frozen=True, slots=True)
class WorkerEnd:
    """The facts about the end of a worker's process, for `diagnosis.worker` to explain.

    status      exit status, negative for a signal; None if it could not be started or reaped
    start_error why the command could not be executed at all
    python      the version it said hello with; None if it never did
    ready       whether it had finished starting
    doing       what it worked on, as a person would say it ("loading export/"); "" for nothing
    oom_kills   how often the system killed a process for memory while it ran
    waited_s    the limit it ran into, for the two time-outs
    """

    command: tuple[str, ...]
    reason: EndReason
    status: int | None = None
    start_error: str = ""
    python: tuple[int, ...] | None = None
    ready: bool = False
    doing: str = ""
    last_words: str = ""
    garbage: str = ""
    oom_kills: int = 0
    waited_s: float = 0.0
