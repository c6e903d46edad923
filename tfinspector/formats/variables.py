"""The rows of the program: one `Variable` for every key of a checkpoint, none left out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Protocol

from tfinspector.contents.checkpoints import Dialect
from tfinspector.contents.dtypes import DType
from tfinspector.contents.graphs import ObjectGraph
from tfinspector.contents.variables import Role, Variable
from tfinspector.formats.graph_rows import Row, graph_rows
from tfinspector.formats.key_links import link_keys, name_of_key, slot_of_key
from tfinspector.formats.names import dialect_of
from tfinspector.formats.roles_by_name import is_never_trained, roles_by_name

OBJECT_GRAPH_KEY = "_CHECKPOINTABLE_OBJECT_GRAPH"
_VALUE_KEY = "/.ATTRIBUTES/VARIABLE_VALUE"


class KeyedTensors(Protocol):
    """What is asked of an index: its keys in order, and what each holds."""

    @property
    def keys(self) -> Sequence[str]:
        """All keys, ascending."""
        ...

    def describe(self, key: str) -> tuple[DType, tuple[int, ...], int, str]:
        """Type, shape, bytes in the file, and why it can't be read ("" when it can)."""
        ...


@dataclass(frozen=True, slots=True)
class Described:
    """The variables, the keys no node mentions, the dialect, what is odd about the links."""

    variables: tuple[Variable, ...]
    unlinked: tuple[str, ...]
    dialect: Dialect
    problems: tuple[str, ...] = ()


def build_variables(index: KeyedTensors, graph: ObjectGraph | None) -> tuple[Variable, ...]:
    """One variable per key of `index` in its order, except the object graph itself."""
    return describe_variables(index, graph).variables


def describe_variables(index: KeyedTensors, graph: ObjectGraph | None) -> Described:
    """As `build_variables`, with what was found on the way."""
    keys = tuple([key for key in index.keys if key != OBJECT_GRAPH_KEY])
    described = [index.describe(key) for key in keys]
    dialect = dialect_of(graph)
    rows: dict[str, Row] = {}
    problems: tuple[str, ...] = ()
    if graph is not None:
        links, lost = link_keys(keys, graph)
        rows = graph_rows(graph, links, dialect, dict(zip(keys, described, strict=True)))
        problems = _lost_values(lost)
    unlinked = tuple([key for key in keys if key not in rows])
    rows |= _rows_by_name(unlinked, keys)
    names = _unique_names(keys, rows)
    variables = [
        Variable(
            names[key],
            key,
            row.paths,
            dtype,
            shape,
            nbytes,
            row.role,
            row.trainable,
            row.node,
            row.full_name,
            row.slot_name,
            names.get(row.owner, "") if row.owner else "",
            problem,
        )
        for key, row, (dtype, shape, nbytes, problem) in zip(
            keys, map(rows.__getitem__, keys), described, strict=True
        )
    ]
    return Described(tuple(variables), unlinked if graph is not None else (), dialect, problems)


def _rows_by_name(keys: tuple[str, ...], all_keys: tuple[str, ...]) -> dict[str, Row]:
    """Rows for keys that no node mentions."""
    if not keys:
        return {}
    existing = frozenset(all_keys)
    rows: dict[str, Row] = {}
    for key, found in roles_by_name(keys, existing).items():
        role, slot_name, owner = found
        slot = slot_of_key(key)
        if slot is not None:
            role, slot_name, owner = Role.SLOT, slot.slot, slot.variable + _VALUE_KEY
        trainable = None
        if role is not Role.WEIGHT or is_never_trained(key):
            trainable = False
        rows[key] = Row(
            name_of_key(key), (), role, trainable, -1, "", slot_name,
            owner if owner in existing else "",
        )  # fmt: skip
    return rows


def _lost_values(lost: list[str]) -> tuple[str, ...]:
    if not lost:
        return ()
    return (
        f"the object graph speaks of {len(lost)} value(s) that the index does not hold, "
        f"first {lost[0]}",
    )


def _unique_names(keys: tuple[str, ...], rows: dict[str, Row]) -> dict[str, str]:
    """key -> name. Whoever shares a name takes a longer one, all of them alike."""
    prefix = _common_prefix(rows)
    names: dict[str, str] = {}
    for key in keys:
        row = rows[key]
        if not row.slot_prefix:
            name = row.name
            names[key] = name[len(prefix) :] if prefix and name.startswith(prefix) else name
    names = _settle(names, rows, prefix)
    slots: dict[str, str] = {}
    for key in keys:
        row = rows[key]
        if row.slot_prefix:
            start = row.slot_prefix
            if prefix and start.startswith(prefix):
                start = start[len(prefix) :]
            slots[key] = f"{start}/{row.slot_name}/{names.get(row.owner) or row.name}"
    return _settle(names | slots, rows, prefix) if slots else names


def _settle(names: dict[str, str], rows: dict[str, Row], prefix: str) -> dict[str, str]:
    if len(set(names.values())) == len(names):
        return names
    groups: dict[str, list[str]] = {}
    for key, name in names.items():
        groups.setdefault(name, []).append(key)
    taken = {name for name, sharing in groups.items() if len(sharing) == 1}
    settled = dict(names)
    for sharing in groups.values():
        if len(sharing) > 1:
            _settle_group(sharing, rows, prefix, taken, settled)
    return settled


def _settle_group(
    sharing: list[str],
    rows: dict[str, Row],
    prefix: str,
    taken: set[str],
    settled: dict[str, str],
) -> None:
    """The first kind of longer name that tells all of the group apart."""
    kinds = zip(*[_longer_names(key, rows[key], prefix) for key in sharing], strict=True)
    for kind in kinds:
        if len(set(kind)) == len(kind) and not taken.intersection(kind):
            break
    else:
        kind = tuple([_numbered(key, taken) for key in sharing])
    taken.update(kind)
    settled.update(zip(sharing, kind, strict=True))


def _longer_names(key: str, row: Row, prefix: str) -> tuple[str, ...]:
    path = row.paths[0] if row.paths else name_of_key(key)
    return (row.name, row.long_name, path, name_of_key(key), key)


def _numbered(key: str, taken: set[str]) -> str:
    names: Iterator[str] = (f"{key}#{number}" for number in count(2))
    return next(name for name in names if name not in taken)


def _common_prefix(rows: dict[str, Row]) -> str:
    """ "model/" where that one object holds all weights, each under a layer; else ""."""
    tops = {row.top for row in rows.values() if row.role is Role.WEIGHT}
    if len(tops) != 1:
        return ""
    prefix = f"{tops.pop()}/"
    if prefix == "/":
        return ""
    weights = [row.name for row in rows.values() if row.role is Role.WEIGHT]
    fits = all(name.startswith(prefix) and "/" in name[len(prefix) :] for name in weights)
    return prefix if fits else ""
