"""Opening what a person pointed at: one source, or all that lie in a folder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING

from tfinspector.contents.findings import Finding, Unreadable
from tfinspector.contents.passwords import masked

if TYPE_CHECKING:
    from tfinspector.engine.jobs import Ticket
    from tfinspector.engine.opening import OpenSource

    Opened = tuple[str, OpenSource | Finding]


Rank = tuple[int, int]


@dataclass(slots=True)
class Batch:
    """Paths that are asked for together: the first of them that can be opened becomes current.

    `shown` is what the batch made current last, with its rank: what a person has chosen
    meanwhile stays.
    """

    shown: tuple[Rank, OpenSource] | None = None

    def may_show(self, rank: Rank, current: OpenSource | None) -> bool:
        """Whether what was opened at `rank` becomes current."""
        if self.shown is None:
            return True
        return rank < self.shown[0] and current is self.shown[1]


@dataclass(slots=True)
class Order:
    """Sources stand in the order in which they were asked for, however long each takes."""

    _asked: count[int] = field(default_factory=count)
    _ranks: dict[str, Rank] = field(default_factory=dict)

    def ask(self) -> int:
        """The number of one more path that is asked for."""
        return next(self._asked)

    def place(self, path: str, rank: Rank, sources: list[OpenSource]) -> int:
        """Where among `sources` the new source with `path` belongs."""
        self._ranks[path] = rank
        return sum(self._ranks.get(each.source.path, rank) < rank for each in sources)


def open_all(
    open_one: Callable[[str, Ticket], OpenSource], path: str, ticket: Ticket
) -> list[Opened]:
    """`path` opened, or each source in it where it is a folder of several.

    Each with its path as it is told. Raises `Unreadable` if `path` is neither; of several, one that
    can't be opened is a finding.
    """
    try:
        return [(masked(path), open_one(path, ticket))]
    except Unreadable as several:
        if not several.choices:
            raise
        choices = several.choices
    return [(choice, _opened_or_why_not(open_one, choice, ticket)) for choice in choices]


def _opened_or_why_not(
    open_one: Callable[[str, Ticket], OpenSource], path: str, ticket: Ticket
) -> OpenSource | Finding:
    try:
        return open_one(path, ticket)
    except Unreadable as error:
        return error.finding
