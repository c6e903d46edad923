"""Pairs of sub-trees that are alike, from the largest to single variables.

A renamed attribute, a missing prefix, another wrapper around the model, Keras's numbers in place of
names: all leave the tree beneath as it was. So alike sub-trees are joined, whatever they are called
themselves, and where several are alike one assignment decides by names, order and values.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from tfinspector.contents.restores import ValueSketch
from tfinspector.diagnosis.renames.likeness import Block, Choice, choose, likeness
from tfinspector.diagnosis.renames.reasons import reason
from tfinspector.diagnosis.renames.sides import Sides
from tfinspector.diagnosis.renames.trees import EXACT, GRADES, LOOSE, SHAPES, Tree, build, nodes_of
from tfinspector.diagnosis.renames.values import Mine, Theirs, fits

_SURE = {EXACT: 0.97, LOOSE: 0.85, SHAPES: 0.7}
_LONE_LEAF, _LONE_SHAPE = 0.8, 0.55
_LEAST_LIKE = 0.3
_MOST_DISTANCES = 62_500
_GUESS = 0.5


def pair_alike(sides: Sides, kind: str) -> None:
    """Pair what is open on both sides, by structure."""
    if not sides.mine(kind) or all(each.listed for each in sides.theirs(kind)):
        return
    ours = [each for each in sides.every_theirs() if each.kind == kind and not each.listed]
    others = [each for each in sides.every_mine().values() if each.kind == kind]
    left = build((each.parts, each) for each in ours)
    right = build((each.parts, each) for each in others)
    _Solver(sides, left, right).solve(left, right, scoped=False)


class _Solver:
    """What is decided already stays in the trees: it tells where the rest belongs."""

    def __init__(self, sides: Sides, left: Tree[Theirs], right: Tree[Mine]) -> None:
        self._sides = sides
        self._left = Counter(sign for node in nodes_of(left) for sign in enumerate(node.signs))
        self._right = Counter(sign for node in nodes_of(right) for sign in enumerate(node.signs))

    def solve(
        self,
        left: Tree[Theirs],
        right: Tree[Mine],
        scoped: bool,
        rivals: Sequence[Tree[Mine]] = (),
    ) -> None:
        """Pair what lies beneath the two; the two themselves as well if not `scoped`.

        `rivals` would do in place of `right`, so that all beneath is a guess.
        """
        lefts, rights = nodes_of(left)[scoped:], nodes_of(right)[scoped:]
        sizes: dict[int, tuple[list[Tree[Theirs]], list[Tree[Mine]]]] = {}
        for node in lefts:
            sizes.setdefault(len(node.leaves), ([], []))[0].append(node)
        for other in rights:
            sizes.setdefault(len(other.leaves), ([], []))[1].append(other)
        for size in sorted(sizes, reverse=True):
            ours, others = sizes[size]
            if ours and others:
                for grade in GRADES:
                    self._solve_size(ours, others, grade, size, rivals)

    def _solve_size(
        self, left: Sequence[Tree[Theirs]], right: Sequence[Tree[Mine]], grade: int, size: int,
        rivals: Sequence[Tree[Mine]],
    ) -> None:  # fmt: skip
        alike: defaultdict[object, tuple[list[Tree[Theirs]], list[Tree[Mine]]]] = defaultdict(
            lambda: ([], [])
        )
        for node in left:
            if node.signs[grade] is not None and self._has_open(node.leaves):
                alike[node.signs[grade]][0].append(node)
        for other in right:
            if other.signs[grade] in alike and self._has_room(other.leaves):
                alike[other.signs[grade]][1].append(other)
        for ours, others in alike.values():
            if ours and others:
                self._solve_block(_innermost(ours), _innermost(others), grade, size, rivals)

    def _solve_block(
        self, left: list[Tree[Theirs]], right: list[Tree[Mine]], grade: int, size: int,
        rivals: Sequence[Tree[Mine]],
    ) -> None:  # fmt: skip
        is_leaf = not left[0].children and not right[0].children
        for choice in choose(self._block(left, right, grade)):
            ours, other = left[choice.left], right[choice.right]
            sure = self._sure(ours, other, choice, grade, is_leaf)
            if sure <= 0:
                continue
            doubts = [*rivals, *(right[at] for at in choice.rivals)]
            if grade == EXACT or size == 1:
                self._join(ours, other, sure, choice.by, doubts)
            else:
                self.solve(ours, other, True, doubts)

    def _sure(
        self,
        ours: Tree[Theirs],
        other: Tree[Mine],
        choice: Choice,
        grade: int,
        is_leaf: bool,
    ) -> float:
        """How sure a pair is, from 0 (none at all) to 1."""
        is_lone = len(ours.leaves) == 1
        if ours.parent is None or other.parent is None:
            return 0.0 if is_lone else _SURE[grade]
        like = likeness(ours.path, other.path)
        if is_leaf and self._contradicts(ours, other):
            return 0.0
        if is_lone and self._says_nothing(ours, choice, like):
            return 0.0
        if is_leaf:
            base = (_LONE_LEAF if grade == EXACT else _LONE_SHAPE) * choice.sure
        else:
            base = _SURE[grade] * choice.sure
        if choice.by != "only":
            return base
        sign = (grade, ours.signs[grade])
        if self._left[sign] == self._right[sign] == 1:  # no other of its kind, matched or not
            return base * (0.85 + 0.15 * like) if is_lone else base
        return base * (0.5 + 0.5 * like)

    @staticmethod
    def _says_nothing(ours: Tree[Theirs], choice: Choice, like: float) -> bool:
        """One number is like any other; only a name can tell."""
        is_small = ours.leaves[0].variable.size <= 1
        return is_small and like < _LEAST_LIKE and choice.by in ("only", "order")

    def _contradicts(self, ours: Tree[Theirs], other: Tree[Mine]) -> bool:
        """Whether the siblings say that these are two different layers."""
        one, two = ours.parent, other.parent
        if one is None or two is None or one.path == two.path:
            return False
        for part, child in one.children.items():
            twin = two.children.get(part)
            if twin is None or child is ours or not child.item or not twin.item:
                continue
            if not fits(child.item, twin.item):
                return True
        return False

    def _block(self, left: list[Tree[Theirs]], right: list[Tree[Mine]], grade: int) -> Block:
        return Block(
            [node.path for node in left], [node.path for node in right],
            [node.order for node in left], [node.order for node in right],
            self._forbidden(left, right), self._distance(left, right, grade),
        )  # fmt: skip

    def _forbidden(
        self, left: list[Tree[Theirs]], right: list[Tree[Mine]]
    ) -> NDArray[np.bool_] | None:
        """Pairs of which one holds a value whose partner is known and lies elsewhere."""
        target_of, is_taken = self._sides.target_of, self._sides.is_taken
        goes = [{target_of(each.variable.key) for each in node.leaves} - {-1} for node in left]
        holds = [{each.at for each in node.leaves if is_taken(each.at)} for node in right]
        if not any(goes) and not any(holds):
            return None
        found = np.zeros((len(left), len(right)), bool)
        for row, targets in enumerate(goes):
            found[row] = [targets != held for held in holds]
        return found

    def _distance(
        self, left: list[Tree[Theirs]], right: list[Tree[Mine]], grade: int
    ) -> NDArray[np.float64] | None:
        """How far the values are from each other, where both sides have sketches of all."""
        is_matched = grade != SHAPES or len(left[0].leaves) == 1  # leaf by leaf
        if not is_matched or len(left) * len(right) > _MOST_DISTANCES:
            return None
        files, models = self._sides.file_values, self._sides.model_values
        ours = [_quantiles(files.get(each.variable.key) for each in node.leaves) for node in left]
        others = [_quantiles(models.get(each.at) for each in node.leaves) for node in right]
        if any(each is None for each in (*ours, *others)):
            return None
        one, two = np.array(ours, float), np.array(others, float)
        if one.shape[1] != two.shape[1]:
            return None
        scale = np.maximum(np.abs(one).mean(), np.abs(two).mean()) or 1.0
        return np.stack([np.abs(two - each).mean(axis=1) / scale for each in one])

    def _join(
        self, left: Tree[Theirs], right: Tree[Mine], sure: float, by: str,
        rivals: Sequence[Tree[Mine]],
    ) -> None:  # fmt: skip
        """Pair the values of two trees that are the same beneath."""
        together = len(left.leaves)
        for at, (ours, other) in enumerate(zip(left.leaves, right.leaves, strict=True)):
            if fits(ours, other):
                others = _alternatives(ours, other, at, together, rivals)
                rule, why = reason(ours, other, by, together, len(others))
                sure = min(sure, _GUESS) if others else sure
                self._sides.pair(ours, other, sure, why, rule, alternatives=others)

    def _has_open(self, leaves: Iterable[Theirs]) -> bool:
        target_of = self._sides.target_of
        return any(target_of(each.variable.key) < 0 for each in leaves)

    def _has_room(self, leaves: Iterable[Mine]) -> bool:
        is_taken = self._sides.is_taken
        return not all(is_taken(each.at) for each in leaves)


def _alternatives(
    theirs: Theirs, mine: Mine, at: int, together: int, rivals: Sequence[Tree[Mine]]
) -> tuple[str, ...]:
    """What of each rival the value would go to: the leaf at the same turn, or called the same."""
    found: list[str] = []
    for tree in rivals:
        leaves = tree.leaves
        here = [leaves[at]] if len(leaves) == together else leaves
        fitting = [each for each in here if each is not mine and fits(theirs, each)]
        if fitting:
            alike = max(fitting, key=lambda each: each.parts[-1:] == mine.parts[-1:])
            found.append(alike.place)
    return tuple(dict.fromkeys(found))


def _innermost(nodes: list[Tree]) -> list[Tree]:  # type: ignore[type-arg]
    """Of nodes that hold the same leaves (one child each), the innermost only."""
    inner = {id(node.parent) for node in nodes if node.parent is not None
             and len(node.parent.leaves) == len(node.leaves)}  # fmt: skip
    return [node for node in nodes if id(node) not in inner]


def _quantiles(sketches: Iterable[ValueSketch | None]) -> list[float] | None:
    found: list[float] = []
    for sketch in sketches:
        if sketch is None or not sketch.quantiles:
            return None
        found += sketch.quantiles
    return found or None
