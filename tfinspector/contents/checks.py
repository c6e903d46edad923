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
    tensors, `unproved` could be read, but their format keeps no checksum (HDF5, a graph).
    """

    findings: tuple[Finding, ...]
    checked: int
    bad: tuple[BadTensor, ...]
    nbytes: int = 0
    snapshots: tuple[str, ...] = ()
    unproved: int = 0


@dataclass(frozen=True, slots=True)
class Origin:
    """What the bytes that are not those saved tell of where they come from.

    zeros      how many of the bad tensors are nothing but zeros
    of_files   (data file, bad, checked) of each, where there are several
    swapped    (data file, the one whose content it has)
    twin       the prefix of a checkpoint beside whose checksums fit these bytes, "" if none
    """

    zeros: int = 0
    of_files: tuple[tuple[str, int, int], ...] = ()
    swapped: tuple[tuple[str, str], ...] = ()
    twin: str = ""


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two keys that share bytes of a data file."""

    first: str
    second: str
    file: str
    nbytes: int


@dataclass(frozen=True, slots=True)
class Placement:
    """How the tensors of a checkpoint lie in its data files.

    `unnamed` are (data file, bytes) of stretches longer than padding that no entry names; bytes
    after the last tensor count from the first on.
    """

    overlaps: tuple[Overlap, ...] = ()
    unnamed: tuple[tuple[str, int], ...] = ()
