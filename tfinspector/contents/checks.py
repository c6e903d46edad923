"""What recomputing every checksum of a source found."""

from dataclasses import dataclass

from tfinspector.contents.findings import Finding


@dataclass(frozen=True, slots=True)
class BadTensor:
    """A tensor whose bytes are not those that were saved: masked CRC32C, stored and computed.

    `computed` is -1 where the bytes could not be read at all; `problem` then says why.
    `snapshot` is the path of the checkpoint it lies in.
    """

    name: str
    key: str
    stored: int
    computed: int
    problem: str = ""
    snapshot: str = ""


@dataclass(frozen=True, slots=True)
class CheckReport:
    """`checked` tensors were read whole, `nbytes` bytes of them; `bad` ones do not hold.

    `snapshots` are the paths of the checkpoints that were looked at, oldest first. Of the checked
    tensors, `unproved` could be read, but their format keeps no checksum (HDF5).
    """

    findings: tuple[Finding, ...]
    checked: int
    bad: tuple[BadTensor, ...]
    nbytes: int = 0
    snapshots: tuple[str, ...] = ()
    unproved: int = 0
