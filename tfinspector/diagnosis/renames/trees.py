"""The open values of one side as a tree of parts, with what makes two of its nodes alike.

Three grades: EXACT, the same names and shapes beneath; LOOSE, the same own names and shapes of the
variables, however they are nested; SHAPES, the same shapes. A node's own name never counts, so a
renamed attribute is as alike as one under another prefix. Numbers of numbered children count by
rank: `layer_with_weights-0, 1, 2` of Keras 2 is `_operations/1, 3, 4` of Keras 3.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from typing import Generic, TypeVar

from tfinspector.contents.dtypes import DTYPE_BY_NAME
from tfinspector.diagnosis.renames.spelling import NUMBER, Parts
from tfinspector.diagnosis.renames.values import Mine, Theirs, shape_of

Item = TypeVar("Item", Theirs, Mine)
_Count = Counter[Hashable]
EXACT, LOOSE, SHAPES = 0, 1, 2
GRADES = (EXACT, LOOSE, SHAPES)


class Tree(Generic[Item]):
    """A node; `leaves` are all values beneath in the order of the node's own signature."""

    __slots__ = ("children", "item", "leaves", "order", "parent", "part", "path", "signs")

    def __init__(self, part: str, parent: "Tree[Item] | None") -> None:
        self.part = part
        self.parent: Tree[Item] | None = parent
        above: Parts = () if parent is None else parent.path
        self.path: Parts = () if parent is None else (*above, part)
        self.children: dict[str, Tree[Item]] = {}
        self.item: Item | None = None
        self.leaves: list[Item] = []
        self.order = 0
        self.signs: tuple[Hashable, Hashable, Hashable] = (None, None, None)


def build(items: Iterable[tuple[Parts, Item]]) -> Tree[Item]:
    """The tree of values by their places; two in the same place are told apart."""
    root: Tree[Item] = Tree("", None)
    made = [root]
    for parts, item in items:
        here = root
        for part in parts or (item.raw,):
            below = here.children.get(part)
            if below is None:
                below = here.children[part] = Tree(part, here)
                made.append(below)
            here = below
        while here.item is not None:  # two of the same name: told apart by a stroke
            above, twin = here.parent or root, f"{here.part}'"
            if twin not in above.children:
                made.append(above.children.setdefault(twin, Tree(twin, above)))
            here = above.children[twin]
        here.item = item
    signer = _Signer[Item]()
    for node in reversed(made):  # children were made after their parents
        signer.sign(node)
    return root


def nodes_of(root: Tree[Item]) -> list[Tree[Item]]:
    """The node and all beneath it."""
    found = [root]
    for node in found:  # it grows meanwhile
        found += node.children.values()
    return found


def shape_key(item: Theirs | Mine) -> Hashable:
    """What has to be the same for a pair: the shape, and whether the type could be cast."""
    dtype = DTYPE_BY_NAME.get(item.dtype)
    kind = dtype.kind.value if dtype else item.dtype
    return (shape_of(item.shape), kind if kind in ("float", "integer") else item.dtype)


class _Signer(Generic[Item]):
    """Signs nodes from the leaves up; keeps the counts of a node until its parent has them."""

    def __init__(self) -> None:
        self._counts: dict[int, tuple[_Count, _Count]] = {}

    def sign(self, node: Tree[Item]) -> None:
        """Fill `signs`, `leaves` and `order` of a node whose children have theirs."""
        loose: _Count = Counter()
        shapes: _Count = Counter()
        exact: list[Hashable] = []
        key: Hashable = None
        if node.item is not None:
            key = shape_key(node.item)
            exact.append(key)
            loose[node.part, key] += 1
            shapes[key] += 1
            node.leaves.append(node.item)
        for label, child in _ranked(list(node.children.values())):
            exact.append((label, child.signs[EXACT]))
            for whole, part in zip((loose, shapes), self._counts.pop(id(child)), strict=True):
                whole.update(part)
            node.leaves += child.leaves
        node.order = min((leaf.order for leaf in node.leaves), default=0)
        self._counts[id(node)] = (loose, shapes)
        if node.children:
            node.signs = (
                hash(("tree", *exact)),
                hash(("loose", frozenset(loose.items()))),
                hash(("shapes", frozenset(shapes.items()))),
            )
        else:
            node.signs = ((node.part, key), None, key)


def _ranked(children: Sequence[Tree[Item]]) -> list[tuple[str, Tree[Item]]]:
    """Children by name, numbered ones by their rank among the numbered."""
    named = sorted((each for each in children if each.part[:1] != NUMBER), key=lambda c: c.part)
    numbered = [each for each in children if each.part[:1] == NUMBER]
    numbered.sort(key=lambda each: (len(each.part), each.part))
    ranked = [(each.part, each) for each in named]
    return ranked + [(f"{NUMBER}{rank}", each) for rank, each in enumerate(numbered)]
