"""Rows from the object graph: for each linked key its paths, its role and its best name."""

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from tfinspector.contents.checkpoints import Dialect
from tfinspector.contents.dtypes import DType, DTypeKind
from tfinspector.contents.graphs import Attribute, ObjectGraph
from tfinspector.contents.variables import Role
from tfinspector.formats.checkpoints.graph_columns import Integers, columns_of
from tfinspector.formats.checkpoints.graph_paths import Arrivals, Walks
from tfinspector.formats.checkpoints.key_links import Link, Links, name_of_key
from tfinspector.formats.checkpoints.names import Namer
from tfinspector.formats.checkpoints.roles import GraphRoles, SlotOf
from tfinspector.formats.checkpoints.roles_by_name import is_counter, is_never_trained
from tfinspector.formats.checkpoints.rows import TRAINED, UNKNOWN, UNTRAINED, Rows, Slot
from tfinspector.formats.texts import Joined

_GENERATORS = frozenset({"seed_generator_state", "_state_var"})  # states of random generators


def fill_from_graph(rows: Rows, graph: ObjectGraph, links: Links, dialect: Dialect) -> None:
    """Fill in the rows whose keys are in `links`."""
    if len(columns_of(graph)):
        _GraphRows(graph, dialect).fill(rows, links)


class _GraphRows:
    def __init__(self, graph: ObjectGraph, dialect: Dialect) -> None:
        self._columns = columns_of(graph)
        self._is_keras = dialect in (Dialect.KERAS2, Dialect.KERAS3)
        self._walks = Walks(graph)
        self._roles = GraphRoles(self._walks)
        self._namer = Namer(self._walks, dialect, self._roles.optimizers)
        self._arrivals = Arrivals(self._walks, self._namer.penalty)
        self._listed_trainable = self._nodes_in_lists("trainable_variables")
        self._listed_frozen = self._nodes_in_lists("non_trainable_variables")
        self._trained_tops = self._tops_with_training()
        self._names_by_slot: dict[int, str] | None = None

    def fill(self, rows: Rows, links: Links) -> None:
        self._find_prefix(rows, links)
        nodes = links.node_of
        rows.node = nodes.copy()
        rows.find_paths = lambda: self._arrivals.paths(rows.node)
        rows.find_full_names = lambda: self._full_names(rows.node.tolist(), links)
        is_clear = self._are_clearly_weights(rows, nodes)
        clear = np.flatnonzero(is_clear)
        self._fill_weights(rows, clear, nodes[clear])
        others = np.flatnonzero((nodes >= 0) & ~is_clear)
        for place, node in zip(others.tolist(), nodes[others].tolist(), strict=True):
            slot = self._roles.slots.get(node)
            if slot is None:
                self._fill_plain(rows, place, node)
            else:
                self._fill_slot(rows, place, slot, int(links.place_of[slot.original]))
        for place, link in links.odd.items():
            self._fill_odd(rows, place, link)

    def _full_names(self, nodes: list[int], links: Links) -> list[str]:
        full_names = self._columns.full_names
        bounds = self._columns.value_bounds.tolist()
        found = [full_names[bounds[node]] if node >= 0 else "" for node in nodes]
        for place, link in links.odd.items():
            found[place] = link.attribute.full_name
        return found

    def _are_clearly_weights(self, rows: Rows, nodes: Integers) -> NDArray[np.bool_]:
        """Which of the rows are weights at first sight, as most are.

        A way through attributes only leads to it, and some optimizer trains it or it is nothing
        special, a number and no scalar.
        """
        roles, arrivals, count = self._roles, self._arrivals, len(self._columns)
        special = _mask(count, roles.own, roles.metrics, roles.slots)
        special |= _mask(count, self._listed_trainable, self._listed_frozen)
        special |= _are_in(_GENERATORS, arrivals.leaf_names)[arrivals.best_leaf]
        kinds = rows.described
        has_axes = [bool(shape) and dtype.itemsize > 0 for dtype, shape, _, _ in kinds.samples]
        trained = _mask(count, roles.trained)
        penalty = np.array(self._namer.penalty, np.int64)
        reached = (arrivals.best_walk >= 0) & (penalty[arrivals.best_walk] == 0)
        fits = trained[nodes] | (np.array(has_axes, bool)[kinds.of] & ~special[nodes])
        clear: NDArray[np.bool_] = (nodes >= 0) & reached[nodes] & fits
        return clear

    def _fill_weights(self, rows: Rows, places: Integers, nodes: Integers) -> None:
        """Does what `_fill_plain` does for each; what is the same for many is worked out once."""
        namer, arrivals = self._namer, self._arrivals
        prefixes = [f"{one}/".removeprefix(rows.prefix) if one else "" for one in namer.prefix]
        parts = namer.parts.of(arrivals.leaf_names)
        rest = [self._top(walk) in self._trained_tops for walk in range(len(prefixes))]
        names = set(arrivals.leaf_names)
        untrained = _are_in({name for name in names if is_never_trained(name)}, arrivals.leaf_names)
        walks, leaves = arrivals.best_walk[nodes], arrivals.best_leaf[nodes]
        rows.set_names(places, Joined(prefixes, walks, parts, leaves)[:])
        answers = np.where(np.array(rest, bool)[walks], UNTRAINED, UNKNOWN)
        answers[untrained[leaves]] = UNTRAINED
        answers[_mask(len(self._columns), self._roles.trained)[nodes]] = TRAINED
        rows.trainable[places] = answers

    def _fill_slot(self, rows: Rows, place: int, slot: SlotOf, owner: int) -> None:
        slot_name, _, optimizer, role = slot
        rows.set_role(place, role)
        prefix = self._optimizer_prefix(optimizer, rows.prefix) if owner >= 0 else ""
        rows.slots[place] = Slot(slot_name, owner, prefix)
        if owner < 0:
            rows.name[place] = self._name(int(rows.node[place]), rows.prefix) or name_of_key(
                rows.keys[place]
            )

    def _optimizer_prefix(self, optimizer: int, prefix: str) -> str:
        return self._namer.optimizer_name(optimizer).removeprefix(prefix)

    def _name(self, node: int, prefix: str) -> str:
        """The human name by the best way, "" where no way leads to the node."""
        walk = int(self._arrivals.best_walk[node])
        if walk < 0:
            return ""
        return self._namer.name(walk, self._arrivals.edge(node)).removeprefix(prefix)

    def _fill_plain(self, rows: Rows, place: int, node: int) -> None:
        walk, edge = int(self._arrivals.best_walk[node]), self._arrivals.edge(node)
        name = self._name(node, rows.prefix) or name_of_key(rows.keys[place])
        role = self._role(node, walk, edge, rows.described[place])
        if role is Role.WEIGHT:
            rows.trainable[place] = self._trainable(node, walk, edge)
            full_name = self._columns.full_name(node)
            if walk >= 0 and self._namer.penalty[walk] and "/" in full_name:
                rows.other_name[place] = self._name_by_slot(node) or name
                name = full_name.partition(":")[0]
        else:
            rows.set_role(place, role)
        rows.name[place] = name

    def _name_by_slot(self, node: int) -> str:
        """ "net_block_0_kernel": what Keras 3 called a weight when it named a slot after it."""
        if self._names_by_slot is None:
            self._names_by_slot = {}
            for variable, slot in self._roles.slots.items():
                full_name = self._columns.full_name(variable)
                name = full_name.partition("/")[2].removesuffix(f"_{slot.name}")
                if name and "/" not in name and f"{name}_{slot.name}" in full_name:
                    self._names_by_slot.setdefault(slot.original, name)
        return self._names_by_slot.get(node, "")

    def _fill_odd(self, rows: Rows, place: int, link: Link) -> None:
        """Tables, iterators and whatever else writes itself: "table/keys", "iterator"."""
        node, attribute, tail = link
        name = self._name(node, rows.prefix) or name_of_key(attribute.key)
        role = _role_of_attribute(attribute, tail)
        is_whole = role is Role.ITERATOR or not (tail or attribute.name)
        rows.name[place] = name if is_whole else f"{name}/{tail or attribute.name}"
        rows.node[place] = node
        rows.set_role(place, role)

    def _role(
        self, node: int, walk: int, edge: str, description: tuple[DType, tuple[int, ...], int, str]
    ) -> Role:
        roles = self._roles
        if node in roles.trained:
            return Role.WEIGHT
        if node in roles.own or (walk >= 0 and self._namer.passes_optimizer(walk)):
            return Role.OPTIMIZER
        if node in roles.metrics:
            return Role.METRIC
        dtype, shape, _, _ = description
        if not shape and _is_counter(walk, edge, dtype):
            return Role.COUNTER
        is_weight = edge not in _GENERATORS and not dtype.holds_no_numbers
        return Role.WEIGHT if is_weight else Role.OTHER

    def _trainable(self, node: int, walk: int, edge: str) -> int:
        if node in self._roles.trained:
            return TRAINED
        if node in self._listed_frozen or is_never_trained(edge):
            return UNTRAINED
        if node in self._listed_trainable:
            return TRAINED
        is_beside = walk >= 0 and self._top(walk) in self._trained_tops
        return UNTRAINED if is_beside else UNKNOWN

    def _nodes_in_lists(self, name: str) -> set[int]:
        walks = self._walks
        names = (name, f"_{name}")
        lists = {node for node, edge in zip(walks.node, walks.edge, strict=True) if edge in names}
        return {child for node in lists for child in walks.leaves(node)}

    def _tops_with_training(self) -> set[int]:
        """The root's children below which some optimizer trains: the rest there is not trained."""
        penalty, best_walk = self._namer.penalty, self._arrivals.best_walk
        walks = set(best_walk[list(self._roles.trained)].tolist()) - {-1}
        return {self._top(walk) for walk in walks if not penalty[walk]}

    def _top(self, walk: int) -> int:
        return 0 if self._namer.root_is_model else self._namer.top[walk]

    def _find_prefix(self, rows: Rows, links: Links) -> None:
        """ "model/" where that one object holds all weights, each of them under a layer."""
        namer, arrivals = self._namer, self._arrivals
        if not self._is_keras or namer.root_is_model:
            return
        walks: set[int] = set()
        best_walk = arrivals.best_walk.tolist()
        for place, node in enumerate(links.node_of.tolist()):
            walk = best_walk[node] if node >= 0 else -1
            if walk < 0 or walk in walks or namer.penalty[walk] or node in self._roles.slots:
                continue
            role = self._role(node, walk, arrivals.edge(node), rows.described[place])
            if role is Role.WEIGHT:
                walks.add(walk)
        tops = {namer.top[walk] for walk in walks}
        if len(tops) == 1 and 0 not in tops:
            prefix = f"{namer.prefix[tops.pop()]}/"
            if all(namer.prefix[walk].startswith(prefix) for walk in walks):
                rows.prefix = prefix


def _are_in(some: Collection[str], names: Sequence[str]) -> NDArray[np.bool_]:
    """Which of the names are among some, mostly none."""
    if not some or frozenset(some).isdisjoint(names):
        return np.zeros(len(names), bool)
    return np.array([name in some for name in names], bool)


def _mask(count: int, *nodes: Collection[int]) -> NDArray[np.bool_]:
    """Which of `count` nodes are among these."""
    mask = np.zeros(count, bool)
    for some in nodes:
        mask[list(some)] = True
    return mask


def _is_counter(walk: int, edge: str, dtype: DType) -> bool:
    """A scalar that counts: an integer of the root's own, or one called so."""
    is_integer = dtype.kind is DTypeKind.INTEGER
    if walk == 0 and is_integer:
        return True
    return (walk == 0 or is_integer) and is_counter(edge)


def _role_of_attribute(attribute: Attribute, tail: str) -> Role:
    if attribute.name.startswith("ITERATOR") or tail.startswith("STATE"):
        return Role.ITERATOR
    is_table = attribute.name.endswith(("table", "keys", "values"))
    return Role.LOOKUP if is_table or tail.endswith(("keys", "values")) else Role.OTHER
