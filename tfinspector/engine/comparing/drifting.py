"""`drift`: how the variables of a run moved, at every snapshot, against two references at once."""

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import replace

import numpy as np

from tfinspector.contents.drift_metrics import OWN_FIGURES, Reference
from tfinspector.contents.drifts import DriftRow, DriftTable
from tfinspector.contents.dtypes import DTypeKind
from tfinspector.contents.restores import Rename
from tfinspector.contents.variables import Role
from tfinspector.diagnosis.drifting.problems import find_drift_problems
from tfinspector.engine.cache.store import Store
from tfinspector.engine.comparing.axis import axis_of, need_two, with_reference
from tfinspector.engine.comparing.dead_units import dead_units_of
from tfinspector.engine.comparing.joining import tracks_of
from tfinspector.engine.comparing.passes import Order, Strand
from tfinspector.engine.comparing.places import Member, Place
from tfinspector.engine.comparing.remembered import measure_remembered
from tfinspector.engine.comparing.row_figures import PAIR_COLUMNS, RowFigures
from tfinspector.engine.comparing.run_path import path_of, stride_for
from tfinspector.engine.comparing.tracks import Track
from tfinspector.engine.jobs import Ticket
from tfinspector.engine.open_source import OpenSource
from tfinspector.formats.reading import TensorReader

EPSILON = 1e-6
"""Beyond so much of its magnitude an element counts as changed beyond noise."""


def drift(
    sources: Sequence[OpenSource],
    reference: str = Reference.FIRST,
    epsilon: float = EPSILON,
    ticket: Ticket | None = None,
    executor: Executor | None = None,
    renames: Sequence[Rename] = (),
    cache: Store | None = None,
    exact_path: bool = False,
) -> DriftTable:
    """The drift of a run, or of any sources put together, in one reading of each snapshot.

    `reference` is "first", "previous" (then the anchor is the first all the same, as the table has
    both) or a snapshot's path. `renames` are a map of names that changed on the way. On an
    `executor` (processes, a dask cluster) the files are opened over there. What `cache` has is not
    measured, and what is measured is kept there. `exact_path` asks for the run's path from all
    weights, however many they are (`run_path`). Progress is in bytes.
    Raises `Unreadable` where there are no two snapshots, and `Cancelled`; what can't be read of a
    snapshot is told in the table.
    """
    ticket = ticket or Ticket()
    members, findings = axis_of(sources)
    members, anchor, kind = with_reference(members, reference, ticket)
    need_two(members, [opened.source.given for opened in sources])
    tracks, _ = tracks_of(members, ticket, renames)
    table = drift_of_tracks(
        members, tracks, anchor, kind, epsilon, ticket, executor, cache, exact_path
    )
    return replace(table, findings=(*table.findings, *findings))


def drift_of_tracks(
    members: Sequence[Member],
    tracks: Sequence[Track],
    anchor: int = 0,
    reference: Reference = Reference.FIRST,
    epsilon: float = EPSILON,
    ticket: Ticket | None = None,
    executor: Executor | None = None,
    cache: Store | None = None,
    exact_path: bool = False,
) -> DriftTable:
    """The table of all tracks. Raises `Cancelled`; what can't be read is a row that says why."""
    ticket = ticket or Ticket()
    strands = [Strand(tuple(track.cells), _is_in_path(track)) for track in tracks]
    stride = 1 if exact_path else stride_for(strands)
    order = Order(tuple(member.place for member in members), anchor, epsilon, stride, exact_path)
    rows = _rows(tracks)
    table = _Table(len(rows), len(members))
    readers = _Readers(members)
    products = measure_remembered(cache, order, strands, readers, table.take, ticket, executor)
    found = DriftTable(
        snapshots=tuple(member.snapshot for member in members),
        rows=tuple(table.with_problems(rows)),
        anchor=anchor,
        reference=reference,
        present=table.present,
        own=table.by_name(table.own, OWN_FIGURES),
        to_anchor=table.by_name(table.to_anchor, PAIR_COLUMNS),
        to_previous=table.by_name(table.to_previous, PAIR_COLUMNS),
        anchored=table.anchored,
        chained=table.chained,
        epsilon=epsilon,
        failed=table.failed,
    )
    found = replace(found, path=path_of(products, strands, found, stride))
    found = replace(found, dead=dead_units_of(found, members, readers, ticket, cache))
    return replace(found, findings=tuple(find_drift_problems(found)))


class _Readers:
    """The readers of the opened sources, kept for as long as the pass takes."""

    def __init__(self, members: Sequence[Member]) -> None:
        self._members = {member.place: member for member in members}
        self._readers: dict[Place, TensorReader] = {}

    def __call__(self, place: Place) -> TensorReader:
        reader = self._readers.get(place)
        if reader is None:
            reader = self._members[place].opened.reader(place.snapshot)
            self._readers[place] = reader
        return reader


class _Table:
    """The arrays that are filled row by row, (rows, snapshots, figures) each."""

    def __init__(self, rows: int, count: int) -> None:
        self.own = np.full((rows, count, len(OWN_FIGURES)), np.nan)
        self.to_anchor = np.full((rows, count, len(PAIR_COLUMNS)), np.nan)
        self.to_previous = np.full((rows, count, len(PAIR_COLUMNS)), np.nan)
        self.present, self.anchored, self.chained = (
            np.zeros((rows, count), bool) for _ in range(3)
        )
        self.failed: dict[tuple[int, int], str] = {}

    def take(self, number: int, row: RowFigures) -> None:
        """One row's figures."""
        self.own[number] = row.own
        self.to_anchor[number], self.to_previous[number] = row.to_anchor, row.to_previous
        self.present[number] = row.measured
        self.anchored[number], self.chained[number] = row.anchored, row.chained
        for at, reason in row.failed.items():
            self.failed[number, at] = reason

    def by_name(self, values: np.ndarray, names: Sequence[str]) -> dict[str, np.ndarray]:
        """The figures' own arrays, (rows, snapshots) each."""
        return {name: values[:, :, at] for at, name in enumerate(names)}

    def with_problems(self, rows: Sequence[DriftRow]) -> list[DriftRow]:
        """The rows; those without any figures say why."""
        reasons: dict[int, str] = {}
        for (number, _), reason in self.failed.items():
            reasons[number] = reason
        return [
            row if self.present[number].any() else row._replace(problem=reasons.get(number, ""))
            for number, row in enumerate(rows)
        ]


def _rows(tracks: Sequence[Track]) -> list[DriftRow]:
    """A row for each track; where a name is used twice, the key tells them apart."""
    names: dict[str, int] = {}
    for track in tracks:
        names[track.newest.name] = names.get(track.newest.name, 0) + 1
    rows = []
    for track in tracks:
        variable = track.newest
        name = variable.name if names[variable.name] == 1 else f"{variable.name} ({variable.key})"
        rows.append(
            DriftRow(
                name, variable.role, variable.trainable, variable.dtype, variable.shape,
                tuple(cell.key if cell else "" for cell in track.cells),
                tuple(cell.name if cell else "" for cell in track.cells),
                tuple(track.events), variable.slot_of, paths=variable.paths,
            )
        )  # fmt: skip
    return rows


def _is_in_path(track: Track) -> bool:
    """Real weights that all snapshots have, of one shape."""
    shape = track.newest.shape
    return track.newest.role is Role.WEIGHT and all(
        cell is not None and cell.dtype.kind is DTypeKind.FLOAT and cell.shape == shape
        for cell in track.cells
    )
