"""TensorFlow's walk over a checkpoint's object graph and a model's, on data alone.

The rules are those of `tensorflow/python/checkpoint/restore.py` (the same in 2.15 and 2.21):
breadth first from the roots, an edge of the checkpoint leads on where the model's object has a
child of the same name, and the first object that a node of the checkpoint meets keeps it. Slot
variables of the old optimizers come along when both their variable and their optimizer are met.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import NamedTuple

from tfinspector.contents.graphs import ObjectGraph, Slot
from tfinspector.contents.models import ModelDescription, ModelNode

ROOT = 0
WRAPPER = -1  # the tf.train.Checkpoint that a bare model is put into by name
SAVE_COUNTER = "save_counter"
_WRAPPER_NODE = ModelNode("tensorflow.python.checkpoint.checkpoint.Checkpoint", "")
_NO_CHILDREN: dict[str, int] = {}
_OLD_OPTIMIZERS = ("optimizer_v2", ".optimizers.legacy", "tensorflow.python.training.")


class MissingEdge(NamedTuple):
    """An edge from `parent` of the checkpoint that its object in the model does not have."""

    parent: int
    name: str
    child: int


@dataclass(slots=True)
class Walk:
    """What was bound to what, and where the walk could not go on.

    bound      checkpoint node -> model node, in the order of the walk
    came       checkpoint node with children -> the edge it was bound through: (parent, name)
    conflicts  checkpoint node -> objects of the model that it could not be too
    unmade     slot nodes of the checkpoint whose optimizer in the model would make them only now
    ignored    slot nodes of the checkpoint whose optimizer in the model does not look at slots
    """

    bound: dict[int, int]
    came: dict[int, tuple[int, str]] = field(default_factory=dict)
    missing: list[MissingEdge] = field(default_factory=list)
    conflicts: dict[int, list[int]] = field(default_factory=dict)
    unmade: set[int] = field(default_factory=set)
    ignored: set[int] = field(default_factory=set)


class ModelSide:
    """The model's graph, with look-ups that several walks share.

    Under a name, a bare model is the child of a `tf.train.Checkpoint`, node `WRAPPER`.
    """

    def __init__(self, model: ModelDescription) -> None:
        self.model = model
        self._children: dict[int, dict[str, int]] = {}
        self._slots: dict[int, dict[tuple[int, str], int]] = {}

    def node(self, number: int) -> ModelNode:
        """The object; also for `WRAPPER`."""
        return self.model.nodes[number] if number >= 0 else _WRAPPER_NODE

    def children(self, number: int) -> dict[str, int]:
        """Its children by the names of the edges."""
        children = self.node(number).children
        if not children:
            return _NO_CHILDREN
        known = self._children.get(number)
        if known is None:
            known = self._children[number] = dict(children)
        return known

    def slot(self, optimizer: int, original: int, name: str) -> int | None:
        """The slot variable that an optimizer keeps for a variable."""
        known = self._slots.get(optimizer)
        if known is None:
            slots = self.node(optimizer).slots
            known = self._slots[optimizer] = {(s.original, s.name): s.variable for s in slots}
        return known.get((original, name))

    def takes_slots(self, number: int) -> bool:
        """Whether TensorFlow gives it slots: only optimizers of the old kind want them."""
        node = self.node(number)
        return bool(node.slots) or any(part in node.kind for part in _OLD_OPTIMIZERS)

    def same_value(self, one: int, other: int) -> bool:
        """Whether two objects are the same, or wrappers of the same variable."""
        if one == other:
            return True
        variable = self.node(one).variable
        return variable >= 0 and variable == self.node(other).variable


class FileSide:
    """The checkpoint's graph, with look-ups that several walks share."""

    def __init__(self, graph: ObjectGraph) -> None:
        self.nodes = graph.nodes
        self.slots_of: dict[int, list[tuple[int, Slot]]] = {}
        for place, node in enumerate(graph.nodes):
            for slot in node.slots:
                self.slots_of.setdefault(slot.original, []).append((place, slot))


def walk(file: FileSide, side: ModelSide, name: str = "") -> Walk:
    """Bind as `tf.train.Checkpoint(model)` does or, with a name, `Checkpoint(**{name: model})`."""
    if not file.nodes or not side.model.nodes:
        return Walk({})
    return _Walker(file, side, name).go()


def walk_beneath(file: FileSide, side: ModelSide, name: str, child: int) -> Walk:
    """What `walk` with a name binds beneath the root's `child` of that name.

    It leaves out the root's other edges, which are missing for every name alike: so trying each of
    thousands of names costs no more than what lies beneath them.
    """
    return _Walker(file, side, name, child).go()


class _Walker:
    def __init__(self, file: FileSide, side: ModelSide, name: str, child: int = ROOT) -> None:
        self._nodes = file.nodes
        self._side = side
        self._wrapped = {name: ROOT} if name else {}
        self._walk = Walk({ROOT: WRAPPER if name else ROOT, child: ROOT} if child else
                          {ROOT: WRAPPER if name else ROOT})  # fmt: skip
        self._queue = [child]
        self._slots_of = file.slots_of
        self._deferred: defaultdict[int, list[Slot]] = defaultdict(list)

    def go(self) -> Walk:
        bound, came, queue = self._walk.bound, self._walk.came, self._queue
        missing, conflicts = self._walk.missing, self._walk.conflicts
        nodes, has_slots = self._nodes, bool(self._slots_of)
        for here in queue:  # it grows meanwhile
            mine = bound[here]
            offered = self._side.children(mine) if mine >= 0 else self._wrapped
            for name, child in nodes[here].children:
                known, met = bound.get(child), offered.get(name)
                if known is not None:
                    if met is not None and not self._side.same_value(met, known):
                        conflicts.setdefault(child, []).append(met)
                elif met is None:
                    missing.append(MissingEdge(here, name, child))
                else:
                    bound[child] = met
                    if nodes[child].children:
                        came[child] = (here, name)
                        queue.append(child)
                    elif has_slots:
                        queue.append(child)
            if has_slots:
                self._follow_slots(here)
        self._settle_slots()
        return self._walk

    def _follow_slots(self, here: int) -> None:
        """The slots of a variable, or those that waited for their optimizer."""
        for slot in self._deferred.pop(here, ()):
            self._bind_slot(here, slot)
        for optimizer, slot in self._slots_of.get(here, ()):
            if optimizer in self._walk.bound:
                self._bind_slot(optimizer, slot)
            else:
                self._deferred[optimizer].append(slot)

    def _bind_slot(self, optimizer: int, slot: Slot) -> None:
        bound = self._walk.bound
        mine, original = bound[optimizer], bound[slot.original]
        if not self._side.takes_slots(mine) or slot.variable in bound:
            return
        met = self._side.slot(mine, original, slot.name)
        if met is None:
            self._walk.unmade.add(slot.variable)
            return
        bound[slot.variable] = met
        self._queue.append(slot.variable)

    def _settle_slots(self) -> None:
        """Which slots nobody wanted, because the optimizer is of the new kind."""
        bound = self._walk.bound
        for slots in self._slots_of.values():
            for optimizer, slot in slots:
                mine = bound.get(optimizer)
                if mine is None or slot.variable in bound or slot.original not in bound:
                    continue
                if not self._side.takes_slots(mine):
                    self._walk.ignored.add(slot.variable)


def path_of(came: dict[int, tuple[int, str]], node: int, known: dict[int, str]) -> str:
    """The way that the walk took to a node ("model/head"); `known` is a cache."""
    names: list[str] = []
    here = node
    while here not in known and here in came:
        here, name = came[here]
        names.append(name)
    begin = known.get(here, "")
    path = "/".join([begin, *reversed(names)] if begin else reversed(names))
    known[node] = path
    return path
