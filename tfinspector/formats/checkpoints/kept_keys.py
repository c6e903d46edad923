"""Which values of an object graph are in a file: by their keys, or by keys that begin so."""

from bisect import bisect_left
from collections.abc import Iterable

_BOTH = ("-keys", "-values")  # a lookup table is whole with both only


class KeptKeys:
    """The keys of a file. The graph names tables and iterators by the beginning of their keys."""

    def __init__(self, keys: Iterable[str]) -> None:
        self._keys = sorted(keys)
        self._known = frozenset(self._keys)

    def is_lost(self, key: str) -> bool:
        """Whether the value that the graph names `key` is not there, or not all of it."""
        if key in self._known:
            return False
        there = [f"{key}{end}" in self._known for end in _BOTH]
        if any(there):
            return not all(there)
        at = bisect_left(self._keys, key)
        return not (at < len(self._keys) and self._keys[at].startswith(key))
