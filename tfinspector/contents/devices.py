"""One restore on several devices, side by side."""

from dataclasses import dataclass
from typing import NamedTuple

from tfinspector.contents.findings import Finding
from tfinspector.contents.restores import RestoreReport


class OutputDifference(NamedTuple):
    """How one output of the model on `device` differs from the same on the `reference` device.

    max_abs  largest absolute difference of two elements
    max_rel  largest difference relative to the larger of the two magnitudes, from 0 to 2
    equal    every element is the same, bit by bit; two NaN are the same
    close    within what rounding explains: relative to the largest magnitude in the output, the
             square root of its type's resolution (3.5e-4 for float32, which spans TensorFloat-32)

    Where only one side is NaN, or an infinity differs, both figures are infinite. So they are
    where type or shape differ, and for strings that do.
    """

    name: str
    device: str
    reference: str
    dtype: str
    shape: tuple[int, ...]
    max_abs: float
    max_rel: float
    equal: bool
    close: bool


class DeviceRun(NamedTuple):
    """The restore on one device, in a worker of its own.

    seconds of the restore are in its report; `call_seconds` is the time of one call with the shared
    input (not the first one, which also traces), 0 where there was none; `peak_nbytes` the most
    that was taken on that device (of the whole process on a CPU), 0 where that is not known.
    """

    device: str
    report: RestoreReport
    call_seconds: float
    peak_nbytes: int
    called: bool
    why_not_called: str


@dataclass(frozen=True, slots=True)
class DeviceReport:
    """All devices in the order asked for; the first one is what the others are compared with.

    `outputs` holds each output once per device after the first. `findings` are about the comparison
    only; each run has its own.
    """

    runs: tuple[DeviceRun, ...]
    outputs: tuple[OutputDifference, ...]
    findings: tuple[Finding, ...]
