"""What came of the last dry runs and restores, each by its source and snapshot."""

from __future__ import annotations

from collections.abc import Container

from tfinspector.contents.findings import Finding
from tfinspector.viewmodels.restore.jobs import Result

MOST = 8
Place = tuple[str, str]
"""The path of the source, and the snapshot."""


class KeptResults:
    """The newest `MOST` of them: a report of a large model is large itself."""

    def __init__(self) -> None:
        self._kept: dict[Place, Result | Finding] = {}

    def keep(self, place: Place, result: Result | Finding) -> None:
        """Instead of what was kept for this place; the oldest goes where there are too many."""
        self._kept.pop(place, None)
        self._kept[place] = result
        while len(self._kept) > MOST:
            del self._kept[next(iter(self._kept))]

    def get(self, place: Place) -> Result | Finding | None:
        """What came of the last one there."""
        return self._kept.get(place)

    def drop_all_but(self, paths: Container[str]) -> None:
        """Forget those of sources that are closed."""
        self._kept = {place: kept for place, kept in self._kept.items() if place[0] in paths}
