"""Calls of a signature or a function: what goes in, what came out, and how it compares."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from numpy.typing import NDArray

from tfinspector.contents.figures import Statistics, Unmeasured
from tfinspector.contents.findings import Finding
from tfinspector.contents.reports import Interpreter, RelayedError
from tfinspector.contents.saved_models import CallForm, TensorSpec


class InputKind(StrEnum):
    """Where the value of an input comes from.

    RANDOM    normal numbers; zeros and ones for integers, which may be places in a small table
    CONSTANT  one value everywhere
    VALUES    comma-separated numbers as they are typed or pasted, a row a line (or after a ";")
    FILE      an .npy or .npz file, never unpickled, or comma-separated numbers (.csv)
    TEXT      the lines of a text file, for a string input
    IMAGE     a picture, fitted to the input: floats from 0 to 1, integers from 0 to 255
    PIXELS    the same, with floats from 0 to 255
    """

    RANDOM = "random"
    ZEROS = "zeros"
    ONES = "ones"
    CONSTANT = "constant"
    VALUES = "values"
    FILE = "file"
    TEXT = "text"
    IMAGE = "image"
    PIXELS = "pixels"


class InputChoice(NamedTuple):
    """What a person chose for one input.

    `argument` is the constant's or the values' text, or the file's path. `sizes` are those of the
    unknown dimensions, in their order; what is left out is 1.
    """

    kind: InputKind = InputKind.RANDOM
    argument: str = ""
    sizes: tuple[int, ...] = ()


class GivenInput(NamedTuple):
    """One input as it was sent: `origin` says in a few words where its value comes from.

    `values` are strings as `bytes` objects; for a picture they are the bytes of its file, and
    `is_picture` says so: TensorFlow decodes it, to `shape`.
    """

    name: str
    dtype: str
    shape: tuple[int, ...]
    origin: str
    values: NDArray[Any] | bytes
    is_picture: bool = False
    scale: float = 1.0


class Callee(NamedTuple):
    """What is called: a signature by its name, or a function by its path from the root.

    `inputs` are its tensors as they are asked for; those of nested arguments have paths ("x/left",
    "x/0"). `optional` may be left out. `arguments` is the structure of a function's arguments as
    the worker takes it, None for a signature. `form` is the call form of a function, and `number`
    its place among them, from 1.
    """

    name: str
    is_signature: bool
    inputs: tuple[TensorSpec, ...]
    optional: tuple[str, ...] = ()
    arguments: dict[str, Any] | None = None
    form: CallForm | None = None
    number: int = 0

    @property
    def title(self) -> str:
        """As a sentence names it."""
        return f"the signature {self.name}" if self.is_signature else f"the function {self.name}"


class OfferedForm(NamedTuple):
    """One call form of a function, to choose from: `number` counts from 1.

    `callee` is what to fill in and to call; None where nobody can, and `why_not` says why.
    """

    number: int
    form: CallForm
    callee: Callee | None
    why_not: str = ""

    @property
    def words(self) -> str:
        """Its arguments: "x: float32[?, 4], training=False"."""
        return self.form.arguments or "no arguments"


class CallOutput(NamedTuple):
    """One tensor that came out. Strings are an object array of `bytes`."""

    name: str
    dtype: str
    shape: tuple[int, ...]
    values: NDArray[Any]
    figures: Statistics | Unmeasured


@dataclass(frozen=True, slots=True)
class CallReport:
    """What came of a call; `error` is what TensorFlow raised, and the findings explain it.

    times    seconds of each repeat, from the call to the outputs being in the computer's memory
    seconds  their median, 0 where there was none; `load_seconds` is 0 where it was loaded already
    """

    path: str
    callee: Callee | None
    given: tuple[GivenInput, ...]
    outputs: tuple[CallOutput, ...]
    times: tuple[float, ...]
    seconds: float
    load_seconds: float
    findings: tuple[Finding, ...]
    device: str = ""
    interpreter: Interpreter | None = None
    error: RelayedError | None = None

    @property
    def done(self) -> bool:
        """Whether the call came to its end."""
        return bool(self.times)
