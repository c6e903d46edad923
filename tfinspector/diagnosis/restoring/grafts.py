"""Graft search: which lost part of the checkpoint is which part of the model under another name.

Every pair of a node of the checkpoint with lost values beneath it and an object of the model with
variables that nothing feeds is walked through together, over the edges that both have. A pair is
worth as many variables of equal shape as it brings together.
"""

from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from tfinspector.diagnosis.matching.rows import shapes_fit
from tfinspector.diagnosis.restoring.case import Case
from tfinspector.diagnosis.restoring.graph_spans import (
    Held,
    depth_of,
    held_beneath,
    nodes_above,
    parents_of,
    shapes_in,
)

_MOST_CANDIDATES = 160
_FEWER_CANDIDATES = 40
_FEW = 200  # lost keys, up to which all pairs are tried
_MOST_ALIKE = 30  # siblings of one structure, up to which names decide, beyond that the order
_ALIKE = 0.75  # as "encoder" and "encoder_1"
_NOBODYS = frozenset({"_functional", "_operations"})  # edges that every model of layers has


class Graft(NamedTuple):
    """The checkpoint's `node` is the model's `mine`; `pairs` are rows (lost, unfed) it joins.

    Where names within differ as well, `parts` are the pairs of nodes beneath which they agree.
    """

    node: int
    mine: int
    pairs: tuple[tuple[int, int], ...]
    misfits: int
    same_parent: bool
    likeness: float
    distance: int
    parts: tuple[tuple[int, int], ...] = ()


def find_grafts(
    case: Case, lost: Iterable[int], unfed: Iterable[int], into_optimizers: bool = False
) -> list[Graft]:
    """The best pairs, none of which share a row; those that join most first."""
    lost, unfed = list(lost), list(unfed)
    if not lost or not unfed or not case.graph.nodes:
        return []
    search = _Search(case, lost, unfed, into_optimizers)
    found = sorted(search.wide(), key=_worth, reverse=True)
    if len(lost) > _FEW:
        # Siblings that are alike but for the name are told by what they hold, without trying all.
        found = sorted(search.siblings(), key=_worth, reverse=True) + found
    chosen: list[Graft] = []
    taken: set[int] = set()
    _choose(found, chosen, taken)
    if len(taken) < len(lost) + len(unfed):
        loose = search.without(taken).loose()
        _choose(sorted(loose, key=_worth, reverse=True), chosen, taken)
    return sorted(chosen, key=lambda graft: (-len(graft.pairs), graft.node))


def _choose(found: Iterable[Graft], chosen: list[Graft], taken: set[int]) -> None:
    for graft in found:
        rows = {row for pair in graft.pairs for row in pair}
        if not rows & taken:
            chosen.append(graft)
            taken |= rows


def _worth(graft: Graft) -> tuple[int, int, bool, float, int]:
    return (
        len(graft.pairs) - graft.misfits,
        len(graft.pairs),
        graft.same_parent,
        graft.likeness,
        -graft.distance,
    )


class _Search:
    def __init__(self, case: Case, lost: list[int], unfed: list[int], into: bool) -> None:
        self._case = case
        self._around: set[int] = set() if into else case.file_optimizers
        self._lost_at = {case.variables[case.rows[p].key].node: p for p in lost}
        self._unfed_at = {case.model.variables[case.rows[p].variable].node: p for p in unfed}
        self._unfed_at.pop(-1, None)
        rows = case.rows
        self._file_shapes = {node: rows[place].file_shape for node, place in self._lost_at.items()}
        self._own_shapes = {node: rows[place].model_shape for node, place in self._unfed_at.items()}
        self._file_parents = parents_of([node.children for node in case.graph.nodes], self._around)
        self._model_parents = parents_of([node.children for node in case.model.nodes], set())

    def without(self, taken: set[int]) -> "_Search":
        """The same search among the rows that are left."""
        lost = [place for place in self._lost_at.values() if place not in taken]
        unfed = [place for place in self._unfed_at.values() if place not in taken]
        return _Search(self._case, lost, unfed, not self._around)

    def siblings(self) -> Iterable[Graft]:
        """Children of one parent that hold the same and have no counterpart by name."""
        for theirs, ours in self._orphans():
            yield from self._alike(theirs, ours)

    def loose(self) -> Iterable[Graft]:
        """Children of one parent with the same shapes within, whatever the names within are."""
        for theirs, ours in self._orphans():
            for node, mine in self._by_shapes(theirs, ours):
                grafts = self._unfold(node, mine, set())
                pairs = tuple(pair for graft in grafts for pair in graft.pairs)
                if len(grafts) > 1 and pairs:
                    parts = tuple((graft.node, graft.mine) for graft in grafts)
                    yield Graft(node, mine, pairs, 0, True, 0.0, 0, parts)

    def _orphans(self) -> Iterable[tuple[list[int], list[int]]]:
        """For each bound pair the children that the other side knows under no such name."""
        case = self._case
        for parent, mine in case.bound.items():
            if mine < 0:
                continue
            offered, named = case.model_children(mine), case.file_children(parent)
            theirs = [child for name, child in named.items() if name not in offered]
            ours = [child for name, child in offered.items() if name not in named]
            if theirs and ours:
                yield theirs, ours

    def _by_shapes(self, theirs: Sequence[int], ours: Sequence[int]) -> list[tuple[int, int]]:
        """Pairs that hold the same shapes; the more alike the names the better, then in order."""
        left = [(mine, shapes_in(self._held_in_model(mine))) for mine in ours]
        pairs = []
        for node in theirs:
            held = shapes_in(self._held_in_file(node))
            fits = [each for each in left if each[1] == held] if held else []
            if fits:
                best = max(fits, key=lambda each: self._likeness(node, each[0]))
                pairs.append((node, best[0]))
                left.remove(best)
        return pairs

    def _unfold(self, node: int, mine: int, seen: set[int]) -> list[Graft]:
        """The pairs of nodes beneath two with the same shapes, under which the names agree."""
        if node in seen:
            return []
        seen.add(node)
        pairs, misfits = self._join(node, mine)
        if not misfits and len(pairs) == len(self._held_in_file(node)):
            return [Graft(node, mine, tuple(pairs), 0, False, 0.0, 0)] if pairs else []
        named, offered = self._case.file_children(node), self._case.model_children(mine)
        both = [(child, offered[name]) for name, child in named.items() if name in offered]
        theirs = [child for name, child in named.items() if name not in offered]
        ours = [child for name, child in offered.items() if name not in named]
        both += self._by_shapes(theirs, ours)
        return [graft for child, own in both for graft in self._unfold(child, own, seen)]

    def _likeness(self, node: int, mine: int) -> float:
        theirs, ours = self._case.file_paths.get(node, ""), self._case.model_paths.get(mine, "")
        return _likeness(theirs.rpartition("/")[2], ours.rpartition("/")[2])

    def _alike(self, theirs: Sequence[int], ours: Sequence[int]) -> Iterable[Graft]:
        groups: dict[object, tuple[list[int], list[int]]] = {}
        for node in theirs:
            groups.setdefault(self._held_in_file(node), ([], []))[0].append(node)
        for node in ours:
            groups.setdefault(self._held_in_model(node), ([], []))[1].append(node)
        for held, (lost, unfed) in groups.items():
            if not held or not lost or not unfed:
                continue
            few = len(lost) * len(unfed) <= _MOST_ALIKE**2
            pairs = [(a, b) for a in lost for b in unfed] if few else zip(lost, unfed, strict=False)
            for node, mine in pairs:
                graft = self._try(node, mine)
                if graft is not None:
                    yield graft

    def _held_in_file(self, begin: int) -> Held:
        return held_beneath(
            begin, lambda node: self._case.graph.nodes[node].children,
            self._file_shapes,
        )  # fmt: skip

    def _held_in_model(self, begin: int) -> Held:
        return held_beneath(
            begin, lambda node: self._case.node(node).children,
            self._own_shapes,
        )  # fmt: skip

    def wide(self) -> Iterable[Graft]:
        """Any part of the one side with any part of the other, the nearest to the root first."""
        paths = self._case.file_paths, self._case.model_paths
        theirs = nodes_above(self._lost_at, self._file_parents, depth_of(paths[0]))
        mine = nodes_above(self._unfed_at, self._model_parents, depth_of(paths[1]))
        most = _FEWER_CANDIDATES if len(self._lost_at) > _FEW else _MOST_CANDIDATES
        theirs, mine = theirs[:most], mine[:most]
        for node in theirs:
            for place in mine:
                graft = self._try(node, place)
                if graft is not None:
                    yield graft

    def _try(self, node: int, mine: int) -> Graft | None:
        case = self._case
        if case.bound.get(node) == mine:
            return None
        is_leaf = node in self._lost_at
        if is_leaf != (mine in self._unfed_at):
            return None
        pairs, misfits = self._join(node, mine)
        if len(pairs) <= misfits:
            return None
        same_parent = self._same_parent(node, mine)
        likeness = self._likeness(node, mine)
        if not same_parent and not self._is_telling(pairs, likeness, is_leaf):
            return None
        own_name = case.model_paths.get(mine, "").rpartition("/")[2]
        return Graft(
            node, mine, tuple(pairs), misfits, same_parent, likeness * (own_name not in _NOBODYS),
            abs(self._order(node, self._file_parents, True) -
                self._order(mine, self._model_parents, False)),
        )  # fmt: skip

    def _is_telling(self, pairs: Sequence[tuple[int, int]], likeness: float, leaf: bool) -> bool:
        """Whether it is more than a few equal shapes somewhere else: a name, or most of a side."""
        if leaf:
            return False  # two variables of one shape: nothing but a place in common tells
        most = 2 * len(pairs) > min(len(self._lost_at), len(self._unfed_at))
        return likeness >= _ALIKE or most

    def _join(self, node: int, mine: int) -> tuple[list[tuple[int, int]], int]:
        """Walk both together: pairs of rows whose shapes fit, and how many do not."""
        case = self._case
        pairs: list[tuple[int, int]] = []
        misfits = 0
        seen = {node}
        queue = [(node, mine)]
        for theirs, ours in queue:  # it grows meanwhile
            lost, unfed = self._lost_at.get(theirs), self._unfed_at.get(ours)
            if lost is not None and unfed is not None:
                if shapes_fit(case.rows[lost].file_shape, case.rows[unfed].model_shape):
                    pairs.append((lost, unfed))
                else:
                    misfits += 1
            children = case.model_children(ours)
            for name, child in case.graph.nodes[theirs].children:
                met = children.get(name)
                if met is None or child in seen:
                    continue
                if child in self._around:
                    continue
                seen.add(child)
                queue.append((child, met))
        return pairs, misfits

    def _same_parent(self, node: int, mine: int) -> bool:
        parents = self._model_parents.get(mine, ())
        bound = self._case.bound
        return any(bound.get(parent, -2) in parents for parent in self._file_parents.get(node, ()))

    def _order(self, node: int, parents: dict[int, list[int]], in_file: bool) -> int:
        """Its place among the children of its first parent."""
        above = parents.get(node)
        if not above:
            return 0
        case = self._case
        owner = case.graph.nodes[above[0]] if in_file else case.node(above[0])
        return next(place for place, (_, child) in enumerate(owner.children) if child == node)


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other).ratio()
