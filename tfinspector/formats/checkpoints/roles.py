"""What each stored value is for, worked out from the object graph.

An optimizer is known by what it holds, not by where it hangs: Keras 3 and Keras 2.11 keep lists
(`_trainable_variables`, `_momentums`, ...) whose entries pair up by position, older optimizers
have slot variables in the graph's own table. Averages, metrics, counters and lookup tables
are told the same way. For checkpoints without a graph see `roles_by_name`.
"""

from functools import partial
from itertools import repeat
from typing import NamedTuple

import numpy as np

from tfinspector.contents.variables import Role
from tfinspector.formats.checkpoints.graph_columns import GraphColumns
from tfinspector.formats.checkpoints.graph_paths import Walks

MODEL_LISTS = frozenset({"_trainable_variables", "_trainable_variables_indices"})
_LIST_OF_ALL = "_variables"
_ITERATIONS = frozenset({"_iterations", "iterations", "iter"})
_HYPERPARAMETERS = frozenset(
    {"_learning_rate", "learning_rate", "_current_learning_rate", "decay", "momentum", "rho"}
    | {"beta_1", "beta_2", "beta1_power", "beta2_power", "epsilon"}
)
_METRIC_VALUES = frozenset(
    {"total", "count", "true_positives", "true_negatives", "false_positives", "false_negatives"}
    | {"accumulator", "total_cm", "intersection", "weights_intermediate", "total_confusion_matrix"}
)
_METRIC_LISTS = frozenset({"metrics", "_metrics", "compiled_metrics", "_compile_metrics"})
_AVERAGE = "average"
_TELLING = _ITERATIONS | _HYPERPARAMETERS | _METRIC_VALUES
"""An optimizer without slots in the graph has one of these, and so has a metric in no list."""
_LONGEST_POSITION = 10  # digits
_WIDEST = 100  # children: optimizers and metrics have fewer, lists may have more


class SlotOf(NamedTuple):
    """A value that an optimizer keeps for another one: its name there, whose, and who keeps it."""

    name: str
    original: int
    optimizer: int
    role: Role = Role.SLOT


class GraphRoles:
    """Roles of the nodes that hold values.

    optimizers  nodes that are optimizers
    slots       node -> what it is a slot or an average of
    trained     nodes that some optimizer trains
    own         nodes of an optimizer's own state (iterations, learning rate, ...) -> optimizer
    metrics     nodes that hold a metric's state
    """

    def __init__(self, walks: Walks) -> None:
        self.optimizers: set[int] = set()
        self.slots: dict[int, SlotOf] = {}
        self.trained: set[int] = set()
        self.own: dict[int, int] = {}
        self.metrics: set[int] = set()
        self._columns = columns = walks.columns
        told = _nodes_with_telling_edges(columns)
        seen: set[int] = set()
        for place, edge in zip(walks.node, walks.edge, strict=True):
            if place not in seen:
                seen.add(place)
                if place in told or place in columns.slots or edge in _METRIC_LISTS:
                    self._look_at(place, edge)
        for place in sorted(columns.slots):
            self._note_slot_table(place)
        self._pair_by_full_name()

    def _look_at(self, place: int, edge: str) -> None:
        columns = self._columns
        names = set(columns.names(place)) if columns.degree(place) < _WIDEST else set()
        if place in columns.slots or _is_optimizer(names):
            self.optimizers.add(place)
            self._note_optimizer(place)
        elif names and self._is_metric(place, edge):
            self.metrics.update(columns.children(place))

    def _note_slot_table(self, place: int) -> None:
        for original, name, variable in self._columns.slots[place]:
            role = Role.EMA if name == _AVERAGE else Role.SLOT
            self.slots[variable] = SlotOf(name, original, place, role)
            self.trained.add(original)

    def _note_optimizer(self, place: int) -> None:
        columns = self._columns
        lists = {name: child for name, child in columns.edges(place) if columns.degree(child)}
        for child in columns.children(place):
            if columns.has_values(child):
                self.own[child] = place
        positions, trained = self._entries(lists.get("_trainable_variables"))
        self.trained.update(trained)
        self.own |= dict.fromkeys(self._entries(lists.get(_LIST_OF_ALL))[1], place)
        for name, node_of_list in lists.items():
            if name in MODEL_LISTS or name == _LIST_OF_ALL:
                continue
            found, variables = self._entries(node_of_list)
            if not variables or found != positions:
                continue
            is_average = _AVERAGE in name and name.startswith("_model")
            slot = _AVERAGE if is_average else slot_name_of_list(name)
            role = Role.EMA if is_average else Role.SLOT
            pairs = zip(repeat(slot), trained, repeat(place), repeat(role))
            slots = zip(variables, map(partial(tuple.__new__, SlotOf), pairs), strict=True)
            self.slots = dict(slots) | self.slots
        self._pair_by_turns(place, trained)

    def _pair_by_turns(self, place: int, trained: list[int]) -> None:
        """Slots that no list holds: `_variables` has r, c and v of each variable in turn.

        So it is with Keras's Adafactor, whose lists `_r` and `_c` are empty in the file.
        """
        columns = self._columns
        edges = list(columns.edges(place))
        direct = {child for _, child in edges}
        everything = next((child for name, child in edges if name == _LIST_OF_ALL), None)
        entries = self._entries(everything)[1]
        stored = [child for child in entries if child not in direct]
        names = [
            slot_name_of_list(name)
            for name, child in edges
            if name not in MODEL_LISTS and name != _LIST_OF_ALL and not columns.has_values(child)
        ]
        turns = len(names)
        if not turns or len(stored) != turns * len(trained):
            return
        owners = [original for original in trained for _ in range(turns)]
        if any(
            self.slots[variable].original != original
            for variable, original in zip(stored, owners, strict=True)
            if variable in self.slots
        ):
            return
        for turn, (variable, original) in enumerate(zip(stored, owners, strict=True)):
            self.slots.setdefault(variable, SlotOf(names[turn % turns], original, place))

    def _pair_by_full_name(self) -> None:
        """Keras 2.11 and unusual optimizers: "Adam/m/dense/kernel", "adam/dense_kernel_m"."""
        unpaired = [place for place in self.own if place not in self.slots]
        if len(unpaired) < 3:  # iterations and learning rate
            return
        columns = self._columns
        flat: dict[str, int] = {}
        for place in np.flatnonzero(np.diff(columns.value_bounds)).tolist():
            if place not in self.own and place not in self.slots:
                name = columns.full_name(place).partition(":")[0]
                if name:
                    flat.setdefault(name.replace("/", "_"), place)
        for place in unpaired:
            full_name = columns.full_name(place)
            found = _slot_in_full_name(full_name, flat, self.own[place])
            if found:
                self.slots[place] = found
                self.trained.add(found.original)

    def _is_metric(self, place: int, edge: str) -> bool:
        columns = self._columns
        values = {name for name, child in columns.edges(place) if columns.has_values(child)}
        if not values:
            return False
        if values <= _METRIC_VALUES and values != {"count"}:
            return True
        return edge in _METRIC_LISTS

    def _entries(self, place: int | None) -> tuple[list[int], list[int]]:
        """Positions and nodes of a list's entries that hold values; empty if it is no list."""
        if place is None:
            return [], []
        names = self._columns.names(place)
        if not "".join(names).isascii() or max(map(len, names), default=0) >= _LONGEST_POSITION:
            return [], []
        if not all(map(str.isdigit, names)):
            return [], []
        return list(map(int, names)), self._columns.children(place)


def _nodes_with_telling_edges(columns: GraphColumns) -> set[int]:
    """Nodes that may be optimizers or metrics: few, so that the others need no closer look."""
    if _TELLING.isdisjoint(columns.edge_names):
        return set()
    telling = [place for place, name in enumerate(columns.edge_names) if name in _TELLING]
    return set((np.searchsorted(columns.edge_bounds, telling, "right") - 1).tolist())


def _is_optimizer(names: set[str]) -> bool:
    if _LIST_OF_ALL in names and names & (_ITERATIONS | _HYPERPARAMETERS | MODEL_LISTS):
        return bool(names & (_ITERATIONS | _HYPERPARAMETERS))
    if names & _ITERATIONS and names & _HYPERPARAMETERS:
        return True
    return {"beta1_power", "beta2_power"} <= names


def _slot_in_full_name(full_name: str, flat: dict[str, int], optimizer: int) -> SlotOf | None:
    """Which variable the name speaks of: the rest before or after it is the slot's name."""
    name = full_name.partition(":")[0]
    _, _, rest = name.partition("/")
    slot, _, variable = rest.partition("/")
    original = flat.get(variable.replace("/", "_")) if variable else None
    if original is not None:
        return SlotOf(slot, original, optimizer)
    rest = rest.replace("/", "_")
    end = rest.rfind("_")
    while end > 0:
        original = flat.get(rest[:end])
        if original is not None:
            slot = rest[end + 1 :]
            role = Role.EMA if slot == _AVERAGE else Role.SLOT
            return SlotOf(slot, original, optimizer, role)
        end = rest.rfind("_", 0, end)
    return None


def slot_name_of_list(name: str) -> str:
    """ "_momentums" -> "momentum", "_velocities" -> "velocity"."""
    name = name.strip("_")
    if name.endswith("ies"):
        return name[:-3] + "y"
    return name[:-1] if name.endswith("s") and not name.endswith("ss") else name
