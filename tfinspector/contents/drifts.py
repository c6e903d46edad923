"""How a run moved: a table of variables x steps, and its path in a plane.

`engine.comparing` makes these; the pages Drift and Compare and the commands `drift` and `diff`
show them. Stable: fields are added, those here keep their meaning.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tfinspector.contents.checkpoints import Snapshot
from tfinspector.contents.drift_metrics import ERRORS, METRIC_BY_NAME, Reference
from tfinspector.contents.dtypes import DType
from tfinspector.contents.findings import Finding
from tfinspector.contents.numbers import counted
from tfinspector.contents.variables import Role

Floats = NDArray[np.float64]
Figures = Mapping[str, Floats]
_MOST_NAMED = 4


class Happening(StrEnum):
    """What happens to a variable on the way from one snapshot to the next."""

    APPEARS = "appears"
    DISAPPEARS = "disappears"
    SHAPE = "shape"
    DTYPE = "dtype"
    RENAMED = "renamed"


class Event(NamedTuple):
    """At snapshot number `at`: what happens, and in which words ("64 x 3 becomes 64 x 4")."""

    at: int
    what: Happening
    text: str


class DriftRow(NamedTuple):
    """One variable over all snapshots.

    name     as in the newest snapshot that has it; unique in the table
    keys     per snapshot the key in its file, "" where it is not there
    names    per snapshot its name there
    problem  why there are no figures of it ("holds variants", "its shard is missing"), else ""
    """

    name: str
    role: Role
    trainable: bool | None
    dtype: DType
    shape: tuple[int, ...]
    keys: tuple[str, ...]
    names: tuple[str, ...]
    events: tuple[Event, ...] = ()
    slot_of: str = ""
    problem: str = ""
    paths: tuple[str, ...] = ()


class DeadUnits(NamedTuple):
    """Of a kernel: `zero` of `of` units along the first axis (0: inputs, rows of an embedding) or
    the last (1: outputs) are all zero; `before` were so at the table's anchor.
    """

    axis: int
    zero: int
    of: int
    before: int


@dataclass(frozen=True, slots=True, eq=False)
class RunPath:
    """The run as a path in the plane of its first two principal directions.

    points      (snapshots, 2): distances are those of the weights, in their units
    snapshots   numbers of the snapshots that the points belong to
    explained   shares of the whole variance, the largest first; the first two are the plane's
    variables, parameters   what took part: weights of real type that all snapshots have alike
    stride      every so many-th element was taken: 1 is all of them, which is exact
    error       of a sample: how far a point may be off, in lengths of the path's extent, at 95 %;
                1 where the sample does not tell the plane
    left_out    numbers of the snapshots that have no point, because weights are NaN or infinite
    without     variables that take no part, because they are NaN or infinite in every snapshot
    """

    points: Floats
    snapshots: tuple[int, ...]
    explained: tuple[float, ...]
    variables: int
    parameters: int
    stride: int = 1
    error: float = 0.0
    left_out: tuple[int, ...] = ()
    without: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """How far to trust it, in sentences for beside the picture."""
        plane = 100 * sum(self.explained[:2])
        which, off = "all", ""
        if self.stride > 1:
            which = f"one in {self.stride:,} of"
            percent = f"{100 * self.error:.1f}".removesuffix(".0")
            off = (
                f", so that points may be off by {percent} % of the path's extent"
                if self.error < 1 else ", which do not tell the plane"
            )  # fmt: skip
        told = (
            f"The plane holds {plane:.1f} % of the variance; from {which} {self.parameters:,} "
            f"parameters in {counted(self.variables, 'variable')}{off}."
        )
        if self.without:
            names = [*self.without[:_MOST_NAMED], *(["…"] if self.without[_MOST_NAMED:] else [])]
            told = f"{told} Left out, as NaN or infinite in every snapshot: {', '.join(names)}."
        if not self.left_out:
            return told
        odd = counted(len(self.left_out), "snapshot")
        return f"{told} {odd} with NaN or infinite weights left out."


@dataclass(frozen=True, slots=True, eq=False)
class DriftTable:
    """All metrics of all variables at all snapshots. Arrays are (rows, snapshots).

    anchor     number of the snapshot that `first` (or a chosen reference) stands for
    reference  FIRST or CHOSEN: which of the two the anchor is; PREVIOUS is always there too
    present    where a variable is there and was measured
    own        by name of OWN_FIGURES
    to_anchor, to_previous   by name of PAIR_FIGURES (and their errors): NaN where there is no
               such pair (`pairs_with` tells) and where a figure is not defined (cosine of zeros)
    epsilon    of `changed_beyond`
    failed     why a variable could not be read at one snapshot, by (row, snapshot)
    dead       by row: units of the newest snapshot's kernels that are all zero
    path       None where fewer than two snapshots have weights in common
    """

    snapshots: tuple[Snapshot, ...]
    rows: tuple[DriftRow, ...]
    anchor: int
    reference: Reference
    present: NDArray[np.bool_]
    own: Figures
    to_anchor: Figures
    to_previous: Figures
    anchored: NDArray[np.bool_]
    chained: NDArray[np.bool_]
    epsilon: float
    failed: Mapping[tuple[int, int], str]
    path: RunPath | None = None
    findings: tuple[Finding, ...] = ()
    dead: Mapping[int, "DeadUnits"] = field(default_factory=dict)

    def values(self, metric: str, reference: Reference = Reference.FIRST) -> Floats:
        """One metric of the whole table, NaN where it has no value. KeyError for no metric.

        FIRST and CHOSEN both mean the table's anchor.
        """
        known = METRIC_BY_NAME[metric]
        if not known.of_change:
            return self._own(metric)
        if metric.endswith("_change"):
            return self._difference(_BASE[metric], reference)
        return self._pairs(reference)[metric]

    def errors(self, metric: str, reference: Reference = Reference.FIRST) -> Floats | None:
        """How far each value may be off; None for metrics that are exact."""
        return self._pairs(reference)[ERRORS[metric]] if metric in ERRORS else None

    def paired(self, metric: str, reference: Reference = Reference.FIRST) -> NDArray[np.bool_]:
        """Where a metric can have a value at all: elsewhere a cell is empty, not NaN."""
        if not METRIC_BY_NAME[metric].of_change:
            return self.present
        return self.chained if reference == Reference.PREVIOUS else self.anchored

    def name_of(self, at: int) -> str:
        """The name of a snapshot, with its folder where another one has the same name."""
        names = [one.name for one in self.snapshots]
        if names.count(names[at]) == 1:
            return names[at]
        folder = os.path.basename(os.path.dirname(self.snapshots[at].path))
        return os.path.join(folder, names[at])

    def row_of(self, name: str) -> int:
        """The number of the row with that name; KeyError where there is none."""
        for number, row in enumerate(self.rows):
            if row.name == name:
                return number
        raise KeyError(name)

    def _pairs(self, reference: Reference) -> Figures:
        return self.to_previous if reference == Reference.PREVIOUS else self.to_anchor

    def _own(self, metric: str) -> Floats:
        if metric != "zero_fraction":
            return self.own[metric]
        sizes = np.array([float(np.prod(row.shape)) for row in self.rows])
        with np.errstate(invalid="ignore", divide="ignore"):
            shares: Floats = self.own["zero"] / sizes[:, None]
        return shares

    def _difference(self, figure: str, reference: Reference) -> Floats:
        values = self._own(figure)
        if reference == Reference.PREVIOUS:
            before = np.full_like(values, np.nan)
            before[:, 1:] = values[:, :-1]
        else:
            before = np.repeat(values[:, self.anchor : self.anchor + 1], values.shape[1], axis=1)
        with np.errstate(invalid="ignore"):
            change: Floats = values - before
        return np.where(self.paired("l2", reference), change, np.nan)


_BASE = {
    "mean_change": "mean", "std_change": "std", "norm_change": "norm",
    "zero_change": "zero_fraction",
}  # fmt: skip
