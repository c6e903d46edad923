"""`compare`: two sources side by side, from one reading of each."""

from collections.abc import Sequence
from concurrent.futures import Executor
from typing import NamedTuple

import numpy as np

from tfinspector.contents import numbers
from tfinspector.contents.comparisons import (
    Comparison,
    MovedPair,
    RenamedPair,
    SamePair,
    Told,
    Totals,
)
from tfinspector.contents.drift_metrics import METRICS, Reference
from tfinspector.contents.drifts import DriftTable
from tfinspector.contents.dtypes import DTypeKind
from tfinspector.contents.restores import Rename
from tfinspector.contents.variables import Role, Variable
from tfinspector.engine.cache.store import Store
from tfinspector.engine.comparing.axis import need_two
from tfinspector.engine.comparing.drifting import EPSILON, drift_of_tracks
from tfinspector.engine.comparing.joining import tracks_of
from tfinspector.engine.comparing.places import Member, members_of
from tfinspector.engine.comparing.tracks import Track
from tfinspector.engine.jobs import Ticket
from tfinspector.engine.open_source import OpenSource

_CHANGES = tuple(metric.name for metric in METRICS if metric.of_change)


class Side(NamedTuple):
    """One side: a source, and which of its snapshots (None: the newest complete one)."""

    opened: OpenSource
    snapshot: str | None = None


def compare(
    a: OpenSource | Side,
    b: OpenSource | Side,
    renames: Sequence[Rename] = (),
    epsilon: float = EPSILON,
    ticket: Ticket | None = None,
    executor: Executor | None = None,
    cache: Store | None = None,
) -> Comparison:
    """B against A. `renames` is a map that goes before suggestions; `cache` as for `drift`.

    Raises `Unreadable` where a side has no values or the map does not fit, and `Cancelled`.
    """
    ticket = ticket or Ticket()
    members = [_member(a), _member(b)]
    tracks, renamed = tracks_of(members, ticket, renames)
    table = drift_of_tracks(
        members, tracks, epsilon=epsilon, ticket=ticket, executor=executor, cache=cache
    )
    return _Sorter(members, tracks, table).comparison(renamed)


def _member(side: OpenSource | Side) -> Member:
    opened, wanted = (side, None) if isinstance(side, OpenSource) else side
    members = members_of([opened])
    if wanted is not None:
        opened.checkpoint(wanted)  # says what there is instead
        members = [member for member in members if member.snapshot.path == wanted]
    if not members:
        need_two([], [opened.source.given])
    return members[-1]


class _Sorter:
    """Sorts the tracks of two snapshots by what became of them."""

    def __init__(
        self, members: Sequence[Member], tracks: Sequence[Track], table: DriftTable
    ) -> None:
        self._members, self._tracks, self._table = members, tracks, table
        self._sides = [
            {each.key: each for each in member.checkpoint().variables} for member in members
        ]
        self._figures = {name: table.values(name, Reference.FIRST)[:, 1] for name in _CHANGES}
        self.added: list[Told] = []
        self.removed: list[Told] = []
        self.changed: list[Told] = []
        self.moved: list[MovedPair] = []
        self.identical: list[SamePair] = []
        self.unread: list[Told] = []

    def comparison(self, renamed: Sequence[RenamedPair]) -> Comparison:
        """All of it."""
        for number in range(len(self._tracks)):
            self._sort(number)
        return Comparison(
            self._members[0].snapshot,
            self._members[1].snapshot,
            tuple(self.added),
            tuple(self.removed),
            tuple(self.changed),
            tuple(renamed),
            tuple(self.moved),
            tuple(self.identical),
            tuple(self.unread),
            self._totals(),
            self._table.findings,
        )

    def _sort(self, number: int) -> None:
        a, b = self._variable(number, 0), self._variable(number, 1)
        name = self._table.rows[number].name
        if a is None or b is None:
            only = a or b
            assert only is not None
            reason = f"only in {'A' if b is None else 'B'}: {_about(only)}"
            (self.removed if b is None else self.added).append(Told(name, reason, a, b))
        elif a.shape != b.shape:
            reason = f"{numbers.shape(a.shape)} becomes {numbers.shape(b.shape)}"
            self.changed.append(Told(name, reason, a, b))
        elif reason := self._why_unread(number):
            self.unread.append(Told(name, reason, a, b))
        elif a.dtype != b.dtype:
            self.changed.append(Told(name, self._other_type(number, a, b), a, b))
        elif self._figures["changed_fraction"][number] == 0:
            self.identical.append(SamePair(name, a, b))
        else:
            figures = {each: float(values[number]) for each, values in self._figures.items()}
            self.moved.append(MovedPair(name, a, b, figures))

    def _variable(self, number: int, side: int) -> Variable | None:
        cell = self._tracks[number].cells[side]
        return self._sides[side][cell.key] if cell else None

    def _why_unread(self, number: int) -> str:
        for side, name in enumerate("AB"):
            if reason := self._table.failed.get((number, side)):
                return f"in {name}: {reason}"
        return ""

    def _other_type(self, number: int, a: Variable, b: Variable) -> str:
        away = self._figures["relative_l2"][number]
        told = "the same values" if away == 0 else f"relative change {numbers.four(away)}"
        return f"{a.dtype.name} becomes {b.dtype.name}; {told}"

    def _totals(self) -> Totals:
        """Over real weights that are on both sides in one shape."""
        taken = [
            number
            for number, row in enumerate(self._table.rows)
            if row.role is Role.WEIGHT
            and row.dtype.kind is DTypeKind.FLOAT
            and self._table.anchored[number, 1]
        ]
        sizes = np.array([np.prod(self._table.rows[number].shape) for number in taken])
        moved = self._figures["changed_fraction"][taken] * sizes
        lengths = self._figures["l2"][taken]
        odd = sum(self._table.own[kind][taken] for kind in ("nan", "posinf", "neginf"))
        is_in = np.isfinite(lengths) & ~np.any(odd, axis=1)
        left_out = [self._table.rows[taken[at]].name for at in np.flatnonzero(~is_in)]
        away = float(np.linalg.norm(lengths[is_in]))
        norm = float(np.linalg.norm(self._table.own["norm"][taken, 0][is_in]))
        relative = away / norm if norm else (0.0 if away == 0 else float("inf"))
        count, changed = int(sizes.sum()), round(float(np.nansum(moved)))
        return Totals(count, changed, away, relative, tuple(left_out))


def _about(variable: Variable) -> str:
    return f"{variable.dtype.name}, {numbers.shape(variable.shape)}, {variable.role.value}"
