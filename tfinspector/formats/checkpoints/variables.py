"""The rows of the program: one `Variable` for every key of a checkpoint, none left out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from tfinspector.contents import numbers
from tfinspector.contents.checkpoints import Dialect
from tfinspector.contents.graphs import ObjectGraph
from tfinspector.contents.kinds import Kinds
from tfinspector.contents.variable_columns import VariableColumns
from tfinspector.contents.variables import Role
from tfinspector.formats.checkpoints.graph_rows import fill_from_graph
from tfinspector.formats.checkpoints.key_links import link_keys, name_of_key, slot_of_key
from tfinspector.formats.checkpoints.names import dialect_of, dialect_of_keys
from tfinspector.formats.checkpoints.roles_by_name import (
    NEVER_TRAINED_PARTS,
    NamedRole,
    is_never_trained,
    optimizers_among,
    role_in_optimizer,
    roles_by_name,
)
from tfinspector.formats.checkpoints.rows import NOBODY, UNTRAINED, Description, Rows, Slot
from tfinspector.formats.checkpoints.unique_names import settle_names
from tfinspector.formats.texts import Texts

OBJECT_GRAPH_KEY = "_CHECKPOINTABLE_OBJECT_GRAPH"
_ATTRIBUTES = "/.ATTRIBUTES/"
_VALUE_KEY = f"{_ATTRIBUTES}VARIABLE_VALUE"
_TELLING = (_ATTRIBUTES, *NEVER_TRAINED_PARTS)


class KeyedTensors(Protocol):
    """What is asked of an index: its keys in order, and what each holds, parallel to them."""

    @property
    def keys(self) -> Sequence[str]:
        """All keys, ascending."""
        ...

    @property
    def descriptions(self) -> Sequence[Description]:
        """Type, shape, bytes in the file, and why it can't be read ("" when it can)."""
        ...


@dataclass(frozen=True, slots=True)
class Described:
    """The variables, the keys no node mentions, the dialect, what is odd about the links."""

    variables: VariableColumns
    unlinked: tuple[str, ...]
    dialect: Dialect
    problems: tuple[str, ...] = ()


def build_variables(index: KeyedTensors, graph: ObjectGraph | None) -> VariableColumns:
    """One variable per key of `index` in its order, except the object graph itself."""
    return describe_variables(index, graph).variables


def describe_variables(index: KeyedTensors, graph: ObjectGraph | None) -> Described:
    """As `build_variables`, with what was found on the way."""
    keys, described = index.keys, index.descriptions
    if not isinstance(described, Kinds):
        described = Kinds.among(described)
    if OBJECT_GRAPH_KEY in keys:
        place = keys.index(OBJECT_GRAPH_KEY)
        keys = (
            keys.without(place) if isinstance(keys, Texts) else [*keys[:place], *keys[place + 1 :]]
        )
        described = Kinds(described.samples, np.delete(described.of, place))
    rows = Rows(keys, described)
    dialect = dialect_of(graph)
    if graph is None:
        _fill_by_name(rows, range(len(keys)))
        settle_names(rows)
        return Described(rows.variables(), (), dialect_of_keys(keys))
    links = link_keys(keys, graph)
    fill_from_graph(rows, graph, links, dialect)
    unlinked = np.flatnonzero(rows.node == NOBODY).tolist()
    _fill_by_name(rows, unlinked)
    settle_names(rows)
    return Described(
        rows.variables(),
        tuple([keys[place] for place in unlinked]),
        dialect,
        _lost_values(links.lost),
    )


def _fill_by_name(rows: Rows, places: Sequence[int]) -> None:
    """Rows of keys that no node mentions: the names alone tell."""
    if not places:
        return
    keys = rows.keys
    position_of = {key: place for place, key in enumerate(keys)}
    mine = [keys[place] for place in places]
    roles = roles_by_name(mine, position_of)
    together = "\n".join(mine)
    if not roles and not any(part in together for part in _TELLING):
        return  # weights only, as mostly where there are many
    optimizers = optimizers_among(mine)
    for place in places:
        key = keys[place]
        found = roles.get(key)
        slot = None
        if _ATTRIBUTES in key:
            rows.name[place] = name_of_key(key)
            slot = slot_of_key(key)
            name = rows.name[place]
            found = found or role_in_optimizer(name, optimizers)
            found = found or roles_by_name([name], ()).get(name)
        if slot is not None:
            found = NamedRole(Role.SLOT, slot.slot, slot.variable + _VALUE_KEY)
        if found is not None:
            role, slot_name, owner = found
            rows.set_role(place, role)
            if slot_name or owner in position_of:
                rows.slots[place] = Slot(slot_name, position_of.get(owner, NOBODY))
        elif is_never_trained(rows.name[place].rpartition("/")[2]):
            rows.trainable[place] = UNTRAINED


def _lost_values(lost: list[str]) -> tuple[str, ...]:
    if not lost:
        return ()
    return (
        f"the object graph speaks of {numbers.counted(len(lost), 'value')} that the index does "
        f"not hold, first {lost[0]}",
    )
