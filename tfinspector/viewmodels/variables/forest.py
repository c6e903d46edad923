"""The tree of variables as flat arrays, so that 100,000 rows stay fluid.

Nodes are numbered in preorder, siblings in natural order: the subtree of node `i` is
`[i, end[i])`. Everything the tree view does (expand, filter, sort, sub-tree totals) is then a
few NumPy operations over all nodes, one pass per level at most. No Qt here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tfinspector.contents.variables import Variable

Ints = NDArray[np.intp]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]

_DIGITS = re.compile(r"\d+")
_MANY = 4096
_PORTION = 512


def natural_key(text: str) -> str:
    """A key under which "layer_2" sorts before "layer_10": lower case, numbers padded."""
    return _DIGITS.sub(lambda found: found.group().zfill(20), text.lower())


@dataclass(frozen=True, slots=True, eq=False)
class Forest:
    """See the module. All arrays have one entry per node.

    labels  the part of the path that the node stands for
    parent  -1 at the top
    leaf    index into the variables, -1 for a group
    levels  the nodes of each depth, ascending; `depth` says the same per node
    node_of the node of each variable
    """

    labels: list[str]
    parent: Ints
    depth: Ints
    end: Ints
    leaf: Ints
    levels: tuple[Ints, ...]
    node_of: Ints

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def is_group(self) -> Bools:
        """Which nodes are groups."""
        return self.leaf < 0

    def path(self, node: int) -> str:
        """The full path of a node: "model/dense_1/kernel"."""
        parts = []
        while node >= 0:
            parts.append(self.labels[node])
            node = int(self.parent[node])
        return "/".join(reversed(parts))

    def spread(self, of_variables: NDArray[Any]) -> NDArray[Any]:
        """Values per variable as values per node, 0 for groups."""
        per_node = np.zeros(len(self), dtype=of_variables.dtype)
        per_node[self.node_of] = of_variables
        return per_node

    def totals(self, of_variables: NDArray[Any]) -> NDArray[Any]:
        """The sum of a value over each node's subtree."""
        running = np.concatenate(([0], np.cumsum(self.spread(of_variables))))
        summed: NDArray[Any] = running[self.end] - running[:-1]
        return summed

    def extremes(self, of_variables: Floats, greatest: bool) -> Floats:
        """The least or greatest value in each node's subtree; NaN counts as not known."""
        fill = -np.inf if greatest else np.inf
        per_node = np.full(len(self), fill)
        per_node[self.node_of] = np.where(np.isnan(of_variables), fill, of_variables)
        meet = np.maximum if greatest else np.minimum
        for level in reversed(self.levels[1:]):
            meet.at(per_node, self.parent[level], per_node[level])
        return np.where(per_node == fill, np.nan, per_node)

    def visible(self, shown: Bools, expanded: Bools) -> Bools:
        """Which nodes have a row.

        shown     per variable: it passes the filter
        expanded  per node: its children have rows
        A group has a row if any variable below it is shown and all groups above are expanded.
        """
        alive = self.totals(shown.astype(np.intp)) > 0
        for level in self.levels[1:]:
            above = self.parent[level]
            alive[level] &= alive[above] & expanded[above]
        return alive

    def ordered(self, keys: Floats, descending: bool) -> Ints:
        """All nodes in preorder with siblings ordered by `keys` (NaN last either way)."""
        directed = -keys if descending else keys  # NumPy sorts NaN last
        size = self.end - np.arange(len(self))
        position = np.zeros(len(self), dtype=np.intp)
        for level in self.levels:
            above = self.parent[level]
            base = np.where(above >= 0, position[above] + 1, 0)
            order = np.lexsort((directed[level], base))
            nodes, bases = level[order], base[order]
            before = np.cumsum(size[nodes]) - size[nodes]
            starts = np.concatenate(([True], bases[1:] != bases[:-1]))
            first = before[np.maximum.accumulate(np.where(starts, np.arange(len(nodes)), 0))]
            position[nodes] = bases + before - first
        preorder = np.empty(len(self), dtype=np.intp)
        preorder[position] = np.arange(len(self))
        return preorder


def plant(variables: Sequence[Variable], check: Callable[[], None] = lambda: None) -> Forest:
    """The forest of `variables` by the parts of their names. For a pool thread: no Qt, slow.

    `check` is called between portions of work.
    """
    top: dict[str, Any] = {}
    for index, variable in enumerate(variables):
        if index % _PORTION == 0:
            check()
        *groups, label = variable.name.split("/")
        at = top
        for part in groups:
            at = at.setdefault(part, {})
        at.setdefault(_LEAVES, []).append((label, index))
    return _Planting(check).grow(top, len(variables))


_LEAVES = "\0leaves"  # a key no part of a path can be: holds a group's own variables


class _Planting:
    """Walks the nested groups in preorder without recursion, since names come from files."""

    def __init__(self, check: Callable[[], None]) -> None:
        self._check = check
        self._labels: list[str] = []
        self._parent: list[int] = []
        self._depth: list[int] = []
        self._leaf: list[int] = []
        self._keys: dict[str, str] = {}

    def grow(self, top: dict[str, Any], count: int) -> Forest:
        stack = [(child, -1, 0) for child in self._children(top)]
        stack.reverse()
        while stack:
            (label, below), parent, depth = stack.pop()
            node = len(self._labels)
            if node % _PORTION == 0:
                self._check()
            self._labels.append(label)
            self._parent.append(parent)
            self._depth.append(depth)
            if isinstance(below, int):
                self._leaf.append(below)
                continue
            self._leaf.append(-1)
            stack += [(child, node, depth + 1) for child in reversed(self._children(below))]
        return self._forest(count)

    def _children(self, group: dict[str, Any]) -> list[tuple[str, Any]]:
        children: list[tuple[str, Any]] = [
            (label, below) for label, below in group.items() if label is not _LEAVES
        ]
        children += group.get(_LEAVES, ())
        keys = [self._key(label) for label, _ in children]
        if len(keys) > _MANY:  # NumPy sorts without holding up the window's thread
            order = np.argsort(np.array(keys), kind="stable").tolist()
        else:
            order = sorted(range(len(keys)), key=keys.__getitem__)
        return [children[at] for at in order]

    def _key(self, label: str) -> str:
        key = self._keys.get(label)
        if key is None:
            key = self._keys[label] = natural_key(label)
        return key

    def _forest(self, count: int) -> Forest:
        parent = np.array(self._parent, dtype=np.intp)
        depth = np.array(self._depth, dtype=np.intp)
        leaf = np.array(self._leaf, dtype=np.intp)
        by_depth = np.argsort(depth, kind="stable")
        bounds = np.searchsorted(depth[by_depth], np.arange(depth.max(initial=-1) + 2))
        levels = tuple(by_depth[a:b] for a, b in pairwise(bounds))
        size = np.ones(len(leaf), dtype=np.intp)
        for level in reversed(levels[1:]):
            np.add.at(size, parent[level], size[level])
        node_of = np.empty(count, dtype=np.intp)
        leaves = np.flatnonzero(leaf >= 0)
        node_of[leaf[leaves]] = leaves
        end = np.arange(len(leaf), dtype=np.intp) + size
        return Forest(self._labels, parent, depth, end, leaf, levels, node_of)
