"""The graph of the user's objects over the edges that a checkpoint follows.

The edges are those of `tf.train.TrackableView` (public, the same from TensorFlow 2.13 to 2.21). A
`tf.train.Checkpoint(root, **others)` saves the root's graph with the others attached to it, so that
is what stands at node 0 for it.
"""

from collections import deque
from typing import Any, Deque, Dict, Iterator, List, Tuple

from .framework import tensorflow
from .objects import is_optimizer, is_trackable, variable_of
from .returned import NAMED, Built, NotTrackable, checkpoint_of, rooted

MAX_PATHS = 16  # for each object; shared objects in deep models may have thousands

Edges = List[Tuple[str, int]]
Slots = List[Tuple[int, str, int]]


class ObjectGraph:
    """Objects by number, breadth first from the root, and the edges between them.

    `slots` are (variable, slot's name, slot variable) of legacy optimizers, by the optimizer's
    number: no edge leads to such slots, a checkpoint lists them with the optimizer.
    """

    def __init__(self, built: Built) -> None:
        self.objects: List[Any] = []
        self.edges: List[Edges] = []
        self.slots: Dict[int, Slots] = {}
        self._numbers: Dict[int, int] = {}
        root, attached = _root_of(built)
        self._number(root)
        done = 0
        while done < len(self.objects):
            children = _children(self.objects[done])
            children = dict(attached if done == 0 else {}, **children)
            self.edges.append([(name, self._number(child)) for name, child in children.items()])
            done += 1
        self._add_slots()

    def number_of(self, value: Any) -> int:
        """Its number, -1 where no edge leads to it."""
        return self._numbers.get(id(value), -1)

    def paths(self) -> List[List[str]]:
        """For each object the paths from the root without a circle.

        The shortest first, but those over an optimizer, which lists what it trains, come last.
        """
        optimizers = {number for number, each in enumerate(self.objects) if is_optimizer(each)}
        found: List[List[str]] = [[] for _ in self.objects]
        over: List[List[str]] = [[] for _ in self.objects]
        waiting: Deque[Tuple[int, str, Tuple[Any, ...], bool]] = deque([(0, "", (), False)])
        while waiting:
            number, path, above, is_over = waiting.popleft()
            known = over[number] if is_over else found[number]
            if len(known) == MAX_PATHS:
                continue
            known.append(path)
            if not self.edges[number]:
                continue
            trail = (number, above)
            is_over = is_over or number in optimizers
            for name, child in self.edges[number]:
                known = over[child] if is_over else found[child]
                if len(known) < MAX_PATHS and not _leads_through(trail, child):
                    waiting.append((child, path + "/" + name if path else name, trail, is_over))
        return [(near + far)[:MAX_PATHS] for near, far in zip(found, over)]  # noqa: B905 - as long

    def parents(self) -> List[int]:
        """For each object the one whose child it is on the shortest path, -1 for the root."""
        answer = [-1] * len(self.objects)
        for number, edges in enumerate(self.edges):
            for _, child in edges:
                if child and answer[child] < 0:
                    answer[child] = number
        return answer

    def _number(self, value: Any) -> int:
        number = self._numbers.setdefault(id(value), len(self.objects))
        if number == len(self.objects):
            self.objects.append(value)
        return number

    def _add_slots(self) -> None:
        variables = [
            (number, value)
            for number, value in enumerate(self.objects)
            if variable_of(value) is not None
        ]
        for number, optimizer in enumerate(list(self.objects)):
            slots = [
                (original, name, self._number(slot))
                for original, name, slot in _slots_of(optimizer, variables)
            ]
            if slots:
                self.slots[number] = slots
        self.edges += [[] for _ in range(len(self.objects) - len(self.edges))]


def _root_of(built: Built) -> Tuple[Any, Dict[str, Any]]:
    """The object at node 0, and what else a checkpoint attaches to it."""
    if built.returned == NAMED:
        try:
            return checkpoint_of(built, ""), {}
        except NotTrackable:
            return _Stand(), built.parts
    return rooted(built.parts[""])


class _Stand:
    """Stands at node 0 for a checkpoint that can't be made, because of what was returned."""


def _children(value: Any) -> Dict[str, Any]:
    if not is_trackable(value):
        return {}
    return dict(tensorflow().train.TrackableView.children(value))


def _leads_through(trail: Tuple[Any, ...], number: int) -> bool:
    while trail:
        if trail[0] == number:
            return True
        trail = trail[1]
    return False


def _slots_of(optimizer: Any, variables: List[Tuple[int, Any]]) -> Iterator[Tuple[int, str, Any]]:
    """Slots of an optimizer of the old kind, that has `get_slot` (Keras until 2.10, TF1)."""
    if not hasattr(optimizer, "_create_or_restore_slot_variable"):
        return
    names = getattr(optimizer, "get_slot_names", None)
    for name in names() if names else ():
        for number, variable in variables:
            try:
                slot = optimizer.get_slot(variable, name)
            except KeyError:  # a variable that this optimizer does not train
                continue
            if slot is not None:
                yield number, name, slot
