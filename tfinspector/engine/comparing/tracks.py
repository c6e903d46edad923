"""Which variables of the snapshots are the same one: joined by path, then by name.

A key is the path of a value in the object graph (or its name where there is no graph), so equal
keys come first; then any path that leads to both; then the name, and TensorFlow's own full name
where it is unique on both sides. What is still open is for a map or for suggestions.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from tfinspector.contents import numbers
from tfinspector.contents.drifts import Event, Happening
from tfinspector.contents.dtypes import DType
from tfinspector.contents.variables import Variable


class Cell(NamedTuple):
    """A variable at one snapshot."""

    key: str
    name: str
    dtype: DType
    shape: tuple[int, ...]
    problem: str = ""


@dataclass(slots=True)
class Track:
    """One variable through the snapshots; `cells` has None where it is not there.

    `newest` is the variable as the last snapshot that has it tells it, `events` what happened on
    the way.
    """

    cells: list[Cell | None]
    newest: Variable
    events: list[Event] = field(default_factory=list)

    def last_cell(self) -> Cell:
        """The newest cell."""
        return next(cell for cell in reversed(self.cells) if cell is not None)


Renames = Mapping[str, str]
"""Keys of one snapshot to keys of the next, for variables that have another name there."""


class Tracks:
    """The tracks of all snapshots so far; `add` joins one more."""

    def __init__(self) -> None:
        self.tracks: list[Track] = []
        self.count = 0
        self._names: dict[tuple[str, str], int] = {}

    def add(self, variables: Sequence[Variable], renames: Renames | None = None) -> None:
        """The next snapshot. `renames` lead from keys before to keys of this one."""
        at, self.count = self.count, self.count + 1
        partners = self._join(variables, renames or {})
        seen: set[int] = set()
        for variable, number in zip(variables, partners, strict=True):
            cell = Cell(
                variable.key, variable.name, variable.dtype, variable.shape, variable.problem
            )
            if number is None:
                number = len(self.tracks)
                self.tracks.append(Track([None] * at, variable))
                if at:
                    self.tracks[number].events.append(Event(at, Happening.APPEARS, "appears"))
            else:
                _note(self.tracks[number], cell, at)
            track = self.tracks[number]
            track.cells.append(cell)
            track.newest = variable
            seen.add(number)
        for number, track in enumerate(self.tracks):
            if number not in seen:
                if track.cells[-1] is not None:
                    track.events.append(Event(at, Happening.DISAPPEARS, "is no longer there"))
                track.cells.append(None)

    def open_sides(self, variables: Sequence[Variable]) -> tuple[list[Variable], list[Variable]]:
        """What has no partner: of the last snapshot, and of the one to be added."""
        partners = self._join(variables, {})
        taken = set(partners)
        mine = [
            track.newest
            for number, track in enumerate(self.tracks)
            if number not in taken and track.cells[-1] is not None
        ]
        theirs = [each for each, number in zip(variables, partners, strict=True) if number is None]
        return mine, theirs

    def _join(self, variables: Sequence[Variable], renames: Renames) -> list[int | None]:
        """For each variable the number of its track, None for a new one; no track twice."""
        partners: list[int | None] = [None] * len(variables)
        by_key = {track.last_cell().key: number for number, track in enumerate(self.tracks)}
        back = {after: before for before, after in renames.items()}
        taken: set[int] = set()
        open_ones: list[int] = []
        for place, variable in enumerate(variables):
            number = by_key.get(back.get(variable.key, variable.key))
            if number is not None and number not in taken:
                partners[place] = number
                taken.add(number)
            else:
                open_ones.append(place)
        if open_ones and len(taken) < len(self.tracks):
            self._join_open(variables, open_ones, partners, taken)
        return partners

    def _join_open(
        self,
        variables: Sequence[Variable],
        open_ones: list[int],
        partners: list[int | None],
        taken: set[int],
    ) -> None:
        for spell in (_paths, _name, _full_name):
            known: dict[str, int | None] = {}
            for number, track in enumerate(self.tracks):
                if number not in taken:
                    for word in spell(track.newest):
                        known[word] = None if word in known else number
            wanted = _unique((word, p) for p in open_ones for word in spell(variables[p]))
            for word, place in wanted.items():
                found = known.get(word)
                if found is not None and found not in taken and partners[place] is None:
                    partners[place] = found
                    taken.add(found)
            open_ones = [place for place in open_ones if partners[place] is None]


def _paths(variable: Variable) -> Iterable[str]:
    return variable.paths


def _name(variable: Variable) -> Iterable[str]:
    return (variable.name,)


def _full_name(variable: Variable) -> Iterable[str]:
    return (variable.full_name,) if variable.full_name else ()


def _unique(words: Iterable[tuple[str, int]]) -> dict[str, int]:
    found: dict[str, int] = {}
    twice = set()
    for word, place in words:
        if word in found and found[word] != place:
            twice.add(word)
        found[word] = place
    return {word: place for word, place in found.items() if word not in twice}


def _note(track: Track, cell: Cell, at: int) -> None:
    """What is different from the last time the variable was there."""
    before = track.last_cell()
    if track.cells[-1] is None:
        track.events.append(Event(at, Happening.APPEARS, "is there again"))
    if cell.shape != before.shape:
        text = f"{numbers.shape(before.shape)} becomes {numbers.shape(cell.shape)}"
        track.events.append(Event(at, Happening.SHAPE, text))
    if cell.dtype != before.dtype:
        text = f"{before.dtype.name} becomes {cell.dtype.name}"
        track.events.append(Event(at, Happening.DTYPE, text))
    if cell.key != before.key and cell.name != before.name:
        text = f"{before.name} becomes {cell.name}"
        track.events.append(Event(at, Happening.RENAMED, text))
