"""The figures of every variable measured so far, per source, snapshot and key.

Written in the window's thread alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tfinspector.contents.figures import Statistics, Unmeasured
from tfinspector.contents.variables import Variable

if TYPE_CHECKING:
    from tfinspector.engine.opening import OpenSource

Figures = Statistics | Unmeasured
Place = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Choice:
    """One variable of one snapshot of one source."""

    source: OpenSource
    snapshot: str
    variable: Variable

    @property
    def place(self) -> Place:
        """Names the snapshot among those of all open sources, as a key."""
        return id(self.source), self.snapshot

    @property
    def of(self) -> tuple[OpenSource, str]:
        """Source and snapshot."""
        return self.source, self.snapshot


@dataclass(slots=True)
class Known:
    """What is known of one snapshot: `odd` are the keys of those that hold NaN or infinity."""

    figures: dict[str, Figures] = field(default_factory=dict)
    odd: set[str] = field(default_factory=set)

    def note(self, key: str, figures: Figures) -> None:
        """Take over the figures of one variable."""
        self.figures[key] = figures
        if isinstance(figures, Statistics) and figures.finite < figures.count:
            self.odd.add(key)
        else:
            self.odd.discard(key)


class KnownFigures:
    """`Known` of each snapshot. A source is closed, or read again as another one."""

    def __init__(self) -> None:
        self._known: dict[Place, Known] = {}

    def of(self, source: OpenSource, snapshot: str) -> Known:
        """What is known of a snapshot; grows as figures come in."""
        return self._known.setdefault((id(source), snapshot), Known())

    def inherit(self, old: OpenSource, fresh: OpenSource) -> dict[Place, set[str]]:
        """`fresh` is `old` read again: snapshots whose files are the same keep their figures.

        Returns the keys that are known of each of them.
        """
        kept: dict[Place, set[str]] = {}
        for snapshot in set(old.source.snapshots) & set(fresh.source.snapshots):
            known = self._known.get((id(old), snapshot.path))
            if known:
                place = id(fresh), snapshot.path
                self._known[place] = Known(dict(known.figures), set(known.odd))
                kept[place] = set(known.figures)
        return kept

    def forget(self, source: OpenSource) -> None:
        """`source` was closed."""
        for place in [place for place in self._known if place[0] == id(source)]:
            del self._known[place]
