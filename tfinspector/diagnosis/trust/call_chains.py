"""Who runs an operation: chains from the entries of a graph to the function that holds it."""

from collections import deque
from typing import NamedTuple

from tfinspector.contents.trust import EntryKind, GraphCensus, GraphEntry

Chain = tuple[str, ...]

_CHAINS_AT_MOST = 8
_ORDER = tuple(EntryKind)


class Callers(NamedTuple):
    """The kinds of entries that reach an operation, and the shortest chains, one per entry."""

    when: tuple[EntryKind, ...]
    chains: tuple[str, ...]


class CallGraph:
    """The functions of one meta graph as they are reached from its entries."""

    def __init__(self, census: GraphCensus) -> None:
        self._census = census
        self._chains = [(entry, self._chains_from(entry)) for entry in census.entries]

    def callers(self, op: str) -> Callers:
        """Who runs `op`; a function that no entry leads to is named alone, as run by nobody."""
        when: dict[EntryKind, None] = {}
        chains: list[str] = []
        held = {name for name, body in self._census.functions.items() if op in body.ops}
        for entry, paths in self._chains:
            found: list[Chain] = [paths[name] for name in held if name in paths]
            if op in entry.body.ops:
                found.append((entry.name,))
            if found:
                when[entry.kind] = None
                chains.append(" -> ".join(_shortest(found)))
        reached = {name for _, paths in self._chains for name in paths}
        lost = sorted(held - reached)
        if lost:
            when[EntryKind.NOBODY] = None
            chains += lost
        kinds = tuple(sorted(when, key=_ORDER.index))
        return Callers(kinds, tuple(dict.fromkeys(filter(None, chains)))[:_CHAINS_AT_MOST])

    def _chains_from(self, entry: GraphEntry) -> dict[str, Chain]:
        """{function: shortest chain of names to it}."""
        chains: dict[str, Chain] = {}
        waiting: deque[tuple[str, Chain]] = deque()
        waiting.extend((name, (entry.name,)) for name in entry.body.calls)
        while waiting:
            name, before = waiting.popleft()
            if name in chains or name not in self._census.functions:
                continue
            chains[name] = (*before, name)
            waiting.extend((called, chains[name]) for called in self._census.functions[name].calls)
        return chains


def _shortest(chains: list[Chain]) -> Chain:
    return min(chains, key=len)
