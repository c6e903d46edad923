"""Rows from the object graph: for each linked key its paths, its role and its best name."""

from collections.abc import Mapping
from typing import NamedTuple

from tfinspector.contents.checkpoints import Dialect
from tfinspector.contents.dtypes import DType, DTypeKind
from tfinspector.contents.graphs import ObjectGraph
from tfinspector.contents.variables import Role
from tfinspector.formats.graph_paths import Walks
from tfinspector.formats.key_links import Link, name_of_key
from tfinspector.formats.names import Namer
from tfinspector.formats.roles import GraphRoles, SlotOf
from tfinspector.formats.roles_by_name import COUNTER_NAME, is_never_trained

_VALUE = "VARIABLE_VALUE"
_SEED = "seed_generator_state"
Description = tuple[DType, tuple[int, ...], int, str]


class Row(NamedTuple):
    """A variable before the names are settled.

    `owner` is the key of the variable a slot belongs to, `slot_prefix` the name of the optimizer
    that keeps it; `top` the name of the root's child it hangs under, "" where names are not to
    be shortened.
    """

    name: str
    paths: tuple[str, ...]
    role: Role
    trainable: bool | None
    node: int
    full_name: str
    slot_name: str = ""
    owner: str = ""
    slot_prefix: str = ""
    top: str = ""
    long_name: str = ""


def graph_rows(
    graph: ObjectGraph,
    links: Mapping[str, Link],
    dialect: Dialect,
    described: Mapping[str, Description],
) -> dict[str, Row]:
    """key -> row, for every key in `links`."""
    return _GraphRows(graph, links, dialect).rows(described)


class _GraphRows:
    def __init__(self, graph: ObjectGraph, links: Mapping[str, Link], dialect: Dialect) -> None:
        self._links = links
        self._is_keras = dialect in (Dialect.KERAS2, Dialect.KERAS3)
        self._walks = Walks(graph)
        self._roles = GraphRoles(graph, self._walks)
        self._namer = Namer(self._walks, dialect, self._roles.optimizers)
        self._key_of_node = {
            link.node: key for key, link in reversed(list(links.items())) if not link.tail
        }
        self._may_shorten = self._is_keras and not self._namer.root_is_model
        self._trained_tops = self._tops_with_training()

    def rows(self, described: Mapping[str, Description]) -> dict[str, Row]:
        slots = self._roles.slots
        rows: dict[str, Row] = {}
        for key, link in self._links.items():
            slot = slots.get(link.node)
            rows[key] = (
                self._slot_row(key, link, slot)
                if slot is not None
                else self._row(key, link, described[key])
            )
        return rows

    def _slot_row(self, key: str, link: Link, slot: SlotOf) -> Row:
        owner = self._key_of_node.get(slot.original, "")
        arrival = self._namer.best_arrival(link.node)
        name = self._namer.name(*arrival) if arrival else name_of_key(key)
        return Row(
            name,
            self._walks.paths_of(link.node),
            slot.role,
            False,
            link.node,
            link.attribute.full_name,
            slot.name,
            owner,
            self._namer.optimizer_name(slot.optimizer) if owner else "",
            "",
            name_of_key(key),
        )

    def _row(self, key: str, link: Link, description: Description) -> Row:
        node, attribute, tail = link
        arrival = self._namer.best_arrival(node)
        full_name = attribute.full_name
        if arrival is None:
            walk, edge, name = 0, "", name_of_key(key)
        else:
            walk, edge = arrival
            name = long_name = self._namer.name(walk, edge)
        role = self._role(link, walk, edge, description)
        if attribute.name != _VALUE or tail:
            name = f"{name}/{tail or attribute.name}"
        elif (
            role is Role.WEIGHT and arrival and not self._namer.is_clean(walk) and "/" in full_name
        ):
            name = full_name.partition(":")[0]
        top = ""
        if self._may_shorten and arrival and role is Role.WEIGHT:
            top = self._namer.prefix[self._namer.top[walk]]
        return Row(
            name,
            self._walks.paths_of(node),
            role,
            self._trainable(node, walk, edge, role),
            node,
            full_name,
            "",
            "",
            "",
            top,
            long_name if arrival else name,
        )

    def _role(self, link: Link, walk: int, edge: str, description: Description) -> Role:
        node, attribute, tail = link
        dtype, shape, _, _ = description
        roles = self._roles
        if attribute.name != _VALUE or tail:
            return _role_of_attribute(attribute.name, tail)
        if node in roles.trained:
            return Role.WEIGHT
        if node in roles.own or self._namer.passes_optimizer(walk):
            return Role.OPTIMIZER
        if node in roles.metrics:
            return Role.METRIC
        if not shape and self._is_counter(walk, edge, dtype):
            return Role.COUNTER
        is_number = dtype.is_numeric or dtype.kind is DTypeKind.UNKNOWN
        return Role.OTHER if edge == _SEED or not is_number else Role.WEIGHT

    @staticmethod
    def _is_counter(walk: int, edge: str, dtype: DType) -> bool:
        """A scalar that counts: an integer of the root's own, or one called so."""
        is_integer = dtype.kind is DTypeKind.INTEGER
        return (walk == 0 and is_integer) or (
            (walk == 0 or is_integer) and COUNTER_NAME.search(edge) is not None
        )

    def _trainable(self, node: int, walk: int, edge: str, role: Role) -> bool | None:
        if role is not Role.WEIGHT:
            return False
        if node in self._roles.trained:
            return True
        arrivals = self._walks.arrivals.get(node, ())
        lists = {self._walks.edge[arrival] for arrival, _ in arrivals}
        if "_non_trainable_variables" in lists or is_never_trained(edge):
            return False
        if "_trainable_variables" in lists:
            return True
        return False if self._top(walk) in self._trained_tops else None

    def _tops_with_training(self) -> set[int]:
        """The root's children below which some optimizer trains: the rest there is not trained."""
        tops = set()
        for node in self._roles.trained:
            arrival = self._namer.best_arrival(node)
            if arrival is not None and self._namer.is_clean(arrival[0]):
                tops.add(self._top(arrival[0]))
        return tops

    def _top(self, walk: int) -> int:
        return 0 if self._namer.root_is_model else self._namer.top[walk]


def _role_of_attribute(name: str, tail: str) -> Role:
    if name.startswith("ITERATOR") or tail.startswith("STATE"):
        return Role.ITERATOR
    is_table = name.endswith(("table", "keys", "values")) or tail.endswith(("keys", "values"))
    return Role.LOOKUP if is_table else Role.OTHER
