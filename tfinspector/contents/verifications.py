"""Two models, one input: how their outputs compare."""

from dataclasses import dataclass
from typing import NamedTuple

from tfinspector.contents.calls import GivenInput
from tfinspector.contents.findings import Finding
from tfinspector.contents.reports import Interpreter
from tfinspector.contents.restores import RestoreReport


class OutputMatch(NamedTuple):
    """One output of the first model against its counterpart; figures as in `OutputDifference`.

    other    the counterpart's own name, "" where there is none
    device   where the counterpart was computed, "" for TensorFlow's choice
    equal    every element is the same; with a tolerance, differs by no more than that
    close    equal, or within what rounding explains
    relation a function that leads from one to the other ("p = softmax(y)"), "" if none is known
    nans     elements that are NaN on both sides: equal here, though never for `tf.equal`
    """

    name: str
    other: str
    device: str
    dtype: str
    shape: tuple[int, ...]
    max_abs: float
    max_rel: float
    equal: bool
    close: bool
    relation: str = ""
    nans: int = 0


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """What came of comparing two models. `equal` only if there was something to compare.

    first, second  what was called, as a sentence names it
    paired         how the outputs found their counterparts: "by name" or "in order"
    tolerance      the largest absolute difference that counts as equal, None for none at all
    restores       of the factory's models; each has the findings that explain it
    """

    path: str
    first: str
    second: str
    outputs: tuple[OutputMatch, ...]
    equal: bool
    findings: tuple[Finding, ...]
    given: tuple[GivenInput, ...] = ()
    paired: str = ""
    tolerance: float | None = None
    devices: tuple[str, ...] = ()
    restores: tuple[RestoreReport, ...] = ()
    interpreter: Interpreter | None = None
    worker_died: bool = False
