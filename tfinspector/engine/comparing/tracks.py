"""Which variables of the snapshots are the same one: joined by path, then by name.

A key is the path of a value in the object graph (or its name where there is no graph), so equal
keys come first; then any path that leads to both; then the name, and TensorFlow's own full name
where it is unique on both sides. What is still open is for a map or for suggestions.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from tfinspector.contents import numbers
from tfinspector.contents.comparisons import RenamedPair
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


Partners = list[int | None]
"""For each variable of a snapshot the number of its track, None where it has none."""


class Tracks:
    """The tracks of all snapshots so far; for each one more: its partners, then `add`."""

    def __init__(self) -> None:
        self.tracks: list[Track] = []
        self._count = 0

    def partners_of(self, variables: Sequence[Variable]) -> Partners:
        """The tracks that the variables of the next snapshot go on; no track twice."""
        partners: Partners = [None] * len(variables)
        by_key = {track.newest.key: number for number, track in enumerate(self.tracks)}
        taken: set[int] = set()
        open_ones: list[int] = []
        for place, variable in enumerate(variables):
            number = by_key.get(variable.key)
            if number is not None and number not in taken:
                partners[place] = number
                taken.add(number)
            else:
                open_ones.append(place)
        if open_ones and len(taken) < len(self.tracks):
            self._join_open(variables, open_ones, partners, taken)
        return partners

    def join(
        self, partners: Partners, variables: Sequence[Variable], pairs: Iterable[RenamedPair]
    ) -> None:
        """Set the partners of renamed variables; what had their track before loses it."""
        numbers = {
            track.newest.key: number
            for number, track in enumerate(self.tracks)
            if track.cells[-1] is not None
        }
        places = {variable.key: place for place, variable in enumerate(variables)}
        for pair in pairs:
            number = numbers[pair.a.key]
            if number in partners:
                partners[partners.index(number)] = None
            partners[places[pair.b.key]] = number

    def without_partner(self, partners: Partners) -> list[Variable]:
        """Variables of the last snapshot that no variable of the next one goes on."""
        taken = set(partners)
        return [
            track.newest
            for number, track in enumerate(self.tracks)
            if number not in taken and track.cells[-1] is not None
        ]

    def joined_keys(self, partners: Partners, variables: Sequence[Variable]) -> dict[str, str]:
        """Keys of the last snapshot to keys of the next one."""
        return {
            self.tracks[number].newest.key: variable.key
            for variable, number in zip(variables, partners, strict=True)
            if number is not None and self.tracks[number].cells[-1] is not None
        }

    def add(self, variables: Sequence[Variable], partners: Partners) -> None:
        """The next snapshot: each variable goes on its track, or begins one."""
        at, self._count = self._count, self._count + 1
        seen: set[int] = set()
        for variable, number in zip(variables, partners, strict=True):
            cell = Cell(
                variable.key, variable.name, variable.dtype, variable.shape, variable.problem
            )
            if number is None:
                number = len(self.tracks)
                events = [Event(at, Happening.APPEARS, "appears")] if at else []
                self.tracks.append(Track([None] * at, variable, events))
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

    def _join_open(
        self,
        variables: Sequence[Variable],
        open_ones: list[int],
        partners: Partners,
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
